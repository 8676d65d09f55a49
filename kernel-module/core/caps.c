// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the capability formula
 */
#include "core/common.h"

#include "core/caps.h"

/**
 * clip_caps_compute - what a task has after exec of a file with an entry
 * @base: E and P that the task has whatever the entry says (root's; empty for
 *	everybody else), and I as it was before
 * @file: the entry's masks, F
 * @bound: B, the most that can be granted
 * @force_inherit: the entry asks for F_I to be put into I
 *
 *	P' = P_base | (F_P & B) | (F_I & B & I)
 *	E' = E_base | (P' & F_E)
 *	I' = I, or I | (F_I & B) with @force_inherit
 *
 * E' is a subset of P' as long as E_base is one of P_base. The ambient set is
 * not part of it: it is empty after such an exec, as after exec of a file with
 * capabilities in an extended attribute.
 *
 * Return: the three sets.
 */
struct clip_caps clip_caps_compute(const struct clip_caps *base,
				   const struct clip_caps *file, u64 bound,
				   bool force_inherit)
{
	const u64 inheritable = file->inheritable & bound;
	struct clip_caps out;

	out.permitted = base->permitted | (file->permitted & bound) |
			(inheritable & base->inheritable);
	out.effective = base->effective | (out.permitted & file->effective);
	out.inheritable = base->inheritable;
	if (force_inherit)
		out.inheritable |= inheritable;
	return out;
}

/**
 * clip_caps_intersect - keep what is in both
 * @caps: in and out, each mask on its own
 * @with: the other
 */
void clip_caps_intersect(struct clip_caps *caps, const struct clip_caps *with)
{
	caps->effective &= with->effective;
	caps->permitted &= with->permitted;
	caps->inheritable &= with->inheritable;
}
