/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the module's part of a superblock, and of a block device
 */
#ifndef _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H
#define _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H

#include <linux/blk_types.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "core/common.h"

/* clip_superblock.trust */
#define CLIP_SB_TRUSTED		1
#define CLIP_SB_UNTRUSTED	2

/**
 * struct clip_superblock - Security blob of a superblock
 * @id: Number of the superblock's identity, see struct clip_sb. 0 until the
 *	first entry refers to a file of this filesystem, then set once with
 *	cmpxchg(). The blob holds a reference. Readers take no lock.
 * @fuse_mounted: The filesystem was mounted with the privilege FUSE.
 * @fuse_mounter: The user who mounted it with the privilege FUSE.
 * @mounted: device/block.c has seen a mount of this filesystem. Written under
 *	s_umount, and only ever set.
 * @trust: What store/filesystem.c has found out, or 0. Readers take no lock.
 * @no_exec: Files must not be executed or mapped executable. Written under
 *	s_umount, and only ever set; readers take no lock.
 * @no_suid: An exec of a file grants nothing. Written under s_umount, and only
 *	ever set; readers take no lock.
 */
struct clip_superblock {
	u32 id;
	bool fuse_mounted;
	kuid_t fuse_mounter;
	bool mounted;
	u8 trust;
	bool no_exec;
	bool no_suid;
};

static inline struct clip_superblock *
clip_superblock(const struct super_block *sb)
{
	return sb->s_security + clip_blob_sizes.lbs_superblock;
}

/**
 * struct clip_bdev - The module's part of a block device's security blob
 * @late: the device has come into being after the device table was locked
 */
struct clip_bdev {
	bool late;
};

static inline struct clip_bdev *clip_bdev(const struct block_device *bdev)
{
	return bdev->bd_security + clip_blob_sizes.lbs_bdev;
}

#endif /* _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H */
