/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what is known of the content of an inode
 */
#ifndef _SECURITY_CLIP_VERIFY_VERDICT_H
#define _SECURITY_CLIP_VERIFY_VERDICT_H

#include <linux/fs.h>
#include <linux/types.h>

bool clip_verdict_known(const struct inode *inode, u16 algorithm, u8 *digest);
bool clip_verdict_is(const struct inode *inode, u16 algorithm,
		     const u8 *digest);
bool clip_headers_known(const struct inode *inode, char *name, size_t room);
void clip_headers_commit(const struct inode *inode, u64 writes,
			 const char *name, u16 length);
void clip_verdict_forget(const struct inode *inode);
bool clip_inode_being_written(const struct inode *inode);
bool clip_verdict_begin(struct inode *inode, u64 *writes);
int clip_verdict_commit(const struct inode *inode, u64 writes, u16 algorithm,
			const u8 *digest, bool keep);
bool clip_inode_deny_writers(struct inode *inode);
void clip_inode_allow_writers(struct inode *inode);
void clip_inode_seal(struct inode *inode);
int clip_verdict_check_identity(const struct file *file);
int clip_inode_check_seal(const struct inode *inode);

#endif /* _SECURITY_CLIP_VERIFY_VERDICT_H */
