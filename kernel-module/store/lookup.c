// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: looking up a file in all contexts, and digests in the exceptions
 */
#include "core/common.h"

#include <linux/bits.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "core/superblock_blob.h"
#include "digest/content.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/**
 * clip_store_lookup_inode - Find the entry of a file by its inode
 * @table: the table
 * @inode: the file
 *
 * Costs two loads on a filesystem to which no entry refers.
 *
 * Return: The entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_inode(struct clip_table *table,
					   const struct inode *inode)
{
	const struct clip_file_id id = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
		/* The inode keeps its superblock alive, and that its identity. */
		.sb = READ_ONCE(clip_superblock(inode->i_sb)->id),
	};

	return id.sb ? clip_store_lookup(table, &id) : NULL;
}

/**
 * clip_store_names - Does any context have an entry for a file?
 * @inode: the file
 *
 * Return: True if it does, false otherwise.
 */
bool clip_store_names(const struct inode *inode)
{
	struct clip_context *ctx;

	guard(rcu)();
	if (!READ_ONCE(clip_superblock(inode->i_sb)->id))
		return false;
	clip_context_for_each_listing_rcu(ctx) {
		struct clip_entry *entry = clip_store_lookup_inode(&ctx->table,
								    inode);

		clip_entry_put(entry);
		if (entry)
			return true;
	}
	return false;
}

/**
 * clip_allow_anywhere - Does any context allow a digest?
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Context: Any; does not sleep.
 * Return: True if it does, false otherwise.
 */
bool clip_allow_anywhere(u16 algorithm, const u8 *digest)
{
	struct clip_context *ctx;

	guard(rcu)();
	clip_context_for_each_rcu(ctx)
		if (clip_allow_find(&ctx->allow, algorithm, digest))
			return true;
	return false;
}

/*
 * Exceptions: there are few, so one list is enough for all contexts. A list is
 * never changed, only replaced. An exception whose time is over is not found any
 * more; the next change removes it from the list.
 */

/**
 * struct exceptions - The exceptions of all contexts
 * @rcu: Frees the list after a grace period.
 * @count: Number of exceptions.
 * @list: The exceptions.
 *
 * All fields are constant once the list is published.
 */
struct exceptions {
	struct rcu_head rcu;
	u32 count;
	struct clip_exception_entry list[] __counted_by(count);
};

/* NULL without any. Written under clip_store_lock, read under RCU. */
static struct exceptions __rcu *exceptions;

/* The time in which the machine sleeps counts. */
static bool is_over(const struct clip_exception_entry *entry)
{
	return entry->end <= ktime_get_boottime_ns();
}

/* A new context with the number of a deleted one is another context. */
static bool is_gone(const struct clip_exception_entry *entry)
{
	u64 from = entry->xid;
	const struct clip_context *ctx = clip_context_find_rcu(&from);

	return !ctx || ctx->serial != entry->serial;
}

static bool is_for(const struct clip_exception_entry *entry,
		   const struct clip_context *ctx, u16 algorithm,
		   const u8 *digest)
{
	return entry->serial == ctx->serial && entry->algorithm == algorithm &&
	       !memcmp(entry->digest, digest, clip_digest_size(algorithm));
}

/**
 * clip_exception_change - Make an exception, give it a new end, or end it
 * @ctx: the context
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest, of the size of the algorithm
 * @seconds: for how long; 0 to end the exception
 *
 * Context: The caller holds clip_store_lock. May sleep.
 * Return: 0; -ENOENT if there is no exception to end; -ENOSPC if there are too
 * many; -ENOMEM.
 */
int clip_exception_change(const struct clip_context *ctx, u16 algorithm,
			  const u8 *digest, u32 seconds)
{
	struct exceptions *old, *new;
	bool found = false;
	u32 count = 0;

	lockdep_assert_held(&clip_store_lock);
	old = rcu_dereference_protected(exceptions, true);
	new = kzalloc(struct_size(new, list, CLIP_EXCEPTIONS_MAX + 1),
		      GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	new->count = CLIP_EXCEPTIONS_MAX + 1;
	for (u32 i = 0; old && i < old->count; i++) {
		if (is_over(&old->list[i]) || is_gone(&old->list[i]))
			continue;
		if (is_for(&old->list[i], ctx, algorithm, digest))
			found = true;
		else
			new->list[count++] = old->list[i];
	}
	if (seconds) {
		struct clip_exception_entry *entry = &new->list[count++];

		entry->end = ktime_get_boottime_ns() +
			     (u64)seconds * NSEC_PER_SEC;
		entry->serial = ctx->serial;
		entry->xid = ctx->xid;
		entry->algorithm = algorithm;
		memcpy(entry->digest, digest, clip_digest_size(algorithm));
	}
	if ((!seconds && !found) || count > CLIP_EXCEPTIONS_MAX) {
		kfree(new);
		return seconds ? -ENOSPC : -ENOENT;
	}
	new->count = count;
	if (!count) {
		kfree(new);
		new = NULL;
	}
	rcu_assign_pointer(exceptions, new);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/**
 * clip_exception_algorithms - Get the algorithms of a context's exceptions
 * @ctx: the context
 *
 * Context: Any; does not sleep.
 * Return: A mask with bit n set for algorithm number n.
 */
unsigned long clip_exception_algorithms(const struct clip_context *ctx)
{
	const struct exceptions *now;
	unsigned long mask = 0;

	guard(rcu)();
	now = rcu_dereference(exceptions);
	for (u32 i = 0; now && i < now->count; i++)
		if (now->list[i].serial == ctx->serial &&
		    !is_over(&now->list[i]))
			mask |= BIT(now->list[i].algorithm);
	return mask;
}

/**
 * clip_exception_find - Is there an exception for a digest?
 * @ctx: the context
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Context: Any; does not sleep.
 * Return: True if there is one whose time is not over, false otherwise.
 */
bool clip_exception_find(const struct clip_context *ctx, u16 algorithm,
			 const u8 *digest)
{
	const struct exceptions *now;

	guard(rcu)();
	now = rcu_dereference(exceptions);
	for (u32 i = 0; now && i < now->count; i++)
		if (is_for(&now->list[i], ctx, algorithm, digest))
			return !is_over(&now->list[i]);
	return false;
}

/**
 * clip_exception_next - Get the next exception whose time is not over, of a
 *	context that exists
 * @from: lowest index to return; receives the index after that of the exception
 *
 * Context: The caller holds the RCU read lock.
 * Return: The exception, or NULL at the end.
 */
const struct clip_exception_entry *clip_exception_next(u32 *from)
{
	const struct exceptions *now = rcu_dereference(exceptions);

	for (; now && *from < now->count; ++*from)
		if (!is_over(&now->list[*from]) && !is_gone(&now->list[*from]))
			return &now->list[(*from)++];
	return NULL;
}
