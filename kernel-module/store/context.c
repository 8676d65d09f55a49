// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: contexts
 */
#include "core/common.h"

#include <linux/bug.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

#include "core/latch.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"

/* The capabilities of the watching context: they allow reading only. */
#define WATCH_CAPS \
	(BIT_ULL(CAP_DAC_READ_SEARCH) | BIT_ULL(CAP_SYS_PTRACE) | \
	 BIT_ULL(CAP_SYSLOG))

struct clip_context clip_admin_context;

/*
 * Contexts by number. Written under clip_store_lock, read under RCU. Those that
 * may have entries are marked, so that a question over all contexts costs
 * nothing for an empty one.
 */
static DEFINE_XARRAY(contexts);
#define HAS_ENTRIES	XA_MARK_0

/*
 * Number of marked contexts but context 0. Written under clip_store_lock, read
 * without it: most systems have none, and search nothing then.
 */
static unsigned int nr_listing;

static atomic_t nr_contexts;

/**
 * clip_context_setup - Initialize a context
 * @ctx: zeroed memory
 * @xid: number of the context
 */
void clip_context_setup(struct clip_context *ctx, u32 xid)
{
	static atomic64_t serial;

	refcount_set(&ctx->usage, 1);
	ctx->xid = xid;
	ctx->serial = atomic64_inc_return(&serial);
	ctx->cap_bound = CLIP_CAPS_ACCEPTED;
	ctx->priv_bound = CLIP_PRIV_ALL;
	init_waitqueue_head(&ctx->emptied);
}

/**
 * clip_context_alloc - Allocate a context that is not published yet
 * @xid: number of the context
 *
 * Context: May sleep.
 * Return: The context with one reference, or NULL if memory is exhausted.
 */
struct clip_context *clip_context_alloc(u32 xid)
{
	struct clip_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);

	if (ctx)
		clip_context_setup(ctx, xid);
	return ctx;
}

/**
 * clip_context_publish - Make a context available by its number
 * @ctx: the context; the index takes a reference
 *
 * Context: The caller holds clip_store_lock. May sleep.
 * Return: 0; -EEXIST if a context with this number exists; -ENOMEM.
 */
int clip_context_publish(struct clip_context *ctx)
{
	int err;

	lockdep_assert_held(&clip_store_lock);
	err = xa_insert(&contexts, ctx->xid, ctx, GFP_KERNEL_ACCOUNT);
	if (err)
		return err == -EBUSY ? -EEXIST : err;
	clip_context_get(ctx);
	atomic_inc(&nr_contexts);
	return 0;
}

static void mark_entries(struct clip_context *ctx, bool has)
{
	lockdep_assert_held(&clip_store_lock);
	if (xa_get_mark(&contexts, ctx->xid, HAS_ENTRIES) == has)
		return;
	if (has) {
		WRITE_ONCE(nr_listing, nr_listing + 1);
		xa_set_mark(&contexts, ctx->xid, HAS_ENTRIES);
	} else {
		xa_clear_mark(&contexts, ctx->xid, HAS_ENTRIES);
		WRITE_ONCE(nr_listing, nr_listing - 1);
	}
}

/**
 * clip_context_unpublish - Remove a context from the index
 * @ctx: a published context; the caller holds a reference of its own
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_context_unpublish(struct clip_context *ctx)
{
	lockdep_assert_held(&clip_store_lock);
	ctx->deleted = true;
	mark_entries(ctx, false);
	xa_erase(&contexts, ctx->xid);
	atomic_dec(&nr_contexts);
	clip_context_put(ctx);
}

/**
 * clip_context_init - Create the contexts that always exist
 *
 * Return: 0, or -ENOMEM.
 */
int __init clip_context_init(void)
{
	struct clip_context *watch __free(clip_context_put) = NULL;
	int err;

	err = clip_entry_init();
	if (err)
		return err;
	clip_table_init();
	clip_context_setup(&clip_admin_context, CLIP_CONTEXT_ADMIN);
	watch = clip_context_alloc(CLIP_CONTEXT_WATCH);
	if (!watch)
		return -ENOMEM;
	watch->cap_bound = WATCH_CAPS;
	watch->priv_bound = 0;
	guard(mutex)(&clip_store_lock);
	err = clip_context_publish(&clip_admin_context);
	return err ?: clip_context_publish(watch);
}

static bool get_unless_gone(struct clip_context *ctx)
{
	return ctx == &clip_admin_context || refcount_inc_not_zero(&ctx->usage);
}

/**
 * clip_context_find - Find a context by its number
 * @xid: the number
 *
 * Return: The context with a reference, or NULL.
 */
struct clip_context *clip_context_find(u32 xid)
{
	struct clip_context *ctx;

	guard(rcu)();
	ctx = xa_load(&contexts, xid);
	return ctx && get_unless_gone(ctx) ? ctx : NULL;
}

/**
 * clip_context_find_rcu - Find the next context by number
 * @from: lowest number to return; receives the number after that of the context
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The context without a reference, or NULL at the end.
 */
struct clip_context *clip_context_find_rcu(u64 *from)
{
	unsigned long index = *from;
	struct clip_context *ctx = xa_find(&contexts, &index, U32_MAX,
					   XA_PRESENT);

	*from = (u64)index + 1;
	return ctx;
}

/**
 * clip_context_find_listing_rcu - Find the next context that may have entries
 * @from: lowest number to return; receives the number after that of the context
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The context without a reference, or NULL at the end.
 */
struct clip_context *clip_context_find_listing_rcu(u64 *from)
{
	unsigned long index = *from;
	struct clip_context *ctx;

	if (!index) {
		*from = index = 1;
		if (clip_table_has_entries(&clip_admin_context.table))
			return &clip_admin_context;
	}
	if (!READ_ONCE(nr_listing))
		return NULL;
	ctx = xa_find(&contexts, &index, U32_MAX, HAS_ENTRIES);
	*from = (u64)index + 1;
	return ctx;
}

/**
 * clip_context_note_entries - Note whether the table of a context has entries
 * @ctx: the context; nothing happens if it is not published
 *
 * Called before an entry that was inserted comes into force, and after entries
 * were removed. An entry comes into force while the commit holds a reference to
 * its file. A task that deletes or renames the file later sees the mark.
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_context_note_entries(struct clip_context *ctx)
{
	const u32 count = READ_ONCE(ctx->table.files.count);

	lockdep_assert_held(&clip_store_lock);
	/*
	 * The mark was set for the first of them. Context 0 is always looked
	 * at, and needs none.
	 */
	if (count > 1 || ctx == &clip_admin_context ||
	    xa_load(&contexts, ctx->xid) != ctx)
		return;
	mark_entries(ctx, count);
}

/**
 * clip_context_next - Find the next context by number and take a reference
 * @from: lowest number to return; receives the number after that of the context
 *
 * Return: The context with a reference, or NULL at the end.
 */
struct clip_context *clip_context_next(u64 *from)
{
	struct clip_context *ctx;

	guard(rcu)();
	do {
		ctx = clip_context_find_rcu(from);
	} while (ctx && !get_unless_gone(ctx));
	return ctx;
}

/**
 * clip_context_count - Count the published contexts
 *
 * Return: The number of contexts.
 */
u32 clip_context_count(void)
{
	return atomic_read(&nr_contexts);
}

static void free_context(struct work_struct *work)
{
	struct clip_context *ctx = container_of(to_rcu_work(work),
						struct clip_context, free_work);

	clip_table_destroy(&ctx->table);
	clip_allow_free(rcu_dereference_protected(ctx->allow, true));
	put_user_ns(ctx->base_userns);
	kfree(rcu_dereference_protected(ctx->addresses, true));
	kfree(ctx);
}

/**
 * clip_context_free - Free a context whose last reference was dropped
 * @ctx: the context
 *
 * Context: Any; does not sleep.
 */
void clip_context_free(struct clip_context *ctx)
{
	/*
	 * Destroying the table sleeps, but credentials drop their reference
	 * in an RCU callback.
	 */
	INIT_RCU_WORK(&ctx->free_work, free_context);
	queue_rcu_work(system_wq, &ctx->free_work);
}
