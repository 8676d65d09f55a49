// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the digest of a file that was refused unread
 */
#include "core/common.h"

#include <linux/fs.h>

#include "core/reason.h"
#include "digest/content.h"
#include "report/event.h"
#include "report/events.h"
#include "report/learn.h"

/**
 * clip_events_add_digest - Compute the digest that a listener will need
 * @report: kind of the event that will be reported, a refusal that is permitted
 * @ctx: context of the task
 * @file: the file
 * @entry: its entry, or NULL
 * @verdict: verdict on the file; updated
 *
 * A file without an entry may have been refused without being read. Its digest
 * is what a rule for it needs. Nothing is read if no listener would receive it.
 *
 * Context: May sleep and read the file.
 */
void clip_events_add_digest(enum clip_report_kind report,
			    const struct clip_context *ctx, struct file *file,
			    const struct clip_entry *entry,
			    struct clip_verdict *verdict)
{
	const struct clip_event event = {
		.report = report,
		.reason = verdict->reason,
		.ctx = ctx,
		.file = file,
	};

	if (verdict->hashed || entry || !S_ISREG(file_inode(file)->i_mode) ||
	    verdict->reason == CLIP_REASON_BEING_WRITTEN)
		return;
	if (!clip_events_are_heard() || clip_learn_is_known(&event) ||
	    clip_digest_file(file, CLIP_ALGO_SHA256, verdict->found))
		return;
	verdict->hashed = true;
	verdict->algorithm = CLIP_ALGO_SHA256;
}
