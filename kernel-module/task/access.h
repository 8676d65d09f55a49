/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: access of tasks to other tasks
 */
#ifndef _SECURITY_CLIP_TASK_ACCESS_H
#define _SECURITY_CLIP_TASK_ACCESS_H

#include <linux/cred.h>

#include "core/cred_blob.h"
#include "task/rules.h"

struct task_struct;

/**
 * clip_raised - Does the task need protection from others of its user?
 * @cred: clip's part of its credential
 *
 * Nothing is known about a credential without a context, so it is protected.
 *
 * Return: true if it does.
 */
static inline bool clip_raised(const struct clip_cred *cred)
{
	return !cred->context || (cred->task_flags & CLIP_TASK_GUARDED);
}

bool clip_may_see(const struct clip_cred *actor,
		  const struct clip_cred *target);
bool clip_may_reach(const struct clip_cred *actor,
		    const struct clip_cred *target);
struct clip_authority clip_authority_of_actor(const struct cred *actor,
					      const struct cred *target);
struct clip_authority clip_authority_of_target(const struct cred *target);
bool clip_task_may_limit(struct task_struct *p);
int clip_task_check_trace(struct task_struct *child, unsigned int mode);
int clip_task_check_tracer(struct task_struct *parent);

#endif /* _SECURITY_CLIP_TASK_ACCESS_H */
