/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: tasks that may run files that no rule allows
 */
#ifndef _SECURITY_CLIP_VERIFY_UNLISTED_H
#define _SECURITY_CLIP_VERIFY_UNLISTED_H

#include <linux/types.h>

struct clip_context;
struct clip_judgement;
struct task_struct;

void clip_unlisted_mark(const struct clip_context *ctx, u32 seconds);
void clip_unlisted_inherit(struct task_struct *task);
bool clip_unlisted_marked(const struct task_struct *task,
			  const struct clip_context *ctx);
bool clip_unlisted_permits(struct clip_context *ctx,
			   const struct clip_judgement *judgement, int err);
bool clip_unlisted_lends(const struct task_struct *tracer,
			 const struct task_struct *target);

#endif /* _SECURITY_CLIP_VERIFY_UNLISTED_H */
