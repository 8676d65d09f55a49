/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the verdict cached with an inode
 */
#ifndef _SECURITY_CLIP_VERIFY_VERDICT_H
#define _SECURITY_CLIP_VERIFY_VERDICT_H

#include <linux/fs.h>
#include <linux/types.h>

bool clip_inode_verified(const struct inode *inode, u64 entry_id);
bool clip_inode_being_written(const struct inode *inode);
bool clip_verdict_begin(const struct inode *inode, u64 *writes);
bool clip_verdict_commit(const struct inode *inode, u64 id, u64 writes,
			 bool keep);
bool clip_inode_deny_writers(struct inode *inode);
void clip_inode_allow_writers(struct inode *inode);
void clip_inode_seal(const struct inode *inode);
int clip_verdict_check_identity(const struct file *file);
int clip_inode_check_seal(const struct inode *inode);

#endif /* _SECURITY_CLIP_VERIFY_VERDICT_H */
