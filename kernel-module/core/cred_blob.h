/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the part of a credential that is ours
 */
#ifndef _SECURITY_CLIP_CORE_CRED_BLOB_H
#define _SECURITY_CLIP_CORE_CRED_BLOB_H

#include <linux/cred.h>
#include <linux/types.h>
#include <linux/user_namespace.h>

#include "core/common.h"

struct clip_context;
struct clip_grant;

/* clip_cred.task_flags */
#define CLIP_TASK_RAISED	BIT(0)	/* its entry gave it capabilities */
#define CLIP_TASK_BUMPED	BIT(1)	/* or a privilege that needs guarding */
#define CLIP_TASK_INHERITED	BIT(2)	/* or forced its inheritable set */
#define CLIP_TASK_MIGRATED	BIT(5)	/* it came from context 0 by itself */

/* What a program passes on to the next one it executes. */
#define CLIP_TASK_CROSSES_EXEC	CLIP_TASK_INHERITED

/* Any of these, and the task is more than its user: guard it. */
#define CLIP_TASK_GUARDED \
	(CLIP_TASK_RAISED | CLIP_TASK_BUMPED | CLIP_TASK_INHERITED)

/* In clip_cred.entry_flags, above all flags: use of JIT has been told. */
#define CLIP_CRED_JIT_REPORTED	BIT(31)

/**
 * struct clip_cred - our part of a credential's security blob
 * @context: where the task lives; holds a reference. NULL: nowhere, nothing is
 *	granted. All-zero memory must not be worth anything.
 * @pending: on the credential of an exec in progress, what the files verified
 *	so far would give it; owned. NULL on all others.
 * @privileges: CLIP_PRIV_* in force
 * @saved_privileges: those set aside while the task is not root
 * @extra_effective: bits of E that kernel_cap_t has no room for
 * @extra_permitted: the same of P
 * @extra_inheritable: the same of I
 * @scoped: capabilities in P that are there for a privilege's sake; see privilege/scoped.c
 * @entry_flags: CLIP_ENTRY_* of the entry the task runs by, and
 *	%CLIP_CRED_JIT_REPORTED, that is set while the credential is in use
 * @task_flags: CLIP_TASK_*
 */
struct clip_cred {
	struct clip_context *context;
	struct clip_grant *pending;
	u64 privileges;
	u64 saved_privileges;
	u64 extra_effective;
	u64 extra_permitted;
	u64 extra_inheritable;
	u64 scoped;
	u32 entry_flags;
	u32 task_flags;
};

static inline struct clip_cred *clip_cred(const struct cred *cred)
{
	return cred->security + clip_blob_sizes.lbs_cred;
}

/**
 * clip_scoped - capabilities that a credential has in a scope only
 * @cred: the credential
 *
 * They are in its P, and in its E while they work. Wherever credentials are
 * compared, or something is handed on, they count as not there. They are worth
 * nothing in another user namespace than the first, where the sets are others.
 *
 * Return: a mask like cap_permitted.
 */
static inline u64 clip_scoped(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns ? clip_cred(cred)->scoped : 0;
}

#endif /* _SECURITY_CLIP_CORE_CRED_BLOB_H */
