// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: commits with signatures
 *
 * The signature is that of the bytes of the image, and it is checked before
 * anything but the number of the policy is read from them.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/verification.h>

#include "core/latch.h"
#include "core/reason.h"
#include "load/signature.h"
#include "report/report.h"

/*
 * Makes one step of comparing the number, the commit, and keeping the number.
 * Taken before clip_store_lock.
 */
static DEFINE_MUTEX(signed_lock);

/* The highest number of an image that came with a valid signature. */
static u32 highest_version;

static int refuse(struct clip_commit *args, enum clip_reason reason)
{
	const int err = clip_reason_errno(reason);

	args->reason = reason;
	if (!(args->flags & CLIP_COMMIT_DRY_RUN))
		clip_report_commit(reason, err);
	return err;
}

static enum clip_reason check_signature(const struct clip_signed_image *what)
{
	int err;

	if (!what->signature_size)
		return CLIP_REASON_SIGNATURE;
	err = verify_pkcs7_signature(what->image, what->size, what->signature,
				     what->signature_size,
				     VERIFY_USE_SECONDARY_KEYRING,
				     VERIFYING_UNSPECIFIED_SIGNATURE, NULL,
				     NULL);
	if (err == -ENOMEM)
		return CLIP_REASON_NO_MEMORY;
	return err ? CLIP_REASON_SIGNATURE : CLIP_REASON_NONE;
}

/**
 * clip_signed_commit - Put an image in force if its signature allows it
 * @what: the image and its signature
 * @args: the request; out: what has happened
 * @results: out: the results of single entries
 *
 * Without the latch, an image needs no signature; one that is there must be
 * valid nevertheless, so that the number of the policy counts from the boot on.
 *
 * Context: May sleep.
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_signed_commit(const struct clip_signed_image *what,
		       struct clip_commit *args, struct clip_results *results)
{
	const struct clip_image_header *header = what->image;
	enum clip_reason reason;
	u32 version;
	int err;

	if (!what->signature_size && !clip_latched(CLIP_LATCH_SIGNED))
		return clip_commit(what->image, what->size, args, results);
	reason = check_signature(what);
	if (reason != CLIP_REASON_NONE)
		return refuse(args, reason);
	version = le32_to_cpu(header->policy_version);
	guard(mutex)(&signed_lock);
	if (version < highest_version)
		return refuse(args, CLIP_REASON_OLD_VERSION);
	err = clip_commit(what->image, what->size, args, results);
	if (!err && !(args->flags & CLIP_COMMIT_DRY_RUN))
		highest_version = version;
	return err;
}
