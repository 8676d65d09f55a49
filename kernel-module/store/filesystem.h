/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: identity and trust of a superblock
 */
#ifndef _SECURITY_CLIP_STORE_FILESYSTEM_H
#define _SECURITY_CLIP_STORE_FILESYSTEM_H

#include <linux/fs.h>
#include <linux/refcount.h>

#include "core/superblock_blob.h"

/**
 * struct clip_sb - Stands for one superblock in the keys of entries, by a number
 * @usage: Reference count: one reference of the superblock, and one for each
 *	entry.
 * @rcu: Frees the object after a grace period, when the readers of the
 *	superblock are gone.
 * @number: The number.
 * @dev: Device number, for display only.
 *
 * The kernel may assign a device number to another filesystem as soon as this
 * one is gone, even before it calls the hooks of security modules. The number
 * of this object, which is never 0, is not reused while an entry refers to it,
 * so an old entry can never match a file of a new filesystem.
 */
struct clip_sb {
	refcount_t usage;
	struct rcu_head rcu;
	u32 number;
	dev_t dev;
};

u32 clip_sb_alloc(dev_t dev);
u32 clip_sb_of(struct super_block *sb);
const struct clip_sb *clip_sb_find(u32 number);
void clip_sb_get(u32 number);
void clip_sb_put(u32 number);
bool clip_sb_find_trust(const struct super_block *sb);
bool clip_sb_identifies(const struct super_block *sb);
bool clip_sb_read_only(struct super_block *sb);
bool clip_is_fuse(const char *type);
bool clip_fuse_filesystem(const struct super_block *sb);
bool clip_sb_no_exec(const struct file *file);
bool clip_sb_no_suid(const struct file *file);

/**
 * clip_sb_trusted - Does this kernel see all writers of the files?
 * @sb: a superblock
 *
 * Return: True if the filesystem is trusted, see clip_sb_find_trust().
 */
static inline bool clip_sb_trusted(const struct super_block *sb)
{
	const u8 trust = READ_ONCE(clip_superblock(sb)->trust);

	return likely(trust) ? trust == CLIP_SB_TRUSTED : clip_sb_find_trust(sb);
}

/**
 * clip_sb_is_named - Does an entry refer to a file of this filesystem?
 * @sb: a superblock
 *
 * Return: True if one does, or ever did; false otherwise.
 */
static inline bool clip_sb_is_named(const struct super_block *sb)
{
	return READ_ONCE(clip_superblock(sb)->id);
}

#endif /* _SECURITY_CLIP_STORE_FILESYSTEM_H */
