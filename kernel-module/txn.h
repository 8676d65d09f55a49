/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: transactions on the entry tables
 */
#ifndef _SECURITY_CLIP_TXN_H
#define _SECURITY_CLIP_TXN_H

#include "store.h"

/**
 * struct clip_txn - a change that is being prepared
 * @next: the generation it will put in force
 * @born: entries inserted so far, invisible to readers
 * @dying: entries in force that @next will not have
 * @nr_born: used slots of @born
 * @nr_dying: used slots of @dying
 * @max_born: slots of @born
 * @max_dying: slots of @dying
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
};

/* One entry and the context whose table it is in. */
struct clip_change {
	struct clip_context *ctx;
	struct clip_entry *entry;
};

int clip_txn_begin(struct clip_txn *txn, size_t max_born, size_t max_dying);
int clip_txn_insert(struct clip_txn *txn, struct clip_context *ctx,
		    struct clip_entry *entry);
int clip_txn_remove(struct clip_txn *txn, struct clip_context *ctx,
		    const struct clip_file_id *id);
int clip_txn_remove_all(struct clip_txn *txn, struct clip_context *ctx);
void clip_txn_commit(struct clip_txn *txn);
void clip_txn_abort(struct clip_txn *txn);

void clip_store_forget_inode(const struct inode *inode);
void clip_store_forget_sb(const struct clip_sb *sb);

#endif /* _SECURITY_CLIP_TXN_H */
