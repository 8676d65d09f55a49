// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a context keeps from those in it
 *
 * A task of a context may hold any capability: by a set-uid bit, by a file's
 * attribute, as root of a user namespace. It works only if the context's bound
 * has it, whatever it is used on.
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
 * procfs says whose an inode is when it makes one, and again whenever it finds
 * one that it had made: the mark does not grow old.
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
 * PC-01: PROCFD is not for these two, and behind them the kernel asks the same
 * as for all others. Whoever has it has to do without them. The names in procfs
 * never change.
 */
static bool is_private(struct dentry *dentry)
{
	const char *name = dentry->d_name.name;

	return (!strcmp(name, "environ") || !strcmp(name, "io")) &&
	       !is_self(dentry);
}

/**
 * clip_procfs_check_open - may the current task open what procfs shows of a task?
 * @file: the file, of any filesystem
 *
 * VIS-02: what procfs shows of a task of another context is not opened. Those
 * who watch may read all of it, and write none of it.
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
 * clip_context_capable - does the bound of a context leave a capability?
 * @cred: whose
 * @cap: the capability
 *
 * Not reported: programs ask for capabilities all the time, and go on without.
 * Context 0 is what all others are kept from; its bound is for its entries.
 *
 * Context: any.
 * Return: 0, or -EPERM.
 */
int clip_context_capable(const struct cred *cred, int cap)
{
	const struct clip_context *ctx = clip_cred(cred)->context;

	/* MI-03: a handle finds what no path leads to. */
	if ((cap == CAP_DAC_READ_SEARCH || cap == CAP_SYS_ADMIN) &&
	    clip_current_call() == CLIP_CALL_OPEN_BY_HANDLE)
		return -EPERM;
	return ctx && (READ_ONCE(ctx->cap_bound) & BIT_ULL(cap)) ? 0 : -EPERM;
}

/*
 * Those who watch may look at links of procfs and not go through them: behind
 * them are the files of all contexts. In the top directory of procfs there are
 * only ordinary links, like "self".
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
 * clip_add_procfs_hooks - register the hooks of this file
 */
void __init clip_add_procfs_hooks(void)
{
	security_add_hooks(clip_procfs_hooks, ARRAY_SIZE(clip_procfs_hooks),
			   &clip_lsm_id);
}
