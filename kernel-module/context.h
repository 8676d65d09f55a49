/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: contexts
 */
#ifndef _SECURITY_CLIP_CONTEXT_H
#define _SECURITY_CLIP_CONTEXT_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/types.h>

/* clip_context.level */
#define CLIP_LEVEL_ACTIVE	BIT(0)

/**
 * struct clip_context - what one confined environment may run and be granted
 * @usage: references: one for being listed, one per credential
 * @xid: the number people use; set once
 * @level: CLIP_LEVEL_*
 * @serial: never given to another context; set once
 * @cap_bound: most that entries of this context can grant, bit 63 is CONTEXT
 * @priv_bound: the same for privileges
 * @table: entries by file; written under clip_store_lock, read under RCU
 * @nr_entries: objects in @table that are in force
 * @entry_bytes: memory of those objects
 */
struct clip_context {
	refcount_t usage;
	u32 xid;
	u32 level;
	u64 serial;
	u64 cap_bound;
	u64 priv_bound;
	struct rhashtable table;
	atomic_long_t nr_entries;
	atomic_long_t entry_bytes;
};

/* Context 0. It exists from boot on and is never freed. */
extern struct clip_context clip_admin_context;

int clip_context_init(void);
int clip_context_setup(struct clip_context *ctx, u32 xid);
struct clip_context *clip_context_find(u32 xid);

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

#endif /* _SECURITY_CLIP_CONTEXT_H */
