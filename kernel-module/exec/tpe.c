// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: trusted path execution
 *
 * E-23. With the latch set, users other than root may run a file, or map it
 * executable, only if root alone can have put it there or changed it. This is
 * checked for the file, its directory, and every directory above, up to the
 * root of the filesystem. Mounts are not followed: the place where a filesystem
 * is mounted does not change who can write to it, and a directory that is
 * mounted elsewhere is thereby checked at its real place.
 *
 * The digest of a file makes no difference: rules grant rights, this
 * restriction takes them away.
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

/*
 * The latch is set with this mutex held, so that the group is final afterwards.
 */
static DEFINE_MUTEX(lock);

/* Members of this group are exempt from the check; 0 for no group. */
static u32 exempt_gid __read_mostly;

/**
 * clip_tpe_lock - Set the latch
 *
 * Context: may sleep.
 */
void clip_tpe_lock(void)
{
	guard(mutex)(&lock);
	clip_set_latches(BIT(CLIP_LATCH_TPE));
}

/**
 * clip_tpe_gid - Get the group whose members are exempt
 *
 * Return: its number in the initial user namespace, or 0 for no group.
 */
u32 clip_tpe_gid(void)
{
	return READ_ONCE(exempt_gid);
}

/**
 * clip_tpe_set_gid - Set the group whose members are exempt
 * @gid: its number, or 0 for none
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if @gid is not a valid group, or -EPERM once the latch is
 * set.
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
 * Returns whether the current task is subject to the check. Both ids must be
 * root's: a set-user-id program acts for the user that started it. Root of a
 * user namespace counts as another user, unless it has root's number outside as
 * well.
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
 * clip_tpe_only_root_can_write - Is root the only user that can write to this?
 * @stored: the owner as the filesystem stores it
 * @seen: the owner as the mount shows it
 * @mode: the mode
 *
 * A mount can show another owner. An owner by either view can write: by this
 * mount, or by one that shows the stored owner. With an access list, the
 * group's bits are the most that the list can give.
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
 * Walks from a file up to the top of its filesystem: @top, or the root of the
 * mount @mnt if there is one. Names can change during the walk. However, only
 * root moves entries of a directory that belongs to root, and the walk fails at
 * the first directory that does not.
 */
static bool is_root_owned(struct mnt_idmap *idmap, const struct dentry *at,
			  const struct vfsmount *mnt, const struct dentry *top)
{
	guard(rcu)();
	while (only_root_can_write(idmap, d_inode_rcu(at))) {
		if (IS_ROOT(at))
			return at == top || (mnt && at == mnt->mnt_root);
		at = READ_ONCE(at->d_parent);
	}
	return false;
}

static bool path_is_root_owned(const struct path *path)
{
	return is_root_owned(mnt_idmap(path->mnt), path->dentry, path->mnt,
			     path->mnt->mnt_sb->s_root);
}

/*
 * An overlay shows the owner that the topmost layer gives to a directory or a
 * file. The content can come from another layer, in which users can exchange
 * it.
 */
static bool layer_is_root_owned(const struct dentry *real)
{
	return is_root_owned(&nop_mnt_idmap, real, NULL, real->d_sb->s_root);
}

/*
 * The user that mounted it, or that runs the program behind it, controls its
 * files.
 */
static bool is_user_mounted(const struct super_block *sb)
{
	return sb->s_user_ns != &init_user_ns || clip_fuse_filesystem(sb);
}

/* Can a user other than root have changed the place or the owner of the file? */
static bool is_trusted(const struct path *path)
{
	const struct dentry *real = d_real(path->dentry, D_REAL_DATA);

	return !is_user_mounted(path->mnt->mnt_sb) &&
	       !is_user_mounted(real->d_sb) && path_is_root_owned(path) &&
	       (real == path->dentry || layer_is_root_owned(real));
}

/*
 * Only root can open a trusted file for writing, but a user may have done so
 * before it was root's. The owner is therefore looked at first, and then the
 * writers.
 */
static enum clip_reason judge_writers(const struct inode *inode)
{
	/* A writer from before the file had its owner is seen below. */
	smp_rmb();
	return inode_is_open_for_write(inode) ? CLIP_REASON_BEING_WRITTEN :
						CLIP_REASON_NONE;
}

/*
 * Returns why the current task must not run a file, or CLIP_REASON_NONE. A file
 * without a name, like a memfd or a deleted file, has no path that could be
 * trusted.
 */
static enum clip_reason judge(const struct file *file)
{
	const struct path *path = file_user_path(file);

	if (!is_asked())
		return CLIP_REASON_NONE;
	if (IS_ROOT(path->dentry) || d_unlinked(path->dentry) ||
	    !READ_ONCE(d_backing_inode(path->dentry)->i_nlink) ||
	    !is_trusted(path))
		return CLIP_REASON_UNTRUSTED_PATH;
	return judge_writers(d_real_inode(path->dentry));
}

static int refuse(enum clip_report_kind kind, struct file *file,
		  enum clip_reason reason)
{
	const struct clip_verdict verdict = { .reason = reason };
	const int err = reason == CLIP_REASON_BEING_WRITTEN ? -ETXTBSY :
							      -EACCES;

	clip_report_verdict(kind, clip_cred(current_cred())->context, file,
			    NULL, &verdict, err, false);
	return err;
}

/**
 * clip_tpe_check_exec - Check whether the current task may execute this file
 * @file: a program, script or interpreter
 *
 * The latch is set.
 *
 * Context: may sleep.
 * Return: 0; -EACCES or -ETXTBSY after a report.
 */
int clip_tpe_check_exec(struct file *file)
{
	const enum clip_reason reason = judge(file);

	return reason == CLIP_REASON_NONE ?
	       0 : refuse(CLIP_REPORT_EXEC, file, reason);
}

/**
 * clip_tpe_check_map - Check whether the current task may map this file as code
 * @file: the file that is mapped, or is about to be
 *
 * The latch is set. A mapping of a device is memory like any other, so only
 * regular files are subject to the check.
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: 0; -EACCES or -ETXTBSY after a report.
 */
int clip_tpe_check_map(struct file *file)
{
	enum clip_reason reason = CLIP_REASON_NONE;

	if (S_ISREG(file_inode(file)->i_mode))
		reason = judge(file);
	return reason == CLIP_REASON_NONE ?
	       0 : refuse(CLIP_REPORT_MAP, file, reason);
}

/**
 * clip_tpe_check_backing - Check the file that is in fact mapped executable
 * @file: a file of a layer of overlayfs
 *
 * The latch is set. A descriptor that was opened before a copy-up leads to
 * another file than its name. Overlayfs maps with the credentials of its
 * mounter.
 *
 * Context: may sleep; mmap_lock is held for writing.
 * Return: 0; -EACCES or -ETXTBSY after a report.
 */
int clip_tpe_check_backing(struct file *file)
{
	const struct cred *mounter = override_creds(current_real_cred());
	enum clip_reason reason = CLIP_REASON_NONE;

	if (is_asked())
		reason = path_is_root_owned(&file->f_path) ?
			 judge_writers(file_inode(file)) :
			 CLIP_REASON_UNTRUSTED_PATH;
	revert_creds(mounter);
	return reason == CLIP_REASON_NONE ?
	       0 : refuse(CLIP_REPORT_MAP, file, reason);
}
