// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the addresses of contexts
 *
 * A context has no address when it is made, and then no sockets of IPv4 and IPv6.
 * Contexts 0 and 1 never have any: the first is not judged by addresses, and the
 * second uses no network.
 */
#include "core/common.h"

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/in.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "context/caller.h"
#include "context/rules.h"
#include "core/reason.h"
#include "network/addresses.h"
#include "network/given.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"

/*
 * Counts the changes of the lists of all contexts in its upper half, so that an
 * address of IPv4 fits into the lower one. Never 0. Written under clip_store_lock
 * after the list, and read without a lock before it.
 */
#define ONE_CHANGE	BIT_ULL(32)

u64 clip_address_changes __read_mostly = ONE_CHANGE;

static int refuse(const struct clip_context *ctx,
		  struct clip_context_address *args, enum clip_reason reason)
{
	args->reason = reason;
	clip_report_admin("context addresses", ctx->xid, reason);
	return clip_reason_errno(reason);
}

/* The list, for a caller that holds clip_store_lock. */
static struct clip_addresses *list_of(const struct clip_context *ctx)
{
	return rcu_dereference_protected(ctx->addresses,
					 lockdep_is_held(&clip_store_lock));
}

static void publish(struct clip_context *ctx, struct clip_addresses *list)
{
	struct clip_addresses *old = list_of(ctx);

	rcu_assign_pointer(ctx->addresses, list);
	/* Who reads the new number finds the new list. See network/packets.c. */
	smp_store_release(&clip_address_changes,
			  clip_address_changes + ONE_CHANGE ?: ONE_CHANGE);
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * clip_given_is_final - Can the addresses of a context not change any more?
 * @ctx: a context
 *
 * A list that can change until the first task has entered is final for all sockets
 * of the context, because a task in the context makes them.
 *
 * Context: Any.
 * Return: true if they cannot.
 */
bool clip_given_is_final(const struct clip_context *ctx)
{
	return READ_ONCE(ctx->entered) &&
	       !(READ_ONCE(ctx->flags) & CLIP_CONTEXT_LIVE_ADDRESSES);
}

static enum clip_reason check_change(const struct clip_context *ctx)
{
	if (ctx == &clip_admin_context || clip_context_is_watch(ctx))
		return CLIP_REASON_IMMUTABLE;
	if (ctx->deleted)
		return CLIP_REASON_NO_CONTEXT;
	if (ctx->level & CLIP_LEVEL_SEAL)
		return CLIP_REASON_IMMUTABLE;
	if (clip_given_is_final(ctx))
		return CLIP_REASON_ENTERED;
	return CLIP_REASON_NONE;
}

/* Returns 0, -ENOMEM, or a value that @reason explains. */
static int change(struct clip_context *ctx, u16 operation,
		  const struct clip_address *address, enum clip_reason *reason)
{
	const struct clip_addresses *old = list_of(ctx);
	const int index = clip_addresses_index(old, address);
	struct clip_addresses *list = NULL;

	switch (operation) {
	case CLIP_ADDRESS_ADD:
		if (index >= 0)
			*reason = CLIP_REASON_EXISTS;
		else if (old && old->count >= CLIP_ADDRESSES_MAX)
			*reason = CLIP_REASON_TOO_MANY;
		else
			list = clip_addresses_with(old, address);
		break;
	case CLIP_ADDRESS_REMOVE:
		if (index < 0)
			*reason = CLIP_REASON_NO_ENTRY;
		else
			list = clip_addresses_without(old, index);
		break;
	default:
		list = clip_addresses_loopback(old, address);
		break;
	}
	if (*reason != CLIP_REASON_NONE)
		return clip_reason_errno(*reason);
	if (!list)
		return -ENOMEM;
	publish(ctx, list);
	return 0;
}

static bool makes_sense(const struct clip_context_address *args,
			struct clip_address *address)
{
	if (args->index)
		return false;
	if (args->operation == CLIP_ADDRESS_FLUSH)
		return !args->family && !args->prefix &&
		       !memchr_inv(args->address, 0, sizeof(args->address));
	if (!clip_address_make(address, args->family, args->prefix,
			       args->address))
		return false;
	if (args->operation != CLIP_ADDRESS_LOOPBACK)
		return true;
	/* One address, and no group of machines. */
	return address->family == AF_INET ?
	       address->prefix == 32 &&
	       !ipv4_is_multicast(address->bits.s6_addr32[0]) &&
	       !ipv4_is_lbcast(address->bits.s6_addr32[0]) :
	       address->prefix == 128 && !ipv6_addr_is_multicast(&address->bits);
}

static int request_change(struct clip_context *ctx,
			  struct clip_context_address *args)
{
	enum clip_reason reason = CLIP_REASON_NONE;
	struct clip_address address = {};
	struct clip_caller caller;
	int err = 0;

	clip_caller_now(&caller, NULL);
	if (!clip_may_make_contexts(&caller))
		return refuse(ctx, args, CLIP_REASON_PERMISSION);
	if (!makes_sense(args, &address))
		return -EINVAL;
	guard(mutex)(&clip_store_lock);
	reason = check_change(ctx);
	if (reason != CLIP_REASON_NONE)
		return refuse(ctx, args, reason);
	if (args->operation == CLIP_ADDRESS_FLUSH)
		publish(ctx, NULL);
	else
		err = change(ctx, args->operation, &address, &reason);
	if (reason != CLIP_REASON_NONE)
		return refuse(ctx, args, reason);
	if (err)
		return err;
	args->count = clip_given_count(ctx);
	clip_report_change("context addresses", clip_store_generation());
	return 0;
}

static void describe(struct clip_context_address *args,
		     const struct clip_address *address)
{
	args->family = address->family;
	args->prefix = address->prefix;
	memcpy(args->address, &address->bits, sizeof(args->address));
}

static int describe_loopback(struct clip_context_address *args,
			     const struct clip_addresses *list)
{
	struct clip_address loopback = { .family = args->family };

	if (args->family == AF_INET) {
		loopback.bits.s6_addr32[0] = list ? list->loopback4 : 0;
		loopback.prefix = 32;
	} else if (args->family == AF_INET6) {
		if (list)
			loopback.bits = list->loopback6;
		loopback.prefix = 128;
	} else {
		return -EINVAL;
	}
	describe(args, &loopback);
	return 0;
}

static int request_look(const struct clip_context *ctx,
			struct clip_context_address *args)
{
	const struct clip_addresses *list;
	struct clip_caller caller;

	clip_caller_now(&caller, ctx);
	if (!clip_may_see_context(&caller))
		return refuse(ctx, args, CLIP_REASON_PERMISSION);
	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	args->count = list ? list->count : 0;
	if (args->operation == CLIP_ADDRESS_GET_LOOPBACK)
		return describe_loopback(args, list);
	if (args->index >= args->count) {
		args->reason = CLIP_REASON_NO_ENTRY;
		return -ENOENT;
	}
	describe(args, &list->list[args->index]);
	return 0;
}

/**
 * clip_given_request - Handle a request about the addresses of a context
 * @ctx: the context
 * @args: the request; out: @reason, @count, and the address for GET
 *
 * A change has its effect at once, on sockets that exist as well.
 *
 * Context: May sleep.
 * Return: 0; -EINVAL for an address or an operation that does not exist;
 * -ENOMEM; or a value that @args.reason explains.
 */
int clip_given_request(struct clip_context *ctx,
		       struct clip_context_address *args)
{
	args->count = 0;
	switch (args->operation) {
	case CLIP_ADDRESS_ADD:
	case CLIP_ADDRESS_REMOVE:
	case CLIP_ADDRESS_FLUSH:
	case CLIP_ADDRESS_LOOPBACK:
		return request_change(ctx, args);
	case CLIP_ADDRESS_GET:
	case CLIP_ADDRESS_GET_LOOPBACK:
		return request_look(ctx, args);
	default:
		return -EINVAL;
	}
}

/**
 * clip_given_count - Count the addresses of a context
 * @ctx: the context
 *
 * Return: The number of addresses, without the one that stands for the loopback.
 */
u32 clip_given_count(const struct clip_context *ctx)
{
	const struct clip_addresses *list;

	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	return list ? list->count : 0;
}
