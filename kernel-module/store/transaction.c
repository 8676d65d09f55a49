// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: transactions on the entry tables
 */
#include "core/common.h"

#include <linux/delay.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"
#include "store/transaction.h"

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

/*
 * A table that grows under a burst of insertions returns -EBUSY (or -ENOMEM,
 * because it allocates atomically) until its worker has caught up.
 */
static int insert_patiently(struct rhashtable *table, struct clip_entry *entry)
{
	int tries = 200;
	int err;

	for (;;) {
		err = rhashtable_insert_fast(table, &entry->node,
					     clip_table_params);
		if ((err != -EBUSY && err != -ENOMEM) || !--tries)
			return err;
		fsleep(1000);
	}
}

static bool same_digest(const struct clip_entry *a, const struct clip_entry *b)
{
	return a->algorithm == b->algorithm &&
	       !memcmp(a->digest, b->digest, a->digest_size);
}

/* A file has at most two entries, which differ in their digests. */
static bool room_beside(const struct clip_txn *txn, struct clip_context *ctx,
			const struct clip_file_id *id,
			const struct clip_entry *old,
			const struct clip_entry *entry)
{
	return !same_digest(old, entry) &&
	       !clip_store_lookup_other_at(&ctx->table, id, txn->next, old->id);
}

static int insert(struct clip_txn *txn, struct clip_context *ctx,
		  struct clip_entry *entry, bool beside)
{
	const struct clip_file_id id = {
		.sb = entry->file_sb,
		.ino = entry->file_ino,
		.generation = entry->file_generation,
	};
	const struct clip_entry *old;
	int err;

	lockdep_assert_held(&clip_store_lock);
	if (WARN_ON_ONCE(txn->nr_born >= txn->max_born))
		return -ENOMEM;
	old = clip_store_lookup_at(&ctx->table, &id, txn->next);
	if (old && (!beside || !room_beside(txn, ctx, &id, old, entry)))
		return -EEXIST;
	entry->born = txn->next;
	err = insert_patiently(&ctx->table.hash, entry);
	if (err)
		return err;
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
 * -ENOMEM or -EBUSY if the insertion into the table fails.
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
 * same digest, or two entries with other digests; -ENOMEM or -EBUSY if the
 * insertion into the table fails.
 */
int clip_txn_insert_beside(struct clip_txn *txn, struct clip_context *ctx,
			   struct clip_entry *entry)
{
	return insert(txn, ctx, entry, true);
}

static int mark_dying(struct clip_txn *txn, struct clip_context *ctx,
		      struct clip_entry *entry)
{
	/* A walk can return an entry twice, and needs room for it only once. */
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
	struct clip_walk walk;
	struct clip_entry *entry;
	int err = 0;

	lockdep_assert_held(&clip_store_lock);
	if (!change)
		return -ENOMEM;
	if (change->emptied)
		return 0;
	change->emptied = true;
	clip_walk_start(&walk, &ctx->table);
	while ((entry = clip_walk_next(&walk))) {
		err = mark_dying(txn, ctx, entry);
		if (err == -ENOMEM)
			break;
		err = 0;
	}
	clip_walk_stop(&walk);
	return err;
}

static void finish(struct clip_txn *txn)
{
	kvfree(txn->born);
	kvfree(txn->dying);
	txn->born = NULL;
	txn->dying = NULL;
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
		change->changed = change->emptied && clip_allow_count(old);
		change->set->born = txn->next;
		RCU_INIT_POINTER(change->set->older, old);
		rcu_assign_pointer(change->ctx->allow, change->set);
	}
	return 0;
}

/**
 * clip_txn_allow_changed - Would the commit change any set?
 * @txn: the transaction
 *
 * Return: True if it would, false otherwise.
 */
bool clip_txn_allow_changed(const struct clip_txn *txn)
{
	const struct clip_allow_change *change;

	for (change = txn->allows; change; change = change->next)
		if (change->changed)
			return true;
	return false;
}

static struct clip_allow_change *pop(struct clip_txn *txn)
{
	struct clip_allow_change *change = txn->allows;

	if (change)
		txn->allows = change->next;
	return change;
}

/**
 * clip_txn_allow_commit - Free the sets that the new ones replace
 * @txn: the transaction; its generation is in force, and no reader of the
 *	previous generation is left
 */
void clip_txn_allow_commit(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	lockdep_assert_held(&clip_store_lock);
	while ((change = pop(txn))) {
		if (change->set) {
			struct clip_allow *older = locked(change->set->older);

			RCU_INIT_POINTER(change->set->older, NULL);
			clip_allow_free(older);
		}
		kfree(change);
	}
}

/**
 * clip_txn_allow_abort - Restore the previous sets
 * @txn: the transaction
 */
void clip_txn_allow_abort(struct clip_txn *txn)
{
	struct clip_allow_change *change;

	lockdep_assert_held(&clip_store_lock);
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
 * clip_txn_commit - Put the transaction in force
 * @txn: the transaction, which ends here
 *
 * Context: The caller holds clip_store_lock. May sleep for an RCU grace period.
 */
void clip_txn_commit(struct clip_txn *txn)
{
	size_t i;

	clip_store_publish(txn->next);
	for (i = 0; i < txn->nr_born; i++)
		clip_table_count(&txn->born[i].ctx->table,
				 txn->born[i].entry);
	/*
	 * A reader that has read the old generation must still find the old
	 * entries: they are removed from the tables only when no such reader
	 * is left.
	 */
	if (txn->nr_dying || txn->allows)
		synchronize_rcu();
	clip_txn_allow_commit(txn);
	for (i = 0; i < txn->nr_dying; i++)
		clip_table_drop(&txn->dying[i].ctx->table,
				txn->dying[i].entry);
	finish(txn);
}

/**
 * clip_txn_abort - Abort the transaction
 * @txn: the transaction, which ends here; inserted entries are freed
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_txn_abort(struct clip_txn *txn)
{
	size_t i;

	lockdep_assert_held(&clip_store_lock);
	for (i = 0; i < txn->nr_born; i++) {
		struct clip_change *change = &txn->born[i];

		/* No reader has seen it: its generation was never in force. */
		rhashtable_remove_fast(&change->ctx->table.hash,
				       &change->entry->node,
				       clip_table_params);
		clip_name_erase(change->entry->id);
		clip_entry_put(change->entry);
	}
	clip_txn_allow_abort(txn);
	for (i = 0; i < txn->nr_dying; i++)
		cmpxchg(&txn->dying[i].entry->dies, txn->next, CLIP_ALIVE);
	finish(txn);
}
