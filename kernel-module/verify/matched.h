/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the entry that a file has matched
 */
#ifndef _SECURITY_CLIP_VERIFY_MATCHED_H
#define _SECURITY_CLIP_VERIFY_MATCHED_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "core/inode_blob.h"
#include "store/context.h"
#include "store/entry.h"

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

/**
 * clip_matched_in_force - Is everything as it was when the file matched?
 * @matched: what the inode remembers
 * @inode: the file
 *
 * Return: True if it is, false otherwise.
 */
static inline bool clip_matched_in_force(const struct clip_matched *matched,
					 const struct inode *inode)
{
	return matched->generation == clip_store_generation() &&
	       READ_ONCE(matched->entry->dies) > (u32)matched->generation &&
	       atomic_read(&inode->i_writecount) <= 0 &&
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
static inline struct clip_entry *
clip_matched_find(const struct inode *inode, const struct clip_context *ctx)
{
	const struct clip_matched *matched;

	matched = rcu_dereference(clip_inode(inode)->matched);
	if (!matched || matched->serial != ctx->serial ||
	    !clip_matched_in_force(matched, inode))
		return NULL;
	return matched->entry;
}

void clip_matched_keep(const struct inode *inode,
		       const struct clip_context *ctx,
		       struct clip_entry *entry, u64 generation, u64 writes);
void clip_matched_forget(const struct inode *inode);

#endif /* _SECURITY_CLIP_VERIFY_MATCHED_H */
