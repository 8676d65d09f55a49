// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: checks at exec
 *
 * Each file of an exec (a script, then its interpreter) is verified in
 * bprm_check_security, while exec keeps writers off it. The resulting pending
 * grant waits in the new credential until bprm_creds_from_file, which runs
 * once, after the capability module. The final sets are computed there and
 * nowhere else.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/personality.h>
#include <linux/uidgid.h>

#include "core/cred_blob.h"
#include "exec/chain.h"
#include "exec/grant.h"
#include "exec/offer.h"
#include "exec/root.h"
#include "privilege/scoped.h"
#include "report/events.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/judge.h"

/**
 * clip_entry_unmet - Find the condition of an entry that is not met
 * @entry: the entry
 *
 * If the caller does not meet a condition, the file runs as if it had no entry.
 * The user ids are those from before any setuid bit took effect, and they are
 * global ones: root of a user namespace has no meaning here.
 *
 * Return: %CLIP_REASON_NONE if the entry counts, or the condition that is not
 * met.
 */
enum clip_reason clip_entry_unmet(const struct clip_entry *entry)
{
	if (!(entry->flags & CLIP_ENTRY_EXE))
		return CLIP_REASON_NO_ENTRY;
	if ((entry->flags & CLIP_ENTRY_NEEDROOT) &&
	    !(uid_eq(current_uid(), GLOBAL_ROOT_UID) &&
	      uid_eq(current_euid(), GLOBAL_ROOT_UID)))
		return CLIP_REASON_NOT_ROOT;
	if ((entry->flags & CLIP_ENTRY_KTHREAD) && current->mm)
		return CLIP_REASON_NOT_KTHREAD;
	return CLIP_REASON_NONE;
}

static bool enforces_exec(const struct clip_context *ctx)
{
	return READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_EXEC;
}

/*
 * EX-06: returns the entry of the file, or NULL if it has no entry or one that
 * does not count.
 */
static struct clip_entry *entry_that_counts(struct clip_entry *entry)
{
	return entry && clip_entry_unmet(entry) == CLIP_REASON_NONE ? entry :
								      NULL;
}

/*
 * A file that was opened while its filesystem had a pre-content watch can be
 * written while it runs: exec does not keep writers off it. They are kept off
 * as for other mappings instead, from here on for as long as it is mapped
 * executable. A watch that is set later changes nothing, because the mode of an
 * open file is final.
 */
static int keep_writers_off(struct clip_judgement *judgement, struct file *file)
{
	return likely(!FMODE_FSNOTIFY_HSM(file->f_mode)) ?
	       0 : clip_judge_hold(judgement, file);
}

/*
 * A file whose entry does not count runs like a file without one. Where every
 * executed file has to be listed, it still has to match its entry. On an
 * overlay, exec keeps writers off the overlay's inode only; a seal keeps them
 * off the one below.
 */
static int judge(struct clip_judgement *judgement, struct clip_context *ctx,
		 struct file *file)
{
	const unsigned int how = judgement->inode == file_inode(file) ?
				 0 : CLIP_JUDGE_SEAL;

	if (!enforces_exec(ctx) && !entry_that_counts(judgement->entry))
		return 0;
	return keep_writers_off(judgement, file) ?:
	       clip_judge(judgement, ctx, file, how);
}

/* Return: 0 if the exec goes on in spite of @err; else @err. */
static int refuse(struct clip_judgement *judgement, struct clip_context *ctx,
		  struct file *file, int err)
{
	const bool permitted = clip_context_permits(ctx, err);

	/* A task that is being killed was not refused. */
	if (err == -EINTR)
		return err;
	clip_report_verdict(CLIP_REPORT_EXEC, ctx, file, judgement->entry,
			    &judgement->verdict, err, permitted);
	clip_judge_end(judgement);
	return permitted ? 0 : err;
}

static noinline void report_match(const struct linux_binprm *bprm,
				  const struct clip_context *ctx,
				  const struct clip_entry *entry)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_MATCH,
		.ctx = ctx,
		.file = bprm->file,
		.entry = entry,
	});
}

static int add_file(struct linux_binprm *bprm, struct clip_context *ctx,
		    struct clip_entry *entry)
{
	struct clip_cred *blob = clip_cred(bprm->cred);

	if (entry && clip_matches_are_reported())
		report_match(bprm, ctx, entry);
	if (!entry && !blob->pending)
		return 0;
	return clip_grant_update(&blob->pending, bprm, entry);
}

/**
 * clip_exec_check - Check whether a file of an exec may run
 * @bprm: the exec, with the file in it
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_exec_check(struct linux_binprm *bprm)
{
	struct clip_context *ctx = clip_cred(bprm->cred)->context;
	struct clip_judgement judgement;
	int err;

	if (!ctx || !(READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE))
		return 0;
	clip_judge_begin(&judgement, ctx, bprm->file);
	err = judge(&judgement, ctx, bprm->file);
	if (err)
		err = refuse(&judgement, ctx, bprm->file, err);
	if (!err)
		err = add_file(bprm, ctx, entry_that_counts(judgement.entry));
	clip_judge_end(&judgement);
	return err;
}

static bool holds_root_privileges(const struct clip_cred *blob)
{
	return (blob->privileges | blob->saved_privileges) & ~CLIP_PRIV_PLAIN;
}

/**
 * clip_exec_settle - Compute the rights of a program that is executed
 * @bprm: the exec; its credential is final afterwards
 * @file: the file that the capability module used
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value.
 */
int clip_exec_settle(struct linux_binprm *bprm, const struct file *file)
{
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_grant *offer __free(clip_grant_free) = blob->pending;
	int err;

	blob->pending = NULL;
	err = clip_root_ignore_setuid(bprm, file);
	if (!err && clip_sb_no_suid(file))
		err = clip_root_ignore_file(bprm, file);
	if (err)
		return err;
	clip_scoped_exec(bprm->cred, bprm->unsafe);
	/* EX-03, EX-04: privileges never cross exec. */
	blob->privileges = 0;
	blob->saved_privileges = 0;
	blob->extra_effective = 0;
	blob->extra_permitted = 0;
	blob->entry_flags = 0;
	blob->task_flags &= CLIP_TASK_CROSSES_EXEC;
	/*
	 * The open files and the memory of their holder can cross it: guard the
	 * task that has them.
	 */
	if (holds_root_privileges(clip_cred(current_cred())))
		blob->task_flags |= CLIP_TASK_BUMPED;
	clip_grant_apply(bprm, file, offer);
	if ((blob->task_flags & CLIP_TASK_GUARDED) ||
	    (clip_cred(current_cred())->task_flags & CLIP_TASK_MIGRATED)) {
		bprm->secureexec = 1;
		bprm->per_clear |= PER_CLEAR_ON_SETID;
	}
	return 0;
}
