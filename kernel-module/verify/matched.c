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

#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/inode_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "verify/matched.h"

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
		if (old && clip_matched_in_force(old, inode))
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
