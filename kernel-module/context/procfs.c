// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a context may look at in procfs
 *
 * Files that belong to no task are shown by a list, and those of a task to its own
 * context. Context 1 looks at all of them, and context 0 at all that is not hidden.
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

#include "context/interfaces.h"
#include "context/procfs.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
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
	if (unlikely(clip_context_is_hidden(ctx)))
		clip_inode_set_hidden(inode);
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

/*
 * PRC-01: the files of procfs that belong to no task tell about the machine and
 * so about all contexts. These are what programs need to run, and what an
 * ordinary user learns in other ways. The names are those at the top; sys and
 * asound are directories. Sysctls are read by many programs, and their writers
 * are checked in context/interfaces.c.
 */
static bool is_harmless(const char *name)
{
	static const char *const names[] = {
		"asound", "cgroups", "cpuinfo", "devices", "filesystems",
		"loadavg", "meminfo", "stat", "sys", "uptime", "version",
	};

	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

/*
 * NET-17: these files show the sockets and connections of a network namespace.
 * The initial one is that of all contexts that were not put into another one.
 */
static bool is_of_all_contexts(const char *name)
{
	static const char *const names[] = {
		"assocs", "eps", "icmp", "icmp6", "ip_conntrack", "netlink",
		"nf_conntrack", "packet", "ptype", "raw", "raw6", "remaddr",
		"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "unix",
	};

	return clip_shares_network() &&
	       match_string(names, ARRAY_SIZE(names), name) >= 0;
}

/*
 * The directory net of a task has files that belong to no task, but to the
 * network namespace of this one. Names in procfs never change, nor do parents.
 */
static bool is_shown(const struct dentry *dentry,
		     const struct clip_context *ctx)
{
	const struct dentry *at = dentry;
	u64 owner;

	guard(rcu)();
	while (!IS_ROOT(at) && !IS_ROOT(READ_ONCE(at->d_parent))) {
		at = READ_ONCE(at->d_parent);
		owner = clip_inode_owner(d_backing_inode(at));
		if (owner)
			return ctx && owner == ctx->serial &&
			       !is_of_all_contexts(dentry->d_name.name);
	}
	return is_harmless(at->d_name.name);
}

static int refuse(const char *act, const struct clip_context *ctx)
{
	clip_report_admin(act, ctx ? ctx->xid : CLIP_CONTEXT_OWN,
			  CLIP_REASON_OTHER_CONTEXT);
	return -EACCES;
}

/* Directories of files that belong to no task have nothing but names. */
static int check_global(struct file *file, const struct clip_context *ctx)
{
	if (S_ISDIR(file_inode(file)->i_mode) || clip_context_is_watch(ctx) ||
	    is_shown(file_dentry(file), ctx))
		return 0;
	return refuse("opening in procfs", ctx);
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
		return likely(!clip_inode_is_hidden(inode)) ? 0 :
		       refuse("opening in procfs", ctx);
	owner = clip_inode_owner(inode);
	if (!owner)
		return check_global(file, ctx);
	if (ctx && owner == ctx->serial)
		return 0;
	if (clip_context_is_watch(ctx) && !(file->f_mode & FMODE_WRITE))
		return 0;
	return refuse("opening in procfs", ctx);
}

static bool is_foreign(const struct inode *inode,
		       const struct clip_context *ctx)
{
	const u64 owner = clip_inode_owner(inode);

	if (ctx == &clip_admin_context)
		return clip_inode_is_hidden(inode);
	return owner && !clip_context_is_watch(ctx) &&
	       !(ctx && owner == ctx->serial);
}

/*
 * VIS-02: the directory of a task of another context is not there. It is listed,
 * because no hook is called for that; the mount option hidepid=ptraceable asks
 * the hook for tracing.
 */
static int hook_inode_getattr(const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);

	if (likely(!is_procfs(inode)) ||
	    !is_foreign(inode, clip_cred(current_cred())->context))
		return 0;
	return -ENOENT;
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
	LSM_HOOK_INIT(inode_getattr, hook_inode_getattr),
};

/**
 * clip_add_procfs_hooks - Register the hooks of this file
 */
void __init clip_add_procfs_hooks(void)
{
	security_add_hooks(clip_procfs_hooks, ARRAY_SIZE(clip_procfs_hooks),
			   &clip_lsm_id);
}
