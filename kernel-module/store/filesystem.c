// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: identity and trust of a superblock
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "core/latch.h"
#include "core/superblock_blob.h"
#include "store/filesystem.h"

/**
 * clip_sb_alloc - make an identity
 * @dev: device number to show
 *
 * Return: the object with one reference, or NULL.
 */
struct clip_sb *clip_sb_alloc(dev_t dev)
{
	struct clip_sb *id = kzalloc(sizeof(*id), GFP_KERNEL_ACCOUNT);

	if (id) {
		refcount_set(&id->usage, 1);
		id->dev = dev;
	}
	return id;
}

/**
 * clip_sb_put - give a reference back
 * @id: an identity, or NULL
 *
 * Context: any; does not sleep.
 */
void clip_sb_put(struct clip_sb *id)
{
	if (id && refcount_dec_and_test(&id->usage))
		kfree_rcu(id, rcu);
}

/**
 * clip_sb_of - the identity of a superblock, made if it has none
 * @sb: a superblock that the caller keeps from going away
 *
 * Return: the identity with a reference, or NULL if there is no memory.
 */
struct clip_sb *clip_sb_of(struct super_block *sb)
{
	struct clip_superblock *blob = clip_superblock(sb);
	struct clip_sb *id, *fresh;

	scoped_guard(rcu) {
		id = rcu_dereference(blob->id);
		/* The blob's own reference keeps it from reaching zero. */
		if (id) {
			refcount_inc(&id->usage);
			return id;
		}
	}
	fresh = clip_sb_alloc(sb->s_dev);
	if (!fresh)
		return NULL;
	id = unrcu_pointer(cmpxchg(&blob->id, NULL, RCU_INITIALIZER(fresh)));
	if (id)
		clip_sb_put(fresh);
	else
		id = fresh;
	refcount_inc(&id->usage);
	return id;
}

/**
 * clip_sb_trusted - can this kernel see everybody who writes to its files?
 * @sb: a superblock
 *
 * A verdict is kept, and a grant given, only where the answer is yes: on
 * filesystems known to have one number for a file all its life and to change
 * content only through this kernel's page cache, mounted by the administrator
 * of the initial user namespace. Stacked, network, cluster and user-space
 * filesystems change their content behind i_writecount, and a SB_NOUSER
 * superblock (memfd, SysV shared memory) has writable descriptors that
 * i_writecount does not count.
 *
 * Return: true or false.
 */
bool clip_sb_trusted(const struct super_block *sb)
{
	if (sb->s_user_ns != &init_user_ns || (sb->s_flags & SB_NOUSER))
		return false;
	switch (sb->s_magic) {
	case RAMFS_MAGIC:
	case TMPFS_MAGIC:
	case EXT4_SUPER_MAGIC:		/* ext2 and ext3 too */
	case XFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case SQUASHFS_MAGIC:
	case EROFS_SUPER_MAGIC_V1:
	case ISOFS_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

/**
 * clip_sb_identifies - do inode number and generation stand for one file?
 * @sb: a superblock
 *
 * On btrfs and bcachefs a file and its copy in a snapshot have the same
 * numbers. FAT makes numbers up whenever it reads an inode. SB_NOUSER files
 * have no name that could be listed.
 *
 * Return: false if no entry can name a file there.
 */
bool clip_sb_identifies(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case BTRFS_SUPER_MAGIC:
	case BCACHEFS_SUPER_MAGIC:
	case MSDOS_SUPER_MAGIC:
	case EXFAT_SUPER_MAGIC:
		return false;
	default:
		return !(sb->s_flags & SB_NOUSER);
	}
}

/**
 * clip_is_fuse - is there a program behind filesystems of a type?
 * @type: name of the type, without what follows a dot
 *
 * Return: whether there is.
 */
bool clip_is_fuse(const char *type)
{
	return !strcmp(type, "fuse") || !strcmp(type, "fuseblk");
}

/**
 * clip_fuse_filesystem - is there a program behind this filesystem?
 * @sb: its superblock
 *
 * Return: whether there is.
 */
bool clip_fuse_filesystem(const struct super_block *sb)
{
	return clip_is_fuse(sb->s_type->name);
}

static const struct clip_superblock *real_superblock(const struct file *file)
{
	/* Of a file seen through overlayfs the one below counts, too. */
	return clip_superblock(d_real_inode(file->f_path.dentry)->i_sb);
}

/**
 * clip_sb_no_exec - is this a file that must not be executed?
 * @file: a file
 *
 * The kernel refuses it already unless another filesystem is in between.
 *
 * Return: whether it is.
 */
bool clip_sb_no_exec(const struct file *file)
{
	if (likely(!clip_latched(CLIP_LATCH_MOUNT)))
		return false;
	return READ_ONCE(clip_superblock(file_inode(file)->i_sb)->no_exec) ||
	       READ_ONCE(real_superblock(file)->no_exec);
}

/**
 * clip_sb_no_suid - is this a file that must give nothing to an exec?
 * @file: a file
 *
 * Return: whether it is.
 */
bool clip_sb_no_suid(const struct file *file)
{
	if (likely(!clip_latched(CLIP_LATCH_MOUNT)))
		return false;
	return READ_ONCE(clip_superblock(file_inode(file)->i_sb)->no_suid) ||
	       READ_ONCE(real_superblock(file)->no_suid);
}
