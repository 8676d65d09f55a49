/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blobs of an inode and of an open file
 */
#ifndef _SECURITY_CLIP_CORE_INODE_BLOB_H
#define _SECURITY_CLIP_CORE_INODE_BLOB_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/fs.h>
#include <linux/spinlock.h>

#include "core/common.h"

struct clip_known;
struct clip_matched;

/* Bits of clip_inode.guards */
#define CLIP_INODE_SEALED	0	/* must not be written any more */
#define CLIP_INODE_CODE		1	/* ... while it is mapped executable */

/**
 * struct clip_inode - Security blob of an inode
 * @writes: Counts how often the inode was truncated, and opened for writing since
 *	it is watched, see clip_inode_watch().
 * @lock: Protects @known, @known_writes and changes of @matched. This is an
 *	innermost lock, see core/common.h for the ordering.
 * @known: Digests of the content, one for each algorithm by which it was read,
 *	and what its headers ask for; NULL if it never was. Freed with the inode.
 * @known_writes: The value of @writes at the time when it was read.
 * @matched: An entry that the content has matched, see verify/matched.c, or NULL.
 *	Replaced under @lock, read under RCU, and freed with the inode.
 * @guards: CLIP_INODE_*, the checks that apply to an opener for writing.
 *	Accessed with atomic bit operations.
 * @firmware: On sysfs: the driver takes what is written to the file as
 *	firmware. Only ever set, without a lock.
 * @hidden: On procfs: it describes a task of a context that is hidden from
 *	context 0. Only ever set, without a lock.
 * @owner: Serial of a context. On procfs: that of the task that the inode
 *	describes; on devpts: that of the task that made the terminal. Read and
 *	written without a lock.
 *
 * The digests are valid only as long as no task has had the chance to write
 * since. They say nothing about an entry, so that all contexts share them.
 * All-zero memory means "never verified".
 */
struct clip_inode {
	atomic64_t writes;
	spinlock_t lock;	/* protects the next three fields */
	struct clip_known *known;
	u64 known_writes;
	struct clip_matched __rcu *matched;
	unsigned long guards;
	bool firmware;
	bool hidden;
	u64 owner;
};

/**
 * struct clip_file - Security blob of an open file
 * @unwritten: The inode from which writers are excluded until the file is
 *	closed, or NULL. The file keeps it alive.
 */
struct clip_file {
	struct inode *unwritten;
};

static inline struct clip_file *clip_file(const struct file *file)
{
	return file->f_security + clip_blob_sizes.lbs_file;
}

static inline struct clip_inode *clip_inode(const struct inode *inode)
{
	return inode->i_security + clip_blob_sizes.lbs_inode;
}

/**
 * clip_inode_watch - Have the writers of an inode counted and checked from now on
 * @inode: the inode
 *
 * Writers of most inodes do not matter. A caller that goes on with a full
 * barrier, and then finds i_writecount not raised, has each later writer counted:
 * an opener raises it, with a full barrier, before it looks whether the inode is
 * watched. An inode is watched until it leaves the memory.
 */
static __always_inline void clip_inode_watch(struct inode *inode)
{
	const u32 watch = READ_ONCE(inode->i_watch);

	/* No other bit changes any more, so that no change is lost. */
	if (unlikely(!(watch & I_WATCH_WRITERS)))
		WRITE_ONCE(inode->i_watch, watch | I_WATCH_WRITERS);
}

static inline u64 clip_inode_writes(const struct inode *inode)
{
	return atomic64_read(&clip_inode(inode)->writes);
}

static inline void clip_inode_set_owner(const struct inode *inode, u64 serial)
{
	WRITE_ONCE(clip_inode(inode)->owner, serial);
}

static inline u64 clip_inode_owner(const struct inode *inode)
{
	return READ_ONCE(clip_inode(inode)->owner);
}

/* Writers are excluded, until a full barrier at least. */
static __always_inline void clip_inode_mark_code(struct inode *inode)
{
	if (test_bit(CLIP_INODE_CODE, &clip_inode(inode)->guards))
		return;
	clip_inode_watch(inode);
	set_bit(CLIP_INODE_CODE, &clip_inode(inode)->guards);
}

/* For an opener, before it can lower i_writecount again. */
static inline void clip_inode_unmark_code(const struct inode *inode)
{
	clear_bit(CLIP_INODE_CODE, &clip_inode(inode)->guards);
	/* A mapper that sees i_writecount lowered sets the mark after this. */
	smp_mb__after_atomic();
}

static inline void clip_inode_set_firmware(const struct inode *inode)
{
	WRITE_ONCE(clip_inode(inode)->firmware, true);
}

static inline void clip_inode_set_hidden(const struct inode *inode)
{
	WRITE_ONCE(clip_inode(inode)->hidden, true);
}

static inline bool clip_inode_is_hidden(const struct inode *inode)
{
	return READ_ONCE(clip_inode(inode)->hidden);
}

static inline bool clip_inode_is_firmware(const struct inode *inode)
{
	return READ_ONCE(clip_inode(inode)->firmware);
}

#endif /* _SECURITY_CLIP_CORE_INODE_BLOB_H */
