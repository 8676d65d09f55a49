// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for new tasks and for tracing
 *
 * All concerns that restrict these acts are called here, in this order, and
 * nowhere else. The first refusal wins.
 */
#include "core/common.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/nsproxy.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <uapi/linux/sched.h>

#include "chroot/enter.h"
#include "context/members.h"
#include "core/cred_blob.h"
#include "core/task_blob.h"
#include "memory/wx.h"
#include "privilege/scoped.h"
#include "report/report.h"
#include "store/context.h"
#include "task/access.h"
#include "verify/unlisted.h"

/* Its names are those of the host's cgroups. */
static bool in_first_cgroup_ns(void)
{
	return !current->nsproxy ||
	       current->nsproxy->cgroup_ns == &init_cgroup_ns;
}

/* The new task lives outside of context 0. */
static noinline int join_context(struct task_struct *task,
				 struct clip_context *ctx,
				 unsigned long clone_flags)
{
	/*
	 * The kernel asks for the right to write a file of the cgroup, and opens
	 * none, so that context/interfaces.c never sees it. As there, a cgroup
	 * namespace of its own has the cgroups that a context may use.
	 */
	if ((clone_flags & CLONE_INTO_CGROUP) && in_first_cgroup_ns()) {
		clip_report_admin("clone into a cgroup",
				  ctx ? ctx->xid : CLIP_CONTEXT_OWN,
				  CLIP_REASON_OTHER_CONTEXT);
		return -EPERM;
	}
	if (ctx)
		clip_members_join(task, ctx);
	return 0;
}

static int hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	/* No other task can exchange the credential of the new one yet. */
	const struct cred *cred = rcu_dereference_protected(task->cred, true);
	struct clip_context *ctx = clip_cred(cred)->context;
	struct clip_task *own = clip_task(current);
	int err;

	if (unlikely(ctx != &clip_admin_context)) {
		err = join_context(task, ctx, clone_flags);
		if (err)
			return err;
	}
	clip_task(task)->chrooted = own->chrooted;
	clip_unlisted_inherit(task);
	if (unlikely(clone_flags & CLONE_FILES)) {
		clip_task(task)->shared_files = true;
		own->shared_files = true;
	}
	return clip_namespaces_check_clone(task, clone_flags);
}

/* Would @actor, by tracing @target, gain an exemption that it does not have? */
static bool lends_exemption(const struct cred *actor, const struct cred *target)
{
	return !clip_wx_may_trace(clip_cred(actor), clip_cred(target));
}

static int hook_ptrace_access_check(struct task_struct *child,
				    unsigned int mode)
{
	int err = clip_chroot_confines(current) ? -EPERM : 0;

	guard(rcu)();
	if (!err && (mode & PTRACE_MODE_ATTACH) &&
	    (lends_exemption(current_cred(), __task_cred(child)) ||
	     clip_unlisted_lends(current, child)))
		err = -EPERM;
	err = err ?: clip_task_check_trace(child, mode);
	/* ps and similar tools query all tasks, and expect to be refused. */
	if (err && !(mode & PTRACE_MODE_NOAUDIT))
		clip_report_task("trace", child);
	return err;
}

static int hook_ptrace_traceme(struct task_struct *parent)
{
	int err = clip_chroot_confines(parent) ? -EPERM : 0;

	guard(rcu)();
	if (!err && (lends_exemption(__task_cred(parent), current_cred()) ||
		     clip_unlisted_lends(parent, current)))
		err = -EPERM;
	err = err ?: clip_task_check_tracer(parent);
	if (err)
		clip_report_task("traceme", parent);
	return err;
}

static struct security_hook_list clip_task_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_alloc, hook_task_alloc),
	LSM_HOOK_INIT(ptrace_access_check, hook_ptrace_access_check),
	LSM_HOOK_INIT(ptrace_traceme, hook_ptrace_traceme),
};

/**
 * clip_add_task_hooks - Register the hooks of this file
 */
void __init clip_add_task_hooks(void)
{
	security_add_hooks(clip_task_hooks, ARRAY_SIZE(clip_task_hooks),
			   &clip_lsm_id);
}
