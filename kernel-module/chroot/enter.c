// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: changes of the root directory
 *
 * chroot(2) changes the start of path look-ups, and nothing else. Everything
 * that leads outside is therefore kept away from the task: directories that
 * were open before, directories that it receives, other tasks. Further
 * restrictions are in chroot/confine.c.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/lsm_hooks.h>
#include <linux/major.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "chroot/confine.h"
#include "chroot/enter.h"
#include "context/carried.h"
#include "context/interfaces.h"
#include "core/asleep.h"
#include "core/latch.h"
#include "core/task_blob.h"
#include "privilege/require.h"

/*
 * Returns nonzero, to end the search, for a descriptor that leads outside. A
 * device that does not configure the kernel leads to no file.
 */
static int leads_outside(const void *unused, struct file *file, unsigned int fd)
{
	const struct inode *inode = file_inode(file);

	if (S_ISDIR(inode->i_mode))
		return true;
	if (S_ISCHR(inode->i_mode) && imajor(inode) != MEM_MAJOR)
		return clip_interface_written(file);
	/* Entering a namespace is denied later, where it leads outside. */
	return !clip_carried_file(file) && !proc_ns_file(file);
}

/*
 * Another thread could open a directory right after this check, or lead to its
 * own place in the tree. Another process with the same fs_struct would get a
 * root that it did not request, and bypass all the checks below.
 */
static bool shares(void)
{
	return READ_ONCE(current->fs->users) != 1 ||
	       atomic_read(&current->files->count) != 1 ||
	       !thread_group_empty(current);
}

/* Is it the task's own root, or has it been mounted over that root since? */
static bool is_own_root(const struct path *path)
{
	struct path root;
	bool same;

	get_fs_root(current->fs, &root);
	while (!(same = path_equal(&root, path)) && follow_down_one(&root))
		;
	path_put(&root);
	return same;
}

/*
 * C-01. A second root inside of the first gains nothing, and is a way out:
 * another task in the first root can move the current directory of this task,
 * or one that it can see, out of the inner root. From there the task never
 * meets the outer root again.
 */
static int judge(const struct path *path)
{
	if (!clip_latched(CLIP_LATCH_CHROOT) || clip_chroot_may_leave() ||
	    is_own_root(path))
		return 0;
	if (!clip_task(current)->chrooted && !shares() &&
	    !iterate_fd(current->files, 0, leads_outside, NULL) &&
	    clip_carried_work() && clip_carried_mappings())
		return 0;
	return clip_require("chroot", CLIP_PRIV_CHROOT);
}

/*
 * The current directory is the one directory without a descriptor; it would
 * stay outside.
 */
static void move_inside(const struct path *root)
{
	struct path pwd;
	bool inside;

	get_fs_pwd(current->fs, &pwd);
	inside = path_is_under(&pwd, root);
	path_put(&pwd);
	if (!inside)
		set_fs_pwd(current->fs, root);
}

/*
 * C-07: marks all tasks that share the root, including those that did not
 * request the change.
 */
static void mark(void)
{
	struct task_struct *process, *thread;

	clip_wake_hooks(CLIP_WAKE_CHROOT);
	WRITE_ONCE(clip_task(current)->chrooted, true);
	if (READ_ONCE(current->fs->users) == 1)
		return;
	guard(rcu)();
	for_each_process_thread(process, thread)
		if (READ_ONCE(thread->fs) == current->fs)
			WRITE_ONCE(clip_task(thread)->chrooted, true);
}

/*
 * CH-01, CH-02. The mark is also set while the latch is not: at boot, a root is
 * changed for services that keep running. Nothing clears the mark, not even a
 * refusal by the kernel after this hook, which does not happen. A root that
 * does not change sets no mark; neither does one that was moved over the old
 * root before.
 */
static int hook_path_chroot(const struct path *path)
{
	int err;

	if (is_global_init(current))
		return 0;
	err = judge(path);
	if (err || is_own_root(path))
		return err;
	mark();
	if (clip_is_chrooted() && !clip_chroot_may_leave())
		move_inside(path);
	return 0;
}

/**
 * clip_chroot_check_received - Check what a chrooted task receives
 * @file: the file
 *
 * CH-04.
 *
 * Context: may sleep.
 * Return: 0, or -EPERM after a report.
 */
int clip_chroot_check_received(struct file *file)
{
	if (!S_ISDIR(file_inode(file)->i_mode) || !clip_is_chrooted() ||
	    (current->flags & PF_KTHREAD) || !clip_chroot_outside(&file->f_path))
		return 0;
	return clip_require("receive-directory", CLIP_PRIV_CHROOT);
}

/**
 * clip_chroot_confines - Is a task forbidden to trace other tasks?
 * @task: the task that would trace or look at another one
 *
 * PT-01: the privilege CHROOT does not lift this restriction.
 *
 * Context: any; @task stays.
 * Return: true if it is.
 */
bool clip_chroot_confines(const struct task_struct *task)
{
	return clip_latched(CLIP_LATCH_CHROOT) && clip_task(task)->chrooted;
}

static struct security_hook_list clip_chroot_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_chroot, hook_path_chroot),
};

/**
 * clip_add_chroot_hooks - Register the hooks of this file
 */
void __init clip_add_chroot_hooks(void)
{
	security_add_hooks(clip_chroot_hooks, ARRAY_SIZE(clip_chroot_hooks),
			   &clip_lsm_id);
}
