// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the restrictions that a context puts on its tasks
 *
 * A task of a context may hold any capability: by a set-uid bit, by a file's
 * attribute, as root of a user namespace. The capability works only if it is in
 * the bounding set of the context, for all its uses.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/lsm_hooks.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/string.h>

#include "context/procfs.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/syscall.h"
#include "report/report.h"
#include "store/context.h"

static bool is_procfs(const struct inode *inode)
{
	return inode->i_sb->s_magic == PROC_SUPER_MAGIC;
}

/*
 * procfs reports the owner of an inode when it makes one, and again whenever it
 * finds an existing one, so the recorded owner is never out of date.
 */
static void hook_task_to_inode(struct task_struct *p, struct inode *inode)
{
	const struct clip_context *ctx;

	guard(rcu)();
	ctx = clip_cred(__task_cred(p))->context;
	clip_inode_set_owner(inode, ctx ? ctx->serial : 0);
}

/* Is this in the directory of the current process? */
static bool is_self(struct dentry *dentry)
{
	char own[16];

	snprintf(own, sizeof(own), "%d",
		 task_tgid_nr_ns(current, proc_pid_ns(dentry->d_sb)));
	guard(rcu)();
	return !strcmp(READ_ONCE(dentry->d_parent)->d_name.name, own);
}

/*
 * PC-01: PROCFD does not cover these two files, and the kernel's check for them
 * is the one for all others, so it cannot exclude them. The holder of PROCFD
 * therefore cannot open them at all. Names in procfs never change.
 */
static bool is_private(struct dentry *dentry)
{
	const char *name = dentry->d_name.name;

	return (!strcmp(name, "environ") || !strcmp(name, "io")) &&
	       !is_self(dentry);
}

/**
 * clip_procfs_check_open - Check the opening of a file of procfs
 * @file: the file, of any filesystem
 *
 * VIS-02: the files by which procfs shows a task of another context cannot be
 * opened. Tasks of the watching context may read all of them, and write none.
 *
 * Return: 0, or a negative errno value after a report.
 */
int clip_procfs_check_open(struct file *file)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	const struct inode *inode = file_inode(file);
	u64 owner;

	if (!is_procfs(inode))
		return 0;
	if (unlikely(clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_PTRACE)) &&
	    is_private(file_dentry(file))) {
		clip_report_task("trace", NULL);
		return -EACCES;
	}
	if (likely(ctx == &clip_admin_context))
		return 0;
	owner = clip_inode_owner(inode);
	if (!owner || (ctx && owner == ctx->serial))
		return 0;
	if (clip_context_is_watch(ctx) && !(file->f_mode & FMODE_WRITE))
		return 0;
	clip_report_admin("opening in procfs", ctx ? ctx->xid : CLIP_CONTEXT_OWN,
			  CLIP_REASON_OTHER_CONTEXT);
	return -EACCES;
}

/**
 * clip_context_capable - Check a capability against the context's bounding set
 * @cred: the credential that holds it
 * @cap: the capability
 *
 * Refusals are not reported: programs try capabilities all the time, and go on
 * without them. Context 0 is not subject to this check: its bounding set
 * applies to its entries only.
 *
 * Context: any.
 * Return: 0, or -EPERM.
 */
int clip_context_capable(const struct cred *cred, int cap)
{
	const struct clip_context *ctx = clip_cred(cred)->context;

	/* MI-03: a handle opens files that no path leads to. */
	if ((cap == CAP_DAC_READ_SEARCH || cap == CAP_SYS_ADMIN) &&
	    clip_current_call() == CLIP_CALL_OPEN_BY_HANDLE)
		return -EPERM;
	return ctx && (READ_ONCE(ctx->cap_bound) & BIT_ULL(cap)) ? 0 : -EPERM;
}

/*
 * Tasks of the watching context may look at links of procfs but not follow
 * them, because they lead to the files of all contexts. The top directory of
 * procfs has only ordinary links, like "self".
 */
static int hook_inode_follow_link(struct dentry *dentry, struct inode *inode,
				  bool rcu)
{
	if (likely(!clip_context_is_watch(clip_cred(current_cred())->context)))
		return 0;
	if (!is_procfs(inode) ||
	    READ_ONCE(dentry->d_parent) == dentry->d_sb->s_root)
		return 0;
	return -EACCES;
}

static struct security_hook_list clip_procfs_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_to_inode, hook_task_to_inode),
	LSM_HOOK_INIT(inode_follow_link, hook_inode_follow_link),
};

/**
 * clip_add_procfs_hooks - Register the hooks of this file
 */
void __init clip_add_procfs_hooks(void)
{
	security_add_hooks(clip_procfs_hooks, ARRAY_SIZE(clip_procfs_hooks),
			   &clip_lsm_id);
}
