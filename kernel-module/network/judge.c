// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the addresses that a socket of a context may use
 *
 * A socket is bound to an address of its context, or to the wildcard. The address
 * of the loopback is replaced by the one that stands for it: the system call has
 * the address in memory of the kernel, and goes on with what this file leaves
 * there. A socket that would get its address from the routing table is bound to
 * one of the context first. What comes out of all this is judged once more, packet
 * by packet, in network/packets.c; that alone is what confines the context.
 *
 * The context that made the socket comes first, and then that of the task that
 * uses it. A socket of context 0 that a task has got is so judged by the task's
 * context, and a connection that exists already can be used.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "network/addresses.h"
#include "network/judge.h"
#include "network/known.h"
#include "network/place.h"
#include "network/route.h"
#include "report/report.h"
#include "store/context.h"

/**
 * clip_address_report - Report that a context may not use an address
 * @act: name of the act
 * @ctx: the context
 * @family: AF_*, of the socket
 * @address: the address, or NULL
 * @reason: reason of the refusal
 * @err: error of the call, negative
 *
 * Context: Any.
 */
void clip_address_report(const char *act, const struct clip_context *ctx,
			 int family, const struct sockaddr *address,
			 enum clip_reason reason, int err)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_ADDRESS,
		.reason = reason,
		.err = err,
		.act = act,
		.ctx = ctx,
		.family = family,
		.address = address,
	});
}

static int refuse(const char *act, const struct clip_context *ctx,
		  const struct sock *sk, const struct sockaddr *address,
		  int err)
{
	clip_address_report(act, ctx, sk->sk_family, address,
			    CLIP_REASON_ADDRESS, err);
	return err;
}

static bool is_own(const struct clip_addresses *list, const struct place *place)
{
	return place->v4 ? clip_addresses_have4(list, *place->v4) :
			   clip_addresses_have6(list, place->v6);
}

/* Returns whether an address of the family is in the list. */
static bool has_some(const struct clip_addresses *list,
		     const struct place *place)
{
	return list && (place->v4 ? list->nr4 : list->nr6);
}

static bool has_any(const struct clip_addresses *list,
		    const struct place *place)
{
	return list && (place->v4 ? list->any4 : list->any6);
}

/* Returns whether an address stands for the loopback, and if so, writes it. */
static bool put_loopback(const struct clip_addresses *list, struct place *place)
{
	if (!list)
		return false;
	if (place->v4) {
		if (list->loopback4)
			*place->v4 = list->loopback4;
		return list->loopback4;
	}
	if (ipv6_addr_any(&list->loopback6))
		return false;
	*place->v6 = list->loopback6;
	return true;
}

static bool put_primary(const struct clip_addresses *list, struct place *place)
{
	const int index = place->v4 ? list->primary4 : list->primary6;

	if (index < 0)
		return false;
	if (place->v4)
		*place->v4 = list->list[index].bits.s6_addr32[0];
	else
		*place->v6 = list->list[index].bits;
	return true;
}

/*
 * NET-03. A context with a single address cannot be in the way of another one
 * that uses the same port. The wildcard of IPv6 can stand for addresses of IPv4,
 * which the single address of IPv6 does not.
 */
static bool is_narrowed(const struct sock *sk,
			const struct clip_addresses *list,
			const struct place *place)
{
	if (place->v4)
		return list->single4 &&
		       (!list->loopback4 || list->loopback4 ==
			list->list[list->primary4].bits.s6_addr32[0]);
	return list->single6 && (ipv6_only_sock(sk) || !list->has4) &&
	       (ipv6_addr_any(&list->loopback6) ||
		ipv6_addr_equal(&list->loopback6,
				&list->list[list->primary6].bits));
}

/* Returns whether the context may bind there, and puts what it means. */
static bool may_bind(const struct clip_context *ctx, const struct sock *sk,
		     struct place *place)
{
	const bool loopback = READ_ONCE(ctx->flags) & CLIP_CONTEXT_LOOPBACK;
	const struct clip_addresses *list;

	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	if (has_any(list, place))
		return true;
	if (place_is_any(place)) {
		if (loopback)
			return true;
		if (!has_some(list, place))
			return put_loopback(list, place);
		if (is_narrowed(sk, list, place))
			put_primary(list, place);
		return true;
	}
	if (is_own(list, place))
		return true;
	return place_is_loopback(place) && (loopback || put_loopback(list, place));
}

/* Up to two contexts, and none twice. */
static int contexts_of(const struct sock *sk,
		       const struct clip_context *contexts[2])
{
	const struct clip_context *owner = clip_sock(sk)->owner;
	const struct clip_context *user = clip_cred(current_cred())->context;
	int count = 0;

	if (owner)
		contexts[count++] = owner;
	if (user && user != owner && user != &clip_admin_context)
		contexts[count++] = user;
	return count;
}

/**
 * clip_judge_bind - Judge the address to which a socket is bound
 * @sock: the socket
 * @address: the address, in memory of the kernel; replaced if it means another
 * @length: its length in bytes
 *
 * NET-01 to NET-08.
 *
 * Return: 0; -EADDRNOTAVAIL after a report; -EINVAL for half an address.
 */
int clip_judge_bind(struct socket *sock, struct sockaddr *address, int length)
{
	const struct clip_context *contexts[2];
	struct sock *sk = sock->sk;
	const int count = contexts_of(sk, contexts);
	struct place place;
	int err = place_find(sk, address, length, &place);

	if (err)
		return err;
	for (int i = 0; i < count; i++)
		if (!may_bind(contexts[i], sk, &place))
			return refuse("bind", contexts[i], sk, address,
				      -EADDRNOTAVAIL);
	/* Without a family, only the wildcard can be bound. */
	if (sk->sk_family == AF_INET && address->sa_family == AF_UNSPEC &&
	    *place.v4)
		address->sa_family = AF_INET;
	return 0;
}

/*
 * Returns whether the context may send there, and puts what it means. The
 * wildcard stands for the own machine.
 */
static bool may_reach(const struct clip_context *ctx, struct place *place,
		      bool *local)
{
	const bool loopback = READ_ONCE(ctx->flags) & CLIP_CONTEXT_LOOPBACK;
	const struct clip_addresses *list;

	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	if (has_any(list, place))
		return true;
	if (!place_is_any(place) && is_own(list, place))
		return true;
	if (!place_is_any(place) && !place_is_loopback(place))
		return has_some(list, place);
	if (loopback)
		return true;
	*local = put_loopback(list, place);
	return *local;
}

/* Describes the address that the socket has. */
static void find_source(const struct sock *sk, struct place *place,
			struct in6_addr *bits)
{
	*place = (struct place) {};
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		*bits = inet6_sk(sk)->saddr;
		if (ipv6_addr_v4mapped(bits))
			place->v4 = &bits->s6_addr32[3];
		else
			place->v6 = bits;
		return;
	}
#endif
	bits->s6_addr32[0] = inet_sk(sk)->inet_saddr;
	place->v4 = &bits->s6_addr32[0];
}

/* Then the routing table need not be asked. */
static bool leaves_all_open(const struct clip_context *ctx,
			    const struct place *to)
{
	const struct clip_addresses *list;

	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	return !list || has_any(list, to);
}

/*
 * NET-09, NET-10. Chooses the source for a socket that has none: the loopback's
 * for a peer there, the only address, the choice of the routing table if that is
 * one of the context, or the first one. IPv6 chooses the source after it is known
 * where the packet leaves, so there the first one is taken.
 *
 * Returns false if the choice is left to the kernel.
 */
static bool choose(const struct clip_context *ctx, const struct sock *sk,
		   const struct place *to, bool local, struct place *source)
{
	const struct clip_addresses *list;
	__be32 routed = 0;

	if (to->v4 && !local && !leaves_all_open(ctx, to))
		routed = clip_route_source4(sk, *to->v4);
	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	if (!list || has_any(list, to))
		return false;
	if (local)
		return put_loopback(list, source);
	if (!place_is_any(to) && place_is_loopback(to) && !is_own(list, to))
		return false;
	if (!routed || !clip_addresses_have4(list, routed))
		return put_primary(list, source);
	if (ctx == clip_sock(sk)->owner)
		clip_known4_keep(sk, routed);
	return false;
}

/* Binds to an address and to no port, as if the kernel had chosen the address. */
static int bind_source(struct socket *sock, const struct place *source,
		       const struct place *to)
{
	struct sock *sk = sock->sk;
	const bool before = inet_test_bit(BIND_ADDRESS_NO_PORT, sk);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {};
	int err, length;

	if (sk->sk_family == AF_INET) {
		address.in.sin_family = AF_INET;
		address.in.sin_addr.s_addr = *source->v4;
		length = sizeof(address.in);
	} else {
		address.in6.sin6_family = AF_INET6;
		if (source->v4)
			ipv6_addr_set_v4mapped(*source->v4,
					       &address.in6.sin6_addr);
		else
			address.in6.sin6_addr = *source->v6;
		address.in6.sin6_scope_id = to->scope;
		length = sizeof(address.in6);
	}
	if (!before)
		inet_set_bit(BIND_ADDRESS_NO_PORT, sk);
	err = kernel_bind(sock, &address.any, length);
	if (!before)
		inet_clear_bit(BIND_ADDRESS_NO_PORT, sk);
	if (err)
		return err;
	/* The next peer of the socket may need another one. */
	lock_sock(sk);
	sk->sk_userlocks &= ~SOCK_BINDADDR_LOCK;
	release_sock(sk);
	return 0;
}

/* A socket that has a port keeps what it receives, and only sends by the address. */
static void set_source(struct sock *sk, const struct place *source)
{
	lock_sock(sk);
	if (sk->sk_family == AF_INET && source->v4)
		inet_sk(sk)->inet_saddr = *source->v4;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && source->v6)
		inet6_sk(sk)->saddr = *source->v6;
#endif
	release_sock(sk);
}

/* Its source was chosen by set_source(): the socket receives by any address. */
static bool has_set_source(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_any(&sk->sk_v6_rcv_saddr);
#endif
	return !sk->sk_rcv_saddr;
}

static bool is_datagram(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_UDP ||
	       sk->sk_protocol == IPPROTO_UDPLITE;
}

/* Gives the socket a source, or judges the one that it has. */
static int settle_source(const struct clip_context *ctx, struct socket *sock,
			 const struct place *to, bool local)
{
	struct in6_addr present, wanted = {};
	struct place source, choice = {};
	struct sock *sk = sock->sk;
	bool own;

	find_source(sk, &source, &present);
	if (!place_is_any(&source)) {
		const bool loopback =
			READ_ONCE(ctx->flags) & CLIP_CONTEXT_LOOPBACK;

		rcu_read_lock();
		own = is_own(rcu_dereference(ctx->addresses), &source);
		rcu_read_unlock();
		if (own || (loopback && place_is_loopback(&source)))
			return 0;
		/* The address that was chosen is gone: another one is chosen. */
		if (!is_datagram(sk) || !has_set_source(sk))
			return -EPERM;
	}
	if (sk->sk_state != TCP_CLOSE)
		return 0;
	if (to->v4)
		choice.v4 = &wanted.s6_addr32[0];
	else
		choice.v6 = &wanted;
	if (!choose(ctx, sk, to, local, &choice)) {
		if (!place_is_any(&source))
			set_source(sk, &choice);
		return 0;
	}
	if (!READ_ONCE(inet_sk(sk)->inet_num) || sk->sk_type == SOCK_RAW)
		return bind_source(sock, &choice, to);
	if (is_datagram(sk))
		set_source(sk, &choice);
	return 0;
}

/* Returns 0, or the error of a refusal that is reported, or of the binding. */
static int judge_to(const char *act, struct socket *sock,
		    struct sockaddr *address, int length, bool settle)
{
	const struct clip_context *contexts[2];
	struct sock *sk = sock->sk;
	const int count = contexts_of(sk, contexts);
	struct place to;
	int err = place_find(sk, address, length, &to);

	for (int i = 0; i < count && !err; i++) {
		bool local = false;

		if (!may_reach(contexts[i], &to, &local))
			return refuse(act, contexts[i], sk, address, -EPERM);
		if (!settle)
			continue;
		err = settle_source(contexts[i], sock, &to, local);
		if (err == -EPERM)
			return refuse(act, contexts[i], sk, address, err);
	}
	return err;
}

/*
 * The usual case, which judge_to() would allow as well, without a change: a socket of
 * IPv4 without a source is connected by a task of its context, to an address that
 * means what it says, and the source that the routing table chooses is one of the
 * context.
 */
static bool needs_no_change(const struct sock *sk,
			    const struct sockaddr_in *address, int length)
{
	const struct clip_context *ctx = clip_sock(sk)->owner;
	const struct clip_addresses *list;
	__be32 to, source;

	if (sk->sk_family != AF_INET || length < (int)sizeof(*address) || !ctx ||
	    clip_cred(current_cred())->context != ctx ||
	    inet_sk(sk)->inet_saddr || sk->sk_state != TCP_CLOSE)
		return false;
	to = address->sin_addr.s_addr;
	guard(rcu)();
	list = rcu_dereference(ctx->addresses);
	if (!to || !list || list->any4 || !list->nr4 ||
	    (ipv4_is_loopback(to) && !clip_addresses_have4(list, to)))
		return false;
	source = clip_route_source4(sk, to);
	if (!source || !clip_addresses_have4(list, source))
		return false;
	clip_known4_keep(sk, source);
	return true;
}

/**
 * clip_judge_connect - Judge the address to which a socket is connected
 * @sock: the socket
 * @address: the address, in memory of the kernel; replaced if it means another
 * @length: its length in bytes
 *
 * NET-09 to NET-14.
 *
 * Context: May sleep.
 * Return: 0; -EPERM after a report; -EINVAL for half an address; the error of
 * binding to the source.
 */
int clip_judge_connect(struct socket *sock, struct sockaddr *address,
		       int length)
{
	/* This ends a connection. */
	if (length >= (int)sizeof(address->sa_family) &&
	    address->sa_family == AF_UNSPEC)
		return 0;
	if (needs_no_change(sock->sk, (const struct sockaddr_in *)address, length))
		return 0;
	return judge_to("connect", sock, address, length, true);
}

/**
 * clip_judge_send - Judge the address to which a message is sent
 * @sock: the socket
 * @msg: the message; its address is replaced if it means another
 *
 * A message without an address goes to the peer, which was judged before. A
 * stream takes an address only if it connects while it sends.
 *
 * Context: May sleep.
 * Return: As clip_judge_connect().
 */
int clip_judge_send(struct socket *sock, struct msghdr *msg)
{
	struct sockaddr *address = msg->msg_name;
	struct sock *sk = sock->sk;
	u64 changes;
	bool settle;
	int err;

	if (!address || !msg->msg_namelen)
		return 0;
	if (sock->type == SOCK_STREAM && !(msg->msg_flags & MSG_FASTOPEN))
		return 0;
	/* To the peer: IPv4 has no such address. */
	if (sk->sk_family == AF_INET6 &&
	    msg->msg_namelen >= (int)sizeof(address->sa_family) &&
	    address->sa_family == AF_UNSPEC)
		return 0;
	/*
	 * The source is chosen once for a list; what it may be is judged for each
	 * packet. Pairs with the release in publish().
	 */
	changes = smp_load_acquire(&clip_address_changes);
	settle = READ_ONCE(clip_sock(sk)->settled) != changes ||
		 clip_cred(current_cred())->context != clip_sock(sk)->owner;
	err = judge_to("send", sock, address, msg->msg_namelen, settle);
	if (!err && settle && is_datagram(sk))
		WRITE_ONCE(clip_sock(sk)->settled, changes);
	return err;
}

/**
 * clip_judge_sctp - Judge the addresses of a request of SCTP
 * @sk: the socket, which is locked
 * @bind: true if the socket is bound to them, false if it is connected to them
 * @addresses: the addresses, one behind the other, in memory of the kernel;
 *	replaced if they mean others
 * @length: length of all of them in bytes
 *
 * Return: 0; -EADDRNOTAVAIL or -EPERM after a report; -EINVAL.
 */
int clip_judge_sctp(struct sock *sk, bool bind, struct sockaddr *addresses,
		    int length)
{
	void *next = addresses;

	while (length > 0) {
		struct sockaddr *address = next;
		int size, err;

		if (length < (int)sizeof(address->sa_family))
			return -EINVAL;
		size = address->sa_family == AF_INET ?
			       sizeof(struct sockaddr_in) :
			       sizeof(struct sockaddr_in6);
		if (length < size || (sk->sk_family == AF_INET &&
				      address->sa_family != AF_INET))
			return -EINVAL;
		err = bind ?
			      clip_judge_bind(sk->sk_socket, address, size) :
			      judge_to("connect", sk->sk_socket, address, size,
				       false);
		if (err)
			return err;
		next += size;
		length -= size;
	}
	return 0;
}
