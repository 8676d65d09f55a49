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
#include <linux/securebits.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "core/counters.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/latch.h"
#include "exec/chain.h"
#include "exec/grant.h"
#include "exec/offer.h"
#include "exec/root.h"
#include "exec/script.h"
#include "privilege/scoped.h"
#include "report/events.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/judge.h"
#include "verify/matched.h"
#include "verify/unlisted.h"
#include "verify/verdict.h"

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

static bool is_script(const struct linux_binprm *bprm)
{
	return bprm->buf[0] == '#' && bprm->buf[1] == '!';
}

/* Must every file of this kind have an entry or an allow digest? */
static bool enforced(const struct clip_context *ctx,
		     const struct linux_binprm *bprm)
{
	const u32 level = READ_ONCE(ctx->level);

	return (level & CLIP_LEVEL_ENFORCE_EXEC) ||
	       ((level & CLIP_LEVEL_ENFORCE_SCRIPT) && is_script(bprm));
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
 * The start of the file, which decides about its interpreter, was read before
 * writers were excluded. It has to be what was judged.
 */
static int check_start(struct clip_judgement *judgement,
		       const struct linux_binprm *bprm)
{
	char *start __free(kfree) = kzalloc(BINPRM_BUF_SIZE, GFP_KERNEL);
	loff_t pos = 0;
	ssize_t got;

	if (!start) {
		judgement->verdict.reason = CLIP_REASON_NO_MEMORY;
		return -ENOMEM;
	}
	got = __kernel_read(bprm->file, start, BINPRM_BUF_SIZE, &pos);
	if (got < 0) {
		judgement->verdict.reason = CLIP_REASON_IO_ERROR;
		return got;
	}
	if (!memcmp(start, bprm->buf, BINPRM_BUF_SIZE))
		return 0;
	judgement->verdict.reason = CLIP_REASON_BEING_WRITTEN;
	return -ETXTBSY;
}

/*
 * A file whose entry does not count runs like a file without one. Where every
 * executed file has to be listed, it still has to match its entry. On an
 * overlay, exec keeps writers off the overlay's inode only; a seal keeps them
 * off the one below.
 */
static int judge(struct clip_judgement *judgement, struct clip_context *ctx,
		 const struct linux_binprm *bprm)
{
	const bool overlaid = judgement->inode != file_inode(bprm->file);
	struct clip_cred *blob = clip_cred(bprm->cred);
	int err, good;

	blob->task_flags &= ~CLIP_TASK_SCRIPT;
	if (!enforced(ctx, bprm) && !entry_that_counts(judgement->entry))
		return 0;
	err = keep_writers_off(judgement, bprm->file) ?:
	      clip_judge(judgement, ctx, bprm->file,
			 overlaid ? CLIP_JUDGE_SEAL : 0);
	if (!err && (overlaid || FMODE_FSNOTIFY_HSM(bprm->file->f_mode)))
		err = check_start(judgement, bprm);
	if (err || !is_script(bprm))
		return err;
	/* The interpreter opens the name again. */
	good = clip_script_guarded(bprm);
	if (good > 0)
		blob->task_flags |= CLIP_TASK_SCRIPT;
	return min(good, 0);
}

/**
 * clip_exec_check_use - Check how an interpreter is used
 * @judgement: the judgement on the file that is executed
 * @ctx: context of the task
 * @bprm: the exec
 * @after_script: the file is the interpreter of a verified script, and will
 *	open that script and no other file
 *
 * An interpreter with INDIRECT runs only to interpret a script that was
 * verified. Without enforce_script, another use is reported and not refused.
 * The flag restricts, so that the other conditions of the entry do not matter.
 *
 * Return: 0, or -EACCES after a report.
 */
int clip_exec_check_use(struct clip_judgement *judgement,
			const struct clip_context *ctx,
			const struct linux_binprm *bprm, bool after_script)
{
	const struct clip_entry *entry = judgement->entry;
	bool permitted;

	if (!entry || !(entry->flags & CLIP_ENTRY_INDIRECT) || after_script)
		return 0;
	judgement->verdict.reason = CLIP_REASON_INDIRECT;
	permitted = !(READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_SCRIPT) ||
		    clip_context_permits(ctx, -EACCES);
	clip_report_verdict(CLIP_REPORT_EXEC, ctx, bprm->file, entry,
			    &judgement->verdict, -EACCES, permitted);
	return permitted ? 0 : -EACCES;
}

/* Return: 0 if the exec goes on in spite of @err; else @err. */
static int refuse(struct clip_judgement *judgement, struct clip_context *ctx,
		  const struct linux_binprm *bprm, int err)
{
	const bool unlisted = !clip_context_permits(ctx, err) &&
			      clip_unlisted_permits(ctx, judgement, err);
	const bool permitted = unlisted || clip_context_permits(ctx, err);
	struct file *file = bprm->file;

	if (unlisted)
		clip_cred(bprm->cred)->task_flags |= CLIP_TASK_UNLISTED;
	if (permitted)
		clip_events_add_digest(CLIP_REPORT_EXEC, ctx, file,
				       judgement->entry, &judgement->verdict);
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

/*
 * A file that only an allow digest admits is given nothing, whatever its
 * attributes say; see clip_exec_settle().
 */
static void note_admission(const struct linux_binprm *bprm,
			   const struct clip_judgement *judgement,
			   const struct clip_context *ctx)
{
	struct clip_cred *blob = clip_cred(bprm->cred);

	blob->task_flags &= ~CLIP_TASK_ALLOWED_LAST;
	if (enforced(ctx, bprm) && !judgement->entry &&
	    judgement->verdict.reason == CLIP_REASON_NONE)
		blob->task_flags |= CLIP_TASK_ALLOWED | CLIP_TASK_ALLOWED_LAST;
}

/* Was the file that the capability module used admitted in this way? */
static bool only_allowed(const struct linux_binprm *bprm,
			 const struct file *file)
{
	return clip_cred(bprm->cred)->task_flags &
	       (file == bprm->file ? CLIP_TASK_ALLOWED_LAST :
				     CLIP_TASK_ALLOWED);
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

/* Entries with other flags restrict the program, or concern several files. */
#define SINGLE_FLAGS \
	(CLIP_ENTRY_EXE | CLIP_ENTRY_LIB | CLIP_ENTRY_NEEDROOT | \
	 CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS | CLIP_ENTRY_INHERIT | \
	 CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT)

/* No earlier file offers anything, and no later one can follow this one. */
static bool is_single(const struct linux_binprm *bprm)
{
	return !clip_cred(bprm->cred)->pending && !is_script(bprm) &&
	       !FMODE_FSNOTIFY_HSM(bprm->file->f_mode);
}

/* Does the entry, if the file matches it, say all that there is to say? */
static bool is_usual(const struct clip_entry *entry,
		     const struct linux_binprm *bprm)
{
	return !(entry->flags & ~SINGLE_FLAGS) &&
	       clip_entry_unmet(entry) == CLIP_REASON_NONE &&
	       is_single(bprm) && !clip_matches_are_reported();
}

/* Takes over a reference to the entry. */
static void take_match(const struct linux_binprm *bprm,
		       struct clip_entry *entry)
{
	struct clip_cred *blob = clip_cred(bprm->cred);

	blob->task_flags &= ~(CLIP_TASK_SCRIPT | CLIP_TASK_ALLOWED_LAST);
	blob->matched = entry;
	clip_count(CLIP_COUNT_CACHED);
}

/*
 * Of an entry that says nothing but EXE, nothing is needed any more: it has no
 * condition, and grants nothing. This is what is_usual() and
 * clip_grant_is_plain() say of it.
 */
static bool is_plain(const struct clip_entry *entry,
		     const struct linux_binprm *bprm)
{
	return entry->flags == CLIP_ENTRY_EXE && !entry->has_rights &&
	       !bprm->unsafe && !bprm->have_execfd &&
	       bprm->cred->user_ns == &init_user_ns && is_single(bprm) &&
	       !clip_matches_are_reported() &&
	       clip_grant_place(bprm->file) == CLIP_REASON_NONE;
}

static void take_plain(const struct linux_binprm *bprm)
{
	struct clip_cred *blob = clip_cred(bprm->cred);

	blob->task_flags &= ~(CLIP_TASK_SCRIPT | CLIP_TASK_ALLOWED_LAST);
	blob->task_flags |= CLIP_TASK_PLAIN;
	clip_count(CLIP_COUNT_CACHED);
}

/*
 * The common case: a program that matches its entry, and whose content is
 * known. The judge would come to the same verdict; here it takes nothing that only
 * other files need. Whatever is not as usual is left to the
 * judge, so that this function never refuses.
 */
static bool is_known_match(const struct clip_judgement *judgement,
			   const struct linux_binprm *bprm)
{
	const struct clip_entry *entry = judgement->entry;
	const struct inode *inode = judgement->inode;

	return entry && is_usual(entry, bprm) &&
	       inode == file_inode(bprm->file) &&
	       clip_sb_trusted(inode->i_sb) &&
	       !clip_inode_being_written(inode) &&
	       clip_verdict_is(inode, entry->algorithm, entry->digest);
}

/* The same again: neither the tables nor the file have changed since. */
static bool take_earlier_match(const struct linux_binprm *bprm,
			       const struct clip_context *ctx)
{
	struct clip_entry *entry;

	guard(rcu)();
	entry = clip_matched_find(file_inode(bprm->file), ctx);
	if (!entry)
		return false;
	if (likely(is_plain(entry, bprm))) {
		take_plain(bprm);
		return true;
	}
	if (!is_usual(entry, bprm) || !refcount_inc_not_zero(&entry->usage))
		return false;
	take_match(bprm, entry);
	return true;
}

/* Another file of the same exec follows, for example by binfmt_misc. */
static void forget_match(struct clip_cred *blob)
{
	blob->task_flags &= ~CLIP_TASK_PLAIN;
	clip_entry_put(blob->matched);
	blob->matched = NULL;
}

static noinline int check_active(struct linux_binprm *bprm,
				 struct clip_context *ctx)
{
	const bool after_script =
		clip_cred(bprm->cred)->task_flags & CLIP_TASK_SCRIPT;
	const u64 generation = clip_store_generation();
	const u64 writes = clip_inode_writes(file_inode(bprm->file));
	/* The digest in it is large, and valid only where a field says so. */
	struct clip_judgement judgement __uninitialized;
	int err;

	clip_judge_begin(&judgement, ctx, bprm->file);
	if (is_known_match(&judgement, bprm)) {
		clip_matched_keep(judgement.inode, ctx, judgement.entry,
				  generation, writes);
		take_match(bprm, judgement.entry);
		return 0;
	}
	err = judge(&judgement, ctx, bprm);
	if (err)
		err = refuse(&judgement, ctx, bprm, err);
	else
		err = clip_exec_check_use(&judgement, ctx, bprm, after_script);
	note_admission(bprm, &judgement, ctx);
	/* It restricts, so that the conditions of the entry do not matter. */
	if (judgement.entry && (judgement.entry->flags & CLIP_ENTRY_RESTRICT))
		clip_cred(bprm->cred)->task_flags |= CLIP_TASK_RESTRICTED;
	if (!err)
		err = add_file(bprm, ctx, entry_that_counts(judgement.entry));
	clip_judge_end(&judgement);
	return err;
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
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_context *ctx = blob->context;

	if (unlikely(blob->matched || (blob->task_flags & CLIP_TASK_PLAIN)))
		forget_match(blob);
	if (!ctx || !(READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE) ||
	    take_earlier_match(bprm, ctx))
		return 0;
	return check_active(bprm, ctx);
}

/*
 * The program starts with the securebits that interpreters obey, locked. They
 * only restrict, so that this is no grant and has no further condition.
 */
static void restrict_interpreter(struct cred *new)
{
	if (clip_cred(new)->task_flags & CLIP_TASK_RESTRICTED)
		new->securebits |= SECURE_ALL_UNPRIVILEGED |
				   SECURE_ALL_UNPRIVILEGED << 1;
}

/*
 * A program that gains rights, from an entry or from attributes of its file,
 * must not run what no rule allows.
 */
static bool has_gained(const struct clip_cred *blob)
{
	return blob->privileges || blob->saved_privileges ||
	       (blob->task_flags & (CLIP_TASK_RAISED | CLIP_TASK_INHERITED)) ||
	       (blob->entry_flags & CLIP_ENTRY_JIT);
}

static bool holds_root_privileges(const struct clip_cred *blob)
{
	return (blob->privileges | blob->saved_privileges) & ~CLIP_PRIV_PLAIN;
}

/* Without any of these, all that a file's attributes give is kept. */
#define LATCHES_ON_ATTRIBUTES \
	(BIT(CLIP_LATCH_NOSUID_ROOT) | BIT(CLIP_LATCH_MOUNT))
#define NO_ATTRIBUTES \
	(CLIP_TASK_UNLISTED | CLIP_TASK_ALLOWED | CLIP_TASK_ALLOWED_LAST)

/* Takes back what modes and attributes of the file give and must not give. */
static noinline int ignore_attributes(struct linux_binprm *bprm,
				      const struct file *file, bool unlisted)
{
	int err = 0;

	if (clip_latched(CLIP_LATCH_NOSUID_ROOT))
		err = clip_root_ignore_setuid(bprm, file);
	if (!err && (unlisted || (clip_latched(CLIP_LATCH_MOUNT) &&
				  clip_sb_no_suid(file))))
		err = clip_root_ignore_file(bprm, file);
	if (only_allowed(bprm, file))
		clip_root_ignore_file_caps(bprm, file);
	return err;
}

/* The grant of a single file, which is made only now. */
static noinline void apply_match(struct linux_binprm *bprm,
				 const struct file *file,
				 struct clip_entry *entry)
{
	struct clip_grant single __uninitialized;

	if (clip_grant_is_plain(bprm, file, entry)) {
		clip_grant_set_plain(bprm->cred, entry->flags);
	} else {
		clip_grant_make(&single, bprm, entry);
		clip_grant_apply(bprm, file, &single);
	}
}

static noinline int settle(struct linux_binprm *bprm, const struct file *file)
{
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_grant *offer __free(clip_grant_free) = blob->pending;
	const bool unlisted = blob->task_flags & CLIP_TASK_UNLISTED;
	const bool assigned = blob->task_flags & CLIP_TASK_ASSIGNED;
	const bool plain = blob->task_flags & CLIP_TASK_PLAIN;
	bool gained;
	int err = 0;

	blob->pending = NULL;
	if (unlikely(READ_ONCE(clip_latches) & LATCHES_ON_ATTRIBUTES ||
		     blob->task_flags & NO_ATTRIBUTES))
		err = ignore_attributes(bprm, file, unlisted);
	if (err)
		return err;
	if (assigned)
		clip_root_bound(bprm->cred);
	gained = bprm->secureexec;
	restrict_interpreter(bprm->cred);
	if (unlikely(bprm->unsafe))
		clip_scoped_exec(bprm->cred);
	blob->scoped = 0;
	/* EX-03, EX-04: privileges never cross exec. */
	blob->privileges = 0;
	blob->saved_privileges = 0;
	blob->extra &= CLIP_EXTRA_INHERITABLE;
	blob->entry_flags = 0;
	blob->task_flags &= CLIP_TASK_CROSSES_EXEC;
	/*
	 * The open files and the memory of their holder can cross it: guard the
	 * task that has them.
	 */
	if (holds_root_privileges(clip_cred(current_cred())))
		blob->task_flags |= CLIP_TASK_BUMPED;
	if (plain && !unlisted)
		clip_grant_set_plain(bprm->cred, CLIP_ENTRY_EXE);
	else if (blob->matched && !unlisted)
		apply_match(bprm, file, blob->matched);
	else
		clip_grant_apply(bprm, file, unlisted ? NULL : offer);
	if (blob->matched)
		forget_match(blob);
	if (gained || has_gained(blob))
		blob->task_flags |= CLIP_TASK_GAINED;
	if (assigned || (blob->task_flags & CLIP_TASK_GUARDED) ||
	    (clip_cred(current_cred())->task_flags & CLIP_TASK_MIGRATED)) {
		bprm->secureexec = 1;
		bprm->per_clear |= PER_CLEAR_ON_SETID;
	}
	return 0;
}

/*
 * Most programs of most machines: neither the task nor a file of the exec has
 * anything from clip, but perhaps an entry that grants nothing, and no latch
 * changes what attributes give. The flags of the new credential contain those of
 * the task.
 */
static bool has_nothing(const struct clip_cred *blob)
{
	return !(READ_ONCE(clip_latches) & LATCHES_ON_ATTRIBUTES) &&
	       !blob->pending && !blob->matched &&
	       !(blob->privileges | blob->saved_privileges | blob->scoped |
		 blob->entry_flags | (blob->task_flags & ~CLIP_TASK_PLAIN));
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

	if (unlikely(!has_nothing(blob)))
		return settle(bprm, file);
	if (blob->task_flags) {
		blob->task_flags = 0;
		clip_grant_set_plain(bprm->cred, CLIP_ENTRY_EXE);
	} else {
		clip_root_limit(bprm->cred);
	}
	if (bprm->secureexec)
		blob->task_flags |= CLIP_TASK_GAINED;
	return 0;
}
