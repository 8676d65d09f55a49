// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: contexts
 */
#include "common.h"

#include <linux/bug.h>

#include "context.h"
#include "limits.h"
#include "store.h"

struct clip_context clip_admin_context;

/**
 * clip_context_setup - make a context ready for use
 * @ctx: zeroed memory
 * @xid: its number
 *
 * Return: 0, or -ENOMEM.
 */
int clip_context_setup(struct clip_context *ctx, u32 xid)
{
	static atomic64_t serial;

	refcount_set(&ctx->usage, 1);
	ctx->xid = xid;
	ctx->level = CLIP_LEVEL_ACTIVE;
	ctx->serial = atomic64_inc_return(&serial);
	ctx->cap_bound = CLIP_CAPS_ACCEPTED;
	ctx->priv_bound = CLIP_PRIV_ALL;
	return clip_store_table_init(ctx);
}

/**
 * clip_context_init - make context 0
 *
 * Return: 0, or -ENOMEM.
 */
int clip_context_init(void)
{
	return clip_context_setup(&clip_admin_context, CLIP_CONTEXT_ADMIN);
}

/**
 * clip_context_find - find a context by its number
 * @xid: the number
 *
 * Return: the context with a reference, or NULL.
 */
struct clip_context *clip_context_find(u32 xid)
{
	if (xid != CLIP_CONTEXT_ADMIN)
		return NULL;
	return clip_context_get(&clip_admin_context);
}

/**
 * clip_context_put - give a reference back
 * @ctx: a context, or NULL
 *
 * Context: any; does not sleep.
 */
void clip_context_put(struct clip_context *ctx)
{
	if (!ctx)
		return;
	/* Context 0 keeps the reference of its being listed for ever. */
	WARN_ON_ONCE(refcount_dec_and_test(&ctx->usage));
}
