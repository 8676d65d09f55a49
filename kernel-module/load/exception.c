// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: requests for exceptions
 *
 * An exception takes the right that an allow digest in an image takes. The order
 * of the checks is that of a commit: the caller first, then the request.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <uapi/linux/clip.h>

#include "context/caller.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "digest/content.h"
#include "load/exception.h"
#include "load/job.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "verify/unlisted.h"

static int refuse(struct clip_exception *args, enum clip_reason reason)
{
	args->reason = reason;
	clip_report_admin("exception", args->context, reason);
	return clip_reason_errno(reason);
}

/* An all-zero digest is no digest, as in an image. */
static enum clip_reason check_digest(const struct clip_exception *args)
{
	const u16 algorithm = min_t(u32, args->algorithm, U16_MAX);
	const u8 size = clip_digest_size(algorithm);

	if (!size || args->digest_size != size ||
	    !memchr_inv(args->digest, 0, size) ||
	    memchr_inv(args->digest + size, 0, sizeof(args->digest) - size))
		return CLIP_REASON_BAD_DIGEST;
	return clip_digest_usable(algorithm) ?
		       CLIP_REASON_NONE : CLIP_REASON_UNSUPPORTED_ALGORITHM;
}

/**
 * clip_exception_request - Make or end an exception
 * @args: the request; out: @context and @reason
 *
 * Context: May sleep.
 * Return: 0; -EINVAL for a time that is too long; -ENOENT if there is no
 * exception to end; -ENOSPC if there are too many; -ENOMEM; or a value that
 * @args.reason explains.
 */
int clip_exception_request(struct clip_exception *args)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_named(args->context);
	enum clip_reason reason;
	int err;

	/* Without a context, a caller that may not change any learns nothing. */
	reason = clip_job_check_context(ctx ?: &clip_admin_context);
	if (reason != CLIP_REASON_NONE)
		return refuse(args, reason);
	if (!ctx)
		return refuse(args, CLIP_REASON_NO_CONTEXT);
	args->context = ctx->xid;
	/* It would be a rule without a signature; an end takes only away. */
	if (args->seconds && clip_latched(CLIP_LATCH_SIGNED))
		return refuse(args, CLIP_REASON_SIGNATURE);
	if (args->seconds > CLIP_EXCEPTION_SECONDS_MAX)
		return -EINVAL;
	reason = check_digest(args);
	if (reason != CLIP_REASON_NONE)
		return refuse(args, reason);
	guard(mutex)(&clip_store_lock);
	/* The level can have changed meanwhile. */
	reason = clip_job_check_context(ctx);
	if (reason != CLIP_REASON_NONE)
		return refuse(args, reason);
	err = clip_exception_change(ctx, args->algorithm, args->digest,
				    args->seconds);
	if (!err)
		clip_report_change(args->seconds ? "exception" :
						   "end of an exception",
				   clip_store_generation());
	return err;
}

/*
 * A tracer, or a task that shares the memory, would gain what it has not asked
 * for.
 */
static enum clip_reason check_run(void)
{
	enum clip_reason reason;

	if (clip_cred(current_cred())->context != &clip_admin_context)
		return CLIP_REASON_OTHER_CONTEXT;
	reason = clip_job_check_context(&clip_admin_context);
	if (reason != CLIP_REASON_NONE)
		return reason;
	/* It would run what has no signature. */
	if (clip_latched(CLIP_LATCH_SIGNED))
		return CLIP_REASON_SIGNATURE;
	return current_is_single_threaded() && !current->ptrace ?
		       CLIP_REASON_NONE : CLIP_REASON_NOT_ALONE;
}

/**
 * clip_exception_run - Let the current task run what no rule allows
 * @args: the request; out: @reason
 *
 * Context: May sleep.
 * Return: 0; -EINVAL for a time that is too long; or a value that @args.reason
 * explains.
 */
int clip_exception_run(struct clip_run_allowed *args)
{
	if (args->reserved || args->seconds > CLIP_EXCEPTION_SECONDS_MAX)
		return -EINVAL;
	if (!args->seconds) {
		clip_unlisted_mark(NULL, 0);
		return 0;
	}
	args->reason = check_run();
	if (args->reason != CLIP_REASON_NONE) {
		clip_report_admin("run-allowed", CLIP_CONTEXT_ADMIN,
				  args->reason);
		return clip_reason_errno(args->reason);
	}
	clip_unlisted_mark(&clip_admin_context, args->seconds);
	clip_report_change("run-allowed", clip_store_generation());
	return 0;
}
