/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the capability formula
 */
#ifndef _SECURITY_CLIP_CORE_CAPS_H
#define _SECURITY_CLIP_CORE_CAPS_H

#include <linux/types.h>

/**
 * struct clip_caps - Three capability masks; bit 63 is CONTEXT
 * @effective: the effective set, E
 * @permitted: the permitted set, P
 * @inheritable: the inheritable set, I
 */
struct clip_caps {
	u64 effective;
	u64 permitted;
	u64 inheritable;
};

struct clip_caps clip_caps_compute(const struct clip_caps *base,
				   const struct clip_caps *file, u64 bound,
				   bool force_inherit);
void clip_caps_intersect(struct clip_caps *caps, const struct clip_caps *with);

/**
 * clip_caps_any - Is any bit set in any of the masks?
 * @caps: the masks
 *
 * Return: True if at least one bit is set, false otherwise.
 */
static inline bool clip_caps_any(const struct clip_caps *caps)
{
	return caps->effective | caps->permitted | caps->inheritable;
}

#endif /* _SECURITY_CLIP_CORE_CAPS_H */
