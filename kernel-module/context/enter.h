/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: entering a context
 */
#ifndef _SECURITY_CLIP_CONTEXT_ENTER_H
#define _SECURITY_CLIP_CONTEXT_ENTER_H

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>

#include "core/cred_blob.h"

struct clip_context;

void clip_enter_settle(struct cred *new, struct clip_context *ctx);
int clip_enter(struct clip_context *ctx, const struct file *by);
int clip_enter_check_first(const struct linux_binprm *bprm);

/* Does an exec start the first program that a task runs in its context? */
static inline bool clip_enter_is_first(const struct linux_binprm *bprm)
{
	/* The new credential still has the flags of the task. */
	return clip_cred(bprm->cred)->task_flags &
	       (CLIP_TASK_ASSIGNED | CLIP_TASK_MIGRATED);
}

#endif /* _SECURITY_CLIP_CONTEXT_ENTER_H */
