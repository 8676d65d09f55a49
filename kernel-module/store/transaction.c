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
 * clip_txn_begin - start a transaction
 * @txn: the transaction
 * @max_born: how many entries it may insert
 * @max_dying: how many entries it may remove
 *
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
 * A table that grows under a burst of insertions answers -EBUSY (or -ENOMEM,
 * as it allocates atomically) until its worker has caught up.
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

/* A file has two entries at most, and they differ in their digests. */
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
 * clip_txn_insert - add the entry of a file
 * @txn: the transaction
 * @ctx: to whose table
 * @entry: the entry; on success the table has taken the caller's reference
 *
 * Return: 0; -EEXIST if the coming generation has an entry for this file
 * already; -ENOMEM or -EBUSY if the table cannot take it.
 */
int clip_txn_insert(struct clip_txn *txn, struct clip_context *ctx,
		    struct clip_entry *entry)
{
	return insert(txn, ctx, entry, false);
}

/**
 * clip_txn_insert_beside - add an entry of a file that may have one already
 * @txn: the transaction
 * @ctx: to whose table
 * @entry: the entry; on success the table has taken the caller's reference
 *
 * Return: 0; -EEXIST if the coming generation has an entry for this file with
 * the same digest, or two with others; -ENOMEM or -EBUSY as above.
 */
int clip_txn_insert_beside(struct clip_txn *txn, struct clip_context *ctx,
			   struct clip_entry *entry)
{
	return insert(txn, ctx, entry, true);
}

static int mark_dying(struct clip_txn *txn, struct clip_context *ctx,
		      struct clip_entry *entry)
{
	/* A walk can come by twice, and then there need not be room for it. */
	if (READ_ONCE(entry->dies) != CLIP_ALIVE)
		return -ENOENT;
	if (txn->nr_dying >= txn->max_dying)
		return -ENOMEM;
	/* Fails if the file was deleted meanwhile: then it is dead already. */
	if (cmpxchg(&entry->dies, CLIP_ALIVE, txn->next) != CLIP_ALIVE)
		return -ENOENT;
	txn->dying[txn->nr_dying++] = (struct clip_change) { ctx, entry };
	return 0;
}

/**
 * clip_txn_remove - remove the entry of a file
 * @txn: the transaction
 * @ctx: from whose table
 * @id: the file
 *
 * Return: 0; -ENOENT if there is none; -ENOMEM.
 */
int clip_txn_remove(struct clip_txn *txn, struct clip_context *ctx,
		    const struct clip_file_id *id)
{
	struct clip_entry *entry;

	lockdep_assert_held(&clip_store_lock);
	/* At the coming generation, so that none is removed twice. */
	entry = clip_store_lookup_at(&ctx->table, id, txn->next);
	return entry ? mark_dying(txn, ctx, entry) : -ENOENT;
}

/**
 * clip_txn_remove_entry - remove one entry
 * @txn: the transaction
 * @ctx: from whose table
 * @entry: the entry
 *
 * Return: 0; -ENOENT if it is on its way out; -ENOMEM.
 */
int clip_txn_remove_entry(struct clip_txn *txn, struct clip_context *ctx,
			  struct clip_entry *entry)
{
	lockdep_assert_held(&clip_store_lock);
	return mark_dying(txn, ctx, entry);
}

/**
 * clip_txn_empty - remove all entries and allow digests of a context
 * @txn: the transaction; nothing has been inserted yet
 * @ctx: the context; the transaction's user keeps it from going away
 *
 * Only the transaction knows that the context was emptied: one that is aborted
 * leaves nothing behind that the next one could take for its own. A context
 * that was emptied already is left alone.
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
 * clip_txn_allow - the change of one context's set
 * @txn: the transaction
 * @ctx: the context
 *
 * Return: the change, made if there was none; NULL if there is no memory.
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
 * clip_txn_allow_make - make the sets that have been asked for
 * @txn: the transaction
 *
 * They begin with what is in force, unless their context was emptied.
 * Until the transaction is committed readers pass the new sets by.
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
 * clip_txn_allow_changed - would the commit change any set?
 * @txn: the transaction
 *
 * Return: whether it would.
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
 * clip_txn_allow_commit - let go of the sets before
 * @txn: the transaction; its generation is in force, and no reader of the one
 *	before is left
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
 * clip_txn_allow_abort - put the sets before back
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
 * clip_txn_commit - put the transaction in force
 * @txn: the transaction, over afterwards
 *
 * Context: may sleep for an RCU grace period.
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
	 * entries: they leave the tables when no such reader is left.
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
 * clip_txn_abort - forget the transaction
 * @txn: the transaction, over afterwards; inserted entries are freed
 */
void clip_txn_abort(struct clip_txn *txn)
{
	size_t i;

	lockdep_assert_held(&clip_store_lock);
	for (i = 0; i < txn->nr_born; i++) {
		struct clip_change *change = &txn->born[i];

		/* No reader has seen it: its generation never came. */
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
