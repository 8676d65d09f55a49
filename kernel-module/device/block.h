/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: enforcement of the device table
 */
#ifndef _SECURITY_CLIP_DEVICE_BLOCK_H
#define _SECURITY_CLIP_DEVICE_BLOCK_H

#include <linux/fs.h>

dev_t clip_block_device_of(const struct super_block *sb);
int clip_block_check_superblock(struct super_block *sb);
int clip_block_check_ioctl(const struct file *file, unsigned int cmd);

#endif /* _SECURITY_CLIP_DEVICE_BLOCK_H */
