// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the verdict cached with an inode
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/spinlock.h>

#include "core/inode_blob.h"
#include "store/lookup.h"
#include "verify/verdict.h"

/**
 * clip_inode_writes - how often an inode was opened for writing
 * @inode: the inode
 *
 * Return: a number that only grows while the inode is in memory.
 */
u64 clip_inode_writes(const struct inode *inode)
{
	return atomic64_read(&clip_inode(inode)->writes);
}

/**
 * clip_inode_verified - was the content found to match this entry?
 * @inode: the inode, with writers excluded by the caller
 * @entry_id: the entry
 *
 * Return: true if it was, and nobody could have written since.
 */
bool clip_inode_verified(const struct inode *inode, u64 entry_id)
{
	struct clip_inode *blob = clip_inode(inode);
	bool verified;

	spin_lock(&blob->lock);
	verified = blob->entry_id == entry_id &&
		   blob->entry_writes == (u64)atomic64_read(&blob->writes);
	spin_unlock(&blob->lock);
	return verified;
}

/**
 * clip_inode_set_verified - the content matches an entry
 * @inode: the inode
 * @entry_id: the entry
 * @writes: clip_inode_writes() before the content was read
 *
 * Return: false if somebody could have written meanwhile: then the match is
 * worth nothing.
 */
bool clip_inode_set_verified(const struct inode *inode, u64 entry_id,
			     u64 writes)
{
	struct clip_inode *blob = clip_inode(inode);
	bool current_content;

	spin_lock(&blob->lock);
	current_content = (u64)atomic64_read(&blob->writes) == writes;
	if (current_content) {
		blob->entry_id = entry_id;
		blob->entry_writes = writes;
	}
	spin_unlock(&blob->lock);
	return current_content;
}

/**
 * clip_inode_seal - shut writers out of a file from now on
 * @inode: the inode
 *
 * The seal stays for as long as the inode is in memory and an entry names it.
 * Taking it off again after a failure would take it from under somebody who
 * succeeded meanwhile.
 *
 * Return: true if there is no writer now, and none can come.
 */
bool clip_inode_seal(const struct inode *inode)
{
	set_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
	/* Pairs with the barrier of i_writecount's increment in open(2). */
	smp_mb();
	return atomic_read(&inode->i_writecount) <= 0;
}

/**
 * clip_inode_check_seal - may a sealed file be written?
 * @inode: the file
 *
 * A file that no entry names any more, and that was last found to match a digest
 * that is not allowed any more, is nobody's library. Its seal goes with
 * the first who wants to write.
 *
 * Return: 0, or -ETXTBSY.
 */
int clip_inode_check_seal(const struct inode *inode)
{
	if (clip_store_names(inode) ||
	    clip_allow_stands(READ_ONCE(clip_inode(inode)->entry_id)))
		return -ETXTBSY;
	clear_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
	return 0;
}
