// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entry that a file has matched
 *
 * A program that is started again and again has the same entry and the same
 * content each time. The inode remembers an entry that its content has matched,
 * with what this depends on: the generation of the tables, the context, and the
 * number of times that the inode was opened for writing. While all three are as
 * they were and the entry is in force, nothing has to be looked up or compared.
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
 * @entry: The entry, with a reference. It can end within a generation: when a
 *	file is deleted that has its number.
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
	       READ_ONCE(matched->entry->dies) > matched->generation &&
	       !clip_inode_being_written(inode) &&
	       matched->writes == clip_inode_writes(inode);
}

/**
 * clip_matched_find - Get the entry that a file is known to match
 * @inode: the file, from which the caller excludes writers
 * @ctx: the context, to which the caller holds a reference
 *
 * What this function does not know, a look-up and a comparison of digests find
 * out.
 *
 * Context: The caller holds the RCU read lock.
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
 * The entry of another context stays as long as it is of use.
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
	refcount_inc(&entry->usage);
	new->entry = entry;
	new->generation = generation;
	new->serial = ctx->serial;
	new->writes = writes;
	spin_lock(&blob->lock);
	old = rcu_replace_pointer(blob->matched, new,
				  lockdep_is_held(&blob->lock));
	spin_unlock(&blob->lock);
	if (!old)
		return;
	/* A reader of the old object may still look at its entry, under RCU. */
	clip_entry_put(old->entry);
	kfree_rcu(old, rcu);
}

/**
 * clip_matched_forget - Free what is remembered of an inode
 * @inode: the inode, which is being freed
 */
void clip_matched_forget(const struct inode *inode)
{
	/* A reader would keep the inode alive. */
	struct clip_matched *matched =
		rcu_replace_pointer(clip_inode(inode)->matched, NULL, true);

	if (!matched)
		return;
	clip_entry_put(matched->entry);
	kfree(matched);
}
