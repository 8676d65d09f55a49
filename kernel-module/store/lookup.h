/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: looking up a file in all contexts
 */
#ifndef _SECURITY_CLIP_STORE_LOOKUP_H
#define _SECURITY_CLIP_STORE_LOOKUP_H

#include <linux/fs.h>
#include <linux/types.h>

struct clip_entry;
struct clip_sb;
struct clip_table;

struct clip_entry *clip_store_lookup_inode(struct clip_table *table,
					   const struct inode *inode);
bool clip_store_names(const struct inode *inode);
bool clip_allow_anywhere(u16 algorithm, const u8 *digest);

/* forget.c: entries of deleted files and of unmounted filesystems */
void clip_store_forget_inode(const struct inode *inode);
void clip_store_forget_sb(const struct clip_sb *sb);
void clip_store_reap(void);

#endif /* _SECURITY_CLIP_STORE_LOOKUP_H */
