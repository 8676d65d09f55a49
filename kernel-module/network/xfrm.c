// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: who may change IPsec's policies and associations
 *
 * There are three ways: NETLINK_XFRM (see network/netlink.c), AF_KEY, and the options
 * of a socket. All are judged on their way in, by what they ask for. The
 * hooks deeper down are no use: those for adding are called only with a label
 * of another security module, and those for deleting also when a network
 * device goes away, which must not fail.
 */
#include "core/common.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>

#include "core/latch.h"
#include "network/privilege.h"
#include "network/rules.h"
#include "network/xfrm.h"

/**
 * clip_xfrm_use - may the current task use a socket of AF_KEY?
 * @act: the act
 *
 * A message to AF_KEY is still in the caller's memory when the socket's hooks
 * run, and can change until it is read. So both privileges are needed for all
 * of them, also to listen: the kernel tells every listener the keys.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_xfrm_use(enum clip_net_act act)
{
	if (!clip_latched(CLIP_LATCH_XFRM))
		return 0;
	return clip_net_require_all(AF_KEY, act, CLIP_PRIV_XFRM);
}

static bool sets_policy(int level, int optname)
{
	switch (level) {
	case SOL_IP:
		return optname == IP_XFRM_POLICY || optname == IP_IPSEC_POLICY;
	case SOL_IPV6:
		return optname == IPV6_XFRM_POLICY ||
		       optname == IPV6_IPSEC_POLICY;
	default:
		return false;
	}
}

/**
 * clip_xfrm_option - may the current task set this option of a socket?
 * @sk: the socket
 * @level: as in setsockopt()
 * @optname: as in setsockopt()
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_xfrm_option(const struct sock *sk, int level, int optname)
{
	if (!clip_latched(CLIP_LATCH_XFRM) || !sets_policy(level, optname))
		return 0;
	return clip_net_require_all(sk->sk_family, CLIP_NET_IPSEC,
				 CLIP_PRIV_XFRMSP);
}
