// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what one task may do to another
 *
 * A raised task is more than its user: user ids alone no longer say who may
 * signal, slow down or trace it. All hooks here run after the kernel's own
 * checks and the capability module's; they only ever refuse. While nothing is
 * raised and all tasks are in one context they refuse nothing. Between contexts
 * context 0 acts on all others, context 1 looks at all others, and that is all.
 *
 * The hooks run under RCU, the task lock or tasklist_lock: nothing here sleeps.
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
 * clip_may_reach - may these two have to do with each other at all?
 * @actor: who acts
 * @target: on whom
 *
 * Return: whether they may, as far as contexts are concerned. A credential
 * without a context reaches nobody.
 */
bool clip_may_reach(const struct clip_cred *actor,
		    const struct clip_cred *target)
{
	return actor->context && (actor->context == target->context ||
				  actor->context == &clip_admin_context);
}

/**
 * clip_may_see - may one of these look at the other?
 * @actor: who looks
 * @target: at whom
 *
 * Return: whether it may, as far as contexts are concerned.
 */
bool clip_may_see(const struct clip_cred *actor, const struct clip_cred *target)
{
	return clip_may_reach(actor, target) ||
	       clip_context_is_watch(actor->context);
}

/**
 * clip_authority_of_actor - what an actor can bring to bear on a target
 * @actor: who acts
 * @target: on whom
 *
 * In a user namespace of its own everybody has all capabilities: sets of
 * different namespaces are not compared, the foreign actor has empty ones.
 *
 * Return: its power.
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
				~clip_scoped(actor)) | blob->extra_effective;
	power.caps.permitted = (actor->cap_permitted.val &
				~clip_scoped(actor)) | blob->extra_permitted;
	power.caps.inheritable = actor->cap_inheritable.val |
				 blob->extra_inheritable;
	power.privileges = blob->privileges;
	return power;
}

/**
 * clip_authority_of_target - what a target has to lose
 * @target: its credential
 *
 * Return: its power. A credential without a context has all there is.
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
				~clip_scoped(target)) | blob->extra_effective;
	power.caps.permitted = (target->cap_permitted.val &
				~clip_scoped(target)) | blob->extra_permitted;
	power.caps.inheritable = target->cap_inheritable.val |
				 blob->extra_inheritable;
	power.privileges = blob->privileges | blob->saved_privileges;
	return power;
}

static int refuse(const char *what, struct task_struct *target)
{
	clip_report_task(what, target);
	return -EPERM;
}

/* SG-04: how a display server tells the one that started it that it is up. */
static bool may_notify(const struct clip_cred *actor,
		       const struct clip_cred *target, int sig)
{
	return (sig == SIGUSR1 || sig == SIGUSR2) &&
	       target->context == &clip_admin_context &&
	       (actor->privileges & CLIP_PRIV_SIGUSR) &&
	       (target->privileges & CLIP_PRIV_RECVSIG);
}

/* The whole rule for a raised target; the callers sort out the others first. */
static bool has_authority_over(const struct cred *actor, const struct cred *target,
			       int cap)
{
	const struct clip_authority a = clip_authority_of_actor(actor, target);
	const struct clip_authority t = clip_authority_of_target(target);
	/* Not audited: having it not is no refusal yet. */
	const bool capable = a.capraised &&
			     !security_capable(actor, target->user_ns, cap,
					       CAP_OPT_NOAUDIT);

	if (actor->user_ns != target->user_ns)
		return !t.raised || capable;
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
 * The signal that @p asked for by PR_SET_PDEATHSIG, sent on behalf of its dying
 * parent. Exec of a raised program clears the wish and fork does not pass it
 * on, so a raised task gets only what it asked for itself.
 */
static bool wished_for(const struct task_struct *p,
		       const struct kernel_siginfo *info, int sig)
{
	return info == SEND_SIG_NOINFO && (current->flags & PF_EXITING) &&
	       sig == READ_ONCE(p->pdeath_signal);
}

/* Job control: a shell must be able to continue what the terminal stopped. */
static bool continues_in_session(struct task_struct *p, int sig)
{
	struct pid *session = task_session(p);

	return sig == SIGCONT && session && session == task_session(current);
}

/* An immortal task is shielded by what it has in force, not by what it saved. */
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
 * @cred is who sends if that is not the current task: the USB code, at the end
 * of a transfer. Always -EPERM, never -ESRCH: kill(-1) passes over the first.
 *
 * A task may always signal its own thread group. The original refused a task
 * that had its E emptied (raise() and abort() failed after seteuid()); whatever
 * it does to itself, it can do without a signal.
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
	 * The first process stops services and ends everybody at shutdown,
	 * immortal or not. The original held it to the comparison below; then
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
 * The original rule, which holds for a task's own priority as well. Kernel
 * threads act for the kernel: the hooks are called, for one, when processors
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
	/* Anybody may stand back behind everybody else. */
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
 * Called for other threads only, of one's own process too. Lowering a limit
 * kills as well as a signal does (RLIMIT_CPU), so it takes the same power, by
 * the capability that the kernel asks for here. Reading a limit tells little.
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

/* VIS-06: what is asked about tasks of other contexts. Not worth a message. */
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
 * Nobody becomes, or takes from, a task of another context. Context 0 and those
 * who watch may read, with the capability for it; and a task that has entered a
 * context is not of it before it has executed another program.
 */
static bool within_reach(const struct cred *actor, const struct cred *target,
			 unsigned int mode)
{
	const struct clip_cred *a = clip_cred(actor);
	const struct clip_cred *t = clip_cred(target);

	if (a->context && a->context == t->context)
		return actor == target ||
		       !(t->task_flags & CLIP_TASK_MIGRATED);
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
 * PROCFD opens what procfs shows of a task (links, maps), not what procfs lets
 * one write or what takes a descriptor of it; and only within reach.
 */
static bool may_look(const struct cred *actor, const struct cred *target,
		     unsigned int mode)
{
	return (clip_cred(actor)->privileges & CLIP_PRIV_PROCFD) &&
	       (mode & PTRACE_MODE_READ) && (mode & PTRACE_MODE_FSCREDS) &&
	       clip_may_reach(clip_cred(actor), clip_cred(target));
}

/* Would the kernel have let the actor come here without CAP_SYS_PTRACE? */
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

/* By the capability that PROCFD gives for looking, one may only look. */
static bool came_by_scope(const struct cred *actor, const struct cred *target,
			  struct task_struct *child, unsigned int mode)
{
	return unlikely(clip_scoped(actor) & BIT_ULL(CAP_SYS_PTRACE)) &&
	       !is_own(actor, target, child, mode);
}

/**
 * clip_task_check_trace - may the current task look at another one, or trace it?
 * @child: the other one
 * @mode: PTRACE_MODE_*
 *
 * Context: under the task lock of @child.
 * Return: 0, or -EPERM.
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
 * clip_task_check_tracer - may the current task ask another one to trace it?
 * @parent: the other one
 *
 * Context: any that the hook is called in.
 * Return: 0, or -EPERM.
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
 * clip_add_access_hooks - register the hooks of this file
 */
void __init clip_add_access_hooks(void)
{
	security_add_hooks(clip_access_hooks, ARRAY_SIZE(clip_access_hooks),
			   &clip_lsm_id);
}
