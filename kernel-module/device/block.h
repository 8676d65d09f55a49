/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: where the device table is enforced
 */
#ifndef _SECURITY_CLIP_DEVICE_BLOCK_H
#define _SECURITY_CLIP_DEVICE_BLOCK_H

#include <linux/fs.h>

dev_t clip_devgate_device(const struct super_block *sb);
int clip_devgate_superblock(struct super_block *sb);
int clip_devgate_ioctl(const struct file *file, unsigned int cmd);

#endif /* _SECURITY_CLIP_DEVICE_BLOCK_H */
