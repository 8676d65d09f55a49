// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: files by which the kernel is configured, outside of context 0
 *
 * Most files of procfs, sysfs and the like check nothing but their owner, so a
 * task of user 0 without any capability could have the kernel start a program
 * of its choice in context 0. Outside of context 0 such files are therefore not
 * opened for writing. All lists in this file name what is harmless: a kind of
 * file that is not known is an interface of the kernel.
 *
 * Tasks of the watching context change nothing at all, whatever the file.
 */
#include "core/common.h"

#include <linux/cgroup.h>
#include <linux/dcache.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <linux/init.h>
#include <linux/ioctl.h>
#include <linux/ipc_namespace.h>
#include <linux/kdev_t.h>
#include <linux/kernfs.h>
#include <linux/lsm_hooks.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "context/interfaces.h"
#include "context/terminals.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "report/report.h"
#include "store/context.h"

/* Majors and minors without a name, Documentation/admin-guide/devices.txt. */
#define ALSA_MAJOR		116
#define DRM_DEVICE_MAJOR	226
#define NULL_MINOR		3
#define ZERO_MINOR		5
#define FULL_MINOR		7
#define RANDOM_MINOR		8
#define URANDOM_MINOR		9
#define TUN_DEVICE_MINOR	200

/* ipc/mqueue.c keeps this number to itself. */
#define MQUEUE_FS_MAGIC		0x19800202

/* The longest path of a sysctl that is looked at; a longer one is refused. */
#define MAX_SYSCTL_PATH		160

/* Of the misc major; -1 as long as the device does not exist. */
static int own_minor __ro_after_init = -1;

/**
 * clip_interface_allow - Let tasks of all contexts open a device
 * @minor: its minor number, of the misc major
 *
 * Called at boot for /dev/veriexec, which checks the context of each caller.
 */
void __init clip_interface_allow(int minor)
{
	own_minor = minor;
}

static bool is_own_device(const struct inode *inode)
{
	return imajor(inode) == MISC_MAJOR && own_minor >= 0 &&
	       iminor(inode) == own_minor;
}

/**
 * clip_interface_plain_fs - Does a filesystem have nothing but files?
 * @sb: the filesystem
 *
 * A filesystem on a block device keeps what is written to it. The others that
 * do so are listed; devtmpfs is one of them, because it is a tmpfs.
 *
 * Context: any.
 * Return: true if its regular files have no effect but their content.
 */
bool clip_interface_plain_fs(const struct super_block *sb)
{
	if (sb->s_type->fs_flags & FS_REQUIRES_DEV)
		return true;
	switch (sb->s_magic) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
	case HUGETLBFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
	case ECRYPTFS_SUPER_MAGIC:
	case FUSE_SUPER_MAGIC:
	case V9FS_MAGIC:
	case NFS_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case MQUEUE_FS_MAGIC:
		return true;
	default:
		return false;
	}
}

static bool is_plain_memory_device(unsigned int minor)
{
	switch (minor) {
	case NULL_MINOR:
	case ZERO_MINOR:
	case FULL_MINOR:
	case RANDOM_MINOR:
	case URANDOM_MINOR:
		return true;
	default:
		return false;
	}
}

/**
 * clip_interface_plain_device - Is a character device a terminal or a source?
 * @inode: the inode of a character device
 *
 * Context: any.
 * Return: true for terminals and for null, zero, full, random and urandom.
 */
bool clip_interface_plain_device(const struct inode *inode)
{
	if (imajor(inode) == MEM_MAJOR)
		return is_plain_memory_device(iminor(inode));
	return clip_is_terminal(imajor(inode));
}

/*
 * A device takes requests whatever it was opened for, so the mode counts only
 * for those of memory, which take none.
 */
static bool is_device_interface(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (clip_interface_plain_device(inode) || is_own_device(inode))
		return false;
	switch (imajor(inode)) {
	case MEM_MAJOR:
		return file->f_mode & FMODE_WRITE;
	case MISC_MAJOR:
		return iminor(inode) != FUSE_MINOR &&
		       iminor(inode) != TUN_DEVICE_MINOR;
	case ALSA_MAJOR:
	case DRM_DEVICE_MAJOR:
		return false;
	default:
		return true;
	}
}

#ifdef CONFIG_CGROUPS
/* The files of its root that a namespace may write, as with nsdelegate. */
static bool is_delegated(const char *name)
{
	static const char *const names[] = {
		"cgroup.procs", "cgroup.threads", "cgroup.subtree_control",
	};

	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

/*
 * A cgroup namespace of the initial user namespace was made by the launcher,
 * because that takes CAP_SYS_ADMIN. What is below its root was given to the
 * context; the limits in the root itself are the launcher's. A namespace that a
 * context makes in a user namespace of its own gives it nothing: other tasks
 * may be in the same cgroup.
 */
static bool is_own_cgroup(const struct inode *inode)
{
	const struct kernfs_node *node = inode->i_private, *root, *at;
	const struct cgroup_namespace *ns;

	if (!current->nsproxy || inode->i_sb->s_magic != CGROUP2_SUPER_MAGIC)
		return false;
	ns = current->nsproxy->cgroup_ns;
	if (ns == &init_cgroup_ns || ns->user_ns != &init_user_ns)
		return false;
	root = ns->root_cset->dfl_cgrp->kn;
	at = S_ISDIR(inode->i_mode) ? node : node->parent;
	if (!root->parent || !at)
		return false;
	if (at == root)
		return at == node || is_delegated(node->name);
	while (at && at != root)
		at = at->parent;
	return at;
}
#else
static bool is_own_cgroup(const struct inode *inode)
{
	return false;
}
#endif

static bool is_own_ipc_limit(const char *name)
{
	static const char *const names[] = {
		"shmmax", "shmall", "shmmni", "shm_rmid_forced", "shm_next_id",
		"msgmax", "msgmni", "msgmnb", "msg_next_id", "auto_msgmni",
		"sem", "sem_next_id",
	};

	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

static bool has_own_ipc(const struct nsproxy *own)
{
	return (IS_ENABLED(CONFIG_SYSVIPC) ||
		IS_ENABLED(CONFIG_POSIX_MQUEUE)) && own->ipc_ns != &init_ipc_ns;
}

/**
 * clip_shares_network - Is the current task in the initial network namespace?
 *
 * All contexts are in it that were not put into another one.
 *
 * Context: any task.
 * Return: true if it is.
 */
bool clip_shares_network(void)
{
	return !IS_ENABLED(CONFIG_NET) || !current->nsproxy ||
	       current->nsproxy->net_ns == &init_net;
}

/* Is a sysctl one of a namespace that the current task was put into? */
static bool is_of_own_namespace(const char *path)
{
	const struct nsproxy *own = current->nsproxy;
	const char *name;

	if (!own)
		return false;
	if (str_has_prefix(path, "net/"))
		return !clip_shares_network();
	if (str_has_prefix(path, "user/"))
		return current_user_ns() != &init_user_ns;
	if (str_has_prefix(path, "fs/mqueue/"))
		return has_own_ipc(own);
	if (!str_has_prefix(path, "kernel/"))
		return false;
	name = path + strlen("kernel/");
	if (!strcmp(name, "hostname") || !strcmp(name, "domainname"))
		return own->uts_ns != &init_uts_ns;
	return has_own_ipc(own) && is_own_ipc_limit(name);
}

/*
 * A directory that was opened in another namespace still leads to the files of
 * that namespace. The comparison of names in /proc/sys, which the look-up uses,
 * fails for files of another namespace than the current task's.
 */
static bool is_seen(const struct dentry *dentry)
{
	if (!dentry->d_op || !dentry->d_op->d_compare)
		return false;
	guard(rcu)();
	return !dentry->d_op->d_compare(dentry, dentry->d_name.len,
					dentry->d_name.name, &dentry->d_name);
}

/* Names in procfs never change. */
static bool is_own_sysctl(const struct dentry *dentry)
{
	char buffer[MAX_SYSCTL_PATH];
	const char *path = dentry_path_raw(dentry, buffer, sizeof(buffer));

	return !IS_ERR(path) && str_has_prefix(path, "/sys/") &&
	       is_of_own_namespace(path + strlen("/sys/")) && is_seen(dentry);
}

/* O_TRUNC writes without the mode. */
static bool is_written(const struct file *file)
{
	return (file->f_mode & FMODE_WRITE) || (file->f_flags & O_TRUNC);
}

/* The files that belong to a task are checked in context/procfs.c. */
static bool is_file_interface(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (clip_interface_plain_fs(inode->i_sb))
		return false;
	switch (inode->i_sb->s_magic) {
	case PID_FS_MAGIC:
		/* pidfd_open(2) opens for writing what nothing can write. */
		return false;
	case PROC_SUPER_MAGIC:
		return !clip_inode_owner(inode) &&
		       !is_own_sysctl(file_dentry(file));
	default:
		return !is_own_cgroup(inode);
	}
}

/**
 * clip_interface_written - Could an open file be used to configure the kernel?
 * @file: the file
 *
 * Context: any.
 * Return: true if it could.
 */
bool clip_interface_written(struct file *file)
{
	switch (file_inode(file)->i_mode & S_IFMT) {
	case S_IFBLK:
		return true;
	case S_IFCHR:
		return is_device_interface(file);
	case S_IFREG:
		return is_written(file) && is_file_interface(file);
	default:
		return false;
	}
}

/* Is this what a task that changes nothing may nevertheless write to? */
static bool is_own_output(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	switch (inode->i_mode & S_IFMT) {
	case S_IFCHR:
		return clip_interface_plain_device(inode) ||
		       is_own_device(inode);
	case S_IFIFO:
		return inode->i_sb->s_magic == PIPEFS_MAGIC;
	case S_IFREG:
		return inode->i_sb->s_magic == PROC_SUPER_MAGIC ||
		       inode->i_sb->s_magic == PID_FS_MAGIC;
	default:
		return false;
	}
}

static int refuse(const char *act, const struct clip_context *ctx)
{
	clip_report_admin(act, ctx ? ctx->xid : CLIP_CONTEXT_OWN,
			  CLIP_REASON_OTHER_CONTEXT);
	return -EACCES;
}

static bool is_foreign_terminal(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISCHR(inode->i_mode) && clip_is_terminal(imajor(inode)) &&
	       !clip_terminal_is_own(file_dentry(file), inode);
}

/* What these files show is of all contexts, and is meant for developers. */
static bool is_debugging(const struct file *file)
{
	switch (file_inode(file)->i_sb->s_magic) {
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
		return !S_ISDIR(file_inode(file)->i_mode);
	default:
		return false;
	}
}

/**
 * clip_interface_check_open - Check the opening of a file against the context
 * @file: the file
 *
 * Context: may sleep.
 * Return: 0, or -EACCES after a report.
 */
int clip_interface_check_open(struct file *file)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (likely(ctx == &clip_admin_context) || (current->flags & PF_KTHREAD))
		return 0;
	if (clip_interface_written(file))
		return refuse("opening a kernel interface", ctx);
	if (is_debugging(file) && !clip_context_is_watch(ctx))
		return refuse("opening a kernel interface", ctx);
	if (is_foreign_terminal(file))
		return refuse("opening a terminal", ctx);
	if (clip_context_is_watch(ctx) && is_written(file) &&
	    !is_own_output(file))
		return refuse("opening for writing", ctx);
	return 0;
}

/*
 * Does a request on a file or a directory only read? A filesystem takes its
 * requests by any descriptor, and some of them change the file, so that those
 * that read are listed.
 */
static bool is_reading_request(const struct inode *inode, unsigned int cmd)
{
	/*
	 * No filesystem takes the requests of terminals, one of which isatty(3)
	 * makes. FIONREAD and those about the descriptor are among them.
	 */
	if (_IOC_TYPE(cmd) == 'T')
		return true;
	switch (inode->i_sb->s_magic) {
	case PROC_SUPER_MAGIC:
	case NSFS_MAGIC:
		/*
		 * These have none that changes anything. Those of a pidfd open
		 * the namespaces of a task, as following a link of procfs does.
		 */
		return true;
	}
	switch (cmd) {
	case FIBMAP:
	case FIGETBSZ:
	case FS_IOC_FIEMAP:
	case FS_IOC_GETFLAGS:
	case FS_IOC32_GETFLAGS:
	case FS_IOC_GETVERSION:
	case FS_IOC32_GETVERSION:
	case FS_IOC_FSGETXATTR:
	case FS_IOC_GETFSLABEL:
	case FS_IOC_GETFSUUID:
	case FS_IOC_GETFSSYSFSPATH:
	case FS_IOC_MEASURE_VERITY:
	case FS_IOC_READ_VERITY_METADATA:
	case FS_IOC_GET_ENCRYPTION_POLICY:
	case FS_IOC_GET_ENCRYPTION_POLICY_EX:
	case FS_IOC_GET_ENCRYPTION_KEY_STATUS:
	case FS_IOC_GET_ENCRYPTION_NONCE:
		return true;
	default:
		return false;
	}
}

static int check_file_request(const struct file *file, unsigned int cmd,
			      const struct clip_context *ctx)
{
	if (clip_context_is_watch(ctx))
		return is_reading_request(file_inode(file), cmd) ? 0 :
		       refuse("request on a file", ctx);
	switch (cmd) {
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
	case FS_IOC_FSSETXATTR:
		/* A setting of the firmware has the flag "immutable". */
		return clip_interface_check_change(file_dentry(file));
	default:
		return 0;
	}
}

/**
 * clip_interface_check_request - Check a request on a file or a terminal
 * @file: any open file
 * @cmd: the number of the request
 *
 * The master of a terminal that the task has is one that its context made.
 *
 * Context: may sleep.
 * Return: 0, or -EACCES after a report.
 */
int clip_interface_check_request(const struct file *file, unsigned int cmd)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	const struct inode *inode = file_inode(file);

	if (likely(ctx == &clip_admin_context))
		return 0;
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		return check_file_request(file, cmd, ctx);
	if (!S_ISCHR(inode->i_mode) || !clip_is_terminal(imajor(inode)) ||
	    clip_terminal_is_master(inode) ||
	    clip_terminal_is_made_here(inode) ||
	    clip_terminal_request_is_harmless(cmd))
		return 0;
	return refuse("request on a terminal", ctx);
}

/**
 * clip_interface_check_change - Check a change of names or of attributes
 * @dentry: the directory whose names change, or the file whose attributes do
 *
 * Names are an interface, too: a directory of configfs is a device, and a file
 * of efivarfs a setting of the firmware. Permissions of such a file would open
 * it to others.
 *
 * Context: any.
 * Return: 0, or -EACCES after a report.
 */
int clip_interface_check_change(struct dentry *dentry)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	const struct inode *inode = d_backing_inode(dentry);

	if (likely(ctx == &clip_admin_context) || (current->flags & PF_KTHREAD))
		return 0;
	if (clip_context_is_watch(ctx))
		return refuse("change of a file", ctx);
	if (clip_interface_plain_fs(inode->i_sb))
		return 0;
	switch (inode->i_sb->s_magic) {
	case DEVPTS_SUPER_MAGIC:
		return clip_terminal_is_own(dentry, inode) ? 0 :
		       refuse("change of a terminal", ctx);
	case SOCKFS_MAGIC:
	case PIPEFS_MAGIC:
	case ANON_INODE_FS_MAGIC:
		return 0;
	default:
		return is_own_cgroup(inode) ? 0 :
		       refuse("change of a kernel interface", ctx);
	}
}
