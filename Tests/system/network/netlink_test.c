// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink (NL-*, PR-09, PR-19), and the latch kernel.clip.netlink, which the
 * first test leaves off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "events.h"
#include "holders.h"
#include "latch.h"
#include "log.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/netlink_actor"
#define DIR	"/tmp/netlink"

#define LINK	CLIP_PRIV_NETLINK
#define AUDIT	CLIP_PRIV_NETLINK_AUDIT
#define BOTH	(LINK | AUDIT)
#define ADMIN	(1ULL << CAP_NET_ADMIN)

/* The last two have the capability besides. */
static const struct holder holders[] = {
	{ .path = DIR "/none", .unlisted = true },
	{ .path = DIR "/others", .privileges = ALL_BUT(BOTH) },
	{ .path = DIR "/link", .privileges = LINK },
	{ .path = DIR "/audit", .privileges = AUDIT },
	{ .path = DIR "/both", .privileges = BOTH },
	{ .path = DIR "/admin", .privileges = LINK, .capabilities = ADMIN },
	{ .path = DIR "/bare", .capabilities = ADMIN },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	return make_holders(DIR, holders, HOLDERS);
}

static bool exists(const char *link)
{
	char path[64];

	/* Not by if_nametoindex(): that needs a socket of the network. */
	snprintf(path, sizeof(path), "/sys/class/net/%s", link);
	return !access(path, F_OK);
}

FIXTURE_WITH_LATCH(off, "netlink", false)

TEST_F(off, nothing_is_required)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/bare", USER_ID));
	EXPECT_EQ(0, ask(&actor, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&actor, "address lo 127.0.0.1"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_KOBJECT_UEVENT));
	EXPECT_EQ(0, ask(&actor, "nlbind 1"));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_GENERIC));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_AUDIT));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_EQ(0, ask(&actor, "raw %d 8 8", RTM_GETLINK));
	EXPECT_EQ(ANSWERED + EPERM, ask(&actor, "newlink off0"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_EQ(0, ask(&actor, "newlink off0"));
	EXPECT_TRUE(exists("off0"));
	EXPECT_EQ(0, ask(&actor, "dellink off0"));
	EXPECT_FALSE(exists("off0"));
	actor_stop(&actor);
}

FIXTURE(netlink) {};

FIXTURE_SETUP(netlink)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("netlink", "1"));
	ASSERT_EQ(1, latch("netlink"));
	ASSERT_EQ(0, latch("network"));
}

FIXTURE_TEARDOWN(netlink)
{
	umount2(DIR, MNT_DETACH);
}

/* NL-01 */
TEST_F(netlink, creating)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		for (int protocol = 0; protocol < 32; protocol++) {
			const uint64_t needs =
				protocol == NETLINK_ROUTE ? 0 :
				protocol == NETLINK_AUDIT ? BOTH : LINK;
			const bool may = !(needs & ~holder->privileges);
			const long got = ask(&actor, "socket 16 3 %d",
					     protocol);

			EXPECT_EQ(may, got != EPERM) {
				TH_LOG("%s: protocol %d", holder->path,
				       protocol);
			}
			if (may && (protocol == NETLINK_ROUTE ||
				    protocol == NETLINK_AUDIT ||
				    protocol == NETLINK_GENERIC ||
				    protocol == NETLINK_KOBJECT_UEVENT)) {
				EXPECT_EQ(0, got);
			}
		}
		EXPECT_EQ(EPERM != ask(&actor, "socket 16 3 -1"),
			  !!(holder->privileges & LINK));
		actor_stop(&actor);
	}
}

static bool is_question(int type)
{
	static const uint8_t free[] = {
		RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH,
		RTM_GETRULE, RTM_GETQDISC, RTM_GETTCLASS, RTM_GETTFILTER,
		RTM_GETACTION, RTM_GETANYCAST, RTM_GETNEIGHTBL,
		RTM_GETADDRLABEL, RTM_GETDCB,
	};

	return memchr(free, type, sizeof(free));
}

/* NL-02: all types, also those that the kernel ignores. */
TEST_F(netlink, messages)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool all = holder->privileges & LINK;
		struct actor actor;

		/* An actor with all rights would carry the change out. */
		if (all && (!uids[h % 2] || holder->capabilities))
			continue;
		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
		for (int type = 0; type < RTM_MAX + 8; type++) {
			EXPECT_EQ(all || is_question(type),
				  EPERM != ask(&actor, "messages %d", type)) {
				TH_LOG("%s: type %d", holder->path, type);
			}
		}
		actor_stop(&actor);
	}
}

/*
 * PR-09: the four cells of one change. The privilege alone changes nothing,
 * because the kernel still requires its capability.
 */
TEST_F(netlink, change_needs_privilege_and_capability)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool capable = !uids[h % 2] || holder->capabilities;
		const long wanted = !(holder->privileges & LINK) ? EPERM :
				    capable ? 0 : ANSWERED + EPERM;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
		EXPECT_EQ(wanted, ask(&actor, "newlink on0")) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		EXPECT_EQ(!wanted, exists("on0"));
		EXPECT_EQ(wanted, ask(&actor, "newlink2 on1"));
		EXPECT_EQ(!wanted, exists("on1"));
		if (!wanted) {
			EXPECT_EQ(0, ask(&actor, "dellink on0"));
			EXPECT_EQ(0, ask(&actor, "dellink on1"));
			EXPECT_FALSE(exists("on0"));
		}
		actor_stop(&actor);
	}
}

static int mtu_of_loopback(void)
{
	FILE *file = fopen("/sys/class/net/lo/mtu", "r");
	int mtu = -1;

	if (file && fscanf(file, "%d", &mtu) != 1)
		mtu = -1;
	if (file)
		fclose(file);
	return mtu;
}

/*
 * The other way to configure, by ioctl on any socket; there, too, questions are
 * free.
 */
TEST_F(netlink, ioctl)
{
	const int before = mtu_of_loopback();
	const int families[] = { AF_INET, AF_UNIX };

	for (size_t h = 0; h < 4 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 4];
		const uid_t uid = uids[h % 2];
		const bool capable = !uid || holder->capabilities;
		const bool may = capable && (holder->privileges & LINK);
		const int family = families[h / 2 % 2];
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
		ASSERT_EQ(0, ask(&actor, "socket %d 2 0", family));
		EXPECT_EQ(0, ask(&actor, "interface %d lo", SIOCGIFMTU));
		EXPECT_EQ(0, ask(&actor, "interface %d lo", SIOCGIFFLAGS));
		EXPECT_EQ(before, mtu_of_loopback());
		EXPECT_EQ(may ? 0 : EPERM,
			  ask(&actor, "interface %d lo 1400", SIOCSIFMTU)) {
			TH_LOG("%s, uid %u", holder->path, uid);
		}
		EXPECT_EQ(may ? 1400 : before, mtu_of_loopback());
		if (may)
			EXPECT_EQ(0, ask(&actor, "interface %d lo %d",
					 SIOCSIFMTU, before));
		if (family == AF_INET) {
			EXPECT_EQ(may ? 0 : EPERM,
				  ask(&actor, "address lo 127.0.0.1"));
			EXPECT_EQ(may, ask(&actor, "route %d", SIOCADDRT) !=
				  EPERM);
		}
		actor_stop(&actor);
	}
}

/* NL-03: a change after questions refuses the whole datagram. */
TEST_F(netlink, every_message_counts)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_NE(EPERM, ask(&actor, "messages %d %d", RTM_GETLINK,
			     RTM_GETADDR));
	/* The questions in a refused datagram are not answered either. */
	EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_EQ(EPERM, ask(&actor, "messages %d %d", RTM_GETLINK,
			     RTM_NEWROUTE));
	EXPECT_EQ(EPERM, ask(&actor, "messages %d %d %d", RTM_GETLINK,
			     RTM_GETADDR, RTM_SETLINK));
	EXPECT_EQ(EPERM, ask(&actor, "newlink2 batch0"));
	EXPECT_FALSE(exists("batch0"));
	EXPECT_EQ(EAGAIN, ask(&actor, "recv"));
	/* Its number is that of a question, but it is not on the list. */
	EXPECT_EQ(EPERM, ask(&actor, "messages %d", RTM_GETNSID));
	actor_stop(&actor);
}

/* NL-02, and lengths that lie. */
TEST_F(netlink, malformed_messages_are_refused)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_EQ(EINVAL, ask(&actor, "raw %d 1 16", RTM_GETLINK));
	EXPECT_EQ(EINVAL, ask(&actor, "raw %d 15 16", RTM_GETLINK));
	/* The kernel ignores these from every sender. */
	EXPECT_EQ(0, ask(&actor, "raw %d 32 15", RTM_NEWLINK));
	EXPECT_EQ(0, ask(&actor, "raw %d 32 0", RTM_NEWLINK));
	EXPECT_EQ(0, ask(&actor, "raw %d 32 33", RTM_NEWLINK));
	EXPECT_EQ(0, ask(&actor, "raw %d 32 0xffffffff", RTM_NEWLINK));
	EXPECT_EQ(EAGAIN, ask(&actor, "recv"));
	/* A whole buffer, with zeros behind the message. */
	EXPECT_EQ(0, ask(&actor, "raw %d 64 32", RTM_GETLINK));
	EXPECT_EQ(EPERM, ask(&actor, "raw %d 64 32", RTM_NEWLINK));
	EXPECT_EQ(0, ask(&actor, "raw %d 32 32", RTM_GETLINK));
	EXPECT_EQ(EPERM, ask(&actor, "raw %d 32 32", RTM_NEWLINK));
	actor_stop(&actor);
}

/*
 * A socket that was passed on or kept across exec is subject to its user's
 * privileges.
 */
TEST_F(netlink, passed_on_descriptors)
{
	static const int protocols[] = { NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC,
					 NETLINK_AUDIT, NETLINK_SOCK_DIAG };
	struct actor maker, actor;
	long fd;

	ASSERT_EQ(0, actor_start(&maker, DIR "/both", 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	for (size_t i = 0; i < 4; i++) {
		if (ask(&maker, "socket 16 3 %d", protocols[i]))
			continue;
		ASSERT_EQ(0, ask(&maker, "give"));
		ASSERT_EQ(0, ask(&actor, "take"));
		EXPECT_EQ(EPERM, ask(&actor, "nlbind 1"));
		EXPECT_EQ(EPERM, ask(&actor, "recv"));
		EXPECT_EQ(EPERM, ask(&actor, "raw 16 32 32"));
		EXPECT_EQ(EPERM, ask(&actor, "messages 16"));
		EXPECT_EQ(EAGAIN, ask(&maker, "recv"));
		EXPECT_NE(EPERM, ask(&maker, "messages 16"));
	}
	/* A socket of NETLINK_AUDIT requires both letters of its user, too. */
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/link", 0));
	ASSERT_EQ(0, ask(&maker, "socket 16 3 %d", NETLINK_AUDIT));
	ASSERT_EQ(0, ask(&maker, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "messages 1000"));
	EXPECT_EQ(0, ask(&maker, "messages 1000"));
	/*
	 * A socket for routes: any task may send questions, and holders may
	 * send changes.
	 */
	ASSERT_EQ(0, ask(&maker, "socket 16 3 0"));
	ASSERT_EQ(0, ask(&maker, "newlink over0"));
	fd = ask(&maker, "fd");
	ASSERT_EQ(0, ask(&maker, "exec " DIR "/none"));
	ASSERT_EQ(0, ask(&maker, "have %ld", fd));
	EXPECT_EQ(EPERM, ask(&maker, "dellink over0"));
	EXPECT_TRUE(exists("over0"));
	EXPECT_EQ(0, ask(&maker, "raw %d 32 32", RTM_GETLINK));
	ASSERT_EQ(0, ask(&maker, "exec " DIR "/link"));
	ASSERT_EQ(0, ask(&maker, "have %ld", fd));
	EXPECT_EQ(0, ask(&maker, "dellink over0"));
	EXPECT_FALSE(exists("over0"));
	actor_stop(&actor);
	actor_stop(&maker);
}

static int refused_audit(void *data)
{
	return ask(data, "socket 16 3 %d", NETLINK_AUDIT);
}

static int refused_message(void *data)
{
	return ask(data, "raw %d 32 32", RTM_NEWLINK);
}

TEST_F(netlink, refusals_are_logged)
{
	const long long before = status_value("refused.no-privilege");
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_TRUE(logged(refused_audit, &actor,
			   "clip: refused socket: reason=40 (no-privilege) operation=create family=16 needs=N+A pid=",
			   " uid=1000 comm=\"none\""));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_TRUE(logged(refused_message, &actor,
			   "operation=send family=16 needs=N pid=", " uid=1000 "));
	EXPECT_LT(before, status_value("refused.no-privilege"));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
