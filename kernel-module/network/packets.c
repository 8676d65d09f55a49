// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the packets that sockets of contexts send and receive
 *
 * However a socket came by an address (an option, a control message, a header that
 * the program has written, a route, a connection that came in), its packets show
 * it. A packet leaves with an address of the context that made the socket, and the
 * socket receives only what is sent to such an address. A socket keeps what was
 * found for its last address, as long as the list cannot have changed. The hooks
 * are not called before a context other than 0 makes a socket, so that other
 * machines do not pay for them.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/lsm_hooks.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/pfkeyv2.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>
#include <net/tcp_states.h>
#include <net/xfrm.h>

#include "core/asleep.h"
#include "core/sock_blob.h"
#include "network/addresses.h"
#include "network/given.h"
#include "network/judge.h"
#include "network/known.h"
#include "network/packets.h"
#include "store/context.h"

static bool has_loopback(const struct clip_context *ctx)
{
	return READ_ONCE(ctx->flags) & CLIP_CONTEXT_LOOPBACK;
}

static bool is_own4(const struct clip_context *ctx, __be32 address)
{
	return clip_addresses_have4(rcu_dereference(ctx->addresses), address) ||
	       (ipv4_is_loopback(address) && has_loopback(ctx));
}

static bool is_own6(const struct clip_context *ctx,
		    const struct in6_addr *address)
{
	return clip_addresses_have6(rcu_dereference(ctx->addresses), address) ||
	       (ipv6_addr_loopback(address) && has_loopback(ctx));
}

/* What a socket keeps of an answer -------------------------------------- */

/*
 * Returns whether this is the address of the last answer, which holds for ever. This
 * comes before everything else: with a socket of context 0 the answer is no, or has
 * no effect.
 */
static __always_inline bool is_known4(const struct clip_sock *blob,
				      __be32 address)
{
	return READ_ONCE(blob->known) == (__force s32)address;
}

/*
 * Nearly all packets of a socket have one local address, in both directions. The
 * answer holds for ever if the list is final, and otherwise until a list changes.
 */
static bool judge4(const struct sock *sk, __be32 address)
{
	struct clip_sock *blob = clip_sock(sk);
	/* Pairs with the release in publish(): the list is not older. */
	const u64 now = smp_load_acquire(&clip_address_changes) |
			(__force u32)address;

	if (READ_ONCE(blob->recent) == now)
		return true;
	if (!is_own4(blob->owner, address))
		return false;
	if (!clip_known4_keep(sk, address) && clip_known4_applies(sk))
		WRITE_ONCE(blob->recent, now);
	return true;
}

/* Packets that come in ---------------------------------------------------- */

/*
 * NET-04, NET-15. The packet is dropped as if the socket did not exist, but for
 * the answer: a machine that sends it learns nothing.
 */
static noinline int judge_received(const struct sock *sk,
				   const struct sk_buff *skb)
{
	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return 0;
	guard(rcu)();
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return judge4(sk, ip_hdr(skb)->daddr) ? 0 : -EPERM;
	case htons(ETH_P_IPV6):
		return is_own6(clip_sock(sk)->owner, &ipv6_hdr(skb)->daddr) ?
			       0 : -EPERM;
	default:
		return -EPERM;
	}
}

/* Where there is no header, the memory at its place is compared with nothing. */
static int hook_socket_sock_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	const struct clip_sock *blob = clip_sock(sk);

	if (likely(is_known4(blob, ip_hdr(skb)->daddr)) || !blob->owner)
		return 0;
	return judge_received(sk, skb);
}

/* Packets that leave ------------------------------------------------------ */

/*
 * The socket to which a packet belongs: that of the sender, not that of a tunnel
 * around it. A connection that comes in belongs to the socket that listens.
 */
static const struct sock *socket_of(struct sock *any)
{
	const struct sock *sk = any ? sk_to_full_sk(any) : NULL;

	return sk && sk_fullsock(sk) ? sk : NULL;
}

/* IPsec sends what it makes of a packet by the same way once more. */
static bool is_transformed(const struct sk_buff *skb, u8 family)
{
	return family == NFPROTO_IPV4 ?
		       IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED :
		       IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED;
}

/* Only a packet in which the program has written the header is judged by this. */
static bool goes_to_loopback(const struct clip_context *owner,
			     const struct sock *sk, const struct sk_buff *skb,
			     u8 family)
{
	if (sk->sk_type != SOCK_RAW)
		return false;
	if (family == NFPROTO_IPV4)
		return ipv4_is_loopback(ip_hdr(skb)->daddr) &&
		       !is_own4(owner, ip_hdr(skb)->daddr);
	return ipv6_addr_loopback(&ipv6_hdr(skb)->daddr) &&
	       !is_own6(owner, &ipv6_hdr(skb)->daddr);
}

/* A connection by TCP goes on trying after any other error. */
static int error_for(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP ? -ECONNREFUSED : -EPERM;
}

/* A packet that is sent again is no act of the task that runs by chance. */
static void report(const char *act, const struct clip_context *owner,
		   const struct sock *sk, const struct sk_buff *skb, u8 family,
		   bool source, enum clip_reason reason)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} address = {};

	if (!in_task())
		return;
	if (family == NFPROTO_IPV4) {
		address.in.sin_family = AF_INET;
		address.in.sin_addr.s_addr = source ? ip_hdr(skb)->saddr :
						      ip_hdr(skb)->daddr;
	} else {
		address.in6.sin6_family = AF_INET6;
		address.in6.sin6_addr = source ? ipv6_hdr(skb)->saddr :
						 ipv6_hdr(skb)->daddr;
	}
	clip_address_report(act, owner, sk->sk_family, &address.any, reason,
			    -EPERM);
}

/* NET-11, and whatever else leads to a source that is not the context's. */
static noinline int judge_sent(struct sock *any, const struct sk_buff *skb,
			       u8 family)
{
	const struct sock *sk = socket_of(any);
	const struct clip_context *owner = sk ? clip_sock(sk)->owner : NULL;
	bool own;

	if (likely(!owner) || is_transformed(skb, family))
		return 0;
	/* The answer to a connection that comes in, which is no socket yet. */
	if (family == NFPROTO_IPV4 && is_known4(clip_sock(sk), ip_hdr(skb)->saddr))
		return 0;
	guard(rcu)();
	own = family == NFPROTO_IPV4 ? judge4(sk, ip_hdr(skb)->saddr) :
				       is_own6(owner, &ipv6_hdr(skb)->saddr);
	if (likely(own) && !goes_to_loopback(owner, sk, skb, family))
		return 0;
	report("send-from", owner, sk, skb, family, !own, CLIP_REASON_ADDRESS);
	return error_for(sk);
}

static int check_sender(struct sock *sk, struct sk_buff *skb, u8 family)
{
	/* The most frequent state is one that a whole socket has. */
	if (sk->sk_state == TCP_ESTABLISHED || sk_fullsock(sk)) {
		const struct clip_sock *blob = clip_sock(sk);

		if (likely(is_known4(blob, ip_hdr(skb)->saddr)) || !blob->owner)
			return 0;
	}
	return judge_sent(sk, skb, family);
}

#ifdef CONFIG_XFRM
/* RFC 2410, and RFC 4543: ESP that only signs. */
static bool is_null_cipher(const struct xfrm_state *state)
{
	if (state->aead)
		return str_has_prefix(state->aead->alg_name, "rfc4543(");
	return !state->ealg || state->props.ealgo == SADB_EALG_NULL;
}

/* Compression alone, or a header that only signs, leaves the content readable. */
static bool will_be_encrypted(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	for (; dst && dst->xfrm; dst = xfrm_dst_child(dst))
		if (dst->xfrm->id.proto == IPPROTO_ESP &&
		    !is_null_cipher(dst->xfrm))
			return true;
	return false;
}
#else
static bool will_be_encrypted(const struct sk_buff *skb)
{
	return false;
}
#endif

/* The device encrypts all that it is given. */
static bool is_wireguard(const struct net_device *device)
{
	return device && device->rtnl_link_ops &&
	       !strcmp(device->rtnl_link_ops->kind, "wireguard");
}

/*
 * NET-19. Comes after everything that may still change where the packet goes. What
 * goes to an address of this machine leaves by the loopback device.
 */
static unsigned int hook_post_routing(void *unused, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	const struct sock *sk = socket_of(state->sk);
	const struct clip_context *owner = sk ? clip_sock(sk)->owner : NULL;
	int err;

	if (likely(!owner) || !(READ_ONCE(owner->flags) &
				CLIP_CONTEXT_PROTECTED_TRAFFIC))
		return NF_ACCEPT;
	if ((state->out && (state->out->flags & IFF_LOOPBACK)) ||
	    is_wireguard(state->out) || will_be_encrypted(skb) ||
	    is_transformed(skb, state->pf))
		return NF_ACCEPT;
	report("send-clear", owner, sk, skb, state->pf, false,
	       CLIP_REASON_CLEAR_TRAFFIC);
	err = error_for(sk);
	/* The macro takes a name only: it negates the first word. */
	return NF_DROP_ERR(err);
}

static const struct nf_hook_ops clear_ops[] = {
	{
		.hook = hook_post_routing,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_LAST,
	},
#if IS_ENABLED(CONFIG_IPV6)
	{
		.hook = hook_post_routing,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST,
	},
#endif
};

static int begin_clear(struct net *net)
{
	return nf_register_net_hooks(net, clear_ops, ARRAY_SIZE(clear_ops));
}

static void end_clear(struct net *net)
{
	nf_unregister_net_hooks(net, clear_ops, ARRAY_SIZE(clear_ops));
}

static struct pernet_operations clear_net = {
	.init = begin_clear,
	.exit = end_clear,
};

/* Only ever set, under this lock. */
static DEFINE_MUTEX(lock);
static bool clear_judged;

static int judge_clear(void)
{
	int err;

	/* The hooks are there when it is set; pairs with the store below. */
	if (smp_load_acquire(&clear_judged))
		return 0;
	guard(mutex)(&lock);
	if (clear_judged)
		return 0;
	err = register_pernet_subsys(&clear_net);
	if (err)
		return err;
	/* The hooks are there before a socket is made without the lock. */
	smp_store_release(&clear_judged, true);
	return 0;
}

/**
 * clip_packets_judge - Judge packets from now on, before a socket is made
 * @protected: none of the socket's packets may leave in clear
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM.
 */
int clip_packets_judge(bool protected)
{
	clip_wake_hooks(CLIP_WAKE_PACKETS);
	return protected ? judge_clear() : 0;
}

static struct security_hook_list clip_packet_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(socket_sock_rcv_skb, hook_socket_sock_rcv_skb),
};

/**
 * clip_add_packet_hooks - Register the hooks of this file
 */
void __init clip_add_packet_hooks(void)
{
	static_call_update(nf_check_sender, check_sender);
	clip_add_sleeping_key(&nf_senders_checked, CLIP_WAKE_PACKETS);
	clip_add_sleeping_hooks(clip_packet_hooks, ARRAY_SIZE(clip_packet_hooks),
				CLIP_WAKE_PACKETS);
}
