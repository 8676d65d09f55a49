/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: scoped capabilities, which work in one system call only
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SCOPED_H
#define _SECURITY_CLIP_PRIVILEGE_SCOPED_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/sched.h>

#include "core/task_blob.h"

/* The namespaces for which a capability is needed. */
#define CLIP_CLONE_NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

struct cred;
struct user_namespace;

static inline void clip_scoped_fresh_files(void)
{
	clip_task(current)->shared_files = false;
}

u64 clip_scoped_of(u64 privileges);
int clip_scoped_capable(const struct cred *cred, struct user_namespace *ns,
			int cap);
void clip_scoped_grant(struct cred *new);
void clip_scoped_exec(struct cred *new);
void clip_scoped_setuid(struct cred *new, const struct cred *old);
bool clip_scoped_pretends(const struct cred *actor, const struct cred *target,
			  int cap);

/* namespaces.c: the checks of UNSHARE and USERNS */
int clip_namespaces_capable(const struct cred *cred,
			    const struct user_namespace *ns, int cap,
			    unsigned int opts);
int clip_namespaces_check_new(struct task_struct *task,
			      unsigned long clone_flags);

/**
 * clip_namespaces_check_clone - Check the creation of namespaces by a clone
 * @task: the new task, with its credential
 * @clone_flags: CLONE_*
 *
 * Return: 0, or -EPERM after a report.
 */
static inline int clip_namespaces_check_clone(struct task_struct *task,
					      unsigned long clone_flags)
{
	clip_task(current)->clone_checks = 0;
	return likely(!(clone_flags & (CLIP_CLONE_NAMESPACES | CLONE_NEWUSER))) ?
	       0 : clip_namespaces_check_new(task, clone_flags);
}

#endif /* _SECURITY_CLIP_PRIVILEGE_SCOPED_H */
