// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rules for sockets (NW-01 to NW-06, NL-01 to NL-03,
 * XF-01 to XF-03)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <linux/sockios.h>
#include <linux/xfrm.h>

#include "../network/rules.h"

#define C	CLIP_PRIV_NETCLIENT
#define S	CLIP_PRIV_NETSERVER
#define N	CLIP_PRIV_NETOTHER
#define LINK	CLIP_PRIV_NETLINK
#define AUDIT	CLIP_PRIV_NETLINK_AUDIT
#define SP	CLIP_PRIV_XFRMSP
#define SA	CLIP_PRIV_XFRMSA

static const u64 wanted[__CLIP_NET_ACT_MAX] = {
	[CLIP_NET_CREATE] = C | S | N,
	[CLIP_NET_BIND] = C | S | N,
	[CLIP_NET_CONNECT] = C,
	[CLIP_NET_LISTEN] = S,
	[CLIP_NET_ACCEPT] = S,
	[CLIP_NET_SEND] = C,
	[CLIP_NET_REPLY] = C | S,
	[CLIP_NET_SEND_PEER] = C | S | N,
	[CLIP_NET_RECEIVE] = C | S | N,
	[CLIP_NET_IPSEC] = 0,
	[CLIP_NET_CONFIGURE] = 0,
};

static void families(struct kunit *test)
{
	for (int family = 0; family < AF_MAX + 2; family++) {
		for (int act = 0; act < __CLIP_NET_ACT_MAX; act++) {
			u64 needs = wanted[act];

			if (family == AF_UNIX || family == AF_NETLINK)
				needs = 0;
			else if (family == AF_ALG)
				needs = C | S | N;
			KUNIT_EXPECT_EQ_MSG(test, needs,
					    clip_net_needs(family, act),
					    "family %d, %s", family,
					    clip_net_act_name(act));
		}
	}
}

/* The fast path allows no act that the slow path would refuse. */
static void short_way(struct kunit *test)
{
	for (int act = 0; act < CLIP_NET_IPSEC; act++) {
		const u64 enough = clip_net_enough(act);

		KUNIT_EXPECT_NE(test, 0, enough);
		KUNIT_EXPECT_EQ(test, 0, enough & ~wanted[act]);
	}
	/* With the latch for all sockets alone, the family is not looked at. */
	for (int family = 0; family < AF_MAX; family++) {
		for (int act = 0; act < CLIP_NET_IPSEC; act++) {
			const u64 needs = clip_net_needs(family, act);

			if (needs)
				KUNIT_EXPECT_EQ(test, 0, clip_net_enough(act) &
						~needs);
		}
	}
	KUNIT_EXPECT_EQ(test, 0, clip_net_enough(CLIP_NET_SEND) &
			~(wanted[CLIP_NET_REPLY] & wanted[CLIP_NET_SEND_PEER]));
}

static void netlink_protocols(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, clip_netlink_needs(NETLINK_ROUTE));
	KUNIT_EXPECT_EQ(test, LINK | AUDIT, clip_netlink_needs(NETLINK_AUDIT));
	KUNIT_EXPECT_EQ(test, LINK, clip_netlink_needs(-1));
	for (int protocol = 1; protocol < MAX_LINKS + 2; protocol++)
		if (protocol != NETLINK_AUDIT)
			KUNIT_EXPECT_EQ(test, LINK,
					clip_netlink_needs(protocol));
}

/* NL-02: Thirteen queries, by number. */
static void route_messages(struct kunit *test)
{
	static const u16 questions[] = {
		18, 22, 26, 30, 34, 38, 42, 46, 50, 62, 66, 74, 78,
	};
	size_t next = 0;

	for (int type = 0; type <= U16_MAX; type++) {
		const bool free = next < ARRAY_SIZE(questions) &&
				  questions[next] == type;

		next += free;
		KUNIT_EXPECT_EQ(test, free ? 0 : LINK, clip_route_needs(type));
	}
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(questions), next);
}

static void xfrm_messages(struct kunit *test)
{
	static const u64 needs[] = {
		[XFRM_MSG_NEWSA] = SA, [XFRM_MSG_DELSA] = SA,
		[XFRM_MSG_GETSA] = 0, [XFRM_MSG_NEWPOLICY] = SP,
		[XFRM_MSG_DELPOLICY] = SP, [XFRM_MSG_GETPOLICY] = 0,
		[XFRM_MSG_ALLOCSPI] = SA, [XFRM_MSG_ACQUIRE] = SA,
		[XFRM_MSG_EXPIRE] = SA, [XFRM_MSG_UPDPOLICY] = SP,
		[XFRM_MSG_UPDSA] = SA, [XFRM_MSG_POLEXPIRE] = SP,
		[XFRM_MSG_FLUSHSA] = SA, [XFRM_MSG_FLUSHPOLICY] = SP,
		[XFRM_MSG_NEWAE] = SA, [XFRM_MSG_GETAE] = 0,
		[XFRM_MSG_REPORT] = SP | SA, [XFRM_MSG_MIGRATE] = SP | SA,
		[XFRM_MSG_NEWSADINFO] = SA, [XFRM_MSG_GETSADINFO] = 0,
		[XFRM_MSG_NEWSPDINFO] = SP, [XFRM_MSG_GETSPDINFO] = 0,
		[XFRM_MSG_MAPPING] = SP | SA, [XFRM_MSG_SETDEFAULT] = SP,
		[XFRM_MSG_GETDEFAULT] = 0,
	};

	/* New messages of a new kernel must be reviewed before this passes. */
	static_assert(XFRM_MSG_MAX == XFRM_MSG_GETDEFAULT);
	for (int type = XFRM_MSG_BASE; type <= XFRM_MSG_MAX; type++)
		KUNIT_EXPECT_EQ_MSG(test, needs[type], clip_xfrm_needs(type),
				    "type %#x", type);
	KUNIT_EXPECT_EQ(test, SP | SA, clip_xfrm_needs(0));
	KUNIT_EXPECT_EQ(test, SP | SA, clip_xfrm_needs(XFRM_MSG_MAX + 1));
}

struct message {
	u32 length;		/* length in its header */
	u16 type;		/* 0: no more messages */
};

struct walk_case {
	const char *name;
	struct message messages[3];
	size_t size;		/* size of the datagram */
	int err;
	u64 all;
};

/* Each header follows the previous message, whose length is rounded up. */
static const struct walk_case walk_cases[] = {
	{
		.name = "nothing at all", .err = -EINVAL,
	}, {
		.name = "half a header",
		.messages = { { 16, RTM_GETLINK } },
		.size = 15, .err = -EINVAL,
	}, {
		.name = "one question",
		.messages = { { 16, RTM_GETLINK } },
		.size = 16,
	}, {
		.name = "one order",
		.messages = { { 32, RTM_NEWLINK } },
		.size = 32, .all = LINK,
	}, {
		.name = "an order behind a question",
		.messages = { { 16, RTM_GETLINK }, { 16, RTM_NEWLINK } },
		.size = 32, .all = LINK,
	}, {
		.name = "an order behind two questions of odd length",
		.messages = { { 17, RTM_GETLINK }, { 19, RTM_GETADDR },
			      { 16, RTM_DELROUTE } },
		.size = 56, .all = LINK,
	}, {
		.name = "three questions, the last without its padding",
		.messages = { { 17, RTM_GETLINK }, { 18, RTM_GETADDR },
			      { 17, RTM_GETRULE } },
		.size = 57,
	}, {
		.name = "less than a header at the end is no message",
		.messages = { { 16, RTM_GETLINK }, { 16, RTM_NEWLINK } },
		.size = 31,
	}, {
		.name = "nothing follows a length that is too small",
		.messages = { { 15, RTM_NEWLINK }, { 16, RTM_NEWLINK } },
		.size = 32,
	}, {
		.name = "zeros behind a question",
		.messages = { { 16, RTM_GETLINK }, { 0, RTM_NEWLINK } },
		.size = 128,
	}, {
		.name = "zeros behind an order",
		.messages = { { 16, RTM_NEWLINK }, { 0, RTM_GETLINK } },
		.size = 128, .all = LINK,
	}, {
		.name = "more than there is",
		.messages = { { 17, RTM_NEWLINK } },
		.size = 16,
	}, {
		.name = "a length that rounds to 0",
		.messages = { { U32_MAX, RTM_NEWLINK } },
		.size = 16,
	}, {
		.name = "the second lies",
		.messages = { { 16, RTM_NEWLINK }, { 4096, RTM_GETLINK } },
		.size = 32, .all = LINK,
	},
};

KUNIT_ARRAY_PARAM_DESC(walk, walk_cases, name);

static void walk(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	/* Has the exact size of the datagram: KASAN sees any access beyond. */
	u8 *data = kunit_kzalloc(test, max(c->size, 1), GFP_KERNEL);
	u8 *whole = kunit_kzalloc(test, 256, GFP_KERNEL);
	u64 all = ~0ULL;
	size_t at = 0;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_NOT_NULL(test, whole);
	for (int i = 0; i < 3 && c->messages[i].type; i++) {
		struct nlmsghdr *message = (struct nlmsghdr *)(whole + at);

		message->nlmsg_len = c->messages[i].length;
		message->nlmsg_type = c->messages[i].type;
		at += ALIGN(min(c->messages[i].length, 64), NLMSG_ALIGNTO);
	}
	memcpy(data, whole, c->size);
	KUNIT_EXPECT_EQ(test, c->err,
			clip_netlink_walk(data, c->size, clip_route_needs,
					  &all));
	KUNIT_EXPECT_EQ(test, c->err ? ~0ULL : c->all, all);
}

/* Covers subsystems 10 and 11, and the messages that begin and end a batch. */
static void nft_messages(struct kunit *test)
{
	for (int type = 0; type <= U16_MAX; type++) {
		const bool theirs = type >> 8 == 10 || type >> 8 == 11 ||
				    type == 16 || type == 17;

		KUNIT_EXPECT_EQ(test, theirs ? CLIP_PRIV_NFT : 0,
				clip_nft_needs(type));
	}
}

static void raw_sockets(struct kunit *test)
{
	for (int family = 0; family < AF_MAX + 2; family++) {
		const bool always = family == AF_PACKET || family == AF_XDP;
		const bool never = family == AF_UNIX || family == AF_KEY ||
				   family == AF_NETLINK;

		for (int type = 0; type < SOCK_MAX + 2; type++) {
			const bool raw = always || (type == SOCK_RAW && !never);

			KUNIT_EXPECT_EQ_MSG(test, raw ? CLIP_PRIV_RAW : 0,
					    clip_raw_needs(family, type),
					    "family %d, type %d", family, type);
		}
	}
}

/* Tries every number that the kernel could know, and some beyond. */
static void configuration(struct kunit *test)
{
	static const u16 questions[] = {
		0x8910, 0x8912, 0x8913, 0x8915, 0x8917, 0x8919, 0x891b, 0x891d,
		0x891f, 0x8921, 0x8925, 0x8927, 0x8929, 0x8933, 0x8935, 0x8938,
		0x8942, 0x8946, 0x8947, 0x8948, 0x894b, 0x894c, 0x8954, 0x8961,
		0x8970, 0x8993, 0x8994, 0x89b1,
	};
	size_t next = 0;

	for (unsigned int cmd = 0; cmd <= 0x9000; cmd++) {
		const bool free = next < ARRAY_SIZE(questions) &&
				  questions[next] == cmd;
		bool order = !free && cmd >= 0x890b && cmd <= 0x89ff &&
			     (cmd < 0x89e0 || cmd > 0x89ef);

		next += free;
		order |= cmd >= 0x8b00 && cmd <= 0x8bff && cmd % 2 == 0;
		KUNIT_EXPECT_EQ_MSG(test, order ? LINK : 0,
				    clip_config_needs(cmd), "%#x", cmd);
	}
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(questions), next);
	/* The same type with an encoded size: a query about the socket. */
	KUNIT_EXPECT_EQ(test, 0, clip_config_needs(SIOCGSTAMP_NEW));
}

static struct kunit_case clip_netrules_cases[] = {
	KUNIT_CASE(families),
	KUNIT_CASE(short_way),
	KUNIT_CASE(netlink_protocols),
	KUNIT_CASE(route_messages),
	KUNIT_CASE(xfrm_messages),
	KUNIT_CASE(nft_messages),
	KUNIT_CASE(raw_sockets),
	KUNIT_CASE(configuration),
	KUNIT_CASE_PARAM(walk, walk_gen_params),
	{}
};

static struct kunit_suite clip_netrules_suite = {
	.name = "clip_netrules",
	.test_cases = clip_netrules_cases,
};

kunit_test_suite(clip_netrules_suite);
