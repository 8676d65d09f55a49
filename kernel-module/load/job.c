// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: a commit in progress, and the results of its entries
 */
#include "core/common.h"

#include "context/caller.h"
#include "context/rules.h"
#include "core/reason.h"
#include "load/job.h"
#include "store/context.h"

/**
 * clip_job_note - Note that an entry is not accepted
 * @job: the commit
 * @index: number of the entry in the image
 * @reason: the reason
 * @err: the corresponding error, negative
 * @skip: the caller requested that such entries be skipped
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
 * clip_job_refuse - Refuse an entry, and with it the commit
 * @job: the commit
 * @index: number of the entry in the image
 * @reason: the reason
 */
void clip_job_refuse(struct clip_job *job, u32 index, enum clip_reason reason)
{
	clip_job_note(job, index, reason, clip_reason_errno(reason), false);
}

/**
 * clip_job_check_level - Check whether a context's entries can be changed now
 * @ctx: the context
 *
 * Called early, to report the result with all other faults, and again with the
 * lock held that protects levels.
 *
 * Return: %CLIP_REASON_NONE, or why they cannot be changed.
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
