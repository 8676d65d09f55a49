// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the part of transactions that is about allow digests
 */
#include "core/common.h"

#include <linux/slab.h>
#include <linux/string.h>

#include "store/allowlist.h"
#include "store/context.h"
#include "store/transaction.h"

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
