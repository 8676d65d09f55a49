// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: identity and trust of a superblock
 */
#include "core/common.h"

#include <linux/bug.h>
#include <linux/dcache.h>
#include <linux/magic.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>
/* No other header shows the mounts of a superblock and who writes by them. */
#include "../../../fs/mount.h"

#include "core/latch.h"
#include "core/superblock_blob.h"
#include "store/filesystem.h"

/*
 * Identities by number. The last reference to one can be dropped where
 * interrupts are off.
 */
static DEFINE_XARRAY_FLAGS(identities, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_IRQ);

/**
 * clip_sb_alloc - Allocate an identity
 * @dev: device number to display
 *
 * Context: May sleep.
 * Return: The number of the identity, with one reference; 0 if memory is
 * exhausted.
 */
u32 clip_sb_alloc(dev_t dev)
{
	struct clip_sb *id = kzalloc(sizeof(*id), GFP_KERNEL_ACCOUNT);

	if (!id)
		return 0;
	refcount_set(&id->usage, 1);
	id->dev = dev;
	/* A reader of the index may see it before this function is done. */
	if (xa_alloc_irq(&identities, &id->number, id, xa_limit_32b,
			 GFP_KERNEL_ACCOUNT)) {
		kfree(id);
		return 0;
	}
	return id->number;
}

/**
 * clip_sb_find - Find an identity by its number
 * @number: the number
 *
 * Context: The caller holds the RCU read lock, or a reference.
 * Return: The identity; NULL if there is none with this number.
 */
const struct clip_sb *clip_sb_find(u32 number)
{
	return xa_load(&identities, number);
}

/*
 * Many entries in a row are for one filesystem. A task that writes this has a
 * reference, and the task that drops the last one sets it to NULL, before the grace
 * period of the object begins.
 */
static struct clip_sb *recent;

/* For a caller with a reference, and with the RCU read lock. */
static struct clip_sb *find(u32 number)
{
	struct clip_sb *id = READ_ONCE(recent);

	if (likely(id && id->number == number))
		return id;
	id = xa_load(&identities, number);
	WRITE_ONCE(recent, id);
	return id;
}

/**
 * clip_sb_get - Take a reference
 * @number: the number of an identity, which the caller keeps alive
 *
 * Context: Any; does not sleep.
 */
void clip_sb_get(u32 number)
{
	struct clip_sb *id;

	guard(rcu)();
	id = find(number);
	if (!WARN_ON_ONCE(!id))
		refcount_inc(&id->usage);
}

/**
 * clip_sb_put - Drop a reference
 * @number: the number of an identity, or 0
 *
 * Context: Any; does not sleep.
 */
void clip_sb_put(u32 number)
{
	struct clip_sb *id;
	unsigned long flags;

	if (!number)
		return;
	guard(rcu)();
	id = find(number);
	if (!id || !refcount_dec_and_test(&id->usage))
		return;
	cmpxchg(&recent, id, NULL);
	xa_lock_irqsave(&identities, flags);
	__xa_erase(&identities, number);
	xa_unlock_irqrestore(&identities, flags);
	kfree_rcu(id, rcu);
}

/**
 * clip_sb_of - Get the identity of a superblock, or create it
 * @sb: a superblock that the caller keeps alive
 *
 * Context: May sleep.
 * Return: The number of the identity, with a reference; 0 if memory is
 * exhausted.
 */
u32 clip_sb_of(struct super_block *sb)
{
	struct clip_superblock *blob = clip_superblock(sb);
	/* Pairs with the cmpxchg below: the index has what the number stands for. */
	u32 number = smp_load_acquire(&blob->id), fresh;

	if (!number) {
		fresh = clip_sb_alloc(sb->s_dev);
		if (!fresh)
			return 0;
		number = cmpxchg(&blob->id, 0, fresh);
		if (number)
			clip_sb_put(fresh);
		else
			number = fresh;
	}
	/* The reference of the blob keeps the count above zero. */
	clip_sb_get(number);
	return number;
}

/**
 * clip_sb_find_trust - Find out whether this kernel sees all writers of the files
 * @sb: a superblock
 *
 * The answer never changes once the superblock is complete, and is kept from then
 * on. A verdict is cached, and a grant given, only on a trusted filesystem: one
 * that is known to keep the number of a file all its life and to change content
 * only through the page cache of this kernel, and that was mounted by the
 * administrator of the initial user namespace. Stacked, network, cluster and
 * user-space filesystems change their content behind i_writecount, and a
 * SB_NOUSER superblock (memfd, SysV shared memory) has writable descriptors
 * that i_writecount does not count.
 *
 * Return: True if the filesystem is trusted, false otherwise.
 */
bool clip_sb_find_trust(const struct super_block *sb)
{
	/* Pairs with the barrier in vfs_get_tree(). */
	const bool complete = smp_load_acquire(&sb->s_flags) & SB_BORN;
	const bool trusted = sb->s_user_ns == &init_user_ns &&
			     clip_sb_identifies(sb);

	if (complete)
		WRITE_ONCE(clip_superblock(sb)->trust,
			   trusted ? CLIP_SB_TRUSTED : CLIP_SB_UNTRUSTED);
	return trusted;
}

/**
 * clip_sb_identifies - Do inode number and generation identify one file?
 * @sb: a superblock
 *
 * An entry refers to a file by these numbers, so it can only refer to a file of
 * a filesystem that is known to give them to one file for as long as the file
 * exists. Others reuse them: an overlay has the numbers of its layers, which
 * need not differ, and shows another inode after a copy-up; a file of btrfs or
 * bcachefs and its copy in a snapshot have the same numbers; FAT assigns a new
 * number whenever it reads an inode; a user-space or network filesystem says
 * what its server says. SB_NOUSER files have no name that could be listed.
 *
 * Return: True if entries can refer to files of this filesystem, false
 * otherwise.
 */
bool clip_sb_identifies(const struct super_block *sb)
{
	if (sb->s_flags & SB_NOUSER)
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

static bool has_writers(const struct mount *mnt)
{
	unsigned int writers = 0;
	int cpu;

	/* A writer can leave on another CPU than the one on which it came. */
	for_each_possible_cpu(cpu)
		writers += per_cpu_ptr(mnt->mnt_pcp, cpu)->mnt_writers;
	return writers;
}

/**
 * clip_sb_read_only - Can no task write to the files of a filesystem?
 * @sb: its superblock
 *
 * The flag alone does not mean that. The kernel sets it in an emergency, or
 * after an error of the filesystem, while files are open for writing and mapped
 * writable: these can still be written. The flag keeps out new writers, so that
 * a filesystem without writers has none from then on.
 *
 * Context: Any but under mount_lock.
 * Return: True if it is read-only and has no writer by any of its mounts, not
 * even by one that is detached; false otherwise.
 */
bool clip_sb_read_only(struct super_block *sb)
{
	struct mount *mnt;
	bool written = false;

	if (!sb_rdonly(sb))
		return false;
	/*
	 * A writer counts itself, and then looks for the flag, with a full
	 * barrier in between.
	 */
	smp_mb();
	write_seqlock(&mount_lock);
	list_for_each_entry(mnt, &sb->s_mounts, mnt_instance)
		written |= has_writers(mnt);
	write_sequnlock(&mount_lock);
	return !written;
}

/**
 * clip_is_fuse - Does a user-space program serve filesystems of this type?
 * @type: name of the type, without the subtype that follows a dot
 *
 * Return: True if it does, false otherwise.
 */
bool clip_is_fuse(const char *type)
{
	return !strcmp(type, "fuse") || !strcmp(type, "fuseblk");
}

/**
 * clip_fuse_filesystem - Does a user-space program serve this filesystem?
 * @sb: superblock of the filesystem
 *
 * Return: True if it does, false otherwise.
 */
bool clip_fuse_filesystem(const struct super_block *sb)
{
	return clip_is_fuse(sb->s_type->name);
}

static const struct clip_superblock *real_superblock(const struct file *file)
{
	/* For a file seen through overlayfs, the file below counts as well. */
	return clip_superblock(d_real_inode(file->f_path.dentry)->i_sb);
}

/**
 * clip_sb_no_exec - Does the device table forbid the execution of a file?
 * @file: a file
 *
 * The kernel itself refuses to execute such a file, unless another filesystem
 * is stacked on top.
 *
 * Return: True if it does, false otherwise.
 */
bool clip_sb_no_exec(const struct file *file)
{
	if (likely(!clip_latched(CLIP_LATCH_MOUNT)))
		return false;
	return READ_ONCE(clip_superblock(file_inode(file)->i_sb)->no_exec) ||
	       READ_ONCE(real_superblock(file)->no_exec);
}

/**
 * clip_sb_no_suid - Does the device table forbid grants by a file?
 * @file: a file
 *
 * Return: True if an exec of the file must grant nothing, false otherwise.
 */
bool clip_sb_no_suid(const struct file *file)
{
	if (likely(!clip_latched(CLIP_LATCH_MOUNT)))
		return false;
	return READ_ONCE(clip_superblock(file_inode(file)->i_sb)->no_suid) ||
	       READ_ONCE(real_superblock(file)->no_suid);
}
