/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: transactions on the entry tables
 */
#ifndef _SECURITY_CLIP_STORE_TRANSACTION_H
#define _SECURITY_CLIP_STORE_TRANSACTION_H

#include "store/allowlist.h"
#include "store/entry.h"

/**
 * struct clip_txn - a change that is being prepared
 * @next: the generation it will put in force
 * @born: entries inserted so far, invisible to readers
 * @dying: entries in force that @next will not have
 * @nr_born: used slots of @born
 * @nr_dying: used slots of @dying
 * @max_born: slots of @born
 * @max_dying: slots of @dying
 * @allows: sets of allow digests that @next will have
 *
 * From clip_txn_begin() to clip_txn_commit() or clip_txn_abort() the caller
 * holds clip_store_lock.
 */
struct clip_txn {
	u64 next;
	struct clip_change *born;
	struct clip_change *dying;
	size_t nr_born;
	size_t nr_dying;
	size_t max_born;
	size_t max_dying;
	struct clip_allow_change *allows;
};

/* One entry and the context whose table it is in. */
struct clip_change {
	struct clip_context *ctx;
	struct clip_entry *entry;
};

/**
 * struct clip_allow_change - a set of allow digests that is being made
 * @next: another context's
 * @ctx: whose set; the transaction's user keeps it from going away
 * @set: the new set; NULL as long as only @more is counted, and for good if
 *	there was none before and nothing is added
 * @more: by algorithm, how many digests will be added
 * @emptied: all that is in force in the context will be gone: its entries have
 *	been marked, and @set takes nothing over
 * @changed: it differs from the one before
 */
struct clip_allow_change {
	struct clip_allow_change *next;
	struct clip_context *ctx;
	struct clip_allow *set;
	u32 more[CLIP_ALGO_COUNT];
	bool emptied;
	bool changed;
};

struct clip_allow_change *clip_txn_allow(struct clip_txn *txn,
					 struct clip_context *ctx);
int clip_txn_allow_make(struct clip_txn *txn);
bool clip_txn_allow_changed(const struct clip_txn *txn);
void clip_txn_allow_commit(struct clip_txn *txn);
void clip_txn_allow_abort(struct clip_txn *txn);

int clip_txn_begin(struct clip_txn *txn, size_t max_born, size_t max_dying);
int clip_txn_insert(struct clip_txn *txn, struct clip_context *ctx,
		    struct clip_entry *entry);
int clip_txn_insert_beside(struct clip_txn *txn, struct clip_context *ctx,
			   struct clip_entry *entry);
int clip_txn_remove(struct clip_txn *txn, struct clip_context *ctx,
		    const struct clip_file_id *id);
int clip_txn_remove_entry(struct clip_txn *txn, struct clip_context *ctx,
			  struct clip_entry *entry);
int clip_txn_empty(struct clip_txn *txn, struct clip_context *ctx);
void clip_txn_commit(struct clip_txn *txn);
void clip_txn_abort(struct clip_txn *txn);

#endif /* _SECURITY_CLIP_STORE_TRANSACTION_H */
