// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: which context a socket belongs to
 *
 * A socket belongs to the context in which it was made, also if it is passed on:
 * its packets are judged where no task is known any more. What a listening
 * socket accepts belongs to its context. Sockets of context 0 and of the kernel
 * have no owner, and their packets are not judged.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/skbuff.h>

#include "context/interfaces.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "network/addresses.h"
#include "network/hidden.h"
#include "network/judge.h"
#include "network/owner.h"
#include "network/packets.h"
#include "report/report.h"

/**
 * clip_owner_set - Let a socket belong to a context
 * @sk: the socket, which no other task can use yet
 * @ctx: the context, to which the caller has a reference; or NULL
 *
 * Context: Any.
 */
void clip_owner_set(struct sock *sk, struct clip_context *ctx)
{
	struct clip_sock *blob = clip_sock(sk);

	clip_context_put(blob->owner);
	blob->owner = clip_context_get(ctx);
	blob->known = ctx ? CLIP_NO_ADDRESS : 0;
}

static struct clip_context *owner_for_current(void)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;

	return ctx == &clip_admin_context ? NULL : ctx;
}

/* An address of the family, or one that stands for all of them. */
static bool has_network(const struct clip_context *ctx, int family)
{
	const u32 flags = READ_ONCE(ctx->flags);
	const bool loopback = flags & CLIP_CONTEXT_LOOPBACK;
	const struct clip_addresses *list;

	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	switch (family) {
	case AF_INET:
		return loopback || (list && list->has4);
	case AF_INET6:
		return loopback || (list && list->has6);
	default:
		/* A frame of AF_PACKET passes no tunnel. */
		return list && (list->any4 || list->any6) &&
		       !(flags & CLIP_CONTEXT_PROTECTED_TRAFFIC);
	}
}

/**
 * clip_owner_check_device - May the current task open a character device?
 * @inode: the device
 *
 * What is written to a tunnel of the host enters the network as if it had been
 * received, and every user can attach to a tunnel without an owner. So it takes
 * what a socket of AF_PACKET takes.
 *
 * Context: any.
 * Return: 0, or -EACCES after a report.
 */
int clip_owner_check_device(const struct inode *inode)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (likely(ctx == &clip_admin_context) || imajor(inode) != MISC_MAJOR ||
	    iminor(inode) != TUN_MINOR ||
	    (ctx && has_network(ctx, AF_PACKET)))
		return 0;
	clip_report_admin("opening a tunnel", ctx ? ctx->xid : CLIP_CONTEXT_OWN,
			  CLIP_REASON_NO_NETWORK);
	return -EACCES;
}

/**
 * clip_owner_check_family - May the current task make a socket of a family?
 * @family: AF_*
 * @protocol: protocol of the family
 *
 * NET-23. The families without addresses reach no other machine: those of
 * AF_NETLINK are judged by privileges and capabilities. All others take a context
 * that has every address, and is meant to have a network namespace of its own.
 *
 * NET-17. What lists the sockets of a network namespace is there for a context
 * with a namespace of its own, and for context 1. NET-16 is in network/hidden.c.
 *
 * Context: May sleep.
 * Return: 0; -EAFNOSUPPORT after a report; -ENOMEM.
 */
int clip_owner_check_family(int family, int protocol)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (likely(ctx == &clip_admin_context))
		return 0;
	switch (family) {
	case AF_NETLINK:
		/* By it tasks send to each other, and not to the kernel. */
		if (protocol == NETLINK_USERSOCK)
			break;
		if (protocol == NETLINK_SOCK_DIAG && clip_shares_network() &&
		    !clip_context_is_watch(ctx))
			break;
		if (clip_hidden_netlink(protocol))
			break;
		return 0;
	case AF_UNIX:
	case AF_ALG:
		return 0;
	default:
		if (ctx && has_network(ctx, family))
			return clip_packets_judge(READ_ONCE(ctx->flags) &
						  CLIP_CONTEXT_PROTECTED_TRAFFIC);
	}
	clip_address_report("create", ctx, family, NULL, CLIP_REASON_NO_NETWORK,
			    -EAFNOSUPPORT);
	return -EAFNOSUPPORT;
}

/*
 * A raw socket receives from the moment on at which it is made, and so may have
 * got packets that are not for its owner.
 */
static int hook_socket_post_create(struct socket *sock, int family, int type,
				   int protocol, int kern)
{
	struct clip_context *owner = owner_for_current();

	if (likely(!owner) || kern || !sock->sk)
		return 0;
	clip_owner_set(sock->sk, owner);
	if (type == SOCK_RAW && (family == AF_INET || family == AF_INET6))
		skb_queue_purge(&sock->sk->sk_receive_queue);
	return 0;
}

static void hook_sk_free_security(struct sock *sk)
{
	clip_context_put(clip_sock(sk)->owner);
}

/* What is known of the addresses of the context holds for this socket, too. */
static void hook_sk_clone_security(const struct sock *sk, struct sock *newsk)
{
	const struct clip_sock *blob = clip_sock(sk);

	if (!blob->owner)
		return;
	clip_owner_set(newsk, blob->owner);
	if (newsk->sk_family != sk->sk_family)
		return;
	clip_sock(newsk)->known = READ_ONCE(blob->known);
	clip_sock(newsk)->recent = READ_ONCE(blob->recent);
}

static void hook_sctp_sk_clone(struct sctp_association *asoc, struct sock *sk,
			       struct sock *newsk)
{
	clip_owner_set(newsk, clip_sock(sk)->owner);
}

/* The kernel makes the sockets of the single paths. */
static int hook_mptcp_add_subflow(struct sock *sk, struct sock *ssk)
{
	clip_owner_set(ssk, clip_sock(sk)->owner);
	return 0;
}

static struct security_hook_list clip_owner_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(socket_post_create, hook_socket_post_create),
	LSM_HOOK_INIT(sk_free_security, hook_sk_free_security),
	LSM_HOOK_INIT(sk_clone_security, hook_sk_clone_security),
	LSM_HOOK_INIT(sctp_sk_clone, hook_sctp_sk_clone),
	LSM_HOOK_INIT(mptcp_add_subflow, hook_mptcp_add_subflow),
};

/**
 * clip_add_owner_hooks - Register the hooks of this file
 */
void __init clip_add_owner_hooks(void)
{
	clip_add_sleeping_hooks(clip_owner_hooks, ARRAY_SIZE(clip_owner_hooks),
				CLIP_WAKE_CONTEXT);
}
