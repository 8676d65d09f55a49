// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: administration of contexts
 *
 * The rules are in context/rules.c, and the facts that they need are collected
 * in context/caller.c. The order of the checks is that of the original: the
 * caller first, then the request, so that no caller learns of a context that it
 * may not reach.
 */
#include "core/common.h"

#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "context/admin.h"
#include "context/assign.h"
#include "context/caller.h"
#include "context/rules.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "report/report.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "store/transaction.h"

static int refuse(const char *what, struct clip_context_args *args,
		  enum clip_reason reason)
{
	args->reason = reason;
	clip_report_admin(what, args->xid, reason);
	return clip_reason_errno(reason);
}

/**
 * clip_admin_check_maker - Check the right to make, change and delete contexts
 *
 * Return: %CLIP_REASON_NONE, or why the current task has no such right.
 */
enum clip_reason clip_admin_check_maker(void)
{
	struct clip_caller caller;

	clip_caller_now(&caller, NULL);
	return clip_may_make_contexts(&caller) ? CLIP_REASON_NONE :
						 CLIP_REASON_PERMISSION;
}

/* The level of context 0 decides whether contexts can be made and deleted. */
static bool contexts_are_final(void)
{
	return clip_admin_context.level &
	       (CLIP_LEVEL_CTX_IMMUTABLE | CLIP_LEVEL_SEAL);
}

static enum clip_reason check_new(const struct clip_context_args *args)
{
	const struct clip_context *admin = &clip_admin_context;
	enum clip_reason reason = clip_context_number(args->xid);
	u32 level;

	if (reason != CLIP_REASON_NONE)
		return reason;
	if (contexts_are_final())
		return CLIP_REASON_IMMUTABLE;
	if ((args->cap_bound & ~admin->cap_bound) ||
	    (args->priv_bound & ~admin->priv_bound))
		return CLIP_REASON_OVER_BOUND;
	return clip_level_change(0, args->level, &level);
}

/* Others can open and enter it once it has its number, before its maker does. */
static int publish(struct clip_context *ctx)
{
	clip_note_level(ctx->level);
	return clip_context_publish(ctx);
}

/**
 * clip_admin_create - Make a context
 * @args: number, level and bounding sets; out: the other fields
 * @out: out: the context with a reference
 *
 * CX-15.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_create(struct clip_context_args *args,
		      struct clip_context **out)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	enum clip_reason reason = clip_admin_check_maker();
	int err;

	if (reason != CLIP_REASON_NONE)
		return refuse("context creation", args, reason);
	if (args->xid == CLIP_CONTEXT_OWN)
		return -EINVAL;
	ctx = clip_context_alloc(args->xid);
	if (!ctx)
		return -ENOMEM;
	ctx->level = args->level;
	ctx->cap_bound = args->cap_bound;
	ctx->priv_bound = args->priv_bound;
	scoped_guard(mutex, &clip_store_lock) {
		reason = check_new(args);
		err = reason == CLIP_REASON_NONE ? publish(ctx) : 0;
	}
	if (err == -EEXIST)
		reason = CLIP_REASON_EXISTS;
	if (reason != CLIP_REASON_NONE)
		return refuse("context creation", args, reason);
	if (err)
		return err;
	args->serial = ctx->serial;
	*out = no_free_ptr(ctx);
	clip_report_change("context creation", clip_store_generation());
	return 0;
}

/**
 * clip_admin_open - Find a context, to enter it
 * @args: number; out: the other fields
 * @out: out: the context with a reference
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_open(struct clip_context_args *args, struct clip_context **out)
{
	enum clip_reason reason = clip_admin_check_maker();
	int err;

	if (reason != CLIP_REASON_NONE)
		return refuse("context opening", args, reason);
	err = clip_admin_get(args);
	if (err)
		return err;
	*out = clip_context_find(args->xid);
	return *out ? 0 : refuse("context opening", args,
				 CLIP_REASON_NO_CONTEXT);
}

static void describe(struct clip_context_args *args,
		     const struct clip_context *ctx)
{
	args->xid = ctx->xid;
	args->level = READ_ONCE(ctx->level);
	args->cap_bound = READ_ONCE(ctx->cap_bound);
	args->priv_bound = READ_ONCE(ctx->priv_bound);
	args->serial = ctx->serial;
	args->entries = atomic_long_read(&ctx->table.nr_entries);
	guard(rcu)();
	args->digests = clip_allow_count(clip_allow_in_force(&ctx->allow));
}

/**
 * clip_admin_get - Describe a context
 * @args: number; out: the other fields
 *
 * CX-08.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_get(struct clip_context_args *args)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_named(args->xid);
	struct clip_caller caller;

	if (!ctx) {
		args->reason = CLIP_REASON_NO_CONTEXT;
		return -ENOENT;
	}
	clip_caller_now(&caller, ctx);
	if (!clip_may_see_context(&caller))
		return refuse("context reading", args, CLIP_REASON_PERMISSION);
	describe(args, ctx);
	return 0;
}

/**
 * clip_admin_narrow - Narrow the bounding sets of a context
 * @args: number and bounding sets; out: the other fields
 *
 * CX-16. The new sets apply at once to the rights that work in the context, and
 * from the next exec on to the rights that its entries grant.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_narrow(struct clip_context_args *args)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	enum clip_reason reason = clip_admin_check_maker();

	if (reason != CLIP_REASON_NONE)
		return refuse("context narrowing", args, reason);
	ctx = clip_context_find(args->xid);
	if (!ctx)
		return refuse("context narrowing", args,
			      CLIP_REASON_NO_CONTEXT);
	guard(mutex)(&clip_store_lock);
	if (ctx->level & CLIP_LEVEL_CTXSET_IMMUTABLE)
		return refuse("context narrowing", args,
			      CLIP_REASON_IMMUTABLE);
	WRITE_ONCE(ctx->cap_bound, ctx->cap_bound & args->cap_bound);
	WRITE_ONCE(ctx->ns_cap_bound, ctx->ns_cap_bound & args->cap_bound);
	WRITE_ONCE(ctx->priv_bound, ctx->priv_bound & args->priv_bound);
	describe(args, ctx);
	clip_report_change("context narrowing", clip_store_generation());
	return 0;
}

static enum clip_reason check_deletion(const struct clip_context *ctx)
{
	if (contexts_are_final())
		return CLIP_REASON_IMMUTABLE;
	if (!ctx || ctx->deleted)
		return CLIP_REASON_NO_CONTEXT;
	return ctx->level & CLIP_LEVEL_SEAL ? CLIP_REASON_IMMUTABLE :
					      CLIP_REASON_NONE;
}

static int delete(struct clip_context *ctx)
{
	struct clip_txn txn;
	int err;

	clip_store_reap();
	err = clip_txn_begin(&txn, 0, atomic_long_read(&ctx->table.nr_entries));
	if (err)
		return err;
	err = clip_txn_empty(&txn, ctx);
	if (!err)
		err = clip_txn_allow_make(&txn);
	if (err) {
		clip_txn_abort(&txn);
		return err;
	}
	clip_txn_commit(&txn);
	clip_assign_unbind_all(ctx);
	clip_context_unpublish(ctx);
	clip_report_change("context deletion", clip_store_generation());
	return 0;
}

/**
 * clip_admin_delete - Remove a context from the list, with all its entries
 * @args: number
 *
 * CX-17. Tasks stay in the context: its level and its bounding sets still apply
 * to them, and it has no entries any more. A new context with its number is a
 * different context.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_delete(struct clip_context_args *args)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	enum clip_reason reason = clip_admin_check_maker();

	if (reason != CLIP_REASON_NONE)
		return refuse("context deletion", args, reason);
	if (args->xid == CLIP_CONTEXT_ADMIN || args->xid == CLIP_CONTEXT_WATCH ||
	    args->xid == CLIP_CONTEXT_OWN)
		return -EINVAL;
	ctx = clip_context_find(args->xid);
	guard(mutex)(&clip_store_lock);
	reason = check_deletion(ctx);
	if (reason != CLIP_REASON_NONE)
		return refuse("context deletion", args, reason);
	return delete(ctx);
}

/**
 * clip_admin_set_level - Set the level of a context
 * @args: number and level; out: the other fields
 *
 * CX-06, CX-07.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_set_level(struct clip_context_args *args)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_named(args->xid);
	struct clip_caller caller;
	enum clip_reason reason;
	u32 level;

	clip_caller_now(&caller, ctx);
	if (!clip_may_set_level(&caller))
		return refuse("level", args, CLIP_REASON_PERMISSION);
	if (!ctx)
		return refuse("level", args, CLIP_REASON_NO_CONTEXT);
	guard(mutex)(&clip_store_lock);
	reason = clip_level_change(ctx->level, args->level, &level);
	if (reason != CLIP_REASON_NONE)
		return refuse("level", args, reason);
	clip_note_level(level);
	WRITE_ONCE(ctx->level, level);
	/*
	 * A tool that changes other words reads the level and writes it back.
	 * That must not make a word last which was to end.
	 */
	if (!(level & CLIP_LEVEL_PERMISSIVE))
		ctx->permissive_end = 0;
	describe(args, ctx);
	clip_report_change("level", clip_store_generation());
	return 0;
}

/**
 * struct permissive_end - The end of the word in a context
 * @work: removes the word when the time is over
 * @ctx: the context; holds a reference
 * @number: that of the end; the context has another one if the word was set
 *	again or removed meanwhile
 */
struct permissive_end {
	struct delayed_work work;
	struct clip_context *ctx;
	u64 number;
};

static void remove_word(struct work_struct *work)
{
	struct permissive_end *end = container_of(to_delayed_work(work),
						struct permissive_end, work);
	struct clip_context *ctx = end->ctx;
	u32 level;

	scoped_guard(mutex, &clip_store_lock) {
		if (ctx->permissive_end == end->number) {
			ctx->permissive_end = 0;
			level = ctx->level & ~CLIP_LEVEL_PERMISSIVE;
			clip_note_level(level);
			WRITE_ONCE(ctx->level, level);
			clip_report_change("end of permissive",
					   clip_store_generation());
		}
	}
	clip_context_put(ctx);
	kfree(end);
}

static int refuse_permissive(struct clip_permissive *args,
			     enum clip_reason reason)
{
	args->reason = reason;
	clip_report_admin("permissive", args->context, reason);
	return clip_reason_errno(reason);
}

/**
 * clip_admin_permissive - Make a context permissive for some time, or end it
 * @args: the request; out: @context and @reason
 *
 * Context: May sleep.
 * Return: 0; -EINVAL for a time that is too long; -ENOMEM; or a value that
 * @args.reason explains.
 */
int clip_admin_permissive(struct clip_permissive *args)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_named(args->context);
	struct permissive_end *end __free(kfree) = NULL;
	static u64 last_number;
	struct clip_caller caller;
	enum clip_reason reason;
	u32 level;

	clip_caller_now(&caller, ctx);
	if (!clip_may_set_level(&caller))
		return refuse_permissive(args, CLIP_REASON_PERMISSION);
	if (!ctx)
		return refuse_permissive(args, CLIP_REASON_NO_CONTEXT);
	args->context = ctx->xid;
	if (args->seconds > CLIP_EXCEPTION_SECONDS_MAX)
		return -EINVAL;
	if (args->seconds) {
		end = kzalloc(sizeof(*end), GFP_KERNEL_ACCOUNT);
		if (!end)
			return -ENOMEM;
	}
	guard(mutex)(&clip_store_lock);
	level = ctx->level & ~CLIP_LEVEL_PERMISSIVE;
	if (end)
		level |= CLIP_LEVEL_PERMISSIVE;
	reason = clip_level_change(ctx->level, level, &level);
	if (reason != CLIP_REASON_NONE)
		return refuse_permissive(args, reason);
	clip_note_level(level);
	WRITE_ONCE(ctx->level, level);
	ctx->permissive_end = 0;
	clip_report_change(end ? "permissive" : "end of permissive",
			   clip_store_generation());
	if (!end)
		return 0;
	end->number = ++last_number;
	ctx->permissive_end = end->number;
	end->ctx = clip_context_get(ctx);
	INIT_DELAYED_WORK(&end->work, remove_word);
	schedule_delayed_work(&no_free_ptr(end)->work,
			      (unsigned long)args->seconds * HZ);
	return 0;
}

/**
 * clip_admin_set_update - Declare the update context
 * @args: number of the context, which need not exist yet
 *
 * CX-18: this is possible once until the next boot.
 *
 * Return: 0, or a negative errno value that @args.reason explains.
 */
int clip_admin_set_update(struct clip_context_args *args)
{
	enum clip_reason reason;

	if (args->xid == CLIP_CONTEXT_ADMIN || args->xid == CLIP_CONTEXT_WATCH ||
	    args->xid == CLIP_CONTEXT_OWN)
		return -EINVAL;
	reason = clip_admin_check_maker();
	if (reason != CLIP_REASON_NONE)
		return refuse("update context", args, reason);
	guard(mutex)(&clip_store_lock);
	if (!clip_declare_update_context(args->xid))
		return refuse("update context", args, CLIP_REASON_IMMUTABLE);
	clip_report_change("update context", clip_store_generation());
	return 0;
}
