/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: identity and trust of a superblock
 */
#ifndef _SECURITY_CLIP_STORE_FILESYSTEM_H
#define _SECURITY_CLIP_STORE_FILESYSTEM_H

#include <linux/fs.h>
#include <linux/refcount.h>

#include "core/setup.h"

/**
 * struct clip_sb - stands for one superblock in the keys of entries
 * @usage: one reference from the superblock, one from each entry
 * @rcu: frees the object after readers of the superblock are gone
 * @dev: device number, for display only
 *
 * A device number is given to the next filesystem as soon as this one is gone,
 * even before security modules hear of it. The address of this object is not
 * reused while an entry refers to it, so an old entry can never match a file
 * of a new filesystem.
 */
struct clip_sb {
	refcount_t usage;
	struct rcu_head rcu;
	dev_t dev;
};

/**
 * struct clip_superblock - our part of a superblock's security blob
 * @id: NULL until the first entry names a file here; then set for good
 * @fuse_mounted: it was mounted by the privilege FUSE
 * @fuse_mounter: by whom
 * @mounted: it was mounted before, as far as device/block.c is concerned
 * @no_exec: they are not executed, and not mapped executable
 * @no_suid: whoever executes them is given nothing
 *
 * The last three are written under s_umount, and only ever set.
 */
struct clip_superblock {
	struct clip_sb __rcu *id;
	bool fuse_mounted;
	kuid_t fuse_mounter;
	bool mounted;
	bool no_exec;
	bool no_suid;
};

static inline struct clip_superblock *
clip_superblock(const struct super_block *sb)
{
	return sb->s_security + clip_blob_sizes.lbs_superblock;
}

struct clip_sb *clip_sb_alloc(dev_t dev);
struct clip_sb *clip_sb_of(struct super_block *sb);
void clip_sb_put(struct clip_sb *id);
bool clip_sb_trusted(const struct super_block *sb);
bool clip_sb_identifies(const struct super_block *sb);
void clip_add_superblock_hooks(void);

#endif /* _SECURITY_CLIP_STORE_FILESYSTEM_H */
