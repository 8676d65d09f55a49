/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the verdict cached with an inode
 */
#ifndef _SECURITY_CLIP_VERIFY_VERDICT_H
#define _SECURITY_CLIP_VERIFY_VERDICT_H

#include <linux/fs.h>
#include <linux/types.h>

u64 clip_inode_writes(const struct inode *inode);
bool clip_inode_verified(const struct inode *inode, u64 entry_id);
bool clip_inode_set_verified(const struct inode *inode, u64 entry_id,
			     u64 writes);
bool clip_inode_seal(const struct inode *inode);
int clip_inode_check_seal(const struct inode *inode);

#endif /* _SECURITY_CLIP_VERIFY_VERDICT_H */
