// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: a commit in progress, and what became of its entries
 */
#include "core/common.h"

#include "context/caller.h"
#include "context/rules.h"
#include "core/reason.h"
#include "load/job.h"
#include "store/context.h"

/**
 * clip_job_note - an entry is not taken
 * @job: the commit
 * @index: number of the entry in the image
 * @reason: why
 * @err: the error that goes with it, negative
 * @skip: the caller asked for it to be left out
 */
void clip_job_note(struct clip_job *job, u32 index, enum clip_reason reason,
		   int err, bool skip)
{
	struct clip_results *results = job->results;

	if (results->count < results->room)
		results->list[results->count] = (struct clip_result) {
			.index = index,
			.error = -err,
			.reason = reason,
			.flags = skip ? CLIP_RESULT_SKIPPED : 0,
		};
	results->count++;
	if (skip) {
		job->args->skipped++;
	} else if (!results->error) {
		results->error = err;
		job->args->reason = reason;
	}
}

/**
 * clip_job_refuse - an entry is not taken, and so the commit is not
 * @job: the commit
 * @index: number of the entry in the image
 * @reason: why
 */
void clip_job_refuse(struct clip_job *job, u32 index, enum clip_reason reason)
{
	clip_job_note(job, index, reason, clip_reason_errno(reason), false);
}

/**
 * clip_job_check_level - may the entries of a context be changed now?
 * @ctx: the context
 *
 * Asked early, to tell of it with all other faults, and again under the lock
 * that levels are changed under.
 *
 * Return: %CLIP_REASON_NONE, or why not.
 */
enum clip_reason clip_job_check_level(struct clip_context *ctx)
{
	struct clip_caller caller;

	if (READ_ONCE(ctx->deleted))
		return CLIP_REASON_NO_CONTEXT;
	clip_caller_now(&caller, ctx);
	return clip_may_change_entries(&caller, READ_ONCE(ctx->level)) ?
		       CLIP_REASON_NONE : CLIP_REASON_IMMUTABLE;
}
