// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a task with another root is kept from
 *
 * Root in a jail has all that root has, and some of that leads outside: by new
 * mounts, device nodes, handles, the kernel's settings; or by a program that it
 * leaves behind for somebody outside to run. With the latch, a task whose root
 * was changed is kept from all of it, unless it holds CHROOT.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kdev_t.h>
#include <linux/lsm_hooks.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/security.h>
#include <linux/stat.h>

#include "chroot/confine.h"
#include "core/syscall.h"
#include "privilege/require.h"

/**
 * clip_chroot_may_leave - does a changed root mean nothing for this task?
 *
 * Return: whether it holds CHROOT.
 */
bool clip_chroot_may_leave(void)
{
	return clip_has_privileges(CLIP_PRIV_CHROOT, CLIP_REQUIRE_ALL);
}

/**
 * clip_chroot_outside - must this not come into a task's hands?
 * @path: a directory
 *
 * The task's own root counts, and not that of its context.
 *
 * Context: may sleep.
 * Return: whether it is outside of the root, for a task that may not leave.
 */
bool clip_chroot_outside(const struct path *path)
{
	struct path root;
	bool inside;

	if (clip_chroot_may_leave())
		return false;
	get_fs_root(current->fs, &root);
	inside = path_is_under(path, &root);
	path_put(&root);
	return !inside;
}

/* A filesystem opens what lies below it, by a mount and a right of its own. */
static bool is_inner_open(const struct file *file)
{
	return !our_mnt(file->f_path.mnt) &&
	       current_cred() != current_real_cred();
}

/* C-17: programs that give rights to who runs them. */
static bool gives_rights(umode_t mode)
{
	return (mode & S_ISUID) ||
	       (mode & (S_ISGID | 0010)) == (S_ISGID | 0010);
}

/* Below /proc/sys, where an uid is enough to say what the kernel runs, and how. */
static bool is_sysctl(const struct file *file)
{
	const struct dentry *at = file_dentry(file), *parent;

	if (at->d_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	guard(rcu)();
	for (parent = READ_ONCE(at->d_parent); !IS_ROOT(parent);
	     parent = READ_ONCE(at->d_parent))
		at = parent;
	return at->d_name.len == 3 && !memcmp(at->d_name.name, "sys", 3);
}

/**
 * clip_chroot_check_open - may a task with another root open a file?
 * @file: the file
 *
 * A directory is found by its name, which leads to none outside; but also by an
 * event of fanotify, or by procfs.
 *
 * Context: may sleep.
 * Return: 0, or -EPERM after a report.
 */
int clip_chroot_check_open(struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (clip_chroot_may_leave())
		return 0;
	if (S_ISDIR(inode->i_mode) && !is_inner_open(file) &&
	    clip_chroot_outside(&file->f_path))
		return clip_require("open-directory", CLIP_PRIV_CHROOT);
	if ((file->f_flags & __O_TMPFILE) && gives_rights(inode->i_mode))
		return clip_require("set-user-id", CLIP_PRIV_CHROOT);
	if ((file->f_mode & FMODE_WRITE) && is_sysctl(file))
		return clip_require("sysctl", CLIP_PRIV_CHROOT);
	return 0;
}

static bool is_confined(void)
{
	return unlikely(clip_is_chrooted()) && !clip_chroot_may_leave();
}

/**
 * clip_chroot_check_node - may a task with another root make this?
 * @mode: kind and permissions of what is to be made
 * @dev: its device number
 *
 * Also asked when open(2) makes a file. A whiteout is no device.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_chroot_check_node(umode_t mode, unsigned int dev)
{
	if (!is_confined())
		return 0;
	if (S_ISBLK(mode) || (S_ISCHR(mode) && dev != WHITEOUT_DEV))
		return clip_require("device-node", CLIP_PRIV_CHROOT);
	if ((S_ISREG(mode) || !(mode & S_IFMT)) && gives_rights(mode))
		return clip_require("set-user-id", CLIP_PRIV_CHROOT);
	return 0;
}

static int hook_path_chmod(const struct path *path, umode_t mode)
{
	if (!is_confined() || !gives_rights(mode) ||
	    !S_ISREG(d_backing_inode(path->dentry)->i_mode))
		return 0;
	return clip_require("set-user-id", CLIP_PRIV_CHROOT);
}

/* What a capability would be used for, if that is not for a jail; else NULL. */
static const char *forbidden_act(int cap)
{
	switch (cap) {
	case CAP_SETFCAP:
		return "set-user-id";
	case CAP_SYS_CHROOT:
		/* To a mount namespace means to its root. */
		return clip_current_call() == CLIP_CALL_SETNS ? "setns" : NULL;
	case CAP_DAC_READ_SEARCH:
		return clip_current_call() == CLIP_CALL_OPEN_BY_HANDLE ?
		       "handle" : NULL;
	case CAP_SYS_ADMIN:
		switch (clip_current_call()) {
		case CLIP_CALL_OPEN_BY_HANDLE:
			return "handle";
		case CLIP_CALL_MOUNT:
		case CLIP_CALL_MOUNTING:
			return "mount";
		default:
			return NULL;
		}
	default:
		return NULL;
	}
}

/**
 * clip_chroot_capable - does this capability not work, for a changed root?
 * @cred: whose it is
 * @cap: the capability
 * @opts: as in the hook
 *
 * Every call that makes or changes mounts asks for CAP_SYS_ADMIN before it does
 * anything, so none of them takes a hook of its own.
 *
 * Context: any.
 * Return: whether that is so.
 */
bool clip_chroot_capable(const struct cred *cred, int cap, unsigned int opts)
{
	const char *act;

	if (likely(!clip_is_chrooted()) || cred != current_cred() ||
	    clip_chroot_may_leave())
		return false;
	act = forbidden_act(cap);
	if (act && !(opts & CAP_OPT_NOAUDIT))
		clip_require(act, CLIP_PRIV_CHROOT);
	return act;
}

static struct security_hook_list clip_confine_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_chmod, hook_path_chmod),
};

/**
 * clip_add_confine_hooks - register the hooks of this file
 */
void __init clip_add_confine_hooks(void)
{
	security_add_hooks(clip_confine_hooks, ARRAY_SIZE(clip_confine_hooks),
			   &clip_lsm_id);
}
