// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the tasks of a context
 *
 * Open files and sockets keep credentials, and these keep a context, long after
 * its last task is gone. So each task is counted from the time when it enters
 * or is made until it is freed, which its parent may delay. The tasks of context
 * 0 are not counted, because almost all tasks are.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <linux/wait.h>

#include "context/members.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/task_blob.h"
#include "store/context.h"
#include "store/entry.h"

/*
 * Capabilities in user namespaces of the context's own have a bound of their
 * own. What is its own is judged from the namespace of the first task, so all
 * tasks have to enter from there.
 */
static enum clip_reason settle_userns(struct clip_context *ctx)
{
	if (!(ctx->flags & CLIP_CONTEXT_USERNS))
		return CLIP_REASON_NONE;
	if (!ctx->base_userns)
		WRITE_ONCE(ctx->base_userns, get_user_ns(current_user_ns()));
	return ctx->base_userns == current_user_ns() ? CLIP_REASON_NONE :
						       CLIP_REASON_BASE_USERNS;
}

/**
 * clip_members_admit - Let the current task enter a context
 * @ctx: the context; what is set up before the first task enters is now final
 *
 * Context: may sleep.
 * Return: %CLIP_REASON_NONE, or why no task may enter, or not this one.
 */
enum clip_reason clip_members_admit(struct clip_context *ctx)
{
	enum clip_reason reason;

	guard(mutex)(&clip_store_lock);
	if (ctx->deleted)
		return CLIP_REASON_NO_CONTEXT;
	reason = settle_userns(ctx);
	if (reason == CLIP_REASON_NONE)
		WRITE_ONCE(ctx->entered, true);
	return reason;
}

/**
 * clip_members_join - Count a task that is now in a context
 * @task: the current task, or one that does not run yet
 * @ctx: the context, which is not context 0
 */
void clip_members_join(struct task_struct *task, struct clip_context *ctx)
{
	struct clip_task *blob = clip_task(task);

	if (WARN_ON_ONCE(blob->counted))
		return;
	blob->counted = clip_context_get(ctx);
	atomic_long_inc(&ctx->tasks);
	if (!READ_ONCE(ctx->peopled))
		WRITE_ONCE(ctx->peopled, true);
}

/* May run in an RCU callback. */
static void hook_task_free(struct task_struct *task)
{
	struct clip_task *blob = clip_task(task);
	struct clip_context *ctx = blob->counted;

	if (unlikely(blob->armed)) {
		clip_context_put(blob->armed);
		blob->armed = NULL;
	}
	if (likely(!ctx))
		return;
	blob->counted = NULL;
	if (atomic_long_dec_and_test(&ctx->tasks))
		wake_up_poll(&ctx->emptied, EPOLLIN | EPOLLHUP);
	clip_context_put(ctx);
}

static bool is_member(struct task_struct *task, const struct clip_context *ctx)
{
	return clip_cred(__task_cred(task))->context == ctx;
}

static u64 count_all(const struct clip_context *ctx)
{
	struct task_struct *process, *thread;
	u64 count = 0;

	guard(rcu)();
	for_each_process_thread(process, thread)
		count += is_member(thread, ctx);
	return count;
}

/**
 * clip_members_count - Count the tasks of a context
 * @ctx: the context
 *
 * Return: The number of tasks.
 */
u64 clip_members_count(const struct clip_context *ctx)
{
	return ctx == &clip_admin_context ? count_all(ctx) :
					    atomic_long_read(&ctx->tasks);
}

/*
 * Is there nothing left of a process that a signal could end? A process that
 * writes its memory to a file or a pipe has begun to end as well, and does not
 * go on before the reader takes it; SIGKILL interrupts that.
 */
static bool is_ending(struct task_struct *process)
{
	const struct signal_struct *shared = process->signal;

	if (READ_ONCE(shared->flags) & SIGNAL_GROUP_EXIT)
		return !READ_ONCE(shared->core_state) ||
		       sigismember((sigset_t *)&shared->shared_pending.signal,
				   SIGKILL);
	return READ_ONCE(process->exit_state) && thread_group_empty(process);
}

/* Signal 0 only counts: what is called here does not check for it. */
static int send_one(struct task_struct *process, int sig)
{
	return do_send_sig_info(sig, sig == SIGKILL ? SEND_SIG_PRIV :
						      SEND_SIG_NOINFO,
				process, PIDTYPE_TGID);
}

/*
 * A fork that is in progress checks for a signal before it takes the lock for
 * writing to show the new task. So when the lock is given back, no process is
 * left that has not got the signal, and none can have been made by such a one.
 */
static u32 signal_all(const struct clip_context *ctx, int sig)
{
	struct task_struct *process;
	u32 reached = 0;

	guard(rcu)();
	read_lock(&tasklist_lock);
	for_each_process(process) {
		if (!is_member(process, ctx) || is_ending(process))
			continue;
		if (!sig || !send_one(process, sig))
			reached++;
	}
	read_unlock(&tasklist_lock);
	return reached;
}

/**
 * clip_members_signal - Send a signal to all processes of a context
 * @ctx: the context, which is not context 0
 * @sig: the number of the signal, or 0 to count them
 *
 * The protection of tasks from each other does not count: a task that may make
 * contexts may end them.
 *
 * Context: may sleep.
 * Return: The number of processes that it was sent to.
 */
u32 clip_members_signal(const struct clip_context *ctx, int sig)
{
	u32 reached = signal_all(ctx, sig), more = reached;

	/* Others may have entered meanwhile, which SIGKILL must end, too. */
	while (sig == SIGKILL && more && !signal_pending(current)) {
		cond_resched();
		more = signal_all(ctx, sig);
		reached += more;
	}
	return reached;
}

static struct security_hook_list clip_members_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_free, hook_task_free),
};

/**
 * clip_add_members_hooks - Register the hooks of this file
 */
void __init clip_add_members_hooks(void)
{
	clip_add_sleeping_hooks(clip_members_hooks,
				ARRAY_SIZE(clip_members_hooks),
				CLIP_WAKE_CONTEXT);
}
