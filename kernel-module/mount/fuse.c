// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: filesystems in user space
 *
 * The holder of FUSE mounts such a filesystem without CAP_SYS_ADMIN and without
 * a set-uid helper. The checks of such a helper are therefore made here: the
 * holder mounts on a directory of its own, under its own ids, for itself alone,
 * and without device nodes and set-uid bits.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/string.h>
#include <uapi/linux/mount.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/superblock_blob.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "mount/fuse.h"
#include "privilege/require.h"
#include "report/report.h"
#include "store/filesystem.h"

/* Flags by which mount(2) does something other than make a new mount. */
#define OTHER_MOUNT \
	(MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | \
	 MS_UNBINDABLE)

/*
 * Does the task mount by the scoped capability of FUSE, without CAP_SYS_ADMIN?
 */
static bool by_scope(void)
{
	return (clip_privileges() & CLIP_PRIV_FUSE) &&
	       (clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_ADMIN));
}

/* Return: 0, or -EPERM after a report. */
static int check_privilege(void)
{
	return clip_latched(CLIP_LATCH_FUSE) ?
	       clip_require("fuse", CLIP_PRIV_FUSE) : 0;
}

/**
 * clip_fuse_check_device - Check the opening of a character device
 * @inode: the device's node
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_fuse_check_device(const struct inode *inode)
{
	return imajor(inode) == MISC_MAJOR && iminor(inode) == FUSE_MINOR ?
	       check_privilege() : 0;
}

/* Is @option "name=" and exactly this number? */
static bool names_number(const char *option, size_t length, const char *name,
			 unsigned int number)
{
	char text[32];
	const int size = snprintf(text, sizeof(text), "%s=%u", name, number);

	return size == length && !memcmp(option, text, length);
}

static bool option_good(const char *option, size_t length, unsigned int uid,
			unsigned int gid)
{
	if (length >= 7 && !memcmp(option, "user_id", 7))
		return names_number(option, length, "user_id", uid);
	if (length >= 8 && !memcmp(option, "group_id", 8))
		return names_number(option, length, "group_id", gid);
	return length < 11 || memcmp(option, "allow_other", 11);
}

/**
 * clip_fuse_options_good - Do options mount for the caller alone?
 * @options: options separated by commas, or NULL
 * @uid: user id of the caller; the options may not name another one
 * @gid: group id of the caller; the options may not name another one
 *
 * Other users with access would wait for the caller's program, and trust it.
 *
 * Return: true if they do, as far as the options show.
 */
bool clip_fuse_options_good(const char *options, unsigned int uid,
			    unsigned int gid)
{
	while (options && *options) {
		const size_t length = strcspn(options, ",");

		if (!option_good(options, length, uid, gid))
			return false;
		options += length + !!options[length];
	}
	return true;
}

/* A task must not hide a directory that belongs to another user. */
static bool is_own_place(const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);

	return vfsuid_eq_kuid(i_uid_into_vfsuid(mnt_idmap(path->mnt), inode),
			      current_fsuid()) &&
	       !path_permission(path, MAY_WRITE);
}

static bool good_mount(const struct path *path, unsigned long flags,
		       const char *options)
{
	const unsigned long forced = MS_NOSUID | MS_NODEV;

	return (flags & forced) == forced && is_own_place(path) &&
	       clip_fuse_options_good(options,
				      from_kuid(&init_user_ns, current_uid()),
				      from_kgid(&init_user_ns, current_gid()));
}

/**
 * clip_fuse_check_mount - Check mount(2) of a FUSE filesystem
 * @path: the place of the mount
 * @type: name of the filesystem's type, or NULL; a part after a dot is only for
 *	display
 * @flags: MS_*
 * @data: the filesystem's options, or NULL
 *
 * The kernel checks a capability twice: for mounting at all, and for mounting
 * this filesystem.
 *
 * Context: may sleep.
 * Return: 0, or -EPERM after a report. All mounts that are not FUSE return 0.
 */
int clip_fuse_check_mount(const struct path *path, const char *type,
			  unsigned long flags, const char *data)
{
	char plain[8] = "";
	int err;

	if (!type || (flags & OTHER_MOUNT))
		return 0;
	strscpy(plain, type, min(sizeof(plain), strcspn(type, ".") + 1));
	if (!clip_is_fuse(plain))
		return 0;
	/* This comes before the device, even a valid one, is taken into use. */
	err = check_privilege();
	if (err)
		return err;
	/* Not fuseblk: it claims a device without a permission check. */
	if (by_scope() && !strcmp(plain, "fuse") &&
	    good_mount(path, flags, data))
		clip_task(current)->mount_checks = 2;
	return 0;
}

/**
 * clip_fuse_check_superblock - Check the mount of a FUSE superblock
 * @sb: its superblock, new or found again, by any system call
 *
 * Return: 0, or -EPERM after a report. Superblocks that are not FUSE return 0.
 */
int clip_fuse_check_superblock(struct super_block *sb)
{
	int err;

	if (!clip_fuse_filesystem(sb))
		return 0;
	err = check_privilege();
	if (err)
		return err;
	/*
	 * In a user namespace of its own a task may mount like any other task
	 * there.
	 */
	if (!by_scope() || sb->s_user_ns != &init_user_ns)
		return 0;
	sb->s_iflags |= SB_I_NODEV;
	clip_superblock(sb)->fuse_mounter = current_uid();
	clip_superblock(sb)->fuse_mounted = true;
	return 0;
}

/*
 * PR-18. The owner of the mount was recorded when it was made: the program
 * behind the filesystem chooses the owner of the root directory, so that one
 * proves nothing.
 */
static int hook_sb_umount(struct vfsmount *mnt, int flags)
{
	const struct clip_superblock *blob = clip_superblock(mnt->mnt_sb);

	if (!by_scope() || clip_current_call() != CLIP_CALL_UMOUNT)
		return 0;
	if (blob->fuse_mounted && uid_eq(blob->fuse_mounter, current_uid()))
		return 0;
	clip_report_task("umount", NULL);
	return -EPERM;
}

static struct security_hook_list clip_fuse_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(sb_umount, hook_sb_umount),
};

/**
 * clip_add_fuse_hooks - Register the hooks of this file
 */
void __init clip_add_fuse_hooks(void)
{
	security_add_hooks(clip_fuse_hooks, ARRAY_SIZE(clip_fuse_hooks),
			   &clip_lsm_id);
}
