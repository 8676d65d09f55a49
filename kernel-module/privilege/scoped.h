/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: capabilities that work in one system call only
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SCOPED_H
#define _SECURITY_CLIP_PRIVILEGE_SCOPED_H

#include <linux/bits.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/user_namespace.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/setup.h"

/* The system call that a task is in, as far as anybody here asks. */
enum clip_call {
	CLIP_CALL_OTHER,
	CLIP_CALL_CLONE,	/* clone, clone3 */
	CLIP_CALL_UNSHARE,
	CLIP_CALL_SETNS,
	CLIP_CALL_SYSLOG,
	CLIP_CALL_MOUNT,	/* mount, but none of the newer calls */
	CLIP_CALL_UMOUNT,
	CLIP_CALL_MOUNTING,	/* every other one that makes or changes mounts */
	CLIP_CALL_OPEN_BY_HANDLE,
	CLIP_CALL_SWAPON,
	CLIP_CALL_MKNOD,
	CLIP_CALL_LOOK,		/* open, readlink, stat, read and their kin */
	CLIP_CALL_WRITE,	/* write, pwrite, writev: the file comes first */
	CLIP_CALL_IOCTL,
	CLIP_CALL_DELETE_MODULE,
};

/**
 * struct clip_task - our part of a task's security blob
 * @clone_asks: how often the clone in progress may still use its scope
 * @mount_asks: the same of the mount in progress
 * @asks_card: the last ioctl that counts was one of the core of DRM, on a card
 * @shared_files: another task has had the same descriptors, as long as this one
 *	has run its program
 * @chrooted: its root was changed by chroot(2), perhaps of an ancestor
 * @held: a file that is becoming code, see memory/wx_file.c; NULL if there is none
 * @hold: what lets it go
 *
 * Only the task itself reads and writes all but @chrooted, once it runs.
 */
struct clip_task {
	unsigned int clone_asks;
	unsigned int mount_asks;
	bool asks_card;
	bool shared_files;
	bool chrooted;
	struct file *held;
	struct callback_head hold;
};

static inline struct clip_task *clip_task(const struct task_struct *task)
{
	return task->security + clip_blob_sizes.lbs_task;
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

static inline void clip_scope_fresh_files(void)
{
	clip_task(current)->shared_files = false;
}

enum clip_call clip_current_call(void);
u64 clip_scope_of(u64 privileges);
int clip_scope_judge(const struct cred *cred, struct user_namespace *ns,
		     int cap, unsigned int opts);
void clip_scope_grant(struct cred *new);
void clip_scope_exec(struct cred *new, unsigned int unsafe);
void clip_scope_setuid(struct cred *new, const struct cred *old);
bool clip_scope_pretends(const struct cred *actor, const struct cred *target,
			 int cap);
void clip_add_scope_hooks(void);

#endif /* _SECURITY_CLIP_PRIVILEGE_SCOPED_H */
