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

/*
 * The other accepted flags are stored and err on the safe side: a script gets
 * no grant, an interpreter grants nothing, a traced task gets nothing.
 */
#define CLIP_FLAGS_ENFORCED \
	(CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDROOT | CLIP_ENTRY_INHERIT | \
	 CLIP_ENTRY_KTHREAD)

/* The other privileges are granted and kept, but nothing asks for them. */
#define CLIP_PRIVS_ENFORCED \
	(CLIP_PRIV_PROCFD | CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV)

#define CLIP_CAPS_ACCEPTED	(CAP_VALID_MASK | BIT_ULL(CLIP_CAP_CONTEXT))

#endif /* _SECURITY_CLIP_LIMITS_H */
