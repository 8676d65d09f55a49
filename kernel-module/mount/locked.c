// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: restrictions on locked mounts
 *
 * They apply only once the latch kernel.clip.mount is set. No capability, no
 * privilege and no namespace is an exception. Only init may move mounts, and
 * the kernel's own threads bring the system to rest.
 *
 * All decisions are made on the mount and the superblock that the kernel uses.
 * The kernel looks up names once: a name that is looked up again may lead to
 * another file.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/lsm_hooks.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/security.h>
#include <asm/syscall.h>
#include <uapi/linux/mount.h>
/*
 * No other header shows the mounts below a mount, or whether a mount is
 * attached. A change of a whole tree has to be refused before it begins,
 * because it cannot be refused later.
 */
#include "../../../fs/mount.h"

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/syscall.h"
#include "device/block.h"
#include "mount/locked.h"
#include "mount/rules.h"
#include "report/report.h"
#include "store/filesystem.h"

/* Argument of move_mount(2) with its flags, counted from 0. */
#define MOVE_MOUNT_FLAGS	4

static int refuse(const char *operation, const struct super_block *sb,
		  const char *needs)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_MOUNT,
		.reason = CLIP_REASON_MOUNT,
		.err = -EPERM,
		.act = operation,
		.ctx = clip_cred(current_cred())->context,
		.sb = sb,
		.lacks = needs,
	});
	return -EPERM;
}

static int refuse_flags(const char *operation, const struct super_block *sb,
			unsigned int flags)
{
	char needs[CLIP_MOUNT_TEXT_MAX];

	clip_mountrules_spell(needs, flags);
	return refuse(operation, sb, needs);
}

/*
 * The kernel changes a mount only by its root, and returns an error for other
 * paths.
 */
static bool is_mount_root(const struct path *path)
{
	return path->dentry == path->mnt->mnt_root;
}

/* The changes of a mount, or of one below it. */
struct change {
	unsigned int lost;	/* MNT_* that one of them would lose */
	bool shared;		/* a mount that is not shared becomes shared */
};

static struct mount *next_below(struct mount *mnt, const struct mount *top)
{
	if (!list_empty(&mnt->mnt_mounts))
		return list_first_entry(&mnt->mnt_mounts, struct mount,
					mnt_child);
	while (mnt != top) {
		struct mount *parent = mnt->mnt_parent;

		if (!list_is_last(&mnt->mnt_child, &parent->mnt_mounts))
			return list_next_entry(mnt, mnt_child);
		mnt = parent;
	}
	return NULL;
}

/*
 * The caller holds mount_lock or namespace_sem for writing, and keeps it until
 * the change has been made: the tree does not change in between.
 */
static struct change find_change(const struct path *path, bool recursive,
				 const struct mount_attr *attr)
{
	struct mount *top = real_mount(path->mnt), *mnt = top;
	struct change change = {};
	unsigned int now, then;

	do {
		now = READ_ONCE(mnt->mnt.mnt_flags);
		then = clip_mountrules_changed(now, attr);
		change.lost |= clip_mountrules_lost(now, then);
		if (attr->propagation == MS_SHARED && !(now & MNT_SHARED))
			change.shared = true;
		mnt = recursive ? next_below(mnt, top) : NULL;
	} while (mnt);
	return change;
}

static int judge(const struct path *path, struct change change)
{
	if (change.lost)
		return refuse_flags("remount", path->mnt->mnt_sb, change.lost);
	/* N-14: a shared mount passes on every later mount below it. */
	return change.shared ? refuse("share", path->mnt->mnt_sb, "-") : 0;
}

static int move_allowed(const char *operation, const struct super_block *sb)
{
	return is_global_init(current) ? 0 : refuse(operation, sb, "init");
}

/* Out of line: mount(2) pays one branch until the latch is set. */
static noinline int judge_call(const struct path *path, unsigned long flags)
{
	const unsigned int now = READ_ONCE(path->mnt->mnt_flags);
	struct change change = {};
	unsigned int then;

	switch (clip_mountrules_call(flags)) {
	case CLIP_MOUNT_CHANGE:
		/* MT-06; a change of the superblock is checked later. */
		then = clip_mountrules_remounted(now, flags);
		change.lost = clip_mountrules_lost(now, then);
		break;
	case CLIP_MOUNT_PROPAGATE:
		/* See hook_mount_setattr(). */
		return 0;
	case CLIP_MOUNT_MOVE:
		/* MT-09; the name of the moved mount is not looked up yet. */
		return move_allowed("move", path->mnt->mnt_sb);
	case CLIP_MOUNT_BIND:
		/* MT-07: the kernel gives it the flags of its source. */
	case CLIP_MOUNT_NEW:
		/* See hook_mnt_create(). */
		return 0;
	}
	return is_mount_root(path) ? judge(path, change) : 0;
}

/**
 * clip_mount_check_call - Check a call of mount(2)
 * @path: the place of the mount
 * @flags: MS_*
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_mount_check_call(const struct path *path, unsigned long flags)
{
	return clip_mount_applies() ? judge_call(path, flags) : 0;
}

/*
 * MT-06 for superblocks: none becomes writable. Files that could be executed,
 * because no task could write to them, thereby stay as they were.
 */
static int hook_sb_reconfigure(struct fs_context *fc)
{
	const struct super_block *sb = fc->root->d_sb;

	if (!clip_mount_applies() || !sb_rdonly(sb) ||
	    !(fc->sb_flags_mask & SB_RDONLY) || (fc->sb_flags & SB_RDONLY))
		return 0;
	return refuse_flags("remount", sb, MNT_READONLY);
}

/* MT-11, MT-12: mounts by mount(2) and fsmount(2), attached or not. */
static int hook_mnt_create(struct fs_context *fc, unsigned int mnt_flags)
{
	struct super_block *sb = fc->root->d_sb;
	unsigned int missing;

	if (!clip_mount_applies())
		return 0;
	missing = clip_mountrules_missing(mnt_flags, clip_block_permissions(sb),
					  clip_sb_read_only(sb));
	return missing ? refuse_flags("mount", sb, missing) : 0;
}

/*
 * Called for mount_setattr(2) and for a change of the propagation by mount(2),
 * just before the change is made, and under the lock that protects it: a mount
 * that another task attaches to the tree is either judged here, or it comes too
 * late to be changed.
 *
 * Context: any.
 */
static int hook_mount_setattr(const struct path *path,
			      const struct mount_attr *attr, unsigned int flags)
{
	if (!clip_mount_applies())
		return 0;
	/* N-18: this gives other owners to the files of a mount. */
	if (attr->attr_set & MOUNT_ATTR_IDMAP)
		return refuse("idmap", path->mnt->mnt_sb, "-");
	return judge(path, find_change(path, flags & AT_RECURSIVE, attr));
}

/*
 * A remount by mount(2) has been judged by hook_sb_mount() before anything
 * happened. Another task may have made the mount stricter since; here
 * mount_lock is held.
 *
 * Context: any.
 */
static int hook_mnt_remount(const struct vfsmount *mnt, unsigned int mnt_flags)
{
	unsigned int lost;

	if (!clip_mount_applies())
		return 0;
	lost = clip_mountrules_lost(READ_ONCE(mnt->mnt_flags), mnt_flags);
	return lost ? refuse_flags("remount", mnt->mnt_sb, lost) : 0;
}

/*
 * MT-09. Putting something new into its place is no move: this hook is called
 * only for a mount that has a place already. namespace_sem is held, so of two
 * calls that attach the same new mount, the second one is a move.
 */
static int hook_mount_move(const struct path *path)
{
	return clip_mount_applies() ?
	       move_allowed("move", path->mnt->mnt_sb) : 0;
}

static bool sets_group(void)
{
	unsigned long args[6];

	/* The hook is called by this system call alone. */
	syscall_get_arguments(current, task_pt_regs(current), args);
	return args[MOVE_MOUNT_FLAGS] & MOVE_MOUNT_SET_GROUP;
}

/* Sharing what is mounted somewhere is like a move. */
static int hook_move_mount(const struct path *from, const struct path *to)
{
	return clip_mount_applies() && sets_group() ?
	       move_allowed("move", from->mnt->mnt_sb) : 0;
}

/* MT-10 */
static int hook_sb_pivotroot(const struct path *old, const struct path *new)
{
	return clip_mount_applies() ?
	       move_allowed("pivot_root", new->mnt->mnt_sb) : 0;
}

/**
 * clip_mount_capable - Check the capability for swapping to another device
 * @cred: the credential whose capability the kernel checks
 * @cap: the capability
 *
 * MT-15: the system's swap devices are in use before the lock, and later ones
 * are refused, because memory would be written to another disk. No other hook
 * is called by swapon(2).
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_mount_capable(const struct cred *cred, int cap)
{
	if (cap != CAP_SYS_ADMIN || cred != current_cred() ||
	    clip_current_call() != CLIP_CALL_SWAPON)
		return 0;
	return clip_mount_applies() ? refuse("swapon", NULL, "-") : 0;
}

static struct security_hook_list clip_mount_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(sb_reconfigure, hook_sb_reconfigure),
	LSM_HOOK_INIT(mnt_create, hook_mnt_create),
	LSM_HOOK_INIT(mount_setattr, hook_mount_setattr),
	LSM_HOOK_INIT(mnt_remount, hook_mnt_remount),
	LSM_HOOK_INIT(mount_move, hook_mount_move),
	LSM_HOOK_INIT(move_mount, hook_move_mount),
	LSM_HOOK_INIT(sb_pivotroot, hook_sb_pivotroot),
};

/**
 * clip_add_mount_hooks - Register the hooks of this file
 */
void __init clip_add_mount_hooks(void)
{
	security_add_hooks(clip_mount_hooks, ARRAY_SIZE(clip_mount_hooks),
			   &clip_lsm_id);
}
