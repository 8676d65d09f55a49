// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: transactions on the entry tables
 */
#include "core/common.h"

#include <linux/delay.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "store/context.h"
#include "store/filesystem.h"
#include "store/names.h"
#include "store/transaction.h"
#include "store/walk.h"

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
	       !clip_store_lookup_other_at(ctx, id, txn->next, old->id);
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
	old = clip_store_lookup_at(ctx, &id, txn->next);
	if (old && (!beside || !room_beside(txn, ctx, &id, old, entry)))
		return -EEXIST;
	entry->born = txn->next;
	err = insert_patiently(&ctx->table, entry);
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
	entry = clip_store_lookup_at(ctx, id, txn->next);
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
	clip_walk_start(&walk, ctx);
	while ((entry = clip_walk_next(&walk))) {
		err = mark_dying(txn, ctx, entry);
		if (err == -ENOMEM)
			break;
		err = 0;
	}
	clip_walk_stop(&walk);
	return err;
}

static void drop(struct clip_context *ctx, struct clip_entry *entry)
{
	if (rhashtable_remove_fast(&ctx->table, &entry->node,
				   clip_table_params))
		return;
	atomic_long_dec(&ctx->nr_entries);
	atomic_long_sub(ksize(entry), &ctx->entry_bytes);
	clip_name_erase(entry->id);
	clip_entry_put(entry);
}

static void account(struct clip_context *ctx, struct clip_entry *entry)
{
	atomic_long_inc(&ctx->nr_entries);
	atomic_long_add(ksize(entry), &ctx->entry_bytes);
}

static void finish(struct clip_txn *txn)
{
	kvfree(txn->born);
	kvfree(txn->dying);
	txn->born = NULL;
	txn->dying = NULL;
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
		account(txn->born[i].ctx, txn->born[i].entry);
	/*
	 * A reader that has read the old generation must still find the old
	 * entries: they leave the tables when no such reader is left.
	 */
	if (txn->nr_dying || txn->allows)
		synchronize_rcu();
	clip_txn_allow_commit(txn);
	for (i = 0; i < txn->nr_dying; i++)
		drop(txn->dying[i].ctx, txn->dying[i].entry);
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
		rhashtable_remove_fast(&change->ctx->table,
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

/* Takes out entries for which @match is true and that no one can use again. */
static void reap(struct clip_context *ctx, const struct clip_sb *sb)
{
	struct clip_walk walk;
	struct clip_entry *entry;

	lockdep_assert_held(&clip_store_lock);
	clip_walk_start(&walk, ctx);
	while ((entry = clip_walk_next(&walk))) {
		if (sb && entry->file_sb == sb)
			WRITE_ONCE(entry->dies, CLIP_DEAD);
		if (READ_ONCE(entry->dies) == CLIP_DEAD)
			drop(ctx, entry);
	}
	clip_walk_stop(&walk);
}

static void reap_all(const struct clip_sb *sb)
{
	struct clip_context *ctx;

	/* Under the lock no context leaves the list. */
	guard(mutex)(&clip_store_lock);
	clip_context_for_each_rcu(ctx)
		reap(ctx, sb);
}

static void reap_work(struct work_struct *work)
{
	reap_all(NULL);
}

static DECLARE_WORK(clip_reaper, reap_work);

/* There can be two, see CLIP_COMMIT_BESIDE. */
static bool forget_in(struct clip_context *ctx, const struct inode *inode)
{
	struct clip_entry *entry;
	bool found = false;

	while ((entry = clip_store_lookup_inode(ctx, inode))) {
		WRITE_ONCE(entry->dies, CLIP_DEAD);
		clip_entry_put(entry);
		found = true;
	}
	return found;
}

/**
 * clip_store_forget_inode - a file's last link and last user are gone
 * @inode: the inode that is being freed
 *
 * Its number may be given to another file from now on. The entry stops being
 * in force at once, its memory goes when the reaper has run.
 *
 * Context: any; does not sleep.
 */
void clip_store_forget_inode(const struct inode *inode)
{
	struct clip_context *ctx;
	bool found = false;

	guard(rcu)();
	if (!rcu_access_pointer(clip_superblock(inode->i_sb)->id))
		return;
	clip_context_for_each_rcu(ctx)
		found |= forget_in(ctx, inode);
	if (found)
		schedule_work(&clip_reaper);
}

/**
 * clip_store_forget_sb - a filesystem goes away
 * @sb: its identity
 *
 * Context: may sleep. Nobody can open a file there any more.
 */
void clip_store_forget_sb(const struct clip_sb *sb)
{
	reap_all(sb);
}
