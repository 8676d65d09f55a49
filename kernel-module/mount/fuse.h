/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: filesystems in user space
 */
#ifndef _SECURITY_CLIP_MOUNT_FUSE_H
#define _SECURITY_CLIP_MOUNT_FUSE_H

#include <linux/fs.h>

struct path;

int clip_fuse_check_mount(const struct path *path, const char *type,
			  unsigned long flags, const char *data);
int clip_fuse_check_superblock(struct super_block *sb);
int clip_fuse_check_device(const struct inode *inode);
bool clip_fuse_options_good(const char *options, unsigned int uid,
			    unsigned int gid);

#endif /* _SECURITY_CLIP_MOUNT_FUSE_H */
