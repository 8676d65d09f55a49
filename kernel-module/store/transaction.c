// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: transactions on the entry tables
 */
#include "core/common.h"

#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"
#include "store/transaction.h"

/*
 * An entry has room for half a generation. When that half comes to its end, all that
 * is in force becomes as old as can be, and the other half is increased. No entry
 * is dying, as each transaction drops what it has removed.
 */
static void start_over(void)
{
	const u64 half = clip_store_generation() >> 32;
	struct clip_context *ctx;

	clip_context_for_each_listing_rcu(ctx)
		clip_table_age(&ctx->table);
	clip_store_publish((half + 1) << 32);
	/* For a reader of the old number, what is born now would be in force. */
	synchronize_rcu();
}

/**
 * clip_txn_begin - Start a transaction
 * @txn: the transaction
 * @max_born: number of entries that it may insert
 * @max_dying: number of entries that it may remove
 *
 * Context: The caller holds clip_store_lock, from here to the end of the
 * transaction.
 * Return: 0, or -ENOMEM.
 */
int clip_txn_begin(struct clip_txn *txn, size_t max_born, size_t max_dying)
{
	lockdep_assert_held(&clip_store_lock);

	if ((u32)clip_store_generation() + 1 >= CLIP_ALIVE)
		start_over();
	*txn = (struct clip_txn) {
		.next = clip_store_generation() + 1,
		.max_born = max_born,
		.max_dying = max_dying,
	};
	txn->born = kvcalloc(max_born + 1, sizeof(*txn->born),
			     GFP_KERNEL_ACCOUNT);
	txn->dying = kvcalloc(max_dying + 1, sizeof(*txn->dying),
			      GFP_KERNEL_ACCOUNT);
	if (!txn->born || !txn->dying) {
		kvfree(txn->born);
		kvfree(txn->dying);
		return -ENOMEM;
	}
	return 0;
}

/* A file has at most two entries, which differ in their digests. */
static bool room_beside(const struct clip_txn *txn, struct clip_context *ctx,
			const struct clip_entry *old,
			const struct clip_entry *entry)
{
	return !clip_entry_same_digest(old, entry) &&
	       !clip_store_lookup_other_at(&ctx->table, &entry->file, txn->next,
					   old);
}

static int insert(struct clip_txn *txn, struct clip_context *ctx,
		  struct clip_entry *entry, bool beside)
{
	const struct clip_entry *old;
	int err;

	lockdep_assert_held(&clip_store_lock);
	if (WARN_ON_ONCE(txn->nr_born >= txn->max_born))
		return -ENOMEM;
	old = clip_store_lookup_at(&ctx->table, &entry->file, txn->next);
	if (old && (!beside || !room_beside(txn, ctx, old, entry)))
		return -EEXIST;
	err = clip_table_reserve(&ctx->table, txn->max_born - txn->nr_born);
	if (err)
		return err;
	entry->born = txn->next;
	clip_table_add(&ctx->table, entry);
	clip_context_note_entries(ctx);
	txn->born[txn->nr_born++] = (struct clip_change) { ctx, entry };
	return 0;
}

/**
 * clip_txn_insert - Insert the entry of a file
 * @txn: the transaction
 * @ctx: the context whose table receives the entry
 * @entry: the entry; on success the table takes over the caller's reference
 *
 * Return: 0; -EEXIST if the next generation already has an entry for this file;
 * -ENOMEM.
 */
int clip_txn_insert(struct clip_txn *txn, struct clip_context *ctx,
		    struct clip_entry *entry)
{
	return insert(txn, ctx, entry, false);
}

/**
 * clip_txn_insert_beside - Insert an entry of a file that may already have one
 * @txn: the transaction
 * @ctx: the context whose table receives the entry
 * @entry: the entry; on success the table takes over the caller's reference
 *
 * Return: 0; -EEXIST if the next generation has an entry for this file with the
 * same digest, or two entries with other digests; -ENOMEM.
 */
int clip_txn_insert_beside(struct clip_txn *txn, struct clip_context *ctx,
			   struct clip_entry *entry)
{
	return insert(txn, ctx, entry, true);
}

static int mark_dying(struct clip_txn *txn, struct clip_context *ctx,
		      struct clip_entry *entry)
{
	/* Room is only counted for those that are in force. */
	if (READ_ONCE(entry->dies) != CLIP_ALIVE)
		return -ENOENT;
	if (txn->nr_dying >= txn->max_dying)
		return -ENOMEM;
	/* Fails if the file was deleted meanwhile: the entry is then dead. */
	if (cmpxchg(&entry->dies, CLIP_ALIVE, txn->next) != CLIP_ALIVE)
		return -ENOENT;
	txn->dying[txn->nr_dying++] = (struct clip_change) { ctx, entry };
	return 0;
}

/**
 * clip_txn_remove - Remove the entry of a file
 * @txn: the transaction
 * @ctx: the context whose table contains the entry
 * @id: the file
 *
 * Return: 0; -ENOENT if the file has no entry; -ENOMEM.
 */
int clip_txn_remove(struct clip_txn *txn, struct clip_context *ctx,
		    const struct clip_file_id *id)
{
	struct clip_entry *entry;

	lockdep_assert_held(&clip_store_lock);
	/* Looks at the next generation, so that no entry is removed twice. */
	entry = clip_store_lookup_at(&ctx->table, id, txn->next);
	return entry ? mark_dying(txn, ctx, entry) : -ENOENT;
}

/**
 * clip_txn_remove_entry - Remove one entry
 * @txn: the transaction
 * @ctx: the context whose table contains the entry
 * @entry: the entry
 *
 * Return: 0; -ENOENT if the entry is already being removed; -ENOMEM.
 */
int clip_txn_remove_entry(struct clip_txn *txn, struct clip_context *ctx,
			  struct clip_entry *entry)
{
	lockdep_assert_held(&clip_store_lock);
	return mark_dying(txn, ctx, entry);
}

/**
 * clip_txn_count_path - Count the entries that a rule for a path has made
 * @ctx: the context whose table contains them
 * @path_hash: stands for the path
 *
 * Context: The caller holds clip_store_lock.
 * Return: The most entries that can be removed by this path.
 */
size_t clip_txn_count_path(struct clip_context *ctx, u64 path_hash)
{
	size_t count = 0;
	u32 from = 0;

	while (clip_paths_next(&ctx->table.paths, path_hash, &from))
		count++;
	return count;
}

/**
 * clip_txn_empty - Remove all entries and allow digests of a context
 * @txn: the transaction; nothing has been inserted yet
 * @ctx: the context; the caller keeps it alive during the transaction
 *
 * Only the transaction records that the context was emptied: an aborted
 * transaction leaves no state behind that the next one could take for its own.
 * A context that the transaction has already emptied is left unchanged.
 *
 * Return: 0, or -ENOMEM.
 */
int clip_txn_empty(struct clip_txn *txn, struct clip_context *ctx)
{
	struct clip_allow_change *change = clip_txn_allow(txn, ctx);
	struct clip_entry *entry;
	u32 from = 0;
	int err = 0;

	lockdep_assert_held(&clip_store_lock);
	if (!change)
		return -ENOMEM;
	if (change->emptied)
		return 0;
	change->emptied = true;
	while (err != -ENOMEM && (entry = clip_table_at(&ctx->table, &from)))
		err = mark_dying(txn, ctx, entry);
	return err == -ENOMEM ? err : 0;
}

static struct clip_allow *locked(struct clip_allow __rcu *set)
{
	return rcu_dereference_protected(set,
					 lockdep_is_held(&clip_store_lock));
}

/**
 * clip_txn_allow - Get the change of the allow digests of one context
 * @txn: the transaction
 * @ctx: the context
 *
 * Return: The change, which is created if it does not exist; NULL if memory is
 * exhausted.
 */
struct clip_allow_change *clip_txn_allow(struct clip_txn *txn,
					 struct clip_context *ctx)
{
	struct clip_allow_change *change;

	lockdep_assert_held(&clip_store_lock);
	for (change = txn->allows; change; change = change->next)
		if (change->ctx == ctx)
			return change;
	change = kzalloc(sizeof(*change), GFP_KERNEL_ACCOUNT);
	if (!change)
		return NULL;
	change->ctx = ctx;
	change->next = txn->allows;
	txn->allows = change;
	return change;
}

/**
 * clip_txn_allow_make - Create the new sets of a transaction
 * @txn: the transaction
 *
 * A new set starts with the digests in force, unless the context was emptied.
 * Readers skip the new sets until the transaction is committed.
 *
 * Return: 0, or -ENOMEM.
 */
int clip_txn_allow_make(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	lockdep_assert_held(&clip_store_lock);
	for (change = txn->allows; change; change = change->next) {
		struct clip_allow *old = locked(change->ctx->allow);

		if (!old && !memchr_inv(change->more, 0, sizeof(change->more)))
			continue;
		change->set = clip_allow_alloc(change->emptied ? NULL : old,
					       change->more);
		if (!change->set)
			return -ENOMEM;
		change->set->born = clip_store_generation() + 1;
		RCU_INIT_POINTER(change->set->older, old);
		rcu_assign_pointer(change->ctx->allow, change->set);
	}
	return 0;
}

/**
 * clip_txn_allow_add - Add digests to a new set
 * @change: the change of a context, with room for the digests
 * @batch: the digests
 *
 * Return: How many of the digests come into force and were not before.
 */
u32 clip_txn_allow_add(struct clip_allow_change *change,
		       const struct clip_allow_batch *batch)
{
	/* A set of a context that was not emptied began with what was in force. */
	const struct clip_allow *before = change->emptied ?
		clip_allow_in_force(&change->ctx->allow) : NULL;
	struct clip_allow_tally tally = {};

	lockdep_assert_held(&clip_store_lock);
	clip_allow_add(change->set, before, batch, &tally);
	change->kept += tally.known;
	change->changed |= tally.added || tally.resized;
	return tally.added;
}

/**
 * clip_txn_allow_removed - Count the digests that an emptied context loses
 * @change: the change of a context, before the commit
 *
 * Return: The number of digests in force that the new set does not contain; 0
 * for a context that was not emptied.
 */
u64 clip_txn_allow_removed(const struct clip_allow_change *change)
{
	if (!change->emptied)
		return 0;
	return clip_allow_count(clip_allow_in_force(&change->ctx->allow)) -
	       change->kept;
}

static struct clip_allow_change *pop(struct clip_txn *txn)
{
	struct clip_allow_change *change = txn->allows;

	if (change)
		txn->allows = change->next;
	return change;
}

static bool set_changes(const struct clip_allow_change *change)
{
	return change->changed || clip_txn_allow_removed(change);
}

static bool any_set_changes(const struct clip_txn *txn)
{
	const struct clip_allow_change *change;

	for (change = txn->allows; change; change = change->next)
		if (set_changes(change))
			return true;
	return false;
}

/* Takes the sets back that equal the one before them, and completes the others. */
static void settle_sets(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	for (change = txn->allows; change; change = change->next) {
		struct clip_allow *set = change->set;

		if (set && !set_changes(change)) {
			rcu_assign_pointer(change->ctx->allow,
					   locked(set->older));
			clip_allow_free(set);
			change->set = NULL;
		} else if (set) {
			clip_allow_seal(set);
		}
	}
}

/*
 * Frees the sets that the new ones replace. The generation of the transaction
 * is in force, and no reader of the previous one is left.
 */
static void commit_sets(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	while ((change = pop(txn))) {
		if (change->set) {
			struct clip_allow *older = locked(change->set->older);

			RCU_INIT_POINTER(change->set->older, NULL);
			clip_allow_free(older);
		}
		kfree(change);
	}
}

/* Restores the previous sets. */
static void abort_sets(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	while ((change = pop(txn))) {
		if (change->set) {
			rcu_assign_pointer(change->ctx->allow,
					   locked(change->set->older));
			clip_allow_free(change->set);
		}
		kfree(change);
	}
}

/**
 * clip_txn_keep - Keep an entry that the transaction has removed
 * @txn: the transaction
 * @ctx: the context whose table contains the entry
 * @entry: an entry for the same file, with the same rule
 *
 * So a set of rules can be replaced by a similar one, and what is in both stays
 * as it is: readers see no change.
 *
 * Return: The entry that is kept, without a reference; NULL if the transaction
 * has removed no such entry.
 */
struct clip_entry *clip_txn_keep(struct clip_txn *txn, struct clip_context *ctx,
				 const struct clip_entry *entry)
{
	struct clip_entry *old;

	lockdep_assert_held(&clip_store_lock);
	/* What was in force before the transaction: one entry, or two. */
	old = clip_store_lookup_at(&ctx->table, &entry->file, txn->next - 1);
	if (old && !clip_entry_same_rule(old, entry))
		old = clip_store_lookup_other_at(&ctx->table, &entry->file,
						 txn->next - 1, old);
	if (!old || !clip_entry_same_rule(old, entry) ||
	    cmpxchg(&old->dies, txn->next, CLIP_ALIVE) != txn->next)
		return NULL;
	txn->nr_kept++;
	return old;
}

/**
 * clip_txn_changes - Would the commit change anything that is in force?
 * @txn: the transaction
 *
 * Return: True if it would, false otherwise.
 */
bool clip_txn_changes(const struct clip_txn *txn)
{
	return txn->nr_born || txn->nr_dying > txn->nr_kept ||
	       any_set_changes(txn);
}

/* Neither memory for more entries than came nor that of what went is kept. */
static void settle_tables(const struct clip_change *changes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!i || changes[i].ctx != changes[i - 1].ctx)
			clip_table_settle(&changes[i].ctx->table);
}

static void finish(struct clip_txn *txn)
{
	settle_tables(txn->born, txn->nr_born);
	settle_tables(txn->dying, txn->nr_dying);
	kvfree(txn->born);
	kvfree(txn->dying);
	txn->born = NULL;
	txn->dying = NULL;
}

/**
 * clip_txn_commit - Put the transaction in force
 * @txn: the transaction, which ends here
 *
 * Context: The caller holds clip_store_lock. May sleep for an RCU grace period.
 */
void clip_txn_commit(struct clip_txn *txn)
{
	const bool removes = txn->nr_dying > txn->nr_kept;
	const bool sets = any_set_changes(txn);
	size_t i;

	settle_sets(txn);
	clip_store_publish(clip_store_generation() + 1);
	for (i = 0; i < txn->nr_born; i++)
		clip_table_count(&txn->born[i].ctx->table,
				 txn->born[i].entry);
	/*
	 * A reader that has read the old generation must still find the old
	 * entries: they are removed from the tables only when no such reader
	 * is left.
	 */
	if (removes || sets)
		synchronize_rcu();
	commit_sets(txn);
	for (i = 0; i < txn->nr_dying; i++) {
		struct clip_change *change = &txn->dying[i];

		if (READ_ONCE(change->entry->dies) == CLIP_ALIVE)
			continue;
		clip_table_drop(&change->ctx->table, change->entry);
		clip_context_note_entries(change->ctx);
	}
	finish(txn);
}

/**
 * clip_txn_abort - Abort the transaction
 * @txn: the transaction, which ends here; inserted entries are freed
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_txn_abort(struct clip_txn *txn)
{
	size_t i;

	lockdep_assert_held(&clip_store_lock);
	for (i = 0; i < txn->nr_born; i++) {
		struct clip_change *change = &txn->born[i];

		/* No reader has seen it: its generation was never in force. */
		clip_table_remove(&change->ctx->table, change->entry);
		clip_context_note_entries(change->ctx);
	}
	abort_sets(txn);
	for (i = 0; i < txn->nr_dying; i++)
		cmpxchg(&txn->dying[i].entry->dies, txn->next, CLIP_ALIVE);
	finish(txn);
}
