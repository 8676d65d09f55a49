// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges for creating and joining namespaces
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/security.h>
#include <linux/user_namespace.h>
#include <uapi/linux/clip.h>
#include <uapi/linux/sched.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "privilege/scoped.h"
#include "privilege/require.h"
#include "report/report.h"
#include "store/context.h"

/*
 * MI-04: Returns the privilege that the latch requires and the task lacks. On a
 * stock Linux, all users may create namespaces within a user namespace of their
 * own. There, the privilege for creating a user namespace is enough.
 */
static u64 lacks_for(const struct user_namespace *owner)
{
	const u64 least = owner == &init_user_ns ? CLIP_PRIV_UNSHARE :
						   CLIP_PRIV_USERNS;

	return clip_has_privileges(CLIP_PRIV_UNSHARE | least,
				   CLIP_REQUIRE_ANY) ? 0 : least;
}

/**
 * clip_namespaces_capable - Check a capability for the use of namespaces
 * @cred: the credential
 * @ns: the user namespace in which the capability would be effective
 * @cap: the capability
 * @opts: CAP_OPT_*
 *
 * Applies to unshare(2) and setns(2) once the latch kernel.clip.unshare is set.
 * A clone is checked later, when its flags are known.
 *
 * Context: Any.
 * Return: 0, or -EPERM.
 */
int clip_namespaces_capable(const struct cred *cred,
			    const struct user_namespace *ns, int cap,
			    unsigned int opts)
{
	enum clip_call call;
	u64 lacks;

	if (cap != CAP_SYS_ADMIN || cred != current_cred())
		return 0;
	call = clip_current_call();
	if (call != CLIP_CALL_UNSHARE && call != CLIP_CALL_SETNS)
		return 0;
	lacks = lacks_for(ns);
	if (!lacks)
		return 0;
	if (!(opts & CAP_OPT_NOAUDIT))
		clip_report_privilege("namespaces", lacks);
	return -EPERM;
}

/*
 * Runs on the way back to user mode. A clone that failed has used its scope in
 * part, or not at all, and the next clone checks capabilities before it gets a
 * scope of its own.
 */
static void end_clone(struct callback_head *work)
{
	struct clip_task *own = container_of(work, struct clip_task, clone_end);

	own->clone_checks = 0;
	own->made_userns = false;
	own->clone_ending = false;
}

/* Returns false if the task is exiting. */
static bool limit_to_this_call(struct clip_task *own)
{
	if (own->clone_ending)
		return true;
	init_task_work(&own->clone_end, end_clone);
	own->clone_ending = !task_work_add(current, &own->clone_end,
					   TWA_RESUME);
	return own->clone_ending;
}

/**
 * clip_namespaces_check_new - Check a clone that creates namespaces
 * @task: the new task, with its credential
 * @clone_flags: CLONE_*
 *
 * MI-04. After this hook, a clone checks CAP_SYS_ADMIN once for its namespaces,
 * and once more for a cgroup namespace. It checks capabilities later to choose
 * process ids, and has checked them earlier to exceed the limit of processes:
 * the privilege UNSHARE covers neither of these.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_namespaces_check_new(struct task_struct *task,
			      unsigned long clone_flags)
{
	const u64 wanted = clone_flags & CLIP_CLONE_NAMESPACES;
	struct clip_task *own = clip_task(current);
	u64 lacks;

	if (current->flags & PF_KTHREAD)
		return 0;
	/* The new task is already in its user namespace. */
	lacks = clip_latched(CLIP_LATCH_UNSHARE) ?
		lacks_for(task_cred_xxx(task, user_ns)) : 0;
	if (lacks) {
		clip_report_privilege("namespaces", lacks);
		return -EPERM;
	}
	if (!wanted || !(clip_privileges() & CLIP_PRIV_UNSHARE) ||
	    !limit_to_this_call(own))
		return 0;
	own->clone_checks = 1;
	if (IS_ENABLED(CONFIG_CGROUPS) && (wanted & CLONE_NEWCGROUP))
		own->clone_checks++;
	return 0;
}

/*
 * The flag allows it to the tasks of a context. What they may do with it is
 * decided in context/userns.c.
 */
static int check_context(const struct clip_context *ctx)
{
	struct clip_task *own = clip_task(current);

	if (!ctx || !(READ_ONCE(ctx->flags) & CLIP_CONTEXT_USERNS)) {
		clip_report_privilege("user namespace", 0);
		return -EPERM;
	}
	own->made_userns = limit_to_this_call(own);
	return 0;
}

static int hook_userns_create(const struct cred *cred)
{
	const struct clip_context *ctx = clip_cred(cred)->context;

	if (ctx != &clip_admin_context && check_context(ctx))
		return -EPERM;
	if (!clip_latched(CLIP_LATCH_UNSHARE) ||
	    clip_has_privileges(CLIP_PRIV_UNSHARE | CLIP_PRIV_USERNS,
				CLIP_REQUIRE_ANY))
		return clip_require_latched("userns", CLIP_PRIV_USERNS);
	clip_report_privilege("namespaces", CLIP_PRIV_USERNS);
	return -EPERM;
}

static struct security_hook_list clip_namespaces_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(userns_create, hook_userns_create),
};

/**
 * clip_add_namespaces_hooks - Register the hooks of this file
 */
void __init clip_add_namespaces_hooks(void)
{
	security_add_hooks(clip_namespaces_hooks,
			   ARRAY_SIZE(clip_namespaces_hooks), &clip_lsm_id);
}
