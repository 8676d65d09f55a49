/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: transactions on the entry tables
 */
#ifndef _SECURITY_CLIP_STORE_TRANSACTION_H
#define _SECURITY_CLIP_STORE_TRANSACTION_H

#include "store/allowlist.h"
#include "store/entry.h"

/**
 * struct clip_txn - A change of the store that is in preparation
 * @next: The generation that the commit puts in force, as entries have it.
 * @born: Entries inserted so far, which readers cannot see yet.
 * @dying: Entries in force that @next will not contain.
 * @nr_born: Number of used slots of @born.
 * @nr_dying: Number of used slots of @dying.
 * @nr_kept: Number of entries of @dying that are to stay in force after all.
 * @max_born: Number of slots of @born.
 * @max_dying: Number of slots of @dying.
 * @allows: Changed sets of allow digests, a list.
 *
 * The caller holds clip_store_lock from clip_txn_begin() to clip_txn_commit()
 * or clip_txn_abort(). The fields need no other protection.
 */
struct clip_txn {
	u32 next;
	struct clip_change *born;
	struct clip_change *dying;
	size_t nr_born;
	size_t nr_dying;
	size_t nr_kept;
	size_t max_born;
	size_t max_dying;
	struct clip_allow_change *allows;
};

/* One entry, and the context whose table contains it. */
struct clip_change {
	struct clip_context *ctx;
	struct clip_entry *entry;
};

/**
 * struct clip_allow_change - A change of the allow digests of one context
 * @next: The change of another context.
 * @ctx: The context. The user of the transaction keeps it alive.
 * @set: The new set. NULL as long as only @more is counted, and to the end if
 *	the context had no set before and no digest is added.
 * @more: Number of digests that will be added, by algorithm.
 * @kept: Number of digests of the set before that an emptied context gets back.
 * @emptied: The context was emptied: its entries have been marked as dying, and
 *	@set takes over no digest.
 * @changed: @set differs from the set before. In an emptied context, this does
 *	not include that digests are missing.
 */
struct clip_allow_change {
	struct clip_allow_change *next;
	struct clip_context *ctx;
	struct clip_allow *set;
	u32 more[CLIP_ALGO_COUNT];
	u64 kept;
	bool emptied;
	bool changed;
};

struct clip_allow_change *clip_txn_allow(struct clip_txn *txn,
					 struct clip_context *ctx);
int clip_txn_allow_make(struct clip_txn *txn);
u32 clip_txn_allow_add(struct clip_allow_change *change,
		       const struct clip_allow_batch *batch);
u64 clip_txn_allow_removed(const struct clip_allow_change *change);

int clip_txn_begin(struct clip_txn *txn, size_t max_born, size_t max_dying);
int clip_txn_insert(struct clip_txn *txn, struct clip_context *ctx,
		    struct clip_entry *entry);
int clip_txn_insert_beside(struct clip_txn *txn, struct clip_context *ctx,
			   struct clip_entry *entry);
int clip_txn_remove(struct clip_txn *txn, struct clip_context *ctx,
		    const struct clip_file_id *id);
int clip_txn_remove_entry(struct clip_txn *txn, struct clip_context *ctx,
			  struct clip_entry *entry);
size_t clip_txn_count_path(struct clip_context *ctx, u64 path_hash);
int clip_txn_empty(struct clip_txn *txn, struct clip_context *ctx);
struct clip_entry *clip_txn_keep(struct clip_txn *txn, struct clip_context *ctx,
				 const struct clip_entry *entry);
bool clip_txn_changes(const struct clip_txn *txn);
void clip_txn_commit(struct clip_txn *txn);
void clip_txn_abort(struct clip_txn *txn);

#endif /* _SECURITY_CLIP_STORE_TRANSACTION_H */
