/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: contexts
 */
#ifndef _SECURITY_CLIP_STORE_CONTEXT_H
#define _SECURITY_CLIP_STORE_CONTEXT_H

#include <linux/cleanup.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <uapi/linux/clip.h>

#include "store/entry.h"

struct clip_allow;

/**
 * struct clip_context - what one confined environment may run and be granted
 * @usage: references: one for being listed, one per credential and descriptor
 * @xid: the number people use; set once
 * @level: CLIP_LEVEL_*; written under clip_store_lock
 * @serial: never given to another context; set once
 * @cap_bound: most that entries can grant and that works against the outside,
 *	bit 63 is CONTEXT; only ever cut, under clip_store_lock
 * @priv_bound: most privileges that entries can grant; the same
 * @table: its entries
 * @allow: the newest set of allow digests, or NULL; the same
 * @deleted: nobody can find it any more; under clip_store_lock
 * @free_work: frees it, when no reader under RCU can look at it any more
 *
 * Two contexts are the same if their addresses are: a number can be used again
 * while tasks of its last owner still live.
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
	bool deleted;
	struct rcu_work free_work;
};

/* Context 0. It exists from boot on and is never freed. */
extern struct clip_context clip_admin_context;

int clip_context_init(void);
int clip_context_setup(struct clip_context *ctx, u32 xid);
struct clip_context *clip_context_alloc(u32 xid);
int clip_context_publish(struct clip_context *ctx);
void clip_context_unpublish(struct clip_context *ctx);
struct clip_context *clip_context_find(u32 xid);
struct clip_context *clip_context_find_rcu(u64 *from);
struct clip_context *clip_context_next(u64 *from);
u32 clip_context_count(void);

/**
 * clip_context_for_each_rcu - look at every context
 * @ctx: the context, without a reference
 *
 * For callers under the RCU read lock or clip_store_lock.
 */
#define clip_context_for_each_rcu(ctx) \
	for (u64 __next = 0; ((ctx) = clip_context_find_rcu(&__next));)

/**
 * clip_context_is_watch - is it context 1, that sees all and touches nothing?
 * @ctx: a context, or NULL
 *
 * Return: whether it is.
 */
static inline bool clip_context_is_watch(const struct clip_context *ctx)
{
	/* The number is enough: context 1 is never deleted. */
	return ctx && ctx->xid == CLIP_CONTEXT_WATCH;
}

/**
 * clip_context_permits - is a refusal only to be told?
 * @ctx: the context
 * @err: what the act would fail with; a lack of memory is no verdict
 *
 * Return: whether the act is to go on.
 */
static inline bool clip_context_permits(const struct clip_context *ctx, int err)
{
	return (READ_ONCE(ctx->level) & CLIP_LEVEL_PERMISSIVE) &&
	       err != -ENOMEM && err != -EINTR;
}

/**
 * clip_context_get - take a reference
 * @ctx: a context the caller already holds, or NULL
 *
 * Return: @ctx.
 */
static inline struct clip_context *clip_context_get(struct clip_context *ctx)
{
	if (ctx)
		refcount_inc(&ctx->usage);
	return ctx;
}

void clip_context_put(struct clip_context *ctx);

DEFINE_FREE(clip_context_put, struct clip_context *, clip_context_put(_T))

#endif /* _SECURITY_CLIP_STORE_CONTEXT_H */
