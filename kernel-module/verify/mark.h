/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the mark of a task that may run files that no rule allows
 */
#ifndef _SECURITY_CLIP_VERIFY_MARK_H
#define _SECURITY_CLIP_VERIFY_MARK_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "core/task_blob.h"
#include "store/context.h"

/**
 * clip_unlisted_marked - Does the mark of a task count?
 * @task: the task
 * @ctx: the context in which it acts, or NULL
 *
 * Context: any; does not sleep.
 * Return: true if it does.
 */
static inline bool clip_unlisted_marked(const struct task_struct *task,
					const struct clip_context *ctx)
{
	const struct clip_task *blob = clip_task(task);
	const time64_t end = READ_ONCE(blob->unlisted_end);

	if (likely(!end) || !ctx)
		return false;
	return READ_ONCE(blob->unlisted_serial) == ctx->serial &&
	       ktime_get_boottime_seconds() < end;
}

#endif /* _SECURITY_CLIP_VERIFY_MARK_H */
