// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a task with another root may do
 *
 * chroot(2) changes where names begin, and nothing else. What leads outside is
 * kept away from the task: directories that were open before, directories that
 * it is sent, other tasks, other namespaces.
 */
#include "common.h"

#include <linux/capability.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs_struct.h>
#include <linux/lsm_hooks.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/sched/signal.h>

#include "chroot.h"
#include "cred.h"
#include "report.h"
#include "scope.h"
#include "sysctl.h"

static bool may_leave(void)
{
	return clip_cred(current_cred())->privileges & CLIP_PRIV_CHROOT;
}

static int is_directory(const void *unused, struct file *file, unsigned int fd)
{
	return S_ISDIR(file_inode(file)->i_mode);
}

/*
 * Another thread could open a directory right after we have looked, and
 * another process with the same fs_struct would have a root that it has not
 * asked for, past all that follows here.
 */
static bool shares(void)
{
	return READ_ONCE(current->fs->users) != 1 ||
	       atomic_read(&current->files->count) != 1;
}

static int judge(void)
{
	if (!clip_latched(CLIP_LATCH_CHROOT) || may_leave() ||
	    is_global_init(current))
		return 0;
	if (!shares() && !iterate_fd(current->files, 0, is_directory, NULL))
		return 0;
	clip_report_privilege("chroot", CLIP_PRIV_CHROOT);
	return -EPERM;
}

/*
 * CH-01, CH-02. The mark is set while nobody asks for any of this, too: a root
 * is changed at boot for services that stay. Nothing takes it away, also where
 * the kernel refuses after all, which it does not.
 */
static int hook_path_chroot(const struct path *path)
{
	const int err = judge();

	if (!err && !is_global_init(current))
		clip_task(current)->chrooted = true;
	return err;
}

/* CH-04. The task's own root counts, and not that of its context. */
static int hook_file_receive(struct file *file)
{
	struct path root;
	bool inside;

	if (!clip_latched(CLIP_LATCH_CHROOT) ||
	    !S_ISDIR(file_inode(file)->i_mode) || may_leave() ||
	    (current->flags & PF_KTHREAD) || !current_chrooted())
		return 0;
	get_fs_root(current->fs, &root);
	inside = path_is_under(&file->f_path, &root);
	path_put(&root);
	if (inside)
		return 0;
	clip_report_privilege("receive-directory", CLIP_PRIV_CHROOT);
	return -EPERM;
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

/**
 * clip_chroot_keeps - does this capability not work, for a changed root?
 * @cred: whose it is
 * @cap: the capability
 *
 * Joining a mount namespace puts a task at that namespace's root.
 *
 * Return: whether that is so.
 */
bool clip_chroot_keeps(const struct cred *cred, int cap)
{
	return cap == CAP_SYS_CHROOT && clip_latched(CLIP_LATCH_CHROOT) &&
	       cred == current_cred() && clip_task(current)->chrooted &&
	       !may_leave() && clip_current_call() == CLIP_CALL_SETNS;
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
