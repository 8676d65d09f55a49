// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges for messages to the kernel by netlink
 *
 * Queries to NETLINK_ROUTE need no privilege, because the C library makes them
 * to look up names. All other messages to NETLINK_ROUTE need NETLINK, and so do
 * all messages to every other protocol.
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <net/sock.h>

#include "core/latch.h"
#include "network/hidden.h"
#include "network/netlink.h"
#include "network/privilege.h"
#include "network/rules.h"

/**
 * clip_netlink_use - Check the use of a netlink socket
 * @protocol: NETLINK_*
 * @act: the act
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_netlink_use(int protocol, enum clip_net_act act)
{
	if (!clip_latched(CLIP_LATCH_NETLINK))
		return 0;
	return clip_net_require_all(AF_NETLINK, act, clip_netlink_needs(protocol));
}

/**
 * clip_netlink_config - Check an ioctl that configures the network
 * @file: the socket, or any other open file
 * @cmd: the request
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_netlink_config(const struct file *file, unsigned int cmd)
{
	if (likely(!clip_latched(CLIP_LATCH_NETLINK)) ||
	    !S_ISSOCK(file_inode(file)->i_mode) ||
	    (current->flags & PF_KTHREAD))
		return 0;
	return clip_net_require_all(SOCKET_I(file_inode(file))->ops->family,
				 CLIP_NET_CONFIGURE, clip_config_needs(cmd));
}

/*
 * NL-03: The hook is called once for a datagram, which can contain any number
 * of messages. The kernel has already copied the datagram at that time.
 */
static int judge_datagram(const struct sk_buff *skb,
			  u64 (*needs)(u16 type))
{
	u64 all;
	int err = clip_netlink_walk(skb->data, skb->len, needs, &all);

	return err ?: clip_net_require_all(AF_NETLINK, CLIP_NET_SEND, all);
}

static int hook_netlink_send(struct sock *sk, struct sk_buff *skb)
{
	const bool netlink = clip_latched(CLIP_LATCH_NETLINK);
	const bool xfrm = clip_latched(CLIP_LATCH_XFRM);
	const bool nft = clip_required(CLIP_PRIV_NFT);
	int err = clip_hidden_check_message(sk);

	if (err)
		return err;
	if (likely(!netlink && !xfrm && !nft))
		return 0;
	if (sk->sk_kern_sock || (current->flags & PF_KTHREAD))
		return 0;
	err = clip_netlink_use(sk->sk_protocol, CLIP_NET_SEND);
	if (err)
		return err;
	if (netlink && sk->sk_protocol == NETLINK_ROUTE)
		return judge_datagram(skb, clip_route_needs);
	if (xfrm && sk->sk_protocol == NETLINK_XFRM)
		return judge_datagram(skb, clip_xfrm_needs);
	if (nft && sk->sk_protocol == NETLINK_NETFILTER)
		return judge_datagram(skb, clip_nft_needs);
	return 0;
}

static struct security_hook_list clip_netlink_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(netlink_send, hook_netlink_send),
};

/**
 * clip_add_netlink_hooks - Register the hooks of this file
 */
void __init clip_add_netlink_hooks(void)
{
	security_add_hooks(clip_netlink_hooks, ARRAY_SIZE(clip_netlink_hooks),
			   &clip_lsm_id);
}
