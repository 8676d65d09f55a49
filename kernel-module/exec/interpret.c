// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: files that an interpreter is going to execute
 *
 * An interpreter asks in one of two ways. With AT_EXECVE_CHECK it asks whether
 * the file of a descriptor may be executed, and gets the answer that execve
 * would give. With O_MAYEXEC it opens a file for reading, and gets a descriptor
 * only if the content may be interpreted. In the second case, the file is not
 * written until the descriptor is closed: the content that was judged is the
 * content that is read.
 *
 * Writers are excluded only from files that match a rule. Otherwise every
 * reader of a file could keep its writers off. A file on an overlay is refused
 * in the second case, because a copy-up exchanges what an open file reads.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "exec/chain.h"
#include "exec/interpret.h"
#include "report/events.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "verify/judge.h"
#include "verify/unlisted.h"
#include "verify/verdict.h"

/* Return: 0 if the act goes on in spite of @err; else @err. */
static int refuse(struct clip_judgement *judgement, struct clip_context *ctx,
		  struct file *file, int err)
{
	const bool permitted = clip_context_permits(ctx, err) ||
			       clip_unlisted_permits(ctx, judgement, err);

	if (permitted)
		clip_events_add_digest(CLIP_REPORT_CHECK, ctx, file,
				       judgement->entry, &judgement->verdict);
	clip_report_verdict(CLIP_REPORT_CHECK, ctx, file, judgement->entry,
			    &judgement->verdict, err, permitted);
	return permitted ? 0 : err;
}

/* An answer for this moment. Exec keeps writers off the inode of the file. */
static int judge_now(struct clip_judgement *judgement, struct clip_context *ctx,
		     struct file *file)
{
	int err;

	if (judgement->inode == file_inode(file))
		return clip_judge(judgement, ctx, file, 0);
	err = clip_judge_deny(judgement, ctx, file, 0);
	if (!err)
		clip_inode_allow_writers(judgement->inode);
	return err;
}

/*
 * Writers are excluded from the inode that is read. On an overlay this can be
 * exchanged for another one at any time, which the open file then reads: such a
 * file cannot be held.
 */
static int judge_and_hold(struct clip_judgement *judgement,
			  struct clip_context *ctx, struct file *file)
{
	int err;

	if (judgement->inode != file_inode(file)) {
		judgement->verdict.reason = CLIP_REASON_UNTRUSTED_FS;
		return -EACCES;
	}
	err = clip_judge_deny(judgement, ctx, file, 0);
	if (err)
		return err;
	clip_wake_hooks(CLIP_WAKE_HELD);
	clip_file(file)->unwritten = judgement->inode;
	return 0;
}

static bool is_enforced(const struct clip_context *ctx, u32 words)
{
	return READ_ONCE(ctx->level) & words;
}

/**
 * clip_interpret_check - Answer AT_EXECVE_CHECK
 * @bprm: the exec that is not carried out
 *
 * The answer is that of an exec. In addition, where scripts are enforced, the
 * file needs an entry of any kind or an allow digest.
 *
 * Context: May sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_interpret_check(const struct linux_binprm *bprm)
{
	struct clip_context *ctx = clip_cred(bprm->cred)->context;
	struct clip_judgement judgement;
	int err = 0;

	if (!ctx || !is_enforced(ctx, CLIP_LEVEL_ACTIVE))
		return 0;
	clip_judge_begin(&judgement, ctx, bprm->file);
	if (is_enforced(ctx, CLIP_LEVEL_ENFORCE_EXEC |
			     CLIP_LEVEL_ENFORCE_SCRIPT) ||
	    (judgement.entry &&
	     clip_entry_unmet(judgement.entry) == CLIP_REASON_NONE))
		err = judge_now(&judgement, ctx, bprm->file);
	if (err)
		err = refuse(&judgement, ctx, bprm->file, err);
	else
		err = clip_exec_check_use(&judgement, ctx, bprm, false);
	clip_judge_end(&judgement);
	return err;
}

/**
 * clip_interpret_open - Check an open with O_MAYEXEC
 * @file: the file that was just opened, for reading
 *
 * The file has to match its entry. Where scripts are enforced, it needs an
 * entry of any kind or an allow digest.
 *
 * Context: May sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_interpret_open(struct file *file)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_judgement judgement;
	int err = 0;

	if (!ctx || !is_enforced(ctx, CLIP_LEVEL_ACTIVE))
		return 0;
	clip_judge_begin(&judgement, ctx, file);
	if (judgement.entry || is_enforced(ctx, CLIP_LEVEL_ENFORCE_SCRIPT))
		err = judge_and_hold(&judgement, ctx, file);
	if (err)
		err = refuse(&judgement, ctx, file, err);
	clip_judge_end(&judgement);
	return err;
}

/**
 * clip_interpret_release - Allow writers when a descriptor is closed for good
 * @file: a file whose last reference is gone
 */
void clip_interpret_release(struct file *file)
{
	struct inode *inode = clip_file(file)->unwritten;

	if (!inode)
		return;
	clip_file(file)->unwritten = NULL;
	clip_inode_allow_writers(inode);
}
