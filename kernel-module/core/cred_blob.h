/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blob of a credential
 */
#ifndef _SECURITY_CLIP_CORE_CRED_BLOB_H
#define _SECURITY_CLIP_CORE_CRED_BLOB_H

#include <linux/cred.h>
#include <linux/types.h>
#include <linux/user_namespace.h>
#include <uapi/linux/clip.h>

#include "core/common.h"

struct clip_context;
struct clip_entry;
struct clip_grant;

/* clip_cred.task_flags */
#define CLIP_TASK_RAISED	BIT(0)	/* the entry granted capabilities */
#define CLIP_TASK_BUMPED	BIT(1)	/* ... or a privilege to be guarded */
#define CLIP_TASK_INHERITED	BIT(2)	/* ... or forced the inheritable set */
#define CLIP_TASK_MIGRATED	BIT(5)	/* entered from context 0 by itself */
/* On the credential of an exec in progress only. */
#define CLIP_TASK_SCRIPT	BIT(8)	/* the last file is a verified script */
#define CLIP_TASK_RESTRICTED	BIT(9)	/* an entry says RESTRICT */

/* Of an exec in progress: an allow digest alone admitted a file, or the last. */
#define CLIP_TASK_ALLOWED	BIT(6)
#define CLIP_TASK_ALLOWED_LAST	BIT(7)
/* ... or a file is run only because of the task's mark, see verify/unlisted.c. */
#define CLIP_TASK_UNLISTED	BIT(10)
/* Of an exec: the program has gained rights. */
#define CLIP_TASK_GAINED	BIT(11)
/* Of an exec: the program is put into a context, see context/assign.c. */
#define CLIP_TASK_ASSIGNED	BIT(12)
/* ... or the only file matches an entry that says EXE and grants nothing. */
#define CLIP_TASK_PLAIN		BIT(13)

/* The flags that a task keeps across exec. */
#define CLIP_TASK_CROSSES_EXEC	CLIP_TASK_INHERITED

/*
 * A task with any of these flags has more authority than its user, and must be
 * guarded against other tasks of that user.
 */
#define CLIP_TASK_GUARDED \
	(CLIP_TASK_RAISED | CLIP_TASK_BUMPED | CLIP_TASK_INHERITED)

/* clip_cred.extra */
#define CLIP_EXTRA_EFFECTIVE	BIT(0)
#define CLIP_EXTRA_PERMITTED	BIT(1)
#define CLIP_EXTRA_INHERITABLE	BIT(2)

/* In clip_cred.entry_flags, above all CLIP_ENTRY_*: use of JIT is reported. */
#define CLIP_CRED_JIT_REPORTED	BIT(31)

/**
 * struct clip_cred - Security blob of a credential
 * @context: The context in which the task lives. The blob holds a reference.
 *	NULL means no context, and nothing is granted: all-zero memory must not
 *	carry any authority.
 * @pending: The pending grant of an exec in progress, that is, the grant of
 *	the files verified so far. The blob owns it. NULL on all other
 *	credentials.
 * @matched: The same for a single file that matches its entry: the entry, to
 *	which the blob holds a reference. Never set together with @pending.
 * @privileges: CLIP_PRIV_* in force.
 * @saved_privileges: CLIP_PRIV_* that are set aside while the task is not root.
 * @scoped: Scoped capabilities: those in P only because a privilege needs them,
 *	see privilege/scoped.c.
 * @entry_flags: CLIP_ENTRY_* of the entry that granted the credential, and
 *	%CLIP_CRED_JIT_REPORTED, which is set while the credential is in use.
 * @task_flags: CLIP_TASK_*.
 * @former_securebits: The securebits of the credential that this one was copied
 *	from; all of them fit.
 * @extra: CLIP_EXTRA_*: which sets hold %CLIP_CAP_CONTEXT, the only capability
 *	that does not fit into kernel_cap_t. A bit, because each credential has it.
 *
 * Like the rest of a credential, the fields are written only before the
 * credential is committed. %CLIP_CRED_JIT_REPORTED is the exception.
 */
struct clip_cred {
	struct clip_context *context;
	struct clip_grant *pending;
	struct clip_entry *matched;
	u64 privileges;
	u64 saved_privileges;
	u64 scoped;
	u32 entry_flags;
	u16 task_flags;
	u16 former_securebits;
	u8 extra;
};

/**
 * clip_extra_effective - Get the effective capabilities beyond kernel_cap_t
 * @blob: clip's part of a credential
 *
 * Return: A mask with the bits of an entry.
 */
static inline u64 clip_extra_effective(const struct clip_cred *blob)
{
	return blob->extra & CLIP_EXTRA_EFFECTIVE ?
	       BIT_ULL(CLIP_CAP_CONTEXT) : 0;
}

/**
 * clip_extra_permitted - Get the permitted capabilities beyond kernel_cap_t
 * @blob: clip's part of a credential
 *
 * Return: A mask with the bits of an entry.
 */
static inline u64 clip_extra_permitted(const struct clip_cred *blob)
{
	return blob->extra & CLIP_EXTRA_PERMITTED ?
	       BIT_ULL(CLIP_CAP_CONTEXT) : 0;
}

/**
 * clip_extra_inheritable - Get the inheritable capabilities beyond kernel_cap_t
 * @blob: clip's part of a credential
 *
 * Return: A mask with the bits of an entry.
 */
static inline u64 clip_extra_inheritable(const struct clip_cred *blob)
{
	return blob->extra & CLIP_EXTRA_INHERITABLE ?
	       BIT_ULL(CLIP_CAP_CONTEXT) : 0;
}

/**
 * clip_set_extra - Set the capabilities beyond kernel_cap_t
 * @blob: clip's part of a credential that is not in use yet
 * @effective: a mask with the bits of an entry, like the next two; those of
 *	kernel_cap_t do not count
 * @permitted: see @effective
 * @inheritable: see @effective
 */
static inline void clip_set_extra(struct clip_cred *blob, u64 effective,
				  u64 permitted, u64 inheritable)
{
	const u64 bit = BIT_ULL(CLIP_CAP_CONTEXT);

	blob->extra = (effective & bit ? CLIP_EXTRA_EFFECTIVE : 0) |
		      (permitted & bit ? CLIP_EXTRA_PERMITTED : 0) |
		      (inheritable & bit ? CLIP_EXTRA_INHERITABLE : 0);
}

static inline struct clip_cred *clip_cred(const struct cred *cred)
{
	return cred->security + clip_blob_sizes.lbs_cred;
}

/**
 * clip_scoped - Get the scoped capabilities of a credential
 * @cred: the credential
 *
 * They are in the permitted set, and in the effective set while they work.
 * Wherever credentials are compared or something is passed on, they are treated
 * as absent. They have no meaning in a user namespace other than the initial
 * one, because the task has other capability sets there.
 *
 * Return: A mask like cap_permitted.
 */
static inline u64 clip_scoped(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns ? clip_cred(cred)->scoped : 0;
}

#endif /* _SECURITY_CLIP_CORE_CRED_BLOB_H */
