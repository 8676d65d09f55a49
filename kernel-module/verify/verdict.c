// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the verdict cached with an inode
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/spinlock.h>

#include "core/inode_blob.h"
#include "report/report.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "verify/verdict.h"

/**
 * clip_inode_verified - Does a valid cached verdict exist for an entry?
 * @inode: the inode, from which the caller excludes writers
 * @entry_id: id of the entry, or of the set of allow digests
 *
 * Return: True if the content matched and cannot have been written since, false
 * otherwise.
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
 * clip_inode_being_written - Is a file open for writing?
 * @inode: the file
 *
 * Return: True if it is, false otherwise.
 */
bool clip_inode_being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

/**
 * clip_verdict_begin - Prepare to read the content of a file
 * @inode: the file
 * @writes: receives a value for clip_verdict_commit()
 *
 * A verdict is valid if there was no writer at one moment between the two reads
 * of @writes, here and in clip_verdict_commit(), and if no writer has come
 * since, not even one that has already left:
 *
 *   verifier                               opener for writing
 *
 *   begin: read @writes                    i_writecount++ (full barrier)
 *   barrier, no writer now?                @writes++ in file_open
 *   ... the content is read
 *   commit: barrier, no writer now?
 *   and @writes as before?
 *
 * The first check sees an opener that came before it, unless that opener has
 * already left. An opener that came later has incremented @writes, or the
 * second check still sees it.
 *
 * Return: True if the content may be read, false if the file is open for
 * writing.
 */
bool clip_verdict_begin(const struct inode *inode, u64 *writes)
{
	*writes = atomic64_read(&clip_inode(inode)->writes);
	/* The first barrier in the left column above. */
	smp_mb();
	return !clip_inode_being_written(inode);
}

/**
 * clip_verdict_commit - Conclude that the content that was read matches
 * @inode: the file
 * @id: id of the entry, or of the set of allow digests, that it matches
 * @writes: the value from clip_verdict_begin()
 * @keep: cache the verdict with the inode
 *
 * Return: True if the verdict is valid, false if the file could have been
 * written meanwhile.
 */
bool clip_verdict_commit(const struct inode *inode, u64 id, u64 writes,
			 bool keep)
{
	struct clip_inode *blob = clip_inode(inode);
	bool unwritten;

	/* Pairs with the increment of i_writecount, which is a full barrier. */
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
 * clip_inode_deny_writers - Exclude writers from a file temporarily
 * @inode: the file
 *
 * Does what exec does, but for any inode: that of an open file on an overlay is
 * not the one that is read.
 *
 * Return: True if writers are excluded, false if the file is open for writing.
 */
bool clip_inode_deny_writers(struct inode *inode)
{
	return atomic_dec_unless_positive(&inode->i_writecount);
}

/**
 * clip_inode_allow_writers - Allow writers again
 * @inode: the file, after clip_inode_deny_writers()
 */
void clip_inode_allow_writers(struct inode *inode)
{
	/* An opener that succeeds afterwards sees the seal, if it was set. */
	smp_mb__before_atomic();
	atomic_inc(&inode->i_writecount);
}

/**
 * clip_inode_seal - Exclude writers from a file from now on
 * @inode: the file, from which the caller excludes writers
 *
 * The seal persists as long as the inode is in memory and an entry refers to
 * it, and while it is mapped executable.
 */
void clip_inode_seal(const struct inode *inode)
{
	set_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
}

/**
 * clip_inode_check_seal - Check whether a sealed file may be written
 * @inode: the file
 *
 * A file is no longer in use as a library if no entry refers to it any more,
 * and the digest that it last matched is no longer allowed. The first task that
 * opens it for writing then removes its seal.
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

/**
 * clip_verdict_check_identity - May the generation of an inode be changed?
 * @file: an open file of the filesystem
 *
 * On some filesystems the owner of a file may do this by ioctl. A listed file
 * would become unlisted and lose its seal, or another file would become the
 * listed one. It is refused for all files of a filesystem that an entry refers
 * to, or has ever referred to, so that nothing depends on a lookup.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_verdict_check_identity(const struct file *file)
{
	if (!clip_sb_is_named(file_inode(file)->i_sb))
		return 0;
	clip_report_task("inode generation", NULL);
	return -EPERM;
}
