/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the part of a superblock that is ours
 */
#ifndef _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H
#define _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H

#include <linux/fs.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "core/common.h"

struct clip_sb;

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

#endif /* _SECURITY_CLIP_CORE_SUPERBLOCK_BLOB_H */
