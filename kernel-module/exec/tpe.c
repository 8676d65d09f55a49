// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: ordinary users run what root has put in place
 *
 * E-23, trusted path execution. With the latch, who is not root runs a file, or
 * maps it executable, only if nobody but root can have put it there or changed
 * it: that is asked of the file, its directory, and every directory above, up to
 * the root of the filesystem. Mounts are not followed: where a filesystem is
 * mounted changes nothing about who can write to it, and like this a directory
 * that is mounted elsewhere is judged by where it really is.
 *
 * What a file's digest says makes no difference: rules grant, this takes away.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/user_namespace.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "exec/tpe.h"
#include "report/report.h"
#include "store/filesystem.h"

/* The latch is set with this held, so that the group is final from then on. */
static DEFINE_MUTEX(lock);

/* Its members are not asked; 0 for no group. */
static u32 exempt_gid __read_mostly;

/**
 * clip_tpe_lock - set the latch
 *
 * Context: may sleep.
 */
void clip_tpe_lock(void)
{
	guard(mutex)(&lock);
	set_bit(CLIP_LATCH_TPE, &clip_latches);
}

/**
 * clip_tpe_gid - the group whose members are not asked
 *
 * Return: its number in the initial user namespace, or 0 if there is none.
 */
u32 clip_tpe_gid(void)
{
	return READ_ONCE(exempt_gid);
}

/**
 * clip_tpe_set_gid - choose the group whose members are not asked
 * @gid: its number, or 0 for none
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if that is no group, or -EPERM after the latch is set.
 */
int clip_tpe_set_gid(u32 gid)
{
	if (!gid_valid(KGIDT_INIT(gid)))
		return -EINVAL;
	guard(mutex)(&lock);
	if (clip_latched(CLIP_LATCH_TPE))
		return -EPERM;
	WRITE_ONCE(exempt_gid, gid);
	return 0;
}

/*
 * Both ids: a set-user-id program acts for who has started it. Root of a user
 * namespace is somebody else here, unless it is root there by the same number.
 */
static bool is_asked(void)
{
	const struct cred *cred = current_cred();
	const u32 gid = clip_tpe_gid();

	if ((current->flags & PF_KTHREAD) ||
	    (uid_eq(cred->uid, GLOBAL_ROOT_UID) &&
	     uid_eq(cred->euid, GLOBAL_ROOT_UID)))
		return false;
	return !gid || !in_group_p(KGIDT_INIT(gid));
}

/**
 * clip_tpe_only_root_can_write - can nobody but root write to this?
 * @stored: the owner as the filesystem has it
 * @seen: the owner as the mount shows it
 * @mode: the mode
 *
 * A mount can show another owner. Who is the owner by either way can write: by
 * this mount, or by one that shows it as it is. With an access list the group's
 * bits are the most that the list can give.
 *
 * Return: true if so.
 */
bool clip_tpe_only_root_can_write(kuid_t stored, vfsuid_t seen, umode_t mode)
{
	return uid_eq(stored, GLOBAL_ROOT_UID) &&
	       vfsuid_eq_kuid(seen, GLOBAL_ROOT_UID) && !(mode & 0022);
}

static bool only_root_can_write(struct mnt_idmap *idmap, const struct inode *inode)
{
	return inode &&
	       clip_tpe_only_root_can_write(inode->i_uid,
					    i_uid_into_vfsuid(idmap, inode),
				    READ_ONCE(inode->i_mode));
}

/*
 * Names can change meanwhile. But what is in a directory of root's is moved by
 * root alone, and at the first that is not root's the answer is no.
 */
static bool path_is_root_owned(const struct path *path)
{
	struct mnt_idmap *idmap = mnt_idmap(path->mnt);
	const struct dentry *at = path->dentry;

	guard(rcu)();
	while (only_root_can_write(idmap, d_inode_rcu(at))) {
		if (IS_ROOT(at))
			return at == path->mnt->mnt_sb->s_root ||
			       at == path->mnt->mnt_root;
		at = READ_ONCE(at->d_parent);
	}
	return false;
}

/* Who has mounted it, or runs the program behind it, says what is in there. */
static bool is_user_mounted(const struct super_block *sb)
{
	return sb->s_user_ns != &init_user_ns || clip_fuse_filesystem(sb);
}

/**
 * clip_tpe_refuses - is the current task kept from running this file?
 * @file: a regular file
 *
 * A file without a name, like a memfd or one that is deleted, has no place that
 * could be trusted.
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: true if the latch is set, the task is asked, and somebody else than
 * root can have had a hand in it.
 */
bool clip_tpe_refuses(const struct file *file)
{
	const struct path *path = file_user_path(file);

	if (!clip_latched(CLIP_LATCH_TPE) || !is_asked())
		return false;
	if (IS_ROOT(path->dentry) || d_unlinked(path->dentry) ||
	    !READ_ONCE(d_backing_inode(path->dentry)->i_nlink))
		return true;
	return is_user_mounted(path->mnt->mnt_sb) ||
	       is_user_mounted(d_real_inode(path->dentry)->i_sb) ||
	       !path_is_root_owned(path);
}

static const struct clip_verdict untrusted = {
	.reason = CLIP_REASON_UNTRUSTED_PATH,
};

/**
 * clip_tpe_check_exec - may the current task execute this file?
 * @file: a program, script or interpreter
 *
 * Context: may sleep.
 * Return: 0, or -EACCES after a report.
 */
int clip_tpe_check_exec(struct file *file)
{
	if (!clip_tpe_refuses(file))
		return 0;
	clip_report_verdict(CLIP_REPORT_EXEC,
			    clip_cred(current_cred())->context, file, NULL,
			    &untrusted, -EACCES, false);
	return -EACCES;
}

/**
 * clip_tpe_check_map - may the current task have this file as code?
 * @file: what is mapped, or is about to be
 *
 * What devices map is memory like any other.
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: 0, or -EACCES after a report.
 */
int clip_tpe_check_map(struct file *file)
{
	if (!S_ISREG(file_inode(file)->i_mode) || !clip_tpe_refuses(file))
		return 0;
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, NULL,
			    &untrusted, -EACCES, false);
	return -EACCES;
}
