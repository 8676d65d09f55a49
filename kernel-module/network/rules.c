// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: which privileges an act on a socket needs
 *
 * None of this looks at a socket or a task. Which act a system call comes to,
 * and who is asked at all, is for network/socket.c, network/netlink.c and network/xfrm.c.
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
 * clip_net_act_name - word for an act
 * @act: the act
 *
 * Return: the word.
 */
const char *clip_net_act_name(enum clip_net_act act)
{
	return act < __CLIP_NET_ACT_MAX ? act_names[act] : "unknown";
}

/*
 * The original counted no datagram socket as connected, so that a UDP server
 * could not answer without NETCLIENT. Here one that is bound may, as a server,
 * and one that is connected sends to its peer with any of the three.
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
	[CLIP_NET_IPSEC] = 0,	/* an option of sockets, and those are free */
	[CLIP_NET_CONFIGURE] = 0,	/* by whichever socket, none is sent */
};

static_assert(ARRAY_SIZE(act_needs) == __CLIP_NET_ACT_MAX);

/**
 * clip_net_needs - privileges for an act on a socket that can leave the machine
 * @family: the socket's own
 * @act: the act
 *
 * AF_ALG reaches no network: what its accept() returns is no connection.
 *
 * Return: CLIP_PRIV_*, one of which must be there; 0 if none is needed.
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
 * clip_netlink_needs - privileges for a netlink socket as such
 * @protocol: NETLINK_*
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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
 * clip_route_needs - privileges for a message to NETLINK_ROUTE
 * @type: the message's
 *
 * What is not known to be a question is none.
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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

/* What drivers and protocols have for themselves is not known to be one. */
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
	case SIOCETHTOOL:	/* which of the two is in memory of the caller */
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
 * clip_config_needs - privileges for an ioctl on a socket
 * @cmd: the request
 *
 * Most of what netlink configures, these do too, by any socket. The questions
 * about bridges and VLANs can be orders as well: their argument says. Wireless
 * devices number their orders even. Those below the routes are about the socket,
 * and what protocols have for themselves is about connections.
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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
 * clip_xfrm_needs - privileges for a message to NETLINK_XFRM
 * @type: the message's
 *
 * MIGRATE moves policies and associations in one. What is not known needs
 * everything.
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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
 * clip_nft_needs - privileges for a message to NETLINK_NETFILTER
 * @type: the message's
 *
 * The upper byte names the subsystem. Only nf_tables has batches, and what
 * stands in one says again whose it is. Questions are no exception: some of
 * them reset what they ask for, and all of them reach the same code.
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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
 * clip_raw_needs - privileges for a socket that takes or gives whole packets
 * @family: the socket's own
 * @type: SOCK_*, the socket's own
 *
 * SOCK_RAW means nothing in the families that never leave the machine, and
 * AF_KEY has privileges of its own. Ping sockets are SOCK_DGRAM.
 *
 * Return: CLIP_PRIV_*, all of which must be there.
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
 * clip_netlink_walk - privileges for all messages of one datagram
 * @data: the datagram
 * @size: bytes in it
 * @needs: privileges for a message of some type
 * @all: out: what the messages need together; only if the form is good
 *
 * The walk finds what netlink_rcv_skb() will find, and ends where that ends: at
 * a header that does not fit. There is a reason for it not to be an error: many
 * programs send their whole buffer, and what follows in it is zeros.
 *
 * Return: 0, or -EINVAL.
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
