/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges that an act on a socket needs
 */
#ifndef _SECURITY_CLIP_NETWORK_RULES_H
#define _SECURITY_CLIP_NETWORK_RULES_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "core/latch.h"

enum clip_net_act {
	CLIP_NET_CREATE,
	CLIP_NET_BIND,
	CLIP_NET_CONNECT,
	CLIP_NET_LISTEN,
	CLIP_NET_ACCEPT,
	CLIP_NET_SEND,		/* to the address in the message */
	CLIP_NET_REPLY,		/* ... from an address that was bound */
	CLIP_NET_SEND_PEER,	/* to the peer of a connected socket */
	CLIP_NET_RECEIVE,
	CLIP_NET_IPSEC,		/* an IPsec policy for the socket */
	CLIP_NET_CONFIGURE,	/* addresses, routes, interfaces, by ioctl */
	__CLIP_NET_ACT_MAX
};

/**
 * clip_net_enough - Get the privileges that always allow an act
 * @act: the act, a compile-time constant
 *
 * The result is that of clip_net_needs() for TCP and UDP, and no family needs
 * more. For sending, it is what the strictest kind of sending needs: for a task
 * with that privilege, the kind need not be determined.
 *
 * Return: CLIP_PRIV_*, any one of which is enough.
 */
static __always_inline u64 clip_net_enough(enum clip_net_act act)
{
	switch (act) {
	case CLIP_NET_CREATE:
	case CLIP_NET_BIND:
	case CLIP_NET_RECEIVE:
		return CLIP_PRIV_NET;
	case CLIP_NET_LISTEN:
	case CLIP_NET_ACCEPT:
		return CLIP_PRIV_NETSERVER;
	default:
		return CLIP_PRIV_NETCLIENT;
	}
}

const char *clip_net_act_name(enum clip_net_act act);
u64 clip_net_needs(int family, enum clip_net_act act);
u64 clip_netlink_needs(int protocol);
u64 clip_route_needs(u16 type);
u64 clip_config_needs(unsigned int cmd);
u64 clip_xfrm_needs(u16 type);
u64 clip_nft_needs(u16 type);
u64 clip_raw_needs(int family, int type);
int clip_netlink_walk(const void *data, size_t size, u64 (*needs)(u16 type),
		      u64 *all);

#endif /* _SECURITY_CLIP_NETWORK_RULES_H */
