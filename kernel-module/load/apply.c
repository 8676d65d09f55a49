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
#include "load/image.h"
#include "load/job.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"
#include "store/transaction.h"

static bool same_digest(const struct clip_entry *entry,
			const struct clip_rule *rule)
{
	return entry->algorithm == rule->algorithm &&
	       !memcmp(entry->digest, rule->digest, entry->digest_size);
}

static bool same_rule(const struct clip_entry *a, const struct clip_entry *b)
{
	return a->flags == b->flags && a->algorithm == b->algorithm &&
	       a->cap_effective == b->cap_effective &&
	       a->cap_permitted == b->cap_permitted &&
	       a->cap_inheritable == b->cap_inheritable &&
	       a->privileges == b->privileges &&
	       !memcmp(a->digest, b->digest, a->digest_size);
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
						 txn->next, first->id);
	if ((first && same_rule(first, item->entry)) ||
	    (old && same_rule(old, item->entry)))
		job->args->unchanged++;
	else
		clip_job_refuse(job, item->index, first && first->born == txn->next ?
		       CLIP_REASON_DUPLICATE : CLIP_REASON_EXISTS);
}

static void add_item(struct clip_job *job, struct clip_txn *txn, struct clip_item *item)
{
	int err = job->args->flags & CLIP_COMMIT_BESIDE ?
		  clip_txn_insert_beside(txn, item->ctx, item->entry) :
		  clip_txn_insert(txn, item->ctx, item->entry);

	if (!err) {
		/* The table now owns the reference. */
		item->entry = NULL;
		job->args->added++;
		return;
	}
	clip_name_erase(item->entry->id);
	if (err == -EEXIST)
		note_existing(job, txn, item);
	else
		clip_job_note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
}

/*
 * Removes all entries of a file, which may be two, or only the one with the
 * digest of @rule.
 */
static int remove_entries(struct clip_job *job, struct clip_txn *txn,
			  const struct clip_item *item, const struct clip_rule *rule)
{
	struct clip_entry *entry;
	u64 but = 0;
	int err, result = -ENOENT;

	while ((entry = clip_store_lookup_other_at(&item->ctx->table, &item->id,
						   txn->next, but))) {
		if (rule && !same_digest(entry, rule)) {
			/*
			 * A second mismatch means that no entry has the digest.
			 */
			if (but)
				break;
			but = entry->id;
			continue;
		}
		err = clip_txn_remove_entry(txn, item->ctx, entry);
		if (err)
			return err;
		result = 0;
	}
	return result;
}

static void note_missing(struct clip_job *job, const struct clip_item *item)
{
	clip_job_note(job, item->index, CLIP_REASON_NO_ENTRY, -ENOENT,
		      job->args->flags & CLIP_COMMIT_SKIP_MISSING);
}

static void remove_item(struct clip_job *job, struct clip_txn *txn,
			struct clip_item *item)
{
	const bool beside = job->args->flags & CLIP_COMMIT_BESIDE;
	struct clip_rule rule;
	u64 unused;
	int err;

	if (beside)
		clip_image_rule(&job->image, item->index, &rule, &unused);
	err = remove_entries(job, txn, item, beside ? &rule : NULL);
	if (!err)
		job->args->removed++;
	else if (err == -ENOENT)
		note_missing(job, item);
	else
		clip_job_note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
}

static void change_digest(struct clip_job *job, struct clip_txn *txn,
			  const struct clip_item *item)
{
	struct clip_allow_change *change = clip_txn_allow(txn, item->ctx);
	struct clip_rule rule;
	u64 unused;

	clip_image_rule(&job->image, item->index, &rule, &unused);
	if (job->args->mode == CLIP_COMMIT_REMOVE) {
		if (!change->set ||
		    !clip_allow_remove(change->set, rule.algorithm,
				       rule.digest)) {
			note_missing(job, item);
			return;
		}
		change->changed = true;
		job->args->removed++;
	} else if (clip_allow_add(change->set, rule.algorithm, rule.digest)) {
		change->changed = true;
		job->args->added++;
	} else {
		job->args->unchanged++;
	}
}

/*
 * Allocates room for the digests of the image, so that adding them cannot fail.
 */
static int make_sets(struct clip_job *job, struct clip_txn *txn)
{
	struct clip_allow_change *change;
	struct clip_rule rule;
	u64 unused;
	u32 i;

	for (i = 0; i < job->nr_items; i++) {
		if (!job->items[i].allow)
			continue;
		change = clip_txn_allow(txn, job->items[i].ctx);
		if (!change)
			return -ENOMEM;
		clip_image_rule(&job->image, job->items[i].index, &rule,
				&unused);
		if (job->args->mode != CLIP_COMMIT_REMOVE)
			change->more[rule.algorithm]++;
	}
	return clip_txn_allow_make(txn);
}

/*
 * Empties the contexts that REPLACE replaces: those of the image, and the
 * caller's own.
 */
static int empty_contexts(struct clip_job *job, struct clip_txn *txn)
{
	struct clip_context *own = clip_cred(current_cred())->context;
	enum clip_reason reason = clip_job_check_level(own);
	const struct clip_allow_change *change;
	u32 i;
	int err;

	if (reason != CLIP_REASON_NONE) {
		job->args->reason = reason;
		return clip_reason_errno(reason);
	}
	err = clip_txn_empty(txn, own);
	for (i = 0; i < job->nr_items && !err; i++)
		err = clip_txn_empty(txn, job->items[i].ctx);
	job->args->removed = txn->nr_dying;
	for (change = txn->allows; change; change = change->next)
		job->args->removed +=
			clip_allow_count(clip_allow_in_force(&change->ctx->allow));
	return err;
}

/*
 * No more entries can be removed than there are in the contexts of the commit.
 */
static size_t most_removed(const struct clip_job *job)
{
	struct clip_context *ctx;
	size_t most = 0;

	if (job->args->mode != CLIP_COMMIT_REPLACE)
		return 2 * (size_t)job->nr_items;
	clip_context_for_each_rcu(ctx)
		most += atomic_long_read(&ctx->table.nr_entries);
	return most;
}

static int check_levels(struct clip_job *job)
{
	struct clip_context *last = NULL;
	enum clip_reason reason;
	u32 i;

	for (i = 0; i < job->nr_items; i++) {
		if (job->items[i].ctx == last)
			continue;
		last = job->items[i].ctx;
		reason = clip_job_check_level(last);
		if (reason != CLIP_REASON_NONE)
			clip_job_refuse(job, job->items[i].index, reason);
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
	err = check_levels(job);
	if (err)
		return err;
	err = clip_txn_begin(&txn, job->nr_items, most_removed(job));
	if (err)
		return err;
	if (mode == CLIP_COMMIT_REPLACE)
		err = empty_contexts(job, &txn);
	err = err ?: make_sets(job, &txn);
	for (i = 0; i < job->nr_items && !err; i++) {
		if (job->items[i].allow)
			change_digest(job, &txn, &job->items[i]);
		else if (mode == CLIP_COMMIT_REMOVE)
			remove_item(job, &txn, &job->items[i]);
		else
			add_item(job, &txn, &job->items[i]);
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	err = err ?: job->results->error;
	if (err || (job->args->flags & CLIP_COMMIT_DRY_RUN))
		clip_txn_abort(&txn);
	else if (txn.nr_born || txn.nr_dying || clip_txn_allow_changed(&txn))
		clip_txn_commit(&txn);
	else
		clip_txn_abort(&txn);
	return err;
}
