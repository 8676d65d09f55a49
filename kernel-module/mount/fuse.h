/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: who may have filesystems in user space
 */
#ifndef _SECURITY_CLIP_MOUNT_FUSE_H
#define _SECURITY_CLIP_MOUNT_FUSE_H

#include <linux/fs.h>

#include "core/setup.h"

struct super_block;

bool clip_fuse_filesystem(const struct super_block *sb);
int clip_fuse_superblock(struct super_block *sb);
int clip_fuse_device(const struct inode *inode);
bool clip_fuse_options_good(const char *options, unsigned int uid,
			    unsigned int gid);
void clip_add_fuse_hooks(void);

#endif /* _SECURITY_CLIP_MOUNT_FUSE_H */
