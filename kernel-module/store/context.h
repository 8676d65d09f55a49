/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: contexts
 */
#ifndef _SECURITY_CLIP_STORE_CONTEXT_H
#define _SECURITY_CLIP_STORE_CONTEXT_H

#include <linux/cleanup.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <uapi/linux/clip.h>

#include "core/reason.h"
#include "store/entry.h"

struct clip_addresses;
struct clip_allow;
struct user_namespace;

/**
 * struct clip_context - What one confined environment may run and be granted
 * @usage: Reference count: one reference of the index while the context is
 *	published, and one for each credential and each descriptor. Those to
 *	context 0 are not counted.
 * @xid: The number by which users know the context. Set once.
 * @level: CLIP_LEVEL_*. Written under clip_store_lock, read without a lock.
 * @serial: A number that is never assigned to another context. Set once.
 * @cap_bound: The bounding set of capabilities: those that entries can grant
 *	and that are effective outside of the context. Bit 63 is CONTEXT. Bits
 *	are only ever removed, under clip_store_lock.
 * @priv_bound: The bounding set of privileges that entries can grant. Bits are
 *	only ever removed, under clip_store_lock.
 * @table: The entries. Written under clip_store_lock, read under RCU.
 * @allow: The newest set of allow digests, or NULL. Written under
 *	clip_store_lock, read under RCU.
 * @permissive_end: A number for the end of the level word permissive that is
 *	due, or 0. Protected by clip_store_lock.
 * @flags: CLIP_CONTEXT_*. Written under clip_store_lock before the first task
 *	enters, read without a lock.
 * @confidentiality: Level of confidentiality; 0 is neutral. As @flags.
 * @ns_cap_bound: The bounding set of capabilities in user namespaces of the
 *	context's own. As @flags; later, bits are only removed.
 * @base_userns: The user namespace from which tasks enter, or NULL. Written once,
 *	under clip_store_lock, if @flags has USERNS; the context has a reference.
 * @entered: A task may have entered: what is set up before is final. Written under clip_store_lock.
 * @peopled: A task has been in it.
 * @tasks: Number of tasks in the context; not counted for context 0.
 * @emptied: Woken when the last task of the context is gone.
 * @refusals: Acts of the context's tasks that were refused, by class.
 * @addresses: The network addresses of the context, or NULL. Written under
 *	clip_store_lock, read under RCU.
 * @deleted: The context was removed from the index. Protected by
 *	clip_store_lock.
 * @free_work: Frees the context after a grace period, when no RCU reader can
 *	access it any more.
 *
 * Contexts are compared by address, not by number: a number can be used again
 * while tasks of its previous owner still live.
 */
struct clip_context {
	refcount_t usage;
	u32 xid;
	u32 level;
	u64 serial;
	u64 cap_bound;
	u64 priv_bound;
	struct clip_table table;
	struct clip_allow __rcu *allow;
	u64 permissive_end;
	u32 flags;
	u32 confidentiality;
	u64 ns_cap_bound;
	struct user_namespace *base_userns;
	bool entered;
	bool peopled;
	atomic_long_t tasks;
	wait_queue_head_t emptied;
	atomic64_t refusals[CLIP_REFUSALS_CLASSES];
	struct clip_addresses __rcu *addresses;
	bool deleted;
	struct rcu_work free_work;
};

/* Context 0. It exists from boot on and is never freed. */
extern struct clip_context clip_admin_context;

int clip_context_init(void);
void clip_context_setup(struct clip_context *ctx, u32 xid);
struct clip_context *clip_context_alloc(u32 xid);
int clip_context_publish(struct clip_context *ctx);
void clip_context_unpublish(struct clip_context *ctx);
struct clip_context *clip_context_find(u32 xid);
struct clip_context *clip_context_find_rcu(u64 *from);
struct clip_context *clip_context_find_listing_rcu(u64 *from);
void clip_context_note_entries(struct clip_context *ctx);
struct clip_context *clip_context_next(u64 *from);
u32 clip_context_count(void);

/**
 * clip_context_for_each_rcu - Iterate over all published contexts
 * @ctx: the context, without a reference
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 */
#define clip_context_for_each_rcu(ctx) \
	for (u64 __next = 0; ((ctx) = clip_context_find_rcu(&__next));)

/**
 * clip_context_for_each_listing_rcu - Iterate over the contexts with entries
 * @ctx: the context, without a reference
 *
 * A context whose last entry has just been removed may be among them.
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 */
#define clip_context_for_each_listing_rcu(ctx) \
	for (u64 __next = 0; ((ctx) = clip_context_find_listing_rcu(&__next));)

/**
 * clip_context_is_watch - Is this context 1, which only watches the others?
 * @ctx: a context, or NULL
 *
 * Return: True if it is, false otherwise.
 */
static inline bool clip_context_is_watch(const struct clip_context *ctx)
{
	/* The number is enough: context 1 is never deleted. */
	return ctx && ctx->xid == CLIP_CONTEXT_WATCH;
}

/**
 * clip_context_permits - Is a refusal reported but not enforced?
 * @ctx: the context
 * @err: the error of the refusal; that of an interrupted check is no verdict,
 *	and is returned even in a permissive context
 *
 * Return: True if the act continues, false if it fails.
 */
static inline bool clip_context_permits(const struct clip_context *ctx, int err)
{
	return (READ_ONCE(ctx->level) & CLIP_LEVEL_PERMISSIVE) &&
	       !clip_is_interrupted(err);
}

/**
 * clip_context_count_refusal - Count an act of a context's task as refused
 * @ctx: the context, or NULL
 * @class: CLIP_REFUSALS_*
 *
 * Context: any.
 */
static inline void clip_context_count_refusal(const struct clip_context *ctx,
					      unsigned int class)
{
	/* The counters are not part of what the reporter must not change. */
	if (ctx)
		atomic64_inc(&((struct clip_context *)ctx)->refusals[class]);
}

/**
 * clip_context_is_hidden - Is a context hidden from the tasks of context 0?
 * @ctx: a context, or NULL
 *
 * Return: true if it is.
 */
static inline bool clip_context_is_hidden(const struct clip_context *ctx)
{
	return ctx && (READ_ONCE(ctx->flags) & CLIP_CONTEXT_HIDDEN);
}

/**
 * clip_context_exchanges - May two contexts exchange anything?
 * @a: a context
 * @b: another one
 *
 * Return: False if their levels of confidentiality differ, and neither is
 * neutral.
 */
static inline bool clip_context_exchanges(const struct clip_context *a,
					  const struct clip_context *b)
{
	const u32 one = READ_ONCE(a->confidentiality);
	const u32 other = READ_ONCE(b->confidentiality);

	return !one || !other || one == other;
}

/**
 * clip_context_get - Take a reference
 * @ctx: a context to which the caller already holds a reference, or NULL
 *
 * Return: @ctx.
 */
static inline struct clip_context *clip_context_get(struct clip_context *ctx)
{
	if (ctx && ctx != &clip_admin_context)
		refcount_inc(&ctx->usage);
	return ctx;
}

void clip_context_free(struct clip_context *ctx);

/**
 * clip_context_put - Drop a reference
 * @ctx: a context, or NULL
 *
 * References to context 0 are not counted: nearly every credential has one, and
 * it is never freed.
 *
 * Context: Any; does not sleep.
 */
static inline void clip_context_put(struct clip_context *ctx)
{
	if (ctx && ctx != &clip_admin_context &&
	    refcount_dec_and_test(&ctx->usage))
		clip_context_free(ctx);
}

DEFINE_FREE(clip_context_put, struct clip_context *, clip_context_put(_T))

#endif /* _SECURITY_CLIP_STORE_CONTEXT_H */
