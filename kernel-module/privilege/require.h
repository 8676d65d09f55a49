/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: requiring a privilege
 *
 * Every act that needs a privilege asks here, as other parts of the kernel call
 * capable(). Neither root nor a capability stands in for a privilege.
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_REQUIRE_H
#define _SECURITY_CLIP_PRIVILEGE_REQUIRE_H

#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "core/cred_blob.h"
#include "core/latch.h"

/* For an act that no single privilege is enough for, or none at all. */
#define CLIP_REQUIRE_ALL	0
#define CLIP_REQUIRE_ANY	1

/**
 * clip_privileges - the privileges that are in force for the current task
 *
 * Return: CLIP_PRIV_*.
 */
static __always_inline u64 clip_privileges(void)
{
	return clip_cred(current_cred())->privileges;
}

/**
 * clip_has_privileges - does the current task have privileges?
 * @needs: CLIP_PRIV_*
 * @how: %CLIP_REQUIRE_ALL of them, or %CLIP_REQUIRE_ANY
 *
 * The kernel's own threads need none. With %CLIP_REQUIRE_ALL and no bit in
 * @needs the answer is yes, with %CLIP_REQUIRE_ANY it is no.
 *
 * Return: whether it does.
 */
static __always_inline bool clip_has_privileges(u64 needs, int how)
{
	const u64 held = clip_privileges() & needs;

	return (how == CLIP_REQUIRE_ANY ? held != 0 : held == needs) ||
	       (current->flags & PF_KTHREAD);
}

int clip_require(const char *act, u64 needs);

/**
 * clip_require_latched - require a privilege that kernel.clip.require names
 * @act: the word for the act, for the report
 * @needs: one of CLIP_PRIV_*, or 0 for an act that is free for all
 *
 * Return: 0 if the latch of this privilege is not set, or the current task has
 * it; else -EPERM after a report.
 */
static __always_inline int clip_require_latched(const char *act, u64 needs)
{
	return likely(!clip_required(needs)) ? 0 : clip_require(act, needs);
}

#endif /* _SECURITY_CLIP_PRIVILEGE_REQUIRE_H */
