// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entry that a file has matched
 *
 * A program that is started again and again has the same entry and the same
 * content each time. The inode remembers the last entry that its content has
 * matched, with what this depends on: the generation of the tables, the context,
 * and the number of times that the inode was opened for writing. While all three
 * are as they were, nothing has to be looked up or compared.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/inode_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "verify/matched.h"
#include "verify/verdict.h"

/**
 * struct clip_matched - The entry that a file has matched
 * @entry: The entry, without a reference: while @generation is in force, the
 *	table of the context holds one.
 * @generation: The generation of the tables in which the entry was found.
 * @serial: The serial number of the context in whose table it is.
 * @writes: The value of clip_inode.writes when the content had the digest.
 * @rcu: Frees the object after a grace period.
 */
struct clip_matched {
	struct clip_entry *entry;
	u64 generation;
	u64 serial;
	u64 writes;
	struct rcu_head rcu;
};

static bool is_in_force(const struct clip_matched *matched,
			const struct inode *inode)
{
	return matched->generation == clip_store_generation() &&
	       !clip_inode_being_written(inode) &&
	       matched->writes == clip_inode_writes(inode);
}

/**
 * clip_matched_find - Get the entry that a file is known to match
 * @inode: the file, from which the caller excludes writers
 * @ctx: the context, to which the caller holds a reference
 *
 * Nothing depends on this function but time: what it does not know, a look-up
 * and a comparison of digests find out.
 *
 * Context: The caller holds the RCU read lock: a transaction drops the reference
 * of the table after it has published the next generation, and a grace period
 * ends in between.
 * Return: The entry without a reference, or NULL.
 */
struct clip_entry *clip_matched_find(const struct inode *inode,
				     const struct clip_context *ctx)
{
	const struct clip_matched *matched;

	matched = rcu_dereference(clip_inode(inode)->matched);
	if (!matched || matched->serial != ctx->serial ||
	    !is_in_force(matched, inode))
		return NULL;
	return matched->entry;
}

/**
 * clip_matched_keep - Remember the entry that a file matches
 * @inode: the file
 * @ctx: the context in whose table the entry is
 * @entry: the entry
 * @generation: the generation in force, read before the entry was looked up
 * @writes: clip_inode.writes, read before the content was found to match
 *
 * If the tables or the content have changed since, the object is never used.
 * What another context has made of the same file stays as long as it is of use.
 *
 * Context: May sleep.
 */
void clip_matched_keep(const struct inode *inode,
		       const struct clip_context *ctx,
		       struct clip_entry *entry, u64 generation, u64 writes)
{
	struct clip_inode *blob = clip_inode(inode);
	struct clip_matched *old, *new;

	scoped_guard(rcu) {
		old = rcu_dereference(blob->matched);
		if (old && is_in_force(old, inode))
			return;
	}
	new = kmalloc(sizeof(*new), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!new)
		return;
	new->entry = entry;
	new->generation = generation;
	new->serial = ctx->serial;
	new->writes = writes;
	spin_lock(&blob->lock);
	old = rcu_replace_pointer(blob->matched, new,
				  lockdep_is_held(&blob->lock));
	spin_unlock(&blob->lock);
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * clip_matched_forget - Free what is remembered of an inode
 * @inode: the inode, which is being freed
 */
void clip_matched_forget(const struct inode *inode)
{
	/* A reader keeps the inode alive. */
	kfree(rcu_replace_pointer(clip_inode(inode)->matched, NULL, true));
}
