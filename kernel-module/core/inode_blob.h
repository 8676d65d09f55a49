/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the part of an inode that is ours
 */
#ifndef _SECURITY_CLIP_CORE_INODE_BLOB_H
#define _SECURITY_CLIP_CORE_INODE_BLOB_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/fs.h>
#include <linux/spinlock.h>

#include "core/common.h"

/* Bits of clip_inode.guards */
#define CLIP_INODE_SEALED	0	/* nobody may write any more */
#define CLIP_INODE_CODE		1	/* ... while it is mapped executable */

/**
 * struct clip_inode - our part of an inode's security blob
 * @writes: how often the inode was opened for writing or cut
 * @lock: protects the pair below
 * @entry_id: the entry whose digest the content matched; 0 for none
 * @entry_writes: @writes when it did
 * @guards: CLIP_INODE_*: what an opener for writing is asked about
 * @firmware: on sysfs, what is written to it goes to a driver as firmware
 * @owner: on procfs, serial of the context of the task it tells of
 *
 * A verdict counts only for that entry, and only while nobody has had the
 * chance to write since. All zero is "never verified".
 */
struct clip_inode {
	atomic64_t writes;
	spinlock_t lock;	/* of the two fields below */
	u64 entry_id;
	u64 entry_writes;
	unsigned long guards;
	bool firmware;
	u64 owner;
};

static inline struct clip_inode *clip_inode(const struct inode *inode)
{
	return inode->i_security + clip_blob_sizes.lbs_inode;
}

static inline void clip_inode_set_owner(const struct inode *inode, u64 serial)
{
	WRITE_ONCE(clip_inode(inode)->owner, serial);
}

static inline u64 clip_inode_owner(const struct inode *inode)
{
	return READ_ONCE(clip_inode(inode)->owner);
}

static inline void clip_inode_mark_code(const struct inode *inode)
{
	set_bit(CLIP_INODE_CODE, &clip_inode(inode)->guards);
}

static inline void clip_inode_set_firmware(const struct inode *inode)
{
	WRITE_ONCE(clip_inode(inode)->firmware, true);
}

static inline bool clip_inode_is_firmware(const struct inode *inode)
{
	return READ_ONCE(clip_inode(inode)->firmware);
}

#endif /* _SECURITY_CLIP_CORE_INODE_BLOB_H */
