// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what happens at exec
 *
 * Each file of the chain (a script, then its interpreter) is verified in
 * bprm_check_security, while exec keeps writers off it. What they come to waits
 * in the new credential until bprm_creds_from_file, which runs once, after the
 * capability module: there, and nowhere else, are the final sets computed.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/personality.h>
#include <linux/uidgid.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "exec/chain.h"
#include "exec/grant.h"
#include "exec/offer.h"
#include "exec/root.h"
#include "privilege/scoped.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "verify/verify.h"

/**
 * clip_entry_unmet - does the entry of a program count for this caller?
 * @entry: the entry
 *
 * If not, the file runs as if it had none. The user ids are those before any
 * setuid bit, and they are global ones: root of a user namespace is nobody
 * here.
 *
 * Return: %CLIP_REASON_NONE if it counts, or the condition that is not met.
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

/* EX-06: the entry of the file, or NULL if there is none, or none that counts. */
static struct clip_entry *entry_that_counts(struct clip_entry *entry)
{
	return entry && clip_entry_unmet(entry) == CLIP_REASON_NONE ? entry :
								      NULL;
}

/*
 * A file whose entry does not count runs like one that has none. Where all that
 * runs has to be listed, it has to match its entry all the same. What matches
 * no entry may still be allowed by its digest; it is given nothing then, and
 * @entry ends as NULL.
 */
static int verify(struct clip_context *ctx, struct file *file,
		  struct clip_entry **entry, struct clip_verdict *verdict)
{
	struct clip_verdict allowed;
	int err = -EACCES;

	if (*entry) {
		if (!entry_that_counts(*entry) && !enforces_exec(ctx))
			return 0;
		err = clip_verify_either(ctx, file, entry, verdict);
		if (err != -EACCES)
			return err;
	}
	if (clip_verify_allowed(file, ctx, &allowed)) {
		if (!*entry)
			*verdict = allowed;
		return err;
	}
	clip_entry_put(*entry);
	*entry = NULL;
	return 0;
}

/**
 * clip_exec_check - may a file of an exec run?
 * @bprm: the exec, with the file in it
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_exec_check(struct linux_binprm *bprm)
{
	struct clip_context *ctx = clip_cred(bprm->cred)->context;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_verdict verdict;
	int err;

	if (!ctx || !(READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE))
		return 0;
	entry = clip_store_lookup_inode(&ctx->table, file_inode(bprm->file));
	err = entry || enforces_exec(ctx) ?
	      verify(ctx, bprm->file, &entry, &verdict) : 0;
	if (err) {
		const bool permitted = clip_context_permits(ctx, err);

		clip_report_verdict(CLIP_REPORT_EXEC, ctx, bprm->file, entry,
				    &verdict, err, permitted);
		if (!permitted)
			return err;
		clip_entry_put(entry);
		entry = NULL;
	} else if (entry_that_counts(entry)) {
		clip_report(&(const struct clip_event) {
			.report = CLIP_REPORT_MATCH,
			.ctx = ctx,
			.file = bprm->file,
			.entry = entry,
		});
	}
	if (!entry_that_counts(entry) && !blob->pending)
		return 0;
	return clip_offer_update(&blob->pending, bprm,
				 entry_that_counts(entry));
}

static bool holds_root_privileges(const struct clip_cred *blob)
{
	return (blob->privileges | blob->saved_privileges) & ~CLIP_PRIV_PLAIN;
}

/**
 * clip_exec_settle - compute what an exec gets
 * @bprm: the exec; its credential is final afterwards
 * @file: the file that the capability module went by
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value.
 */
int clip_exec_settle(struct linux_binprm *bprm, const struct file *file)
{
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_offer *offer __free(clip_offer_free) = blob->pending;
	int err;

	blob->pending = NULL;
	err = clip_root_ignore_setuid(bprm, file);
	if (!err && clip_sb_no_suid(file))
		err = clip_root_ignore_file(bprm, file);
	if (err)
		return err;
	clip_scope_exec(bprm->cred, bprm->unsafe);
	/* EX-03, EX-04: privileges never cross exec. */
	blob->privileges = 0;
	blob->saved_privileges = 0;
	blob->extra_effective = 0;
	blob->extra_permitted = 0;
	blob->entry_flags = 0;
	blob->task_flags &= CLIP_TASK_CROSSES_EXEC;
	/* But their holder's open files and memory of them can: guard those. */
	if (holds_root_privileges(clip_cred(current_cred())))
		blob->task_flags |= CLIP_TASK_BUMPED;
	clip_grant(bprm, file, offer);
	if ((blob->task_flags & CLIP_TASK_GUARDED) ||
	    (clip_cred(current_cred())->task_flags & CLIP_TASK_MIGRATED)) {
		bprm->secureexec = 1;
		bprm->per_clear |= PER_CLEAR_ON_SETID;
	}
	return 0;
}
