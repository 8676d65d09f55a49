/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which bits this kernel accepts and which of them have their effect
 */
#ifndef _SECURITY_CLIP_LIMITS_H
#define _SECURITY_CLIP_LIMITS_H

#include <linux/bits.h>
#include <linux/capability.h>
#include <uapi/linux/clip.h>

/*
 * NEEDLIBS and CHECKLIBS promise a check that this version does not make.
 * Taking such an entry would weaken the rule in silence, so it is refused.
 */
#define CLIP_FLAGS_ACCEPTED \
	(CLIP_ENTRY_ALL & ~(CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS))

#define CLIP_FLAGS_ENFORCED	CLIP_FLAGS_ACCEPTED

#define CLIP_CAPS_ACCEPTED	(CAP_VALID_MASK | BIT_ULL(CLIP_CAP_CONTEXT))

#endif /* _SECURITY_CLIP_LIMITS_H */
