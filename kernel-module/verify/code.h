/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files that are code in memory, and their writers
 */
#ifndef _SECURITY_CLIP_VERIFY_CODE_H
#define _SECURITY_CLIP_VERIFY_CODE_H

#include <linux/fs.h>

bool clip_code_possible(const struct inode *inode);
int clip_code_hold(struct file *file);
int clip_code_check_writer(const struct inode *inode, bool opened);

#endif /* _SECURITY_CLIP_VERIFY_CODE_H */
