// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: access of tasks to other tasks
 *
 * A raised task has more rights than its user, so user ids alone no longer
 * decide which tasks may signal, slow down or trace it. All hooks in this file
 * run after the kernel's own checks and those of the capability module, and
 * they only ever refuse. They refuse nothing while no task is raised and all
 * tasks are in one context. Between contexts, a task of context 0 may act on
 * the tasks of all others, and a task of context 1 may look at them; every
 * other access is refused.
 *
 * The hooks run under RCU, the task lock or tasklist_lock, so nothing in this
 * file sleeps.
 */
#include "core/common.h"

#include <linux/ioprio.h>
#include <linux/lsm_hooks.h>
#include <linux/ptrace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/user_namespace.h>

#include "core/caps.h"
#include "core/cred_blob.h"
#include "privilege/scoped.h"
#include "report/report.h"
#include "store/context.h"
#include "task/access.h"
#include "task/rules.h"

/**
 * clip_may_reach - Do the contexts allow an actor to act on a target?
 * @actor: credential of the acting task
 * @target: credential of the other task
 *
 * Return: true if the contexts allow it. A credential without a context reaches
 * no other task.
 */
bool clip_may_reach(const struct clip_cred *actor,
		    const struct clip_cred *target)
{
	return actor->context && (actor->context == target->context ||
				  actor->context == &clip_admin_context);
}

/**
 * clip_may_see - Do the contexts allow an actor to look at a target?
 * @actor: credential of the looking task
 * @target: credential of the other task
 *
 * Return: true if the contexts allow it.
 */
bool clip_may_see(const struct clip_cred *actor, const struct clip_cred *target)
{
	return clip_may_reach(actor, target) ||
	       clip_context_is_watch(actor->context);
}

/**
 * clip_authority_of_actor - Collect the authority of an actor over a target
 * @actor: credential of the acting task
 * @target: credential of the other task
 *
 * A task has all capabilities in a user namespace of its own. Sets of different
 * namespaces are therefore not compared: the authority of an actor from another
 * namespace has empty sets.
 *
 * Return: the authority.
 */
struct clip_authority clip_authority_of_actor(const struct cred *actor,
					      const struct cred *target)
{
	const struct clip_cred *blob = clip_cred(actor);
	struct clip_authority power = {};

	if (!blob->context)
		return power;
	power.raised = clip_raised(blob);
	power.capraised = blob->task_flags & CLIP_TASK_RAISED;
	if (actor->user_ns != target->user_ns)
		return power;
	power.caps.effective = (actor->cap_effective.val &
				~clip_scoped(actor)) |
			       clip_extra_effective(blob);
	power.caps.permitted = (actor->cap_permitted.val &
				~clip_scoped(actor)) |
			       clip_extra_permitted(blob);
	power.caps.inheritable = actor->cap_inheritable.val |
				 clip_extra_inheritable(blob);
	power.privileges = blob->privileges;
	return power;
}

/**
 * clip_authority_of_target - Collect the authority that protects a target
 * @target: its credential
 *
 * Return: the authority. A credential without a context counts as having every
 * capability and every privilege.
 */
struct clip_authority clip_authority_of_target(const struct cred *target)
{
	const struct clip_cred *blob = clip_cred(target);
	struct clip_authority power = {
		.raised = clip_raised(blob),
		.capraised = !blob->context ||
			     blob->task_flags & CLIP_TASK_RAISED,
	};

	if (!blob->context) {
		power.caps = (struct clip_caps) { ~0ULL, ~0ULL, ~0ULL };
		power.privileges = ~0ULL;
		return power;
	}
	power.caps.effective = (target->cap_effective.val &
				~clip_scoped(target)) |
			       clip_extra_effective(blob);
	power.caps.permitted = (target->cap_permitted.val &
				~clip_scoped(target)) |
			       clip_extra_permitted(blob);
	power.caps.inheritable = target->cap_inheritable.val |
				 clip_extra_inheritable(blob);
	power.privileges = blob->privileges | blob->saved_privileges;
	return power;
}

static int refuse(const char *what, struct task_struct *target)
{
	clip_report_task(what, target);
	return -EPERM;
}

/* SG-04: a display server notifies the task that started it that it is up. */
static bool may_notify(const struct clip_cred *actor,
		       const struct clip_cred *target, int sig)
{
	return (sig == SIGUSR1 || sig == SIGUSR2) &&
	       target->context == &clip_admin_context &&
	       (actor->privileges & CLIP_PRIV_SIGUSR) &&
	       (target->privileges & CLIP_PRIV_RECVSIG);
}

/*
 * The complete rule for a raised target; the callers handle the other targets
 * first.
 */
static bool has_authority_over(const struct cred *actor, const struct cred *target,
			       int cap)
{
	const struct clip_authority a = clip_authority_of_actor(actor, target);
	struct clip_authority t = clip_authority_of_target(target);
	/* Not audited: lacking the capability is not a refusal yet. */
	const bool capable = !security_capable(actor, target->user_ns, cap,
					       CAP_OPT_NOAUDIT);

	if (actor->user_ns != target->user_ns)
		return !t.raised || (a.capraised && capable);
	/* Of its own saved privileges a task needs no protection. */
	if (actor == target)
		t.privileges = a.privileges;
	return clip_authority_over(&a, &t, capable);
}

static bool may_act(const struct cred *actor, const struct cred *target,
		    int cap)
{
	const struct clip_cred *blob = clip_cred(target);

	if (!clip_may_reach(clip_cred(actor), blob))
		return false;
	return !clip_raised(blob) || has_authority_over(actor, target, cap);
}

/* Signals ---------------------------------------------------------------- */

static bool from_kernel(const struct kernel_siginfo *info)
{
	if (info == SEND_SIG_NOINFO)
		return false;
	return info == SEND_SIG_PRIV || SI_FROMKERNEL(info);
}

/*
 * Matches the signal that @p requested by PR_SET_PDEATHSIG, which is sent on
 * behalf of its dying parent. The exec of a raised program clears the request
 * and fork does not pass it on, so a raised task only receives a signal that it
 * requested itself.
 */
static bool wished_for(const struct task_struct *p,
		       const struct kernel_siginfo *info, int sig)
{
	return info == SEND_SIG_NOINFO && (current->flags & PF_EXITING) &&
	       sig == READ_ONCE(p->pdeath_signal);
}

/*
 * Job control: a shell must be able to continue a stopped job of its terminal.
 */
static bool continues_in_session(struct task_struct *p, int sig)
{
	struct pid *session = task_session(p);

	return sig == SIGCONT && session && session == task_session(current);
}

/*
 * An immortal task is protected by the privileges it has in force, not by its
 * saved ones.
 */
static bool may_end(const struct cred *actor, const struct cred *target)
{
	const struct clip_authority a = clip_authority_of_actor(actor, target);
	const struct clip_authority t = {
		.privileges = clip_cred(target)->context ?
			      clip_cred(target)->privileges : ~0ULL,
	};

	return clip_authority_to_end(&a, &t);
}

/*
 * @cred is the sender if it is not the current task: the USB code sends that
 * way at the end of a transfer. The error is always -EPERM, never -ESRCH:
 * kill(-1) passes over a task that returns -EPERM.
 *
 * A task may always signal its own thread group. The original refused this to a
 * task that had its E emptied, so raise() and abort() failed after seteuid(). A
 * signal lets a task do nothing to itself that it cannot do without one.
 */
static int hook_task_kill(struct task_struct *p, struct kernel_siginfo *info,
			  int sig, const struct cred *cred)
{
	const struct cred *actor = cred ?: current_cred();
	const struct cred *target;

	if (from_kernel(info) || (!cred && (current->flags & PF_KTHREAD)))
		return 0;
	guard(rcu)();
	target = __task_cred(p);
	if (likely(!clip_raised(clip_cred(target)) &&
		   clip_may_reach(clip_cred(actor), clip_cred(target))))
		return 0;
	if (cred ? cred == target : same_thread_group(current, p))
		return 0;
	if (!cred && wished_for(p, info, sig))
		return 0;
	/*
	 * At shutdown the first process stops services and ends all tasks,
	 * immortal or not. The original applied the comparison below to it, so
	 * it could not stop a service that it had started with more in I.
	 */
	if (!cred && is_global_init(current))
		return 0;
	if (!clip_may_reach(clip_cred(actor), clip_cred(target)) &&
	    !may_notify(clip_cred(actor), clip_cred(target), sig))
		return refuse("signal", p);
	if (!may_end(actor, target))
		return -EPERM;
	if (!cred && continues_in_session(p, sig))
		return 0;
	if (has_authority_over(actor, target, CAP_KILL))
		return 0;
	return refuse("signal", p);
}

/* Priorities and limits -------------------------------------------------- */

/*
 * The original rule, which also applies to a task's own priority. Kernel
 * threads act for the kernel: for example, the hooks are called when processors
 * go away and cpusets are emptied.
 */
static int check_priority(struct task_struct *p)
{
	if (current->flags & PF_KTHREAD)
		return 0;
	guard(rcu)();
	if (may_act(current_cred(), __task_cred(p), CAP_SYS_NICE) &&
	    !clip_scoped_pretends(current_cred(), __task_cred(p), CAP_SYS_NICE))
		return 0;
	return refuse("priority", p);
}

static int hook_task_setnice(struct task_struct *p, int nice)
{
	return check_priority(p);
}

static int hook_task_setscheduler(struct task_struct *p)
{
	return check_priority(p);
}

static int hook_task_setioprio(struct task_struct *p, int ioprio)
{
	/* Every task may move itself behind all others. */
	if (IOPRIO_PRIO_CLASS(ioprio) == IOPRIO_CLASS_IDLE &&
	    same_thread_group(current, p))
		return 0;
	return check_priority(p);
}

static int hook_task_movememory(struct task_struct *p)
{
	return check_priority(p);
}

/*
 * Called for other threads only, including those of the same process. Lowering
 * a limit can kill as a signal does (RLIMIT_CPU), so it requires the same
 * authority, with the capability that the kernel checks for here. Reading a
 * limit discloses little.
 */
static int hook_task_prlimit(const struct cred *cred, const struct cred *tcred,
			     unsigned int flags)
{
	if (cred == tcred)
		return 0;
	if (flags & LSM_PRLIMIT_WRITE ?
	    may_act(cred, tcred, CAP_SYS_RESOURCE) :
	    clip_may_see(clip_cred(cred), clip_cred(tcred)))
		return 0;
	return refuse("limits", NULL);
}

/**
 * clip_task_may_limit - May the current task make another one end sooner?
 * @p: the other task, or one of the same process
 *
 * Context: any; @p stays.
 * Return: true if it may set the limits of @p.
 */
bool clip_task_may_limit(struct task_struct *p)
{
	guard(rcu)();
	return same_thread_group(current, p) ||
	       may_act(current_cred(), __task_cred(p), CAP_SYS_RESOURCE);
}

/*
 * VIS-06: queries about tasks of other contexts. Their refusals are not
 * reported.
 */
static int check_look(struct task_struct *p)
{
	if (current->flags & PF_KTHREAD)
		return 0;
	guard(rcu)();
	return clip_may_see(clip_cred(current_cred()),
			    clip_cred(__task_cred(p))) ? 0 : -EPERM;
}

static int hook_task_setpgid(struct task_struct *p, pid_t pgid)
{
	return check_look(p);
}

/* Tracing ---------------------------------------------------------------- */

/*
 * No task takes over, or takes from, a task of another context. Tasks of
 * context 0 and of the watching context may read, with the capability for it. A
 * task that has entered a context does not belong to it before it has executed
 * another program.
 */
static bool within_reach(const struct cred *actor, const struct cred *target,
			 unsigned int mode)
{
	const struct clip_cred *a = clip_cred(actor);
	const struct clip_cred *t = clip_cred(target);

	if (a->context && a->context == t->context)
		return actor == target ||
		       !(t->task_flags & CLIP_TASK_MIGRATED);
	if (a->context == &clip_admin_context && clip_context_is_hidden(t->context))
		return false;
	return (mode & PTRACE_MODE_READ) && clip_may_see(a, t) &&
	       !security_capable(actor, target->user_ns, CAP_SYS_PTRACE,
				 CAP_OPT_NOAUDIT);
}

static bool may_trace(const struct cred *actor, const struct cred *target,
		      unsigned int mode)
{
	struct clip_authority a, t;

	if (!within_reach(actor, target, mode) ||
	    clip_scoped_pretends(actor, target, CAP_SYS_PTRACE))
		return false;
	if (!clip_raised(clip_cred(target)))
		return true;
	if (actor->user_ns != target->user_ns)
		return false;
	a = clip_authority_of_actor(actor, target);
	t = clip_authority_of_target(target);
	return clip_authority_to_trace(&a, &t);
}

/*
 * PROCFD opens what procfs shows of a task (links, maps), but neither the files
 * by which procfs changes a task nor the taking of its descriptors. It applies
 * only if the contexts allow the actor to act on the target.
 */
static bool may_look(const struct cred *actor, const struct cred *target,
		     unsigned int mode)
{
	return (clip_cred(actor)->privileges & CLIP_PRIV_PROCFD) &&
	       (mode & PTRACE_MODE_READ) && (mode & PTRACE_MODE_FSCREDS) &&
	       clip_may_reach(clip_cred(actor), clip_cred(target));
}

/* Would the kernel have allowed this access without CAP_SYS_PTRACE? */
static bool is_own(const struct cred *actor, const struct cred *target,
		   struct task_struct *child, unsigned int mode)
{
	const bool fs = mode & PTRACE_MODE_FSCREDS;
	const kuid_t uid = fs ? actor->fsuid : actor->uid;
	const kgid_t gid = fs ? actor->fsgid : actor->gid;
	const u64 caps = fs ? actor->cap_effective.val :
			      actor->cap_permitted.val;

	return uid_eq(uid, target->euid) && uid_eq(uid, target->suid) &&
	       uid_eq(uid, target->uid) && gid_eq(gid, target->egid) &&
	       gid_eq(gid, target->sgid) && gid_eq(gid, target->gid) &&
	       actor->user_ns == target->user_ns &&
	       !(target->cap_permitted.val & ~caps) &&
	       (!child->mm || get_dumpable(child->mm) == SUID_DUMP_USER);
}

/*
 * The scoped CAP_SYS_PTRACE, which PROCFD grants for looking, allows nothing
 * but looking.
 */
static bool came_by_scope(const struct cred *actor, const struct cred *target,
			  struct task_struct *child, unsigned int mode)
{
	return unlikely(clip_scoped(actor) & BIT_ULL(CAP_SYS_PTRACE)) &&
	       !is_own(actor, target, child, mode);
}

/**
 * clip_task_check_trace - Check an access to another task by ptrace rules
 * @child: the other task
 * @mode: PTRACE_MODE_*
 *
 * Context: under the task lock of @child.
 * Return: 0, or -EPERM if the current task may not look at, or trace, @child.
 */
int clip_task_check_trace(struct task_struct *child, unsigned int mode)
{
	const struct cred *actor = current_cred();
	const struct cred *target;

	guard(rcu)();
	target = __task_cred(child);
	if ((!came_by_scope(actor, target, child, mode) &&
	     may_trace(actor, target, mode)) ||
	    may_look(actor, target, mode))
		return 0;
	return -EPERM;
}

/**
 * clip_task_check_tracer - Check PTRACE_TRACEME of the current task
 * @parent: the task that would trace it
 *
 * Context: any that the hook is called in.
 * Return: 0, or -EPERM if @parent may not trace the current task.
 */
int clip_task_check_tracer(struct task_struct *parent)
{
	guard(rcu)();
	return may_trace(__task_cred(parent), current_cred(),
			 PTRACE_MODE_ATTACH) ? 0 : -EPERM;
}

static struct security_hook_list clip_access_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_kill, hook_task_kill),
	LSM_HOOK_INIT(task_setnice, hook_task_setnice),
	LSM_HOOK_INIT(task_setscheduler, hook_task_setscheduler),
	LSM_HOOK_INIT(task_setioprio, hook_task_setioprio),
	LSM_HOOK_INIT(task_movememory, hook_task_movememory),
	LSM_HOOK_INIT(task_prlimit, hook_task_prlimit),
	LSM_HOOK_INIT(task_setpgid, hook_task_setpgid),
	LSM_HOOK_INIT(task_getpgid, check_look),
	LSM_HOOK_INIT(task_getsid, check_look),
	LSM_HOOK_INIT(task_getscheduler, check_look),
	LSM_HOOK_INIT(task_getioprio, check_look),
};

/**
 * clip_add_access_hooks - Register the hooks of this file
 */
void __init clip_add_access_hooks(void)
{
	security_add_hooks(clip_access_hooks, ARRAY_SIZE(clip_access_hooks),
			   &clip_lsm_id);
}
