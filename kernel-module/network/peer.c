// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the context of a socket's other end
 *
 * A UNIX socket knows the credential with which the other end was connected or
 * listened. A connection of TCP or UDP within the machine is found a second time by
 * its addresses, the other way round, and belongs to the context that made the
 * socket there. One of MPTCP has the addresses of its first path, which is one of
 * TCP. What a raw socket sends comes to every raw socket of its protocol, so there
 * is no other end.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include <net/tcp_states.h>
#include <net/udp.h>

#include "context/control.h"
#include "core/cred_blob.h"
#include "network/owner.h"
#include "network/peer.h"
#include "network/peer_sctp.h"
#include "store/context.h"

static int of_unix(struct clip_context_of *args, struct sock *sk)
{
	const struct cred *cred;

	spin_lock(&sk->sk_peer_lock);
	cred = get_cred(sk->sk_peer_cred);
	spin_unlock(&sk->sk_peer_lock);
	if (!cred)
		return -ENOTCONN;
	clip_control_answer(args, clip_cred(cred)->context);
	put_cred(cred);
	return 0;
}

/* What goes to an address of the machine comes in by this device. */
static int loopback_of(const struct net *net)
{
	return net->loopback_dev->ifindex;
}

static bool has_peer4(const struct sock *sk)
{
	return sk->sk_family == AF_INET || ipv6_addr_v4mapped(&sk->sk_v6_daddr);
}

/* Returns a reference, which may be one to what is left of a connection. */
static struct sock *other_end_of_tcp(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);
	struct inet_hashinfo *table = net->ipv4.tcp_death_row.hashinfo;

	if (has_peer4(sk))
		return __inet_lookup_established(net, table, inet->inet_saddr,
						 inet->inet_sport,
						 inet->inet_daddr,
						 ntohs(inet->inet_dport),
						 loopback_of(net), 0);
#if IS_ENABLED(CONFIG_IPV6)
	return __inet6_lookup_established(net, table, &inet6_sk(sk)->saddr,
					  inet->inet_sport, &sk->sk_v6_daddr,
					  ntohs(inet->inet_dport),
					  loopback_of(net), 0);
#else
	return NULL;
#endif
}

/* Which socket gets what is sent now. The caller holds the RCU read lock. */
static struct sock *receiver_of_udp(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct net *net = sock_net(sk);

	if (has_peer4(sk))
		return __udp4_lib_lookup(net, inet->inet_saddr,
					 inet->inet_sport, inet->inet_daddr,
					 inet->inet_dport, loopback_of(net), 0,
					 net->ipv4.udp_table, NULL);
#if IS_BUILTIN(CONFIG_IPV6)
	return __udp6_lib_lookup(net, &inet6_sk(sk)->saddr, inet->inet_sport,
				 &sk->sk_v6_daddr, inet->inet_dport,
				 loopback_of(net), 0, net->ipv4.udp_table, NULL);
#else
	return NULL;
#endif
}

static int answer(struct clip_context_of *args, const struct sock *end)
{
	if (!end || !sk_fullsock(end))
		return -EREMOTE;
	clip_control_answer(args, clip_sock_context(end));
	return 0;
}

static int of_tcp(struct clip_context_of *args, const struct sock *sk)
{
	struct sock *end = other_end_of_tcp(sk);
	int err = answer(args, end);

	if (end)
		sock_gen_put(end);
	return err;
}

static int of_udp(struct clip_context_of *args, const struct sock *sk)
{
	guard(rcu)();
	return answer(args, receiver_of_udp(sk));
}

static int of_internet(struct clip_context_of *args, struct sock *sk)
{
	const int state = READ_ONCE(sk->sk_state);

	switch (sk->sk_protocol) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
		if (state == TCP_CLOSE || state == TCP_LISTEN ||
		    state == TCP_SYN_SENT)
			return -ENOTCONN;
		return of_tcp(args, sk);
	case IPPROTO_UDP:
		return state == TCP_ESTABLISHED ? of_udp(args, sk) : -ENOTCONN;
	case IPPROTO_SCTP:
		return clip_peer_of_sctp(args, sk);
	default:
		return -EOPNOTSUPP;
	}
}

static int of_socket(struct clip_context_of *args, const struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return -EOPNOTSUPP;
	switch (sk->sk_family) {
	case AF_UNIX:
		return of_unix(args, sk);
	case AF_INET:
	case AF_INET6:
		return of_internet(args, sk);
	default:
		return -EOPNOTSUPP;
	}
}

/**
 * clip_peer_request - Tell the context of a socket's other end
 * @args: the request and its answer
 *
 * Context: May sleep.
 * Return: 0; -ENOTSOCK; -EOPNOTSUPP for other protocols than TCP, MPTCP, UDP, SCTP
 * and those of AF_UNIX; -ENOTCONN; -EREMOTE if the other end is not in the network namespace of
 * the socket; or a value that @args.reason explains.
 */
int clip_peer_request(struct clip_context_of *args)
{
	int err = clip_control_check_watcher(&args->reason);
	struct socket *sock;

	if (err)
		return err;
	sock = sockfd_lookup(args->fd, &err);
	if (!sock)
		return err;
	err = of_socket(args, sock);
	sockfd_put(sock);
	return err;
}
