// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: who may have filesystems in user space
 *
 * The holder of FUSE mounts one without CAP_SYS_ADMIN, and needs no set-uid
 * helper; so what such a helper sees to, is seen to here: it mounts on what is
 * its own, as itself, for itself, without device nodes and set-uid bits.
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

/* What mount(2) does that is not making a new mount. */
#define OTHER_MOUNT \
	(MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | \
	 MS_UNBINDABLE)

/* Not having the capability, but the privilege that works like it. */
static bool by_scope(void)
{
	return (clip_privileges() & CLIP_PRIV_FUSE) &&
	       (clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_ADMIN));
}

/* 0, or -EPERM after a report. */
static int check_privilege(void)
{
	return clip_latched(CLIP_LATCH_FUSE) ?
	       clip_require("fuse", CLIP_PRIV_FUSE) : 0;
}

/**
 * clip_fuse_check_device - may the current task open a character device?
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
 * clip_fuse_options_good - do options mount for the caller alone?
 * @options: separated by commas, or NULL
 * @uid: the caller, who may not say that it is another one
 * @gid: the same of its group
 *
 * Others who were let in would wait for the caller's program, and believe it.
 *
 * Return: whether they do, as far as can be said here.
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

/* Nobody hides what belongs to somebody else. */
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
 * clip_fuse_check_mount - may this be mounted by mount(2), as far as it is FUSE?
 * @path: where
 * @type: name of the filesystem's type, or NULL; a part behind a dot is for
 *	display
 * @flags: MS_*
 * @data: the filesystem's options, or NULL
 *
 * The kernel asks twice for a capability: whether this task mounts at all, and
 * whether it mounts this filesystem.
 *
 * Context: may sleep.
 * Return: 0, or -EPERM after a report.
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
	/* Before the device, if it is a good one, is taken into use. */
	err = check_privilege();
	if (err)
		return err;
	/* Not fuseblk: it claims a device without asking for permission. */
	if (by_scope() && !strcmp(plain, "fuse") &&
	    good_mount(path, flags, data))
		clip_task(current)->mount_checks = 2;
	return 0;
}

/**
 * clip_fuse_check_superblock - may a filesystem be mounted, as far as it is FUSE?
 * @sb: its superblock, new or found again, by whichever system call
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_fuse_check_superblock(struct super_block *sb)
{
	int err;

	if (!clip_fuse_filesystem(sb))
		return 0;
	err = check_privilege();
	if (err)
		return err;
	/* In a user namespace of its own it mounts like everybody there. */
	if (!by_scope() || sb->s_user_ns != &init_user_ns)
		return 0;
	sb->s_iflags |= SB_I_NODEV;
	clip_superblock(sb)->fuse_mounter = current_uid();
	clip_superblock(sb)->fuse_mounted = true;
	return 0;
}

/*
 * PR-18. Whose the mount is, was noted when it was made: the owner of the root
 * directory is whatever the program behind it says.
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
 * clip_add_fuse_hooks - register the hooks of this file
 */
void __init clip_add_fuse_hooks(void)
{
	security_add_hooks(clip_fuse_hooks, ARRAY_SIZE(clip_fuse_hooks),
			   &clip_lsm_id);
}
