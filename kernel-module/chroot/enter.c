// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a task with another root may do
 *
 * chroot(2) changes where names begin, and nothing else. What leads outside is
 * kept away from the task: directories that were open before, directories that
 * it is sent, other tasks. What else it is kept from is in chroot/confine.c.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/lsm_hooks.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "chroot/confine.h"
#include "chroot/enter.h"
#include "core/latch.h"
#include "core/task_blob.h"
#include "privilege/require.h"

static int is_directory(const void *unused, struct file *file, unsigned int fd)
{
	return S_ISDIR(file_inode(file)->i_mode);
}

/*
 * Another thread could open a directory right after we have looked, or be a way
 * to where it is itself; another process with the same fs_struct would have a
 * root that it has not asked for, past all that follows here.
 */
static bool shares(void)
{
	return READ_ONCE(current->fs->users) != 1 ||
	       atomic_read(&current->files->count) != 1 ||
	       !thread_group_empty(current);
}

/* The task's own root, or what has been mounted over it since. */
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
 * C-01. A second root inside of the first is no gain, and a way out: another
 * task in there moves the current directory of this one, or what it sees, out
 * of the inner root, and from there no outer one is met any more.
 */
static int judge(const struct path *path)
{
	if (!clip_latched(CLIP_LATCH_CHROOT) || clip_chroot_may_leave() ||
	    is_own_root(path))
		return 0;
	if (!clip_task(current)->chrooted && !shares() &&
	    !iterate_fd(current->files, 0, is_directory, NULL))
		return 0;
	return clip_require("chroot", CLIP_PRIV_CHROOT);
}

/* The one directory that no descriptor shows: it would stay outside. */
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

/* C-07: also those whose root it is, too, and who have not asked for it. */
static void mark(void)
{
	struct task_struct *process, *thread;

	WRITE_ONCE(clip_task(current)->chrooted, true);
	if (READ_ONCE(current->fs->users) == 1)
		return;
	guard(rcu)();
	for_each_process_thread(process, thread)
		if (READ_ONCE(thread->fs) == current->fs)
			WRITE_ONCE(clip_task(thread)->chrooted, true);
}

/*
 * CH-01, CH-02. The mark is set while nobody asks for any of this, too: a root
 * is changed at boot for services that stay. Nothing takes it away, also where
 * the kernel refuses after all, which it does not. A root that does not change
 * makes no mark; nor does one that was moved over the old one before.
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

/* CH-04. */
static int hook_file_receive(struct file *file)
{
	if (!S_ISDIR(file_inode(file)->i_mode) || !clip_is_chrooted() ||
	    (current->flags & PF_KTHREAD) || !clip_chroot_outside(&file->f_path))
		return 0;
	return clip_require("receive-directory", CLIP_PRIV_CHROOT);
}

/**
 * clip_chroot_confines - must this task keep its hands off others?
 * @task: who wants to trace, or to look at another one
 *
 * PT-01: the privilege does not lift that.
 *
 * Context: any; @task stays.
 * Return: whether it must.
 */
bool clip_chroot_confines(const struct task_struct *task)
{
	return clip_latched(CLIP_LATCH_CHROOT) && clip_task(task)->chrooted;
}

static struct security_hook_list clip_chroot_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_chroot, hook_path_chroot),
	LSM_HOOK_INIT(file_receive, hook_file_receive),
};

/**
 * clip_add_chroot_hooks - register the hooks of this file
 */
void __init clip_add_chroot_hooks(void)
{
	security_add_hooks(clip_chroot_hooks, ARRAY_SIZE(clip_chroot_hooks),
			   &clip_lsm_id);
}
