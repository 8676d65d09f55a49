// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the verdict cached with an inode
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/magic.h>

#include "chroot/confine.h"
#include "context/procfs.h"
#include "core/inode_blob.h"
#include "core/latch.h"
#include "device/block.h"
#include "memory/wx_file.h"
#include "report/creation.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/transaction.h"

/**
 * clip_inode_writes - how often an inode was opened for writing
 * @inode: the inode
 *
 * Return: a number that only grows while the inode is in memory.
 */
u64 clip_inode_writes(const struct inode *inode)
{
	return atomic64_read(&clip_inode(inode)->writes);
}

/**
 * clip_inode_verified - was the content found to match this entry?
 * @inode: the inode, with writers excluded by the caller
 * @entry_id: the entry
 *
 * Return: true if it was, and nobody could have written since.
 */
bool clip_inode_verified(const struct inode *inode, u64 entry_id)
{
	struct clip_inode *blob = clip_inode(inode);
	bool verified;

	spin_lock(&blob->lock);
	verified = blob->entry_id == entry_id &&
		   blob->entry_writes == (u64)atomic64_read(&blob->writes);
	spin_unlock(&blob->lock);
	return verified;
}

/**
 * clip_inode_set_verified - the content matches an entry
 * @inode: the inode
 * @entry_id: the entry
 * @writes: clip_inode_writes() before the content was read
 *
 * Return: false if somebody could have written meanwhile: then the match is
 * worth nothing.
 */
bool clip_inode_set_verified(const struct inode *inode, u64 entry_id,
			     u64 writes)
{
	struct clip_inode *blob = clip_inode(inode);
	bool current_content;

	spin_lock(&blob->lock);
	current_content = (u64)atomic64_read(&blob->writes) == writes;
	if (current_content) {
		blob->entry_id = entry_id;
		blob->entry_writes = writes;
	}
	spin_unlock(&blob->lock);
	return current_content;
}

/**
 * clip_inode_seal - shut writers out of a file from now on
 * @inode: the inode
 *
 * The seal stays for as long as the inode is in memory and an entry names it.
 * Taking it off again after a failure would take it from under somebody who
 * succeeded meanwhile.
 *
 * Return: true if there is no writer now, and none can come.
 */
bool clip_inode_seal(const struct inode *inode)
{
	set_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
	/* Pairs with the barrier of i_writecount's increment in open(2). */
	smp_mb();
	return atomic_read(&inode->i_writecount) <= 0;
}

/*
 * A file that no entry names any more, and that was last found to match a digest
 * that is not allowed any more, is nobody's library. Its seal goes with
 * the first who wants to write.
 */
static int check_seal(const struct inode *inode)
{
	if (clip_store_names(inode) ||
	    clip_allow_stands(READ_ONCE(clip_inode(inode)->entry_id)))
		return -ETXTBSY;
	clear_bit(CLIP_INODE_SEALED, &clip_inode(inode)->guards);
	return 0;
}

static noinline int check_guards(const struct inode *inode)
{
	const unsigned long guards = READ_ONCE(clip_inode(inode)->guards);
	int err = 0;

	if (guards & BIT(CLIP_INODE_SEALED))
		err = check_seal(inode);
	if (!err && (guards & BIT(CLIP_INODE_CODE)))
		err = clip_wxfile_check_writer(inode);
	return err;
}

/* Somebody gets the chance to write. */
static int count_writer(const struct inode *inode)
{
	struct clip_inode *blob = clip_inode(inode);

	atomic64_inc(&blob->writes);
	return unlikely(READ_ONCE(blob->guards)) ? check_guards(inode) : 0;
}

/* All-zero memory is an unlocked spinlock, but lockdep wants to know it. */
static int hook_inode_alloc_security(struct inode *inode)
{
	spin_lock_init(&clip_inode(inode)->lock);
	return 0;
}

static bool is_special(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISCHR(inode->i_mode) ||
	       inode->i_sb->s_magic == PROC_SUPER_MAGIC ||
	       inode->i_sb->s_magic == SYSFS_MAGIC || clip_is_jailed();
}

/* Apart, so that the way of everybody else through the hook stays short. */
static noinline int open_special(struct file *file)
{
	const struct inode *inode = file_inode(file);
	int err = clip_bound_open(file);

	if (!err && unlikely(clip_is_jailed()))
		err = clip_jail_open(file);
	if (err)
		return err;
	if (clip_latched(CLIP_LATCH_MOUNT) && S_ISCHR(inode->i_mode))
		return clip_devgate_open(file);
	return file->f_mode & FMODE_WRITE ? count_writer(inode) : 0;
}

/*
 * The VFS has raised i_writecount, with a full barrier, before this runs. An
 * exec that excludes writers has lowered it, with a full barrier too. So
 * either the opener fails, or the verifier sees the new number of writes.
 */
static int hook_file_open(struct file *file)
{
	if (static_branch_unlikely(&clip_bound_used) && is_special(file))
		return open_special(file);
	clip_creation_open(file);
	return file->f_mode & FMODE_WRITE ? count_writer(file_inode(file)) : 0;
}

static int hook_inode_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
			      struct iattr *attr)
{
	return attr->ia_valid & ATTR_SIZE ?
	       count_writer(d_backing_inode(dentry)) : 0;
}

/* Eviction from the cache changes nothing; deletion ends the entry. */
static void hook_inode_free_security(struct inode *inode)
{
	if (!inode->i_nlink)
		clip_store_forget_inode(inode);
}

static struct security_hook_list clip_inode_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(inode_alloc_security, hook_inode_alloc_security),
	LSM_HOOK_INIT(file_open, hook_file_open),
	LSM_HOOK_INIT(inode_setattr, hook_inode_setattr),
	LSM_HOOK_INIT(inode_free_security, hook_inode_free_security),
};

/**
 * clip_add_inode_hooks - register the hooks of this file
 */
void __init clip_add_inode_hooks(void)
{
	security_add_hooks(clip_inode_hooks, ARRAY_SIZE(clip_inode_hooks),
			   &clip_lsm_id);
}
