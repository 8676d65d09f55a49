// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the changes of the tables by an image
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "load/apply.h"
#include "load/digests.h"
#include "load/image.h"
#include "load/job.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "store/names.h"
#include "store/transaction.h"

static bool same_digest(const struct clip_entry *entry,
			const struct clip_rule *rule)
{
	return entry->algorithm == rule->algorithm &&
	       !memcmp(entry->digest, rule->digest, entry->digest_size);
}

/*
 * Notes why an entry was not inserted: the table has the same rule already, or
 * another one for the file.
 */
static void note_existing(struct clip_job *job, const struct clip_txn *txn,
			  const struct clip_item *item)
{
	const struct clip_entry *old = NULL, *first;

	first = clip_store_lookup_at(&item->ctx->table, &item->id, txn->next);
	if (first)
		old = clip_store_lookup_other_at(&item->ctx->table, &item->id,
						 txn->next, first);
	if ((first && clip_entry_same_rule(first, item->entry)) ||
	    (old && clip_entry_same_rule(old, item->entry)))
		job->args->unchanged++;
	else
		/* A REPLACE finds only what the image itself has brought. */
		clip_job_refuse(job, item->index,
				job->args->mode == CLIP_COMMIT_REPLACE ||
				(first && first->born == txn->next) ?
				CLIP_REASON_DUPLICATE : CLIP_REASON_EXISTS);
}

static void add_item(struct clip_job *job, struct clip_txn *txn, struct clip_item *item)
{
	int err;

	if (job->args->mode == CLIP_COMMIT_REPLACE) {
		item->kept = clip_txn_keep(txn, item->ctx, item->entry);
		if (item->kept) {
			job->args->unchanged++;
			return;
		}
	}
	err = job->args->flags & CLIP_COMMIT_BESIDE ?
		  clip_txn_insert_beside(txn, item->ctx, item->entry) :
		  clip_txn_insert(txn, item->ctx, item->entry);
	if (!err) {
		/* The table now owns the reference. */
		item->entry = NULL;
		job->args->added++;
		return;
	}
	if (err == -EEXIST)
		note_existing(job, txn, item);
	else
		clip_job_note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
}

/*
 * The path may lead to another file than it did for the rule, or to none. What
 * enforce_mntro protects stays: an entry is only removed if its file is on the
 * filesystem on which the path lies, by a mount that can be written.
 */
static bool is_within_reach(const struct clip_item *item,
			    const struct clip_entry *entry)
{
	if (!(item->ctx->level & CLIP_LEVEL_ENFORCE_MNTRO))
		return true;
	return entry->file.sb == item->id.sb && item->path.mnt &&
	       !clip_job_is_pinned(item->ctx, &item->path);
}

/*
 * Removes one entry, unless @rule has another digest than it, and counts it.
 * Returns 0 also if there is nothing to remove.
 */
static int remove_one(struct clip_job *job, struct clip_txn *txn,
		      const struct clip_item *item, struct clip_entry *entry,
		      const struct clip_rule *rule)
{
	int err;

	if (rule && !same_digest(entry, rule))
		return 0;
	err = clip_txn_remove_entry(txn, item->ctx, entry);
	if (!err)
		job->args->removed++;
	return err == -ENOENT ? 0 : err;
}

/*
 * Removes the entries of the file at the path, which may be two, and all others
 * that a rule for this path has made. With @rule, removes only those that have
 * its digest.
 */
static int remove_entries(struct clip_job *job, struct clip_txn *txn,
			  const struct clip_item *item, const struct clip_rule *rule)
{
	struct clip_table *table = &item->ctx->table;
	const u32 now = txn->next - 1;
	struct clip_entry *entry = NULL, *other = NULL;
	u32 from = 0;
	int err = 0;

	if (!item->lost)
		entry = clip_store_lookup_at(table, &item->id, now);
	if (entry)
		other = clip_store_lookup_other_at(table, &item->id, now,
						   entry);
	if (entry)
		err = remove_one(job, txn, item, entry, rule);
	if (other && !err)
		err = remove_one(job, txn, item, other, rule);
	while (!err && (entry = clip_paths_next(&table->paths, item->path_hash,
						&from)))
		if (is_within_reach(item, entry))
			err = remove_one(job, txn, item, entry, rule);
	return err;
}

static void note_missing(struct clip_job *job, const struct clip_item *item)
{
	if (!item->lost)
		clip_job_note_absent(job, item->index);
	else
		clip_job_note(job, item->index, item->lost, item->error,
			      job->args->flags & CLIP_COMMIT_SKIP_MISSING &&
			      clip_job_is_missing(item->error));
}

static void remove_item(struct clip_job *job, struct clip_txn *txn,
			struct clip_item *item)
{
	const bool beside = job->args->flags & CLIP_COMMIT_BESIDE;
	const u32 before = job->args->removed;
	struct clip_rule rule;
	u64 unused;
	int err;

	if (beside)
		clip_image_rule(&job->image, item->index, &rule, &unused);
	err = remove_entries(job, txn, item, beside ? &rule : NULL);
	if (err)
		clip_job_note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
	else if (job->args->removed == before)
		note_missing(job, item);
}

static bool is_empty(struct clip_context *ctx)
{
	return !atomic_long_read(&ctx->table.nr_entries) &&
	       !clip_allow_count(clip_allow_in_force(&ctx->allow));
}

/*
 * Empties a context that the image need not name. It takes the same right as
 * one that it names.
 */
static int empty_context(struct clip_job *job, struct clip_txn *txn,
			 struct clip_context *ctx)
{
	const enum clip_reason reason = clip_job_check_context(ctx);

	if (reason == CLIP_REASON_NONE)
		return clip_txn_empty(txn, ctx);
	job->args->reason = reason;
	return clip_reason_errno(reason);
}

/*
 * Empties the contexts that REPLACE replaces: those of the image, the caller's
 * own, and on request all others. The entries that the image has as well come
 * back, see clip_txn_keep().
 */
static int empty_contexts(struct clip_job *job, struct clip_txn *txn)
{
	struct clip_context *own = clip_cred(current_cred())->context;
	struct clip_context *ctx;
	u32 i;
	int err;

	err = empty_context(job, txn, own);
	for (i = 0; i < job->nr_items && !err; i++)
		err = clip_txn_empty(txn, job->items[i].ctx);
	for (i = 0; i < job->nr_blocks && !err; i++)
		err = clip_txn_empty(txn, job->blocks[i].ctx);
	if (err || !(job->args->flags & CLIP_COMMIT_ALL_CONTEXTS))
		return err;
	/* An empty context stays as it is, which takes no right. */
	clip_context_for_each_rcu(ctx)
		if (!err && !is_empty(ctx))
			err = empty_context(job, txn, ctx);
	return err;
}

/* Counts what a REPLACE has removed and not brought back. */
static void count_removed(struct clip_job *job, const struct clip_txn *txn)
{
	const struct clip_allow_change *change;

	job->args->removed = txn->nr_dying - txn->nr_kept;
	for (change = txn->allows; change; change = change->next)
		job->args->removed += clip_txn_allow_removed(change);
}

/*
 * No more entries can be removed than there are; by a path, those of the file
 * and those that rules for the path have made. A path can be named many times,
 * but each entry is removed once.
 */
static size_t most_removed(const struct clip_job *job)
{
	const u32 mode = job->args->mode;
	struct clip_context *ctx;
	size_t all = 0, most = 0;
	u32 i;

	if (mode == CLIP_COMMIT_ADD)
		return 0;
	clip_context_for_each_rcu(ctx)
		all += atomic_long_read(&ctx->table.nr_entries);
	if (mode == CLIP_COMMIT_REPLACE)
		return all;
	for (i = 0; i < job->nr_items && most < all; i++) {
		if (!job->items[i].allow)
			most += 2 + clip_txn_count_path(job->items[i].ctx,
							job->items[i].path_hash);
		cond_resched();
	}
	return min(most, all);
}

/*
 * What a commit keeps takes over where its rule stands now. That is no change
 * of what is in force, but the next removal goes by this path.
 */
static void rename_kept(struct clip_job *job)
{
	u32 i;

	for (i = 0; i < job->nr_items; i++) {
		struct clip_item *item = &job->items[i];

		if (item->kept)
			clip_table_rename(&item->ctx->table, item->kept,
					  item->entry);
	}
}

/*
 * All that was judged without the lock, and that the lock protects: rights, and
 * levels.
 */
static int check_contexts(struct clip_job *job)
{
	struct clip_context *last = NULL;
	enum clip_reason reason;
	u32 i;

	for (i = 0; i < job->nr_items; i++) {
		const struct clip_item *item = &job->items[i];

		reason = item->ctx == last ? CLIP_REASON_NONE :
					     clip_job_check_context(item->ctx);
		last = item->ctx;
		if (reason == CLIP_REASON_NONE && !item->allow && !item->lost &&
		    clip_job_is_pinned(item->ctx, &item->path))
			reason = CLIP_REASON_READ_ONLY;
		if (reason != CLIP_REASON_NONE)
			clip_job_refuse(job, item->index, reason);
	}
	for (i = 0; i < job->nr_blocks; i++) {
		const struct clip_job_block *block = &job->blocks[i];

		reason = block->ctx == last ? CLIP_REASON_NONE :
					      clip_job_check_context(block->ctx);
		last = block->ctx;
		if (reason != CLIP_REASON_NONE)
			clip_job_refuse(job, block->digests.first, reason);
	}
	return job->results->error;
}

/**
 * clip_job_apply - Change the tables, either completely or not at all
 * @job: the commit
 *
 * Return: 0; the error of the first refused entry; -ENOMEM; -EINTR.
 */
int clip_job_apply(struct clip_job *job)
{
	const u32 mode = job->args->mode;
	struct clip_txn txn;
	u32 i;
	int err;

	guard(mutex)(&clip_store_lock);
	clip_store_reap();
	err = check_contexts(job);
	if (err)
		return err;
	err = clip_txn_begin(&txn, job->nr_items, most_removed(job));
	if (err)
		return err;
	if (mode == CLIP_COMMIT_REPLACE)
		err = empty_contexts(job, &txn);
	err = err ?: clip_job_make_sets(job, &txn);
	err = err ?: clip_job_change_digests(job, &txn);
	for (i = 0; i < job->nr_items && !err; i++) {
		if (job->items[i].allow)
			clip_job_change_digest(job, &txn, &job->items[i]);
		else if (mode == CLIP_COMMIT_REMOVE)
			remove_item(job, &txn, &job->items[i]);
		else
			add_item(job, &txn, &job->items[i]);
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	if (mode == CLIP_COMMIT_REPLACE)
		count_removed(job, &txn);
	err = err ?: job->results->error;
	if (err || (job->args->flags & CLIP_COMMIT_DRY_RUN)) {
		clip_txn_abort(&txn);
		return err;
	}
	/* The lock is held: nothing that is kept can leave its table. */
	rename_kept(job);
	job->changed = clip_txn_changes(&txn);
	if (job->changed)
		clip_txn_commit(&txn);
	else
		clip_txn_abort(&txn);
	return 0;
}
