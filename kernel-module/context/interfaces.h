/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files by which the kernel is configured, outside of context 0
 */
#ifndef _SECURITY_CLIP_CONTEXT_INTERFACES_H
#define _SECURITY_CLIP_CONTEXT_INTERFACES_H

#include <linux/types.h>

struct dentry;
struct file;
struct inode;
struct super_block;

void clip_interface_allow(int minor);
bool clip_shares_network(void);
bool clip_interface_plain_fs(const struct super_block *sb);
bool clip_interface_plain_device(const struct inode *inode);
bool clip_interface_written(struct file *file);
int clip_interface_check_open(struct file *file);
int clip_interface_check_request(const struct file *file, unsigned int cmd);
int clip_interface_check_change(struct dentry *dentry);

#endif /* _SECURITY_CLIP_CONTEXT_INTERFACES_H */
