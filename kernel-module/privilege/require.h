/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: required privileges
 *
 * Every check of a privilege goes through these functions, as other checks of
 * the kernel go through capable(). Neither root nor a capability replaces a
 * privilege.
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_REQUIRE_H
#define _SECURITY_CLIP_PRIVILEGE_REQUIRE_H

#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "core/cred_blob.h"
#include "core/latch.h"

/* Whether an act needs all of a set of privileges, or any one of them. */
#define CLIP_REQUIRE_ALL	0
#define CLIP_REQUIRE_ANY	1

/**
 * clip_privileges - Get the privileges in force for the current task
 *
 * Return: A mask of CLIP_PRIV_*.
 */
static __always_inline u64 clip_privileges(void)
{
	return clip_cred(current_cred())->privileges;
}

/**
 * clip_has_privileges - Does the current task have these privileges?
 * @needs: CLIP_PRIV_*
 * @how: %CLIP_REQUIRE_ALL of them, or %CLIP_REQUIRE_ANY of them
 *
 * Kernel threads need no privileges. If @needs is empty, the result is true
 * with %CLIP_REQUIRE_ALL, and false with %CLIP_REQUIRE_ANY.
 *
 * Return: True if it does, false otherwise.
 */
static __always_inline bool clip_has_privileges(u64 needs, int how)
{
	const u64 held = clip_privileges() & needs;

	return (how == CLIP_REQUIRE_ANY ? held != 0 : held == needs) ||
	       (current->flags & PF_KTHREAD);
}

int clip_require(const char *act, u64 needs);

/**
 * clip_require_latched - Require a privilege if kernel.clip.require names it
 * @act: name of the act, for the report
 * @needs: one of CLIP_PRIV_*, or 0 for an act that needs no privilege
 *
 * Return: 0 if the latch of this privilege is not set or the current task has
 * the privilege, or -EPERM after a report.
 */
static __always_inline int clip_require_latched(const char *act, u64 needs)
{
	return likely(!clip_required(needs)) ? 0 : clip_require(act, needs);
}

#endif /* _SECURITY_CLIP_PRIVILEGE_REQUIRE_H */
