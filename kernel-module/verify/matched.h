/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the entry that a file has matched
 */
#ifndef _SECURITY_CLIP_VERIFY_MATCHED_H
#define _SECURITY_CLIP_VERIFY_MATCHED_H

#include <linux/types.h>

struct clip_context;
struct clip_entry;
struct inode;

struct clip_entry *clip_matched_find(const struct inode *inode,
				     const struct clip_context *ctx);
void clip_matched_keep(const struct inode *inode,
		       const struct clip_context *ctx,
		       struct clip_entry *entry, u64 generation, u64 writes);
void clip_matched_forget(const struct inode *inode);

#endif /* _SECURITY_CLIP_VERIFY_MATCHED_H */
