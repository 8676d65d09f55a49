// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges that an act on a socket needs
 *
 * These rules look at no socket and no task. network/socket.c,
 * network/netlink.c and network/xfrm.c map system calls to acts, and decide
 * which tasks are subject to the check.
 */
#include "core/common.h"

#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/net.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <linux/sockios.h>
#include <linux/wireless.h>
#include <linux/xfrm.h>

#include "core/latch.h"
#include "network/rules.h"

static const char *const act_names[] = {
	[CLIP_NET_CREATE] = "create",
	[CLIP_NET_BIND] = "bind",
	[CLIP_NET_CONNECT] = "connect",
	[CLIP_NET_LISTEN] = "listen",
	[CLIP_NET_ACCEPT] = "accept",
	[CLIP_NET_SEND] = "send",
	[CLIP_NET_REPLY] = "send-bound",
	[CLIP_NET_SEND_PEER] = "send-connected",
	[CLIP_NET_RECEIVE] = "receive",
	[CLIP_NET_IPSEC] = "ipsec-policy",
	[CLIP_NET_CONFIGURE] = "configure",
};

static_assert(ARRAY_SIZE(act_names) == __CLIP_NET_ACT_MAX);

/**
 * clip_net_act_name - Get the name of an act
 * @act: the act
 *
 * Return: The name.
 */
const char *clip_net_act_name(enum clip_net_act act)
{
	return act < __CLIP_NET_ACT_MAX ? act_names[act] : "unknown";
}

/*
 * The original did not treat any datagram socket as connected, so that a UDP
 * server could not reply without NETCLIENT. Here, NETSERVER is enough to reply
 * from a bound datagram socket, and any of the three privileges is enough to
 * send to the peer of a connected one.
 */
static const u64 act_needs[] = {
	[CLIP_NET_CREATE] = CLIP_PRIV_NET,
	[CLIP_NET_BIND] = CLIP_PRIV_NET,
	[CLIP_NET_CONNECT] = CLIP_PRIV_NETCLIENT,
	[CLIP_NET_LISTEN] = CLIP_PRIV_NETSERVER,
	[CLIP_NET_ACCEPT] = CLIP_PRIV_NETSERVER,
	[CLIP_NET_SEND] = CLIP_PRIV_NETCLIENT,
	[CLIP_NET_REPLY] = CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER,
	[CLIP_NET_SEND_PEER] = CLIP_PRIV_NET,
	[CLIP_NET_RECEIVE] = CLIP_PRIV_NET,
	[CLIP_NET_IPSEC] = 0,	/* socket options need no privilege here */
	[CLIP_NET_CONFIGURE] = 0,	/* the socket sends nothing */
};

static_assert(ARRAY_SIZE(act_needs) == __CLIP_NET_ACT_MAX);

/**
 * clip_net_needs - Get the privileges for an act on a network socket
 * @family: address family of the socket itself
 * @act: the act
 *
 * AF_ALG reaches no network: its accept(2) does not return a connection.
 *
 * Return: CLIP_PRIV_*, any one of which is enough; 0 if none is needed.
 */
u64 clip_net_needs(int family, enum clip_net_act act)
{
	if (family == AF_UNIX || family == AF_NETLINK)
		return 0;
	if (family == AF_ALG)
		return CLIP_PRIV_NET;
	if (WARN_ON_ONCE(act >= __CLIP_NET_ACT_MAX))
		return CLIP_PRIV_NETCLIENT;
	return act_needs[act];
}

/**
 * clip_netlink_needs - Get the privileges for any use of a netlink socket
 * @protocol: NETLINK_*
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_netlink_needs(int protocol)
{
	switch (protocol) {
	case NETLINK_ROUTE:
		return 0;
	case NETLINK_AUDIT:
		return CLIP_PRIV_NETLINK | CLIP_PRIV_NETLINK_AUDIT;
	default:
		return CLIP_PRIV_NETLINK;
	}
}

/**
 * clip_route_needs - Get the privileges for a message to NETLINK_ROUTE
 * @type: type of the message
 *
 * Unknown message types are treated as changes.
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_route_needs(u16 type)
{
	switch (type) {
	case RTM_GETLINK:
	case RTM_GETADDR:
	case RTM_GETROUTE:
	case RTM_GETNEIGH:
	case RTM_GETRULE:
	case RTM_GETQDISC:
	case RTM_GETTCLASS:
	case RTM_GETTFILTER:
	case RTM_GETACTION:
	case RTM_GETANYCAST:
	case RTM_GETNEIGHTBL:
	case RTM_GETADDRLABEL:
	case RTM_GETDCB:
		return 0;
	default:
		return CLIP_PRIV_NETLINK;
	}
}

/* Private requests of drivers and protocols are not treated as queries. */
static bool is_question(unsigned int cmd)
{
	switch (cmd) {
	case SIOCGIFNAME:
	case SIOCGIFCONF:
	case SIOCGIFFLAGS:
	case SIOCGIFADDR:
	case SIOCGIFDSTADDR:
	case SIOCGIFBRDADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFMETRIC:
	case SIOCGIFMEM:
	case SIOCGIFMTU:
	case SIOCGIFENCAP:
	case SIOCGIFHWADDR:
	case SIOCGIFSLAVE:
	case SIOCGIFINDEX:
	case SIOCGIFPFLAGS:
	case SIOCGIFCOUNT:
	case SIOCGIFTXQLEN:
	case SIOCETHTOOL:	/* user memory says if it is a query */
	case SIOCGMIIPHY:
	case SIOCGMIIREG:
	case SIOCOUTQNSD:
	case SIOCGSKNS:
	case SIOCGARP:
	case SIOCGRARP:
	case SIOCGIFMAP:
	case SIOCBONDSLAVEINFOQUERY:
	case SIOCBONDINFOQUERY:
	case SIOCGHWTSTAMP:
		return true;
	default:
		return false;
	}
}

/**
 * clip_config_needs - Get the privileges for an ioctl on a socket
 * @cmd: the request
 *
 * Most of what netlink configures can also be configured by ioctl, through any
 * socket. The queries of bridges and VLANs can also be changes, depending on
 * their argument. Requests that change wireless devices have even numbers.
 * Requests below those for routes concern the socket itself, and the private
 * requests of protocols concern connections.
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_config_needs(unsigned int cmd)
{
	if (cmd >= SIOCIWFIRST && cmd <= SIOCIWLAST)
		return cmd & 1 ? 0 : CLIP_PRIV_NETLINK;
	if (cmd < SIOCADDRT || cmd >= SIOCDEVPRIVATE + 16 ||
	    (cmd >= SIOCPROTOPRIVATE && cmd < SIOCPROTOPRIVATE + 16))
		return 0;
	return is_question(cmd) ? 0 : CLIP_PRIV_NETLINK;
}

/**
 * clip_xfrm_needs - Get the privileges for a message to NETLINK_XFRM
 * @type: type of the message
 *
 * MIGRATE moves both policies and associations. Unknown message types need all
 * privileges.
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_xfrm_needs(u16 type)
{
	switch (type) {
	case XFRM_MSG_GETSA:
	case XFRM_MSG_GETPOLICY:
	case XFRM_MSG_GETAE:
	case XFRM_MSG_GETSADINFO:
	case XFRM_MSG_GETSPDINFO:
	case XFRM_MSG_GETDEFAULT:
		return 0;
	case XFRM_MSG_NEWPOLICY:
	case XFRM_MSG_UPDPOLICY:
	case XFRM_MSG_DELPOLICY:
	case XFRM_MSG_FLUSHPOLICY:
	case XFRM_MSG_POLEXPIRE:
	case XFRM_MSG_NEWSPDINFO:
	case XFRM_MSG_SETDEFAULT:
		return CLIP_PRIV_XFRMSP;
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
	case XFRM_MSG_DELSA:
	case XFRM_MSG_FLUSHSA:
	case XFRM_MSG_ALLOCSPI:
	case XFRM_MSG_NEWAE:
	case XFRM_MSG_EXPIRE:
	case XFRM_MSG_ACQUIRE:
	case XFRM_MSG_NEWSADINFO:
		return CLIP_PRIV_XFRMSA;
	default:
		return CLIP_PRIV_XFRM;
	}
}

/**
 * clip_nft_needs - Get the privileges for a message to NETLINK_NETFILTER
 * @type: type of the message
 *
 * The upper byte names the subsystem. Only nf_tables has batches, and each
 * message of a batch names the subsystem again. Queries are not exempt: some of
 * them reset the values that they return, and all of them reach the same code.
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_nft_needs(u16 type)
{
	if (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END)
		return CLIP_PRIV_NFT;
	switch (NFNL_SUBSYS_ID(type)) {
	case NFNL_SUBSYS_NFTABLES:
	case NFNL_SUBSYS_NFT_COMPAT:
		return CLIP_PRIV_NFT;
	default:
		return 0;
	}
}

/**
 * clip_raw_needs - Get the privileges for a socket that handles whole packets
 * @family: address family of the socket itself
 * @type: SOCK_*, the type of the socket itself
 *
 * SOCK_RAW has no meaning in the families that never leave the machine, and
 * AF_KEY has privileges of its own. Ping sockets are SOCK_DGRAM.
 *
 * Return: CLIP_PRIV_*, all of which are needed.
 */
u64 clip_raw_needs(int family, int type)
{
	switch (family) {
	case AF_UNIX:
	case AF_NETLINK:
	case AF_KEY:
		return 0;
	case AF_PACKET:
	case AF_XDP:
		return CLIP_PRIV_RAW;
	default:
		return type == SOCK_RAW ? CLIP_PRIV_RAW : 0;
	}
}

/**
 * clip_netlink_walk - Get the privileges for all messages of one datagram
 * @data: the datagram
 * @size: size of the datagram in bytes
 * @needs: returns the privileges for a message of a given type
 * @all: receives the privileges for all messages together, on success
 *
 * The walk finds the messages that netlink_rcv_skb() will find. It ends where
 * that function ends, at a header that does not fit. This is not an error,
 * because many programs send their whole buffer, in which zeros follow the
 * messages.
 *
 * Return: 0, or -EINVAL if the datagram is shorter than a message header.
 */
int clip_netlink_walk(const void *data, size_t size, u64 (*needs)(u16 type),
		      u64 *all)
{
	u64 sum = 0;

	if (size < NLMSG_HDRLEN)
		return -EINVAL;
	while (size >= NLMSG_HDRLEN) {
		const struct nlmsghdr *message = data;
		const size_t length = message->nlmsg_len;

		if (length < NLMSG_HDRLEN || length > size)
			break;
		sum |= needs(message->nlmsg_type);
		if (NLMSG_ALIGN(length) >= size)
			break;
		data += NLMSG_ALIGN(length);
		size -= NLMSG_ALIGN(length);
	}
	*all = sum;
	return 0;
}
