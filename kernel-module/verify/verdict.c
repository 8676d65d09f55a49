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
 * clip_inode_being_written - is a file open for writing?
 * @inode: the file
 *
 * Return: whether it is.
 */
bool clip_inode_being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

/**
 * clip_verdict_begin - prepare to read a file's content
 * @inode: the file
 * @writes: out: what clip_verdict_commit() takes
 *
 * A verdict counts if there was no writer at one moment between the reading of
 * @writes here and its reading there, and none that came since, even one that
 * has left already:
 *
 *   verifier                               opener for writing
 *
 *   begin: read @writes                    i_writecount++ (full barrier)
 *   barrier, no writer now?                @writes++ in file_open
 *   ... the content is read
 *   commit: barrier, no writer now?
 *   and @writes as before?
 *
 * An opener that came before the first look is seen by it, or has left; one that
 * came later has raised @writes, or is still there when the second look is
 * taken.
 *
 * Return: false if the file is open for writing.
 */
bool clip_verdict_begin(const struct inode *inode, u64 *writes)
{
	*writes = atomic64_read(&clip_inode(inode)->writes);
	/* The left column of the picture above. */
	smp_mb();
	return !clip_inode_being_written(inode);
}

/**
 * clip_verdict_commit - the content that was read matches
 * @inode: the file
 * @id: of the entry, or of the set of allow digests, that it matches
 * @writes: from clip_verdict_begin()
 * @keep: keep the verdict with the inode
 *
 * Return: false if the file could have been written meanwhile: then the match
 * is worth nothing.
 */
bool clip_verdict_commit(const struct inode *inode, u64 id, u64 writes,
			 bool keep)
{
	struct clip_inode *blob = clip_inode(inode);
	bool unwritten;

	/* Pairs with the increment of i_writecount, a full barrier. */
	smp_mb();
	if (clip_inode_being_written(inode))
		return false;
	spin_lock(&blob->lock);
	unwritten = (u64)atomic64_read(&blob->writes) == writes;
	if (unwritten && keep) {
		blob->entry_id = id;
		blob->entry_writes = writes;
	}
	spin_unlock(&blob->lock);
	return unwritten;
}

/**
 * clip_inode_deny_writers - keep writers off a file for a while
 * @inode: the file
 *
 * As exec does, but for an inode that need not be a file's own.
 *
 * Return: false if it is open for writing.
 */
bool clip_inode_deny_writers(struct inode *inode)
{
	return atomic_dec_unless_positive(&inode->i_writecount);
}

/**
 * clip_inode_allow_writers - let writers come again
 * @inode: the file, after clip_inode_deny_writers()
 */
void clip_inode_allow_writers(struct inode *inode)
{
	/* Whoever comes in sees the seal, if one was set. */
	smp_mb__before_atomic();
	atomic_inc(&inode->i_writecount);
}

/**
 * clip_inode_seal - keep writers off a file from now on
 * @inode: the file, with writers denied by the caller
 *
 * The seal stays for as long as the inode is in memory and an entry names it,
 * and while it is mapped executable.
 */
void clip_inode_seal(const struct inode *inode)
{
	set_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
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
