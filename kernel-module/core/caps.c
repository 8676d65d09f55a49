// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the capability formula
 */
#include "core/common.h"

#include "core/caps.h"

/**
 * clip_caps_compute - Compute the sets of a task that executes a listed file
 * @base: E and P that the task has regardless of the entry (those of root, or
 *	empty for any other user), and I as it was before the exec
 * @file: the masks of the entry, F
 * @bound: B, the capabilities that can be granted at all
 * @force_inherit: the entry requests that F_I is added to I
 *
 *	P' = P_base | (F_P & B) | (F_I & B & I)
 *	E' = E_base | (P' & F_E)
 *	I' = I, or I | (F_I & B) with @force_inherit
 *
 * E' is a subset of P' as long as E_base is a subset of P_base. The formula
 * does not cover the ambient set: it is empty after such an exec, as after the
 * exec of a file with capabilities in an extended attribute.
 *
 * Return: The three sets.
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
 * clip_caps_intersect - Intersect two triples of masks
 * @caps: the first triple; receives the intersection of each mask
 * @with: the second triple
 */
void clip_caps_intersect(struct clip_caps *caps, const struct clip_caps *with)
{
	caps->effective &= with->effective;
	caps->permitted &= with->permitted;
	caps->inheritable &= with->inheritable;
}
