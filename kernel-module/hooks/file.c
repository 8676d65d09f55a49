// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for opening files and for acts on open files
 *
 * All concerns that restrict these acts are called here, in this order, and
 * nowhere else. The first refusal wins. Concerns that only watch come last.
 */
#include "core/common.h"

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/magic.h>
#include <linux/sockios.h>
#include <linux/termios.h>

#include "chroot/confine.h"
#include "chroot/enter.h"
#include "context/interfaces.h"
#include "context/procfs.h"
#include "context/terminals.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/latch.h"
#include "device/block.h"
#include "device/devmem.h"
#include "network/hidden.h"
#include "network/owner.h"
#include "network/received.h"
#include "exec/interpret.h"
#include "memory/wx_elf.h"
#include "mount/fuse.h"
#include "mount/nolock.h"
#include "network/netlink.h"
#include "privilege/drm.h"
#include "privilege/firmware.h"
#include "report/creation.h"
#include "report/report.h"
#include "store/context.h"
#include "store/lookup.h"
#include "task/sigio.h"
#include "verify/code.h"
#include "verify/matched.h"
#include "verify/verdict.h"

/*
 * All-zero memory is an unlocked spinlock, but lockdep needs an initialized
 * one.
 */
static int hook_inode_alloc_security(struct inode *inode)
{
	spin_lock_init(&clip_inode(inode)->lock);
	if (unlikely(inode->i_sb->s_magic == DEVPTS_SUPER_MAGIC))
		clip_terminal_note_inode(inode);
	return 0;
}

/* Eviction from the cache changes no entry; deletion ends it. */
static noinline void forget(struct inode *inode)
{
	clip_matched_forget(inode);
	clip_verdict_forget(inode);
	if (!inode->i_nlink)
		clip_store_forget_inode(inode);
}

/* Of nearly all inodes, as of sockets and pipes, nothing is known. */
static void hook_inode_free_security(struct inode *inode)
{
	if (unlikely(clip_inode(inode)->known || !inode->i_nlink))
		forget(inode);
}

/* @file is NULL if the file is truncated by its name. */
static noinline int check_guards(const struct inode *inode, struct file *file)
{
	const unsigned long guards = READ_ONCE(clip_inode(inode)->guards);
	int err = 0;

	if (guards & BIT(CLIP_INODE_SEALED))
		err = clip_inode_check_seal(inode);
	if (!err && (guards & BIT(CLIP_INODE_CODE)))
		err = clip_code_check_writer(inode,
					     file && S_ISREG(inode->i_mode));
	if (err)
		clip_report_memory(file ? "open for writing" : "truncate",
				   clip_cred(current_cred())->context, file,
				   CLIP_REASON_IN_USE, err, false);
	return err;
}

/* Counts a task that gets the chance to write to the file. */
static int count_writer(const struct inode *inode, struct file *file)
{
	struct clip_inode *blob = clip_inode(inode);

	atomic64_inc(&blob->writes);
	return unlikely(READ_ONCE(blob->guards)) ? check_guards(inode, file) : 0;
}

static int check_special(struct file *file)
{
	int err = 0;

	if (S_ISCHR(file_inode(file)->i_mode))
		err = clip_devmem_check_open(file) ?:
		      clip_fuse_check_device(file_inode(file)) ?:
		      clip_owner_check_device(file_inode(file));
	err = err ?: clip_firmware_check_open(file);
	err = err ?: clip_procfs_check_open(file);
	err = err ?: clip_interface_check_open(file);
	err = err ?: clip_hidden_check_open(file);
	if (!err && clip_is_chrooted())
		err = clip_chroot_check_open(file);
	return err;
}

static bool is_interface(const struct file *file)
{
	return READ_ONCE(file_inode(file)->i_watch) & I_WATCH_INTERFACE;
}

static bool is_confined(void)
{
	return clip_is_chrooted() ||
	       clip_cred(current_cred())->context != &clip_admin_context;
}

/*
 * Character devices and the files of procfs and sysfs are judged for every task,
 * other files for tasks that are confined. An open that is refused is no writer.
 *
 * The VFS has raised i_writecount of a file on a filesystem, with a full barrier,
 * before it looked whether the inode is watched. An exec that excludes writers has
 * lowered it, with a full barrier too. So either the opener fails, or the verifier
 * sees the new number of writes.
 */
static int hook_file_open_watched(struct file *file)
{
	int err = 0;

	if (static_branch_unlikely(&clip_opens_checked) &&
	    (is_interface(file) || is_confined()))
		err = check_special(file);
	if (!err && (file->f_mode & FMODE_WRITE))
		err = count_writer(file_inode(file), file);
	return err;
}

/* A file that is watched is judged here once more: that can begin in between. */
static int hook_file_open(struct file *file)
{
	int err = 0;

	if (static_branch_unlikely(&clip_opens_checked) && is_confined() &&
	    !is_interface(file))
		err = check_special(file);
	clip_creation_open(file);
	return err;
}

/* An open with O_MAYEXEC, or one of uselib(2); or one of exec, which is noted. */
static int hook_file_open_exec(struct file *file)
{
	if (!(file->f_flags & __FMODE_EXEC))
		return clip_interpret_open(file);
	clip_wx_elf_note_open(file);
	return 0;
}

static void hook_file_release(struct file *file)
{
	if (unlikely(clip_file(file)->unwritten))
		clip_interpret_release(file);
}

static int hook_inode_setattr(struct mnt_idmap *idmap, struct dentry *dentry,
			      struct iattr *attr)
{
	int err = 0;

	/* A file that is truncated as it is opened was checked then. */
	if (static_branch_unlikely(&clip_opens_checked) &&
	    !(attr->ia_valid & ATTR_OPEN))
		err = clip_interface_check_change(dentry);
	if (!err && (attr->ia_valid & ATTR_SIZE))
		err = count_writer(d_backing_inode(dentry), NULL);
	return err;
}

static int hook_file_receive(struct file *file)
{
	return clip_chroot_check_received(file) ?: clip_received_check(file);
}

static int hook_file_fcntl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	switch (cmd) {
	case F_SETOWN:
	case F_SETOWN_EX:
	case F_SETSIG:
		return clip_sigio_check_owner(file);
	case F_GETLK:
	case F_GETLK64:
	case F_OFD_GETLK:
	case F_GETLEASE:
		return clip_nolock_check(file);
	default:
		return 0;
	}
}

/*
 * The requests of ext4, which no header of the kernel has: they set a generation
 * as well, and the last one swaps it with another inode's.
 */
#define EXT4_IOC_SETVERSION	_IOW('f', 4, long)
#define EXT4_IOC32_SETVERSION	_IOW('f', 4, int)
#define EXT4_IOC_SWAP_BOOT	_IO('f', 17)

static int hook_file_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	int err = clip_interface_check_request(file, cmd);

	clip_drm_note_ioctl(file, cmd);
	if (err)
		return err;
	switch (cmd) {
	case FIOSETOWN:
	case SIOCSPGRP:
		/* The other way to F_SETOWN, for sockets. */
		return clip_sigio_check_owner(file);
	case FS_IOC_SETVERSION:
	case FS_IOC32_SETVERSION:
	case EXT4_IOC_SETVERSION:
	case EXT4_IOC32_SETVERSION:
	case EXT4_IOC_SWAP_BOOT:
		return clip_verdict_check_identity(file);
	default:
		return clip_netlink_config(file, cmd) ?:
		       clip_hidden_check_request(file, cmd) ?:
		       clip_block_check_ioctl(file, cmd);
	}
}

static struct security_hook_list clip_file_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(inode_free_security, hook_inode_free_security),
	LSM_HOOK_INIT(file_open_watched, hook_file_open_watched),
	LSM_HOOK_INIT(inode_setattr, hook_inode_setattr),
	LSM_HOOK_INIT(file_fcntl, hook_file_fcntl),
	LSM_HOOK_INIT(file_receive, hook_file_receive),
	LSM_HOOK_INIT(file_ioctl, hook_file_ioctl),
	LSM_HOOK_INIT(file_ioctl_compat, hook_file_ioctl),
};

/*
 * A lock needs more than zeros where its uses are watched. Otherwise only terminals
 * are noted here, for contexts.
 */
static struct security_hook_list clip_alloc_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(inode_alloc_security, hook_inode_alloc_security),
};

/* Opens are judged for confined tasks, and creations are reported. */
static struct security_hook_list clip_open_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_open, hook_file_open),
};

/* What an interpreter opens is judged in active contexts. */
static struct security_hook_list clip_open_exec_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_open_exec, hook_file_open_exec),
};

/* Files are held after an interpreter has opened one. */
static struct security_hook_list clip_release_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_release, hook_file_release),
};

/**
 * clip_add_file_hooks - Register the hooks of this file
 */
void __init clip_add_file_hooks(void)
{
	security_add_hooks(clip_file_hooks, ARRAY_SIZE(clip_file_hooks),
			   &clip_lsm_id);
	if (IS_ENABLED(CONFIG_DEBUG_SPINLOCK))
		security_add_hooks(clip_alloc_hooks,
				   ARRAY_SIZE(clip_alloc_hooks), &clip_lsm_id);
	else
		clip_add_sleeping_hooks(clip_alloc_hooks,
					ARRAY_SIZE(clip_alloc_hooks),
					CLIP_WAKE_CONTEXT);
	clip_add_sleeping_hooks(clip_open_hooks, ARRAY_SIZE(clip_open_hooks),
				CLIP_WAKE_CONTEXT | CLIP_WAKE_CHROOT |
				CLIP_WAKE_CREATIONS);
	clip_add_sleeping_hooks(clip_open_exec_hooks,
				ARRAY_SIZE(clip_open_exec_hooks),
				CLIP_WAKE_CODE);
	clip_add_sleeping_hooks(clip_release_hooks,
				ARRAY_SIZE(clip_release_hooks), CLIP_WAKE_HELD);
}
