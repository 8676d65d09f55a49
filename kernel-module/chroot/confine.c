// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: restrictions on chrooted tasks
 *
 * Root in a chroot has all the rights of root, and some of them lead outside:
 * new mounts, device nodes, handles, the kernel's settings, or a program that
 * is left behind for a task outside to run. With the latch set, a task whose
 * root was changed is kept from all of these, unless it holds CHROOT.
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
#include <linux/posix_acl.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/stat.h>

#include "chroot/confine.h"
#include "context/interfaces.h"
#include "core/syscall.h"
#include "privilege/require.h"

/**
 * clip_chroot_may_leave - Is the current task exempt from chroot restrictions?
 *
 * Return: true if it holds CHROOT.
 */
bool clip_chroot_may_leave(void)
{
	return clip_has_privileges(CLIP_PRIV_CHROOT, CLIP_REQUIRE_ALL);
}

/**
 * clip_chroot_outside - Must the current task not get hold of a directory?
 * @path: the directory
 *
 * The task's own root counts, not the root of its context.
 *
 * Context: may sleep.
 * Return: true if @path is outside of the root of a task that may not leave it.
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

/*
 * Stacked filesystems open the files below them by a mount and credentials of
 * their own.
 */
static bool is_inner_open(const struct file *file)
{
	return !our_mnt(file->f_path.mnt) &&
	       current_cred() != current_real_cred();
}

/* C-17: mode bits of programs that give rights to the user that runs them. */
static bool gives_rights(umode_t mode)
{
	return (mode & S_ISUID) ||
	       (mode & (S_ISGID | 0010)) == (S_ISGID | 0010);
}

/*
 * Is it below /proc/sys, where a uid is sufficient to decide which programs the
 * kernel runs, and how?
 */
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

static bool is_written(const struct file *file)
{
	return (file->f_mode & FMODE_WRITE) || (file->f_flags & O_TRUNC);
}

/**
 * clip_chroot_check_open - Check a chrooted task's opening of a file
 * @file: the file
 *
 * A look-up by name finds no directory outside, but an event of fanotify or a
 * link of procfs can.
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
	if (!is_written(file))
		return clip_interface_written(file) ?
		       clip_require("kernel-interface", CLIP_PRIV_CHROOT) : 0;
	/* For a task with CAP_FSETID the bits outlive the old content. */
	if (S_ISREG(inode->i_mode) && gives_rights(inode->i_mode))
		return clip_require("set-user-id", CLIP_PRIV_CHROOT);
	if (is_sysctl(file))
		return clip_require("sysctl", CLIP_PRIV_CHROOT);
	if (clip_interface_written(file))
		return clip_require("kernel-interface", CLIP_PRIV_CHROOT);
	return 0;
}

static bool is_confined(void)
{
	return unlikely(clip_is_chrooted()) && !clip_chroot_may_leave();
}

/**
 * clip_chroot_check_node - Check a chrooted task's creation of a file
 * @mode: type and permissions of the new file
 * @dev: its device number
 *
 * Also called when open(2) creates a file. A whiteout is not a device.
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

/**
 * clip_chroot_check_acl - Check a chrooted task's change of an access list
 * @inode: the file
 * @acl: the new list
 *
 * The group bits of the mode follow from the list.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_chroot_check_acl(const struct inode *inode, const struct posix_acl *acl)
{
	umode_t mode = inode->i_mode;

	if (!is_confined() || !S_ISREG(mode) ||
	    posix_acl_equiv_mode(acl, &mode) < 0 || !gives_rights(mode))
		return 0;
	return clip_require("set-user-id", CLIP_PRIV_CHROOT);
}

/*
 * Would a directory get out of the root of @task? The dentries of the root stay
 * while the caller holds the RCU read lock.
 */
static bool leaves_root_of(struct task_struct *task, const struct dentry *moved,
			   const struct dentry *to)
{
	struct dentry *root = NULL;

	scoped_guard(task_lock, task) {
		if (task->fs) {
			spin_lock(&task->fs->lock);
			root = task->fs->root.dentry;
			spin_unlock(&task->fs->lock);
		}
	}
	/* A root that is moved itself stays the root of all that is in it. */
	return root && root != moved && !is_subdir((struct dentry *)to, root) &&
	       is_subdir((struct dentry *)moved, root);
}

static bool leaves_any_root(const struct dentry *moved, const struct dentry *to)
{
	struct task_struct *process, *thread;

	guard(rcu)();
	for_each_process_thread(process, thread)
		if (leaves_root_of(thread, moved, to))
			return true;
	return false;
}

/**
 * clip_chroot_check_move - Check a chrooted task's move of a directory
 * @moved: the directory
 * @from: its present parent
 * @to: its future parent
 *
 * A task whose root is below that of the current task may be in the directory,
 * or have it open. Moved out of that root, it leads past it: going up, the other
 * task would never meet its root. Files and directories that stay in the root of
 * every task are moved freely.
 *
 * Context: May sleep; the directories are locked.
 * Return: 0, or -EPERM after a report.
 */
int clip_chroot_check_move(const struct dentry *moved,
			   const struct dentry *from, const struct dentry *to)
{
	if (!is_confined() || from == to || !d_is_dir(moved) ||
	    !leaves_any_root(moved, to))
		return 0;
	return clip_require("move-directory", CLIP_PRIV_CHROOT);
}

static int hook_path_chmod(const struct path *path, umode_t mode)
{
	if (!is_confined() || !gives_rights(mode) ||
	    !S_ISREG(d_backing_inode(path->dentry)->i_mode))
		return 0;
	return clip_require("set-user-id", CLIP_PRIV_CHROOT);
}

/*
 * Returns the forbidden act that a chrooted task would use a capability for, or
 * NULL if the use is allowed.
 */
static const char *forbidden_act(int cap)
{
	switch (cap) {
	case CAP_SETFCAP:
		return "set-user-id";
	case CAP_SYS_CHROOT:
		/* Entering a mount namespace leads to its root. */
		return clip_current_call() == CLIP_CALL_SETNS ? "setns" : NULL;
	case CAP_DAC_READ_SEARCH:
		return clip_current_call() == CLIP_CALL_OPEN_BY_HANDLE ?
		       "handle" : NULL;
	case CAP_SYS_ADMIN:
		switch (clip_current_call()) {
		case CLIP_CALL_OPEN_BY_HANDLE:
			return "handle";
		case CLIP_CALL_SWAPON:
			return "swapon";
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
 * clip_chroot_capable - Is this capability denied to a chrooted task?
 * @cred: the credential that holds it
 * @cap: the capability
 * @opts: as in the hook
 *
 * Every system call that makes or changes mounts checks for CAP_SYS_ADMIN
 * before it does anything, so none of them needs a hook of its own.
 *
 * Context: any.
 * Return: true if it is denied.
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
 * clip_add_confine_hooks - Register the hooks of this file
 */
void __init clip_add_confine_hooks(void)
{
	security_add_hooks(clip_confine_hooks, ARRAY_SIZE(clip_confine_hooks),
			   &clip_lsm_id);
}
