// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges for sockets
 *
 * Holding a socket grants nothing: each use is checked against the privileges
 * of the task that uses it, regardless of where the socket comes from. Neither
 * root nor a capability replaces a privilege, nor the reverse. The sockets and
 * threads of the kernel are exempt.
 *
 * A module has one slot for each hook, so this file has all hooks for acts on
 * sockets, and calls network/netlink.c and network/xfrm.c. What the context says
 * about families and addresses comes last: it may replace an address, or bind a
 * socket.
 */
#include "core/common.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jump_label.h>
#include <linux/lsm_hooks.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "network/judge.h"
#include "network/netlink.h"
#include "network/owner.h"
#include "network/privilege.h"
#include "network/rules.h"
#include "network/xfrm.h"
#include "privilege/require.h"

/* One of CLIP_LATCHES_OF_SOCKETS is set, or will be in a moment. */
static DEFINE_STATIC_KEY_FALSE(latched);

/* The same for those of them that concern some kinds of sockets only. */
static DEFINE_STATIC_KEY_FALSE(kinds_latched);

/*
 * The only test on a machine where none of these latches is set. Each latch that
 * counts is looked at behind it.
 */
static __always_inline bool net_applies(void)
{
	return static_branch_unlikely(&latched);
}

static __always_inline bool is_internet(const struct sock *sk)
{
	return sk->sk_family == AF_INET || sk->sk_family == AF_INET6;
}

/* Only the latch kernel.clip.network can apply to the socket. */
static __always_inline bool is_usual(const struct socket *sock)
{
	const struct sock *sk;

	if (!static_branch_unlikely(&kinds_latched))
		return true;
	sk = sock->sk;
	return sk && is_internet(sk) && sk->sk_type != SOCK_RAW;
}

/* The fast path of almost all tasks: with the privilege, no further check. */
static __always_inline bool settled(const struct socket *sock,
				    enum clip_net_act act)
{
	return is_usual(sock) &&
	       ((clip_privileges() & clip_net_enough(act)) ||
		!clip_latched(CLIP_LATCH_NETWORK));
}

static int judge(int family, int type, int protocol, enum clip_net_act act)
{
	int err = 0;

	if (current->flags & PF_KTHREAD)
		return 0;
	if (family == AF_NETLINK)
		return clip_netlink_use(protocol, act);
	if (clip_latched(CLIP_LATCH_NETWORK))
		err = clip_net_require_any(family, act, clip_net_needs(family, act));
	if (!err && family == AF_KEY)
		err = clip_xfrm_use(act);
	if (!err && clip_required(CLIP_PRIV_RAW))
		err = clip_net_require_all(family, act,
					   clip_raw_needs(family, type));
	return err;
}

/*
 * The family is that of the socket, never that of an address: the caller
 * chooses the latter, and some protocols treat AF_UNSPEC as their own family.
 */
static noinline int judge_sock(const struct sock *sk, enum clip_net_act act)
{
	if (!sk || sk->sk_kern_sock)
		return 0;
	return judge(sk->sk_family, sk->sk_type, sk->sk_protocol, act);
}

/* For a hook that sleeps until a latch is set. */
static __always_inline int use_latched(const struct socket *sock,
				       enum clip_net_act act)
{
	if (likely(settled(sock, act)))
		return 0;
	return judge_sock(sock->sk, act);
}

static __always_inline int use(const struct socket *sock, enum clip_net_act act)
{
	return net_applies() ? use_latched(sock, act) : 0;
}

static int hook_socket_create(int family, int type, int protocol, int kern)
{
	int err = 0;

	if (kern)
		return 0;
	if (net_applies())
		err = judge(family, type, protocol, CLIP_NET_CREATE);
	return err ?: clip_owner_check_family(family, protocol);
}

static int hook_socket_bind(struct socket *sock, struct sockaddr *address,
			    int addrlen)
{
	int err = use(sock, CLIP_NET_BIND);

	if (err || !clip_judge_applies(sock->sk))
		return err;
	return clip_judge_bind(sock, address, addrlen);
}

static int hook_socket_connect(struct socket *sock, struct sockaddr *address,
			       int addrlen)
{
	int err = use(sock, CLIP_NET_CONNECT);

	if (err || !clip_judge_applies(sock->sk))
		return err;
	return clip_judge_connect(sock, address, addrlen);
}

static int hook_socket_listen(struct socket *sock, int backlog)
{
	return use_latched(sock, CLIP_NET_LISTEN);
}

static int hook_socket_accept(struct socket *sock, struct socket *newsock)
{
	return use_latched(sock, CLIP_NET_ACCEPT);
}

/*
 * The socket was bound by bind(2), because binding it implicitly by sending
 * would have required NETCLIENT. Applies only to protocols in which one socket
 * serves many peers. If the message would open an SCTP connection, another hook
 * checks that.
 */
static bool serves_many(const struct sock *sk, int type)
{
	if (!is_internet(sk) || !READ_ONCE(inet_sk(sk)->inet_num))
		return false;
	switch (sk->sk_protocol) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return type == SOCK_DGRAM;
	case IPPROTO_SCTP:
		return type == SOCK_SEQPACKET;
	default:
		return false;
	}
}

/*
 * After a non-blocking connect(2), the state of the socket lags behind that of
 * the protocol, so both are read. The peer of a raw socket does not count: a
 * program that writes the header also writes the address. TCP Fast Open
 * connects while sending.
 */
static bool sends_to_peer(const struct socket *sock, const struct msghdr *msg)
{
	const int state = READ_ONCE(sock->sk->sk_state);

	if (sock->type == SOCK_RAW || msg->msg_flags & MSG_FASTOPEN)
		return false;
	if (sock->type == SOCK_STREAM)
		return READ_ONCE(sock->state) == SS_CONNECTED ||
		       state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT;
	if (msg->msg_name)
		return false;
	return READ_ONCE(sock->state) == SS_CONNECTED ||
	       state == TCP_ESTABLISHED;
}

/* Netlink is checked later, in the hook that receives the messages. */
static noinline int judge_sending(const struct socket *sock,
				  const struct msghdr *msg)
{
	const struct sock *sk = sock->sk;
	enum clip_net_act act = CLIP_NET_SEND;

	if (!sk || sk->sk_family == AF_NETLINK)
		return 0;
	if (sends_to_peer(sock, msg))
		act = CLIP_NET_SEND_PEER;
	else if (serves_many(sk, sock->type))
		act = CLIP_NET_REPLY;
	return judge_sock(sk, act);
}

static noinline int judge_message(struct socket *sock, struct msghdr *msg)
{
	int err = 0;

	if (net_applies() && !settled(sock, CLIP_NET_SEND))
		err = judge_sending(sock, msg);
	if (err || !msg->msg_name || !clip_judge_applies(sock->sk))
		return err;
	return clip_judge_send(sock, msg);
}

static int hook_socket_sendmsg(struct socket *sock, struct msghdr *msg,
			       int size)
{
	if (likely(!msg->msg_name) &&
	    (!net_applies() || settled(sock, CLIP_NET_SEND)))
		return 0;
	return judge_message(sock, msg);
}

static int hook_socket_recvmsg(struct socket *sock, struct msghdr *msg,
			       int size, int flags)
{
	return use_latched(sock, CLIP_NET_RECEIVE);
}

/* TCP_ZEROCOPY_RECEIVE is no option: it receives data, as pages or a copy. */
static int hook_socket_getsockopt(struct socket *sock, int level, int optname)
{
	if (!net_applies() || level != SOL_TCP ||
	    optname != TCP_ZEROCOPY_RECEIVE)
		return 0;
	return judge_sock(sock->sk, CLIP_NET_RECEIVE);
}

static int hook_socket_setsockopt(struct socket *sock, int level, int optname)
{
	if (!net_applies() || (current->flags & PF_KTHREAD))
		return 0;
	return clip_xfrm_option(sock->sk, level, optname);
}

/*
 * Checks the options and messages of SCTP that act as bind(2) and connect(2).
 * The other calls of this hook are caused by the peer, in a soft interrupt.
 */
static int hook_sctp_bind_connect(struct sock *sk, int optname,
				  struct sockaddr *address, int addrlen)
{
	enum clip_net_act act;
	int err = 0;

	switch (optname) {
	case SCTP_SOCKOPT_BINDX_ADD:
		act = CLIP_NET_BIND;
		break;
	case SCTP_SOCKOPT_CONNECTX:
	case SCTP_SENDMSG_CONNECT:
		act = CLIP_NET_CONNECT;
		break;
	default:
		return 0;
	}
	if (net_applies())
		err = judge_sock(sk, act);
	if (err || !clip_judge_applies(sk))
		return err;
	return clip_judge_sctp(sk, act == CLIP_NET_BIND, address, addrlen);
}

/* Judged by latches and by contexts. */
static struct security_hook_list clip_address_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(socket_create, hook_socket_create),
	LSM_HOOK_INIT(socket_bind, hook_socket_bind),
	LSM_HOOK_INIT(socket_connect, hook_socket_connect),
	LSM_HOOK_INIT(socket_sendmsg, hook_socket_sendmsg),
	LSM_HOOK_INIT(sctp_bind_connect, hook_sctp_bind_connect),
};

/* Judged by latches alone. */
static struct security_hook_list clip_socket_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(socket_listen, hook_socket_listen),
	LSM_HOOK_INIT(socket_accept, hook_socket_accept),
	LSM_HOOK_INIT(socket_recvmsg, hook_socket_recvmsg),
	LSM_HOOK_INIT(socket_getsockopt, hook_socket_getsockopt),
	LSM_HOOK_INIT(socket_setsockopt, hook_socket_setsockopt),
};

/**
 * clip_add_socket_hooks - Register the hooks of this file
 */
void __init clip_add_socket_hooks(void)
{
	clip_add_sleeping_key(&latched, CLIP_WAKE_SOCKETS);
	clip_add_sleeping_key(&kinds_latched, CLIP_WAKE_SOCKET_KINDS);
	clip_add_sleeping_hooks(clip_address_hooks,
				ARRAY_SIZE(clip_address_hooks),
				CLIP_WAKE_CONTEXT | CLIP_WAKE_SOCKETS);
	clip_add_sleeping_hooks(clip_socket_hooks, ARRAY_SIZE(clip_socket_hooks),
				CLIP_WAKE_SOCKETS);
}
