/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which privileges an act on a socket needs
 */
#ifndef _SECURITY_CLIP_NETRULES_H
#define _SECURITY_CLIP_NETRULES_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

#define CLIP_PRIV_NET \
	(CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER | CLIP_PRIV_NETOTHER)
#define CLIP_PRIV_XFRM	(CLIP_PRIV_XFRMSP | CLIP_PRIV_XFRMSA)

enum clip_net_act {
	CLIP_NET_CREATE,
	CLIP_NET_BIND,
	CLIP_NET_CONNECT,
	CLIP_NET_LISTEN,
	CLIP_NET_ACCEPT,
	CLIP_NET_SEND,		/* to whom the message itself says */
	CLIP_NET_REPLY,		/* the same, from an address that was bound */
	CLIP_NET_SEND_PEER,	/* to whom the socket is connected */
	CLIP_NET_RECEIVE,
	CLIP_NET_IPSEC,		/* an IPsec policy for the socket */
	CLIP_NET_CONFIGURE,	/* addresses, routes, interfaces, by ioctl */
	__CLIP_NET_ACT_MAX
};

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

#endif /* _SECURITY_CLIP_NETRULES_H */
