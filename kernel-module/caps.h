/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the capability formula
 */
#ifndef _SECURITY_CLIP_CAPS_H
#define _SECURITY_CLIP_CAPS_H

#include <linux/types.h>

/**
 * struct clip_caps - three capability masks; bit 63 is CONTEXT
 * @effective: E
 * @permitted: P
 * @inheritable: I
 */
struct clip_caps {
	u64 effective;
	u64 permitted;
	u64 inheritable;
};

struct clip_caps clip_caps_compute(const struct clip_caps *base,
				   const struct clip_caps *file, u64 bound,
				   bool force_inherit);

#endif /* _SECURITY_CLIP_CAPS_H */
