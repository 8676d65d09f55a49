// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: does a file match its entry?
 */
#include "common.h"

#include <crypto/utils.h>

#include "digest.h"
#include "inode.h"
#include "report.h"
#include "store.h"
#include "superblock.h"
#include "verify.h"

static int refuse(struct clip_verdict *verdict, enum clip_reason reason,
		  int err)
{
	verdict->reason = reason;
	return err;
}

static bool being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

/**
 * clip_verify - compare a file with its entry
 * @file: open for reading
 * @entry: the entry that is for this file
 * @verdict: out: the details
 *
 * The answer is about the content as of now. It stays true as long as writers
 * are excluded, which exec does by itself; a caller that does not can learn
 * that the content matched a moment ago, no more.
 *
 * Context: may sleep; must not be called with mmap_lock held.
 * Return: 0 if the file matches; -EACCES if it does not; -ETXTBSY if somebody
 * has it open for writing; -EOPNOTSUPP, -ENOMEM, -EINTR or a read error.
 */
int clip_verify(struct file *file, const struct clip_entry *entry,
		struct clip_verdict *verdict)
{
	const struct inode *inode = file_inode(file);
	const bool trusted = clip_sb_trusted(inode->i_sb);
	u64 writes;
	int err;

	verdict->reason = CLIP_REASON_NONE;
	verdict->hashed = false;
	if (being_written(inode))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	if (trusted && clip_inode_verified(inode, entry->id)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}

	writes = clip_inode_writes(inode);
	/* No writer at one moment between the two readings of @writes ... */
	smp_mb();
	if (being_written(inode))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	err = clip_digest_file(file, entry->algorithm, verdict->found);
	if (err == -ENODATA)
		return refuse(verdict, CLIP_REASON_NO_FSVERITY, -EACCES);
	if (err)
		return refuse(verdict, err == -ENOMEM ?
			      CLIP_REASON_NO_MEMORY : CLIP_REASON_IO_ERROR,
			      err);
	verdict->hashed = true;
	if (crypto_memneq(verdict->found, entry->digest, entry->digest_size))
		return refuse(verdict, CLIP_REASON_DIGEST_MISMATCH, -EACCES);
	/* ... and none that came since, even if it has left already. */
	smp_mb();
	if (being_written(inode) || clip_inode_writes(inode) != writes ||
	    (trusted && !clip_inode_set_verified(inode, entry->id, writes)))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	clip_count(CLIP_COUNT_VERIFIED);
	return 0;
}
