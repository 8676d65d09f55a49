// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: requests about one context and its tasks
 *
 * A descriptor of a context is the right to enter it and no more. A task that
 * changes anything by it must have the right to make contexts, too.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "context/admin.h"
#include "context/assign.h"
#include "context/caller.h"
#include "context/control.h"
#include "context/members.h"
#include "context/rules.h"
#include "core/cred_blob.h"
#include "core/reason.h"
#include "report/report.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"

static int refuse(const char *what, const struct clip_context *ctx, u32 *out,
		  enum clip_reason reason)
{
	*out = reason;
	clip_report_admin(what, ctx ? ctx->xid : CLIP_CONTEXT_OWN, reason);
	return clip_reason_errno(reason);
}

static bool is_fixed(const struct clip_context *ctx)
{
	return ctx->xid == CLIP_CONTEXT_ADMIN || ctx->xid == CLIP_CONTEXT_WATCH;
}

static enum clip_reason check_setup(const struct clip_context *ctx,
				    const struct clip_context_setup *args)
{
	const u64 caps = args->flags & CLIP_CONTEXT_USERNS ? CAP_VALID_MASK : 0;

	if (args->flags & ~CLIP_CONTEXT_FLAGS_ALL)
		return CLIP_REASON_BAD_FLAGS;
	if (args->confidentiality > CLIP_CONFIDENTIALITY_MAX)
		return CLIP_REASON_BAD_LEVEL;
	if (args->ns_cap_bound & ~caps)
		return CLIP_REASON_BAD_CAPABILITIES;
	if (ctx->deleted)
		return CLIP_REASON_NO_CONTEXT;
	if (ctx->level & CLIP_LEVEL_SEAL)
		return CLIP_REASON_IMMUTABLE;
	return ctx->entered ? CLIP_REASON_ENTERED : CLIP_REASON_NONE;
}

/**
 * clip_control_setup - Decide what must not change once a task has entered
 * @ctx: the context
 * @args: the request; out: @reason
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_control_setup(struct clip_context *ctx, struct clip_context_setup *args)
{
	enum clip_reason reason = clip_admin_check_maker();

	if (reason != CLIP_REASON_NONE)
		return refuse("context set-up", ctx, &args->reason, reason);
	if (is_fixed(ctx))
		return -EINVAL;
	guard(mutex)(&clip_store_lock);
	reason = check_setup(ctx, args);
	if (reason != CLIP_REASON_NONE)
		return refuse("context set-up", ctx, &args->reason, reason);
	WRITE_ONCE(ctx->flags, args->flags);
	WRITE_ONCE(ctx->confidentiality, args->confidentiality);
	WRITE_ONCE(ctx->ns_cap_bound, args->ns_cap_bound);
	clip_report_change("context set-up", clip_store_generation());
	return 0;
}

/**
 * clip_control_arm - Let a process take a context at its next exec
 * @ctx: the context
 * @args: the request; out: @reason
 *
 * Context: may sleep.
 * Return: 0; -EBADF if @args.pidfd is no pidfd; -ESRCH; or a value that
 * @args.reason explains.
 */
int clip_control_arm(struct clip_context *ctx, struct clip_context_arm *args)
{
	enum clip_reason reason = clip_admin_check_maker();
	struct task_struct *task;
	unsigned int flags;

	if (reason != CLIP_REASON_NONE)
		return refuse("arming", ctx, &args->reason, reason);
	if ((args->flags & ~CLIP_ARM_DISARM) ||
	    ctx->xid == CLIP_CONTEXT_ADMIN)
		return -EINVAL;
	task = pidfd_get_task(args->pidfd, &flags);
	if (IS_ERR(task))
		return PTR_ERR(task);
	reason = clip_assign_arm(ctx, task, args->flags & CLIP_ARM_DISARM);
	put_task_struct(task);
	return reason == CLIP_REASON_NONE ? 0 :
	       refuse("arming", ctx, &args->reason, reason);
}

/* A name, and not a path. */
static bool is_name(const u8 *child)
{
	const size_t length = strnlen(child, CLIP_BIND_CHILD_MAX);

	return length < CLIP_BIND_CHILD_MAX && !memchr(child, '/', length) &&
	       strcmp(child, ".") && strcmp(child, "..");
}

/**
 * clip_control_bind - Let the processes of a cgroup take a context at exec
 * @ctx: the context
 * @args: the request; out: @reason
 *
 * Context: may sleep.
 * Return: 0; -EBADF if @args.cgroup_fd is no directory of cgroup2; -ENOMEM;
 * -ENOSPC; or a value that @args.reason explains.
 */
int clip_control_bind(struct clip_context *ctx, struct clip_context_bind *args)
{
	enum clip_reason reason = clip_admin_check_maker();
	int err;

	if (reason != CLIP_REASON_NONE)
		return refuse("binding", ctx, &args->reason, reason);
	if ((args->flags & ~CLIP_BIND_UNBIND) || !is_name(args->child) ||
	    ctx->xid == CLIP_CONTEXT_ADMIN)
		return -EINVAL;
	err = clip_assign_bind(ctx, args->cgroup_fd, args->child,
			       args->flags & CLIP_BIND_UNBIND, &reason);
	return reason == CLIP_REASON_NONE ? err :
	       refuse("binding", ctx, &args->reason, reason);
}

static u32 state_of(const struct clip_context *ctx)
{
	return (READ_ONCE(ctx->entered) ? CLIP_CONTEXT_ENTERED : 0) |
	       (READ_ONCE(ctx->deleted) ? CLIP_CONTEXT_DELETED : 0);
}

static void describe(const struct clip_context *ctx,
		     struct clip_context_info *args)
{
	int i;

	args->xid = ctx->xid;
	args->level = READ_ONCE(ctx->level);
	args->serial = ctx->serial;
	args->cap_bound = READ_ONCE(ctx->cap_bound);
	args->ns_cap_bound = READ_ONCE(ctx->ns_cap_bound);
	args->priv_bound = READ_ONCE(ctx->priv_bound);
	args->flags = READ_ONCE(ctx->flags);
	args->confidentiality = READ_ONCE(ctx->confidentiality);
	args->state = state_of(ctx);
	args->tasks = clip_members_count(ctx);
	args->entries = atomic_long_read(&ctx->table.nr_entries);
	for (i = 0; i < CLIP_REFUSALS_CLASSES; i++)
		args->refusals[i] = atomic64_read(&ctx->refusals[i]);
	guard(rcu)();
	args->digests = clip_allow_count(clip_allow_in_force(&ctx->allow));
}

/**
 * clip_control_info - Tell all about a context
 * @ctx: the context
 * @args: the answer
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_control_info(struct clip_context *ctx, struct clip_context_info *args)
{
	struct clip_caller caller;

	clip_caller_now(&caller, ctx);
	if (!clip_may_see_context(&caller))
		return refuse("context reading", ctx, &args->reason,
			      CLIP_REASON_PERMISSION);
	describe(ctx, args);
	return 0;
}

/**
 * clip_control_kill - Send a signal to all processes of a context
 * @ctx: the context
 * @args: the request; out: @tasks, @reason
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for no signal, and for context 0; or a value that
 * @args.reason explains.
 */
int clip_control_kill(struct clip_context *ctx, struct clip_context_kill *args)
{
	const enum clip_reason reason = clip_admin_check_maker();

	args->tasks = 0;
	if (reason != CLIP_REASON_NONE)
		return refuse("ending a context", ctx, &args->reason, reason);
	if (!valid_signal(args->signal) || ctx->xid == CLIP_CONTEXT_ADMIN)
		return -EINVAL;
	args->tasks = clip_members_signal(ctx, args->signal);
	return 0;
}

/**
 * clip_control_check_watcher - May the caller learn the context of another task?
 * @reason: out: why not
 *
 * The tasks of other contexts than 0 and 1 learn nothing about any.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_control_check_watcher(u32 *reason)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (ctx == &clip_admin_context || clip_context_is_watch(ctx))
		return 0;
	return refuse("context reading", NULL, reason, CLIP_REASON_PERMISSION);
}

/**
 * clip_control_answer - Describe a context in an answer
 * @args: the answer
 * @ctx: the context, or NULL
 */
void clip_control_answer(struct clip_context_of *args,
			 const struct clip_context *ctx)
{
	args->xid = ctx ? ctx->xid : CLIP_CONTEXT_OWN;
	args->serial = ctx ? ctx->serial : 0;
	args->confidentiality = ctx ? READ_ONCE(ctx->confidentiality) : 0;
	args->reserved = 0;
}

/**
 * clip_control_of_task - Tell the context of a process
 * @args: the request and its answer
 *
 * Return: 0; -EBADF if @args.fd is no pidfd; -ESRCH; or a value that
 * @args.reason explains.
 */
int clip_control_of_task(struct clip_context_of *args)
{
	const struct cred *cred;
	struct task_struct *task;
	unsigned int flags;
	int err = clip_control_check_watcher(&args->reason);

	if (err)
		return err;
	task = pidfd_get_task(args->fd, &flags);
	if (IS_ERR(task))
		return PTR_ERR(task);
	cred = get_task_cred(task);
	put_task_struct(task);
	clip_control_answer(args, clip_cred(cred)->context);
	put_cred(cred);
	return 0;
}

/**
 * clip_control_poll - Wait until a context is empty
 * @ctx: the context
 * @file: its descriptor
 * @table: where the caller waits
 *
 * Return: EPOLLIN and EPOLLHUP if it has had a task and has none now, or 0.
 */
__poll_t clip_control_poll(struct clip_context *ctx, struct file *file,
			   struct poll_table_struct *table)
{
	poll_wait(file, &ctx->emptied, table);
	return READ_ONCE(ctx->peopled) && !atomic_long_read(&ctx->tasks) ?
	       EPOLLIN | EPOLLHUP : 0;
}
