/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: tasks that may run files that no rule allows
 */
#ifndef _SECURITY_CLIP_VERIFY_UNLISTED_H
#define _SECURITY_CLIP_VERIFY_UNLISTED_H

#include <linux/sched.h>
#include <linux/types.h>

#include "core/task_blob.h"
#include "verify/mark.h"

struct clip_context;
struct clip_judgement;

void clip_unlisted_mark(const struct clip_context *ctx, u32 seconds);

/**
 * clip_unlisted_inherit - Give a new task the mark of the current one
 * @task: the new task, which does not run yet
 */
static inline void clip_unlisted_inherit(struct task_struct *task)
{
	const struct clip_task *own = clip_task(current);

	if (likely(!own->unlisted_end))
		return;
	clip_task(task)->unlisted_serial = own->unlisted_serial;
	clip_task(task)->unlisted_end = own->unlisted_end;
}

bool clip_unlisted_permits(struct clip_context *ctx,
			   const struct clip_judgement *judgement, int err);
bool clip_unlisted_lends(const struct task_struct *tracer,
			 const struct task_struct *target);

#endif /* _SECURITY_CLIP_VERIFY_UNLISTED_H */
