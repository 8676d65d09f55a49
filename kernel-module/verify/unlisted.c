// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tasks that may run files that no rule allows
 *
 * An administrator starts a command in this way. The mark belongs to the task
 * and not to its credential, so that it reaches the children of the task only:
 * a credential can be passed to a parent, and is borrowed by overlayfs. It counts
 * in the context in which it was set, until its time is over.
 */
#include "core/common.h"

#include <linux/compiler.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/reason.h"
#include "core/task_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "verify/judge.h"
#include "verify/unlisted.h"

/**
 * clip_unlisted_mark - Mark the current task, or take its mark away
 * @ctx: the context in which the mark counts
 * @seconds: for how long; 0 takes it away
 *
 * Context: may sleep.
 */
void clip_unlisted_mark(const struct clip_context *ctx, u32 seconds)
{
	struct clip_task *own = clip_task(current);

	/* A program that gains rights loses the mark. */
	if (seconds)
		clip_wake_hooks(CLIP_WAKE_CODE);
	WRITE_ONCE(own->unlisted_serial, seconds ? ctx->serial : 0);
	WRITE_ONCE(own->unlisted_end,
		   seconds ? ktime_get_boottime_seconds() + seconds : 0);
}

/*
 * On an overlay, the file of a layer can have an entry. What has an entry is not
 * without a rule, whatever leads to it.
 */
static bool has_entry(struct clip_context *ctx,
		      const struct clip_judgement *judgement)
{
	struct clip_entry *below;

	if (judgement->entry)
		return true;
	below = clip_store_lookup_inode(&ctx->table, judgement->inode);
	clip_entry_put(below);
	return below;
}

/**
 * clip_unlisted_permits - Does the current task go on in spite of a refusal?
 * @ctx: its context
 * @judgement: the judgement on the file
 * @err: the error of the refusal
 *
 * Only the lack of a rule is lifted, and nothing for a file that has an entry,
 * or whose layer on an overlay has one. What mprotect cannot read is refused as
 * unknown, which is the same lack.
 *
 * Context: any; does not sleep.
 * Return: true if it does.
 */
bool clip_unlisted_permits(struct clip_context *ctx,
			   const struct clip_judgement *judgement, int err)
{
	if (err != -EACCES ||
	    (judgement->verdict.reason != CLIP_REASON_NOT_ALLOWED &&
	     judgement->verdict.reason != CLIP_REASON_LIB_MISMATCH))
		return false;
	return clip_unlisted_marked(current, ctx) && !has_entry(ctx, judgement);
}

/**
 * clip_unlisted_lends - Would a tracer gain what it has no mark for?
 * @tracer: the tracing task
 * @target: the traced task
 *
 * Context: under RCU.
 * Return: true if only the target has a mark that counts.
 */
bool clip_unlisted_lends(const struct task_struct *tracer,
			 const struct task_struct *target)
{
	if (!clip_unlisted_marked(target,
				  clip_cred(__task_cred(target))->context))
		return false;
	return !clip_unlisted_marked(tracer,
				     clip_cred(__task_cred(tracer))->context);
}
