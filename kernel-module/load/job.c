// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: a commit in progress, and the results of its entries
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>

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
 * clip_job_note_absent - Note that there is nothing to remove
 * @job: the commit
 * @index: number of the entry in the image
 */
void clip_job_note_absent(struct clip_job *job, u32 index)
{
	clip_job_note(job, index, CLIP_REASON_NO_ENTRY, -ENOENT,
		      job->args->flags & CLIP_COMMIT_SKIP_MISSING);
}

/**
 * clip_job_check_context - Check whether a context's entries can be changed now
 * @ctx: the context
 *
 * Called early, to report the result with all other faults, and again with the
 * lock held that protects levels and contexts.
 *
 * Return: %CLIP_REASON_NONE, or why the caller cannot change them.
 */
enum clip_reason clip_job_check_context(struct clip_context *ctx)
{
	struct clip_caller caller;

	clip_caller_now(&caller, ctx);
	if (!clip_may_load_at_all(&caller) || !clip_may_load_into(&caller))
		return CLIP_REASON_PERMISSION;
	if (READ_ONCE(ctx->deleted))
		return CLIP_REASON_NO_CONTEXT;
	return clip_may_change_entries(&caller, READ_ONCE(ctx->level)) ?
		       CLIP_REASON_NONE : CLIP_REASON_IMMUTABLE;
}

/*
 * Access to the context is checked first, so that callers do not learn of
 * contexts that they may not reach. This check only needs the number of the
 * context, not the context itself.
 */
static enum clip_reason find_context(u32 xid, struct clip_context **ctx)
{
	struct clip_caller caller;

	*ctx = clip_context_named(xid);
	clip_caller_now(&caller, *ctx);
	if (!clip_may_load_into(&caller))
		return CLIP_REASON_PERMISSION;
	return *ctx ? clip_job_check_context(*ctx) : CLIP_REASON_NO_CONTEXT;
}

/**
 * clip_job_find_context - Find the context of an entry or of a block
 * @job: the commit
 * @xid: number of the context in the image
 * @ctx: out: the context, with a reference, whatever is returned; or NULL
 *
 * Rules of one context are mostly adjacent, so the last result is kept for
 * them.
 *
 * Return: %CLIP_REASON_NONE, or why nothing can be loaded into the context.
 */
enum clip_reason clip_job_find_context(struct clip_job *job, u32 xid,
				       struct clip_context **ctx)
{
	if (xid != job->last_xid || !job->last) {
		clip_context_put(job->last);
		job->last_xid = xid;
		job->last_reason = find_context(xid, &job->last);
	}
	*ctx = clip_context_get(job->last);
	return job->last_reason;
}

/**
 * clip_job_is_pinned - Does a file have to keep the entry that it has?
 * @ctx: the context of the entry
 * @path: the file
 *
 * CX-13: so does one that cannot be written, where the level says so.
 *
 * Return: true if it does.
 */
bool clip_job_is_pinned(const struct clip_context *ctx, const struct path *path)
{
	return (READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_MNTRO) &&
	       (__mnt_is_readonly(path->mnt) ||
		sb_rdonly(path->dentry->d_sb));
}

/**
 * clip_job_is_missing - Does an error of a look-up mean that there is no file?
 * @err: the error, negative
 *
 * Covers all errors for a missing file, but not a lack of permission to look it
 * up.
 *
 * Return: true if it does.
 */
bool clip_job_is_missing(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}
