// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges for policies and associations of IPsec
 *
 * They can be changed in three ways: by NETLINK_XFRM (see network/netlink.c),
 * by AF_KEY, and by socket options. Each is checked at its entry, by the
 * requested change. The hooks further down are not suitable: those for adding
 * are called only with a label of another security module, and those for
 * deleting are also called when a network device goes away, which must not
 * fail.
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
 * clip_xfrm_use - Check the use of an AF_KEY socket
 * @act: the act
 *
 * A message to AF_KEY is still in user memory when the socket hooks run, and
 * can change until the kernel reads it. Both privileges are therefore needed
 * for every message. They are also needed to receive, because the kernel sends
 * the keys to every listener.
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
 * clip_xfrm_option - Check the setting of a socket option
 * @sk: the socket
 * @level: as in setsockopt(2)
 * @optname: as in setsockopt(2)
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
