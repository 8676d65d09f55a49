// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPsec (XF-*, PR-13, PR-14), and the latch kernel.clip.xfrm, which the first
 * test leaves off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "events.h"
#include "holders.h"
#include "latch.h"
#include "log.h"

#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/pfkeyv2.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/netlink_actor"
#define DIR	"/tmp/xfrm"

#define SP	CLIP_PRIV_XFRMSP
#define SA	CLIP_PRIV_XFRMSA
#define BOTH	(SP | SA)
#define ADMIN	(1ULL << CAP_NET_ADMIN)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(BOTH), ADMIN, false },
	{ DIR "/sp", SP, ADMIN, false },
	{ DIR "/sa", SA, ADMIN, false },
	{ DIR "/both", BOTH, ADMIN, false },
	{ DIR "/uncapable", BOTH, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	return make_holders(DIR, holders, HOLDERS);
}

FIXTURE_WITH_LATCH(off, "xfrm", false)

/* XF-04: root needs only its capability. */
TEST_F(off, nothing_is_required)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
	EXPECT_EQ(0, ask(&actor, "sa %d 1 1000", XFRM_MSG_NEWSA));
	EXPECT_EQ(0, ask(&actor, "sa %d 1 2000", XFRM_MSG_UPDSA));
	EXPECT_EQ(0, ask(&actor, "sa %d 1", XFRM_MSG_DELSA));
	EXPECT_EQ(0, ask(&actor, "policy %d 1", XFRM_MSG_NEWPOLICY));
	EXPECT_EQ(0, ask(&actor, "policy %d", XFRM_MSG_DELPOLICY));
	EXPECT_EQ(0, ask(&actor, "socket 15 3 2"));
	EXPECT_EQ(0, ask(&actor, "key %d", SADB_FLUSH));
	EXPECT_EQ(0, ask(&actor, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&actor, "socketpolicy %d %d", SOL_IP, IP_XFRM_POLICY));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
	EXPECT_EQ(ANSWERED + EPERM,
		  ask(&actor, "sa %d 1 1000", XFRM_MSG_NEWSA));
	actor_stop(&actor);
}

FIXTURE(xfrm)
{
	struct actor boss;	/* has all rights, and restores the state */
};

FIXTURE_SETUP(xfrm)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("xfrm", "1"));
	ASSERT_EQ(0, latch("network"));
	ASSERT_EQ(0, latch("netlink"));
	ASSERT_EQ(0, actor_start(&self->boss, DIR "/both", 0));
	ASSERT_EQ(0, ask(&self->boss, "socket 16 3 %d", NETLINK_XFRM));
}

FIXTURE_TEARDOWN(xfrm)
{
	ask(&self->boss, "flushsa");
	ask(&self->boss, "policy %d", XFRM_MSG_FLUSHPOLICY);
	actor_stop(&self->boss);
	umount2(DIR, MNT_DETACH);
}

struct act {
	const char *before;	/* by boss */
	const char *command;
	uint64_t needs;
	const char *after;	/* by boss: shows what a refusal left */
	long answer;
};

/*
 * The number of an association: 0x10 NEWSA, 0x11 DELSA, 0x12 GETSA, 0x1a UPDSA;
 * of a policy: 0x13 NEWPOLICY, 0x14 DELPOLICY, 0x15 GETPOLICY, 0x19 UPDPOLICY,
 * 0x1d FLUSHPOLICY.
 */
static const struct act acts[] = {
	/* XF-02 */
	{ "flushsa", "sa 0x10 7 1000", SA, "sa 0x12 7", ANSWERED + ESRCH },
	{ "sa 0x10 7 1000", "sa 0x11 7", SA, "sa 0x12 7", 0 },
	{ "sa 0x10 7 1000", "flushsa", SA, "sa 0x12 7", 0 },
	/* XF-03: the original code forgot this one. */
	{ "sa 0x10 7 1000", "sa 0x1a 7 2000", SA, "sa 0x11 7", 0 },
	/* XF-01 */
	{ "policy 0x1d", "policy 0x13 1", SP, "policy 0x15", ANSWERED + ENOENT },
	{ "policy 0x1d", "policy 0x19 1", SP, "policy 0x15", ANSWERED + ENOENT },
	{ "policy 0x13 1", "policy 0x14", SP, "policy 0x15", 0 },
	{ "policy 0x13 1", "policy 0x1d", SP, "policy 0x15", 0 },
	/* A task with the capability may look. */
	{ "sa 0x10 7 1000", "sa 0x12 7", 0, NULL, 0 },
	{ "policy 0x13 1", "policy 0x15", 0, NULL, 0 },
};

/*
 * The privilege is needed besides CAP_NET_ADMIN: without the privilege the
 * message is not sent, and without the capability the kernel answers with a
 * refusal.
 */
TEST_F(xfrm, acts)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool capable = !uids[h % 2] || holder->capabilities;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
		for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
			const struct act *act = &acts[i];
			const long wanted =
				act->needs & ~holder->privileges ? EPERM :
				capable ? 0 : ANSWERED + EPERM;
			long left;

			ask(&self->boss, "flushsa");
			ask(&self->boss, "policy 0x1d");
			ask(&self->boss, "%s", act->before);
			EXPECT_EQ(wanted, ask(&actor, "%s", act->command)) {
				TH_LOG("%s by %s, uid %u", act->command,
				       holder->path, uids[h % 2]);
			}
			if (!act->after)
				continue;
			left = ask(&self->boss, "%s", act->after);
			if (wanted) {
				EXPECT_EQ(act->answer, left) {
					TH_LOG("%s by %s changed something",
					       act->command, holder->path);
				}
			}
		}
		actor_stop(&actor);
	}
}

/* XF-03: an update that was refused has left the limit as it was. */
TEST_F(xfrm, a_refused_update_changes_nothing)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/sp", 0));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
	ASSERT_EQ(0, ask(&self->boss, "sa 0x10 9 1000"));
	ASSERT_EQ(1000, ask(&self->boss, "limit 9"));
	EXPECT_EQ(EPERM, ask(&actor, "sa 0x1a 9 2000"));
	EXPECT_EQ(1000, ask(&self->boss, "limit 9"));
	EXPECT_EQ(0, ask(&self->boss, "sa 0x1a 9 2000"));
	EXPECT_EQ(2000, ask(&self->boss, "limit 9"));
	/* Looking is free, and a datagram is refused for its worst message. */
	EXPECT_EQ(2000, ask(&actor, "limit 9"));
	EXPECT_EQ(EPERM, ask(&actor, "messages 0x12 0x1c"));
	EXPECT_EQ(2000, ask(&self->boss, "limit 9"));
	EXPECT_EQ(EINVAL, ask(&actor, "raw 0x12 15 16"));
	EXPECT_EQ(EPERM, ask(&actor, "raw 0x1c 64 32"));
	EXPECT_EQ(2000, ask(&self->boss, "limit 9"));
	actor_stop(&actor);
}

static uint64_t needs_of(int type)
{
	switch (type) {
	case XFRM_MSG_GETSA: case XFRM_MSG_GETPOLICY: case XFRM_MSG_GETAE:
	case XFRM_MSG_GETSADINFO: case XFRM_MSG_GETSPDINFO:
	case XFRM_MSG_GETDEFAULT:
		return 0;
	case XFRM_MSG_NEWSA: case XFRM_MSG_UPDSA: case XFRM_MSG_DELSA:
	case XFRM_MSG_FLUSHSA: case XFRM_MSG_ALLOCSPI: case XFRM_MSG_ACQUIRE:
	case XFRM_MSG_EXPIRE: case XFRM_MSG_NEWAE: case XFRM_MSG_NEWSADINFO:
		return SA;
	case XFRM_MSG_NEWPOLICY: case XFRM_MSG_UPDPOLICY:
	case XFRM_MSG_DELPOLICY: case XFRM_MSG_FLUSHPOLICY:
	case XFRM_MSG_POLEXPIRE: case XFRM_MSG_NEWSPDINFO:
	case XFRM_MSG_SETDEFAULT:
		return SP;
	default:
		return BOTH;
	}
}

/*
 * Every message type, unknown ones too. Those of an ordinary user have no
 * effect.
 */
TEST_F(xfrm, messages)
{
	for (size_t h = 0; h < HOLDERS; h++) {
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holders[h].path, USER_ID));
		ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
		for (int type = 0; type < XFRM_MSG_MAX + 8; type++) {
			EXPECT_EQ(!(needs_of(type) & ~holders[h].privileges),
				  EPERM != ask(&actor, "messages %d", type)) {
				TH_LOG("%s: type %#x", holders[h].path, type);
			}
		}
		actor_stop(&actor);
	}
}

/* XF-03: a policy for one socket, by each of the four options. */
TEST_F(xfrm, policies_of_sockets)
{
	static const int options[][2] = {
		{ SOL_IP, IP_XFRM_POLICY }, { SOL_IP, IP_IPSEC_POLICY },
		{ SOL_IPV6, IPV6_XFRM_POLICY }, { SOL_IPV6, IPV6_IPSEC_POLICY },
	};

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool capable = !uids[h % 2] || holder->capabilities;
		const bool may = capable && holder->privileges & SP;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		for (size_t i = 0; i < 4; i++) {
			ASSERT_EQ(0, ask(&actor, "socket %d 2 0", i < 2 ?
					 AF_INET : AF_INET6));
			/*
			 * The other two options take AF_KEY's form of a policy.
			 */
			EXPECT_EQ(!may ? EPERM : i % 2 ? EINVAL : 0,
				  ask(&actor, "socketpolicy %d %d",
				      options[i][0], options[i][1])) {
				TH_LOG("%s, uid %u: option %zu", holder->path,
				       uids[h % 2], i);
			}
		}
		actor_stop(&actor);
	}
}

/*
 * The other interface, AF_KEY, requires both letters, for opening and for each
 * use.
 */
TEST_F(xfrm, key_sockets)
{
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool capable = !uids[h % 2] || holder->capabilities;
		const bool may = capable &&
				 (holder->privileges & BOTH) == BOTH;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(may ? 0 : EPERM, ask(&actor, "socket 15 3 2"));
		if (may) {
			EXPECT_EQ(0, ask(&actor, "key %d", SADB_FLUSH));
			EXPECT_EQ(0, ask(&actor, "key %d", SADB_X_SPDFLUSH));
			EXPECT_EQ(0, ask(&actor, "recv"));
		}
		actor_stop(&actor);
	}
	/* The socket is passed to root without the privileges. */
	ASSERT_EQ(0, ask(&self->boss, "sa 0x10 7 1000"));
	ASSERT_EQ(0, ask(&self->boss, "socket 15 3 2"));
	ASSERT_EQ(0, ask(&self->boss, "give"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/sa", 0));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "key %d", SADB_FLUSH));
	EXPECT_EQ(EPERM, ask(&actor, "recv"));
	ASSERT_EQ(0, ask(&self->boss, "socket 16 3 %d", NETLINK_XFRM));
	EXPECT_EQ(0, ask(&self->boss, "sa 0x12 7"));
	actor_stop(&actor);
}

/* A socket that was passed on or kept is subject to its user's privileges. */
TEST_F(xfrm, passed_on_descriptors)
{
	struct actor actor;
	long fd;

	ASSERT_EQ(0, ask(&self->boss, "sa 0x10 7 1000"));
	ASSERT_EQ(0, ask(&self->boss, "give"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/sp", 0));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "flushsa"));
	EXPECT_EQ(0, ask(&actor, "sa 0x12 7"));
	EXPECT_EQ(0, ask(&actor, "policy 0x13 1"));
	fd = ask(&actor, "fd");
	ASSERT_EQ(0, ask(&actor, "exec " DIR "/sa"));
	ASSERT_EQ(0, ask(&actor, "have %ld", fd));
	EXPECT_EQ(EPERM, ask(&actor, "policy 0x14"));
	EXPECT_EQ(0, ask(&actor, "policy 0x15"));
	EXPECT_EQ(0, ask(&actor, "flushsa"));
	EXPECT_EQ(ANSWERED + ESRCH, ask(&actor, "sa 0x12 7"));
	actor_stop(&actor);
}

/* Root of its own network namespace needs the privileges just the same. */
TEST_F(xfrm, own_namespace)
{
	struct actor_ends ends;
	struct actor actor;

	ASSERT_EQ(0, actor_pipes(&actor, &ends));
	actor.pid = fork();
	if (actor.pid == 0) {
		if (setgid(USER_ID) || setuid(USER_ID) ||
		    unshare(CLONE_NEWUSER | CLONE_NEWNET))
			_exit(126);
		actor_become(DIR "/none", ends);
	}
	close(ends.in);
	close(ends.out);
	ASSERT_EQ(0, actor_answer(&actor));
	EXPECT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
	EXPECT_EQ(EPERM, ask(&actor, "sa 0x10 7 1000"));
	EXPECT_EQ(EPERM, ask(&actor, "policy 0x13 1"));
	EXPECT_EQ(EPERM, ask(&actor, "socket 15 3 2"));
	actor_stop(&actor);
}

/* The associations of a network device go with it, by any remover. */
TEST_F(xfrm, devices_can_go)
{
	struct actor actor;

	ASSERT_EQ(0, ask(&self->boss, "sa 0x10 7 1000"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 0"));
	EXPECT_EQ(0, ask(&actor, "newlink gone0"));
	EXPECT_EQ(0, ask(&actor, "dellink gone0"));
	EXPECT_EQ(0, ask(&self->boss, "sa 0x12 7"));
	actor_stop(&actor);
}

static int refused_flush(void *data)
{
	return ask(data, "flushsa");
}

static int refused_key(void *data)
{
	return ask(data, "socket 15 3 2");
}

TEST_F(xfrm, refusals_are_logged)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/sp", 0));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 %d", NETLINK_XFRM));
	EXPECT_TRUE(logged(refused_flush, &actor,
			   "clip: refused socket: reason=40 (no-privilege) operation=send family=16 needs=x pid=",
			   " uid=0 comm=\"sp\""));
	EXPECT_TRUE(logged(refused_key, &actor,
			   "operation=create family=15 needs=X+x pid=",
			   " uid=0 comm=\"sp\""));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
