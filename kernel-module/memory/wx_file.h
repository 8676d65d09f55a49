/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files that are code in memory, and their writers
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_FILE_H
#define _SECURITY_CLIP_MEMORY_WX_FILE_H

#include <linux/fs.h>

bool clip_wx_file_may_be_code(const struct inode *inode);
int clip_wx_file_hold(struct file *file);
int clip_wx_file_check_writer(const struct inode *inode);

#endif /* _SECURITY_CLIP_MEMORY_WX_FILE_H */
