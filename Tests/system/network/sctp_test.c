// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCTP, which connects and binds by socket options and by sending (NW-02,
 * NW-03, NW-05). For everything else see net_test.c.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/inet_actor"
#define DIR	"/tmp/sctp"

#define C	CLIP_PRIV_NETCLIENT
#define S	CLIP_PRIV_NETSERVER
#define N	CLIP_PRIV_NETOTHER
#define NET	(C | S | N)

#define ONE	"socket 2 1 132"	/* a stream each */
#define MANY	"socket 2 5 132"	/* one socket, many peers */
#define BINDX	100
#define CONNECTX	110

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/c", C, 0, false },
	{ DIR "/s", S, 0, false },
	{ DIR "/n", N, 0, false },
};

static const struct holder everything = { DIR "/all", NET, 0, false };

#define HOLDERS	ARRAY_SIZE(holders)

HOLDERS_RUN(PROGRAM)

FIXTURE(sctp)
{
	struct actor boss, far, actor;
};

FIXTURE_SETUP(sctp)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, make_exchange());
	ASSERT_EQ(0, make_holder(&everything));
	for (size_t i = 0; i < HOLDERS; i++)
		ASSERT_EQ(0, make_holder(&holders[i]));
	ASSERT_EQ(0, set_latch("network", "1"));
	ASSERT_EQ(0, actor_start(&self->boss, everything.path, 0));
	ASSERT_EQ(0, actor_start(&self->far, everything.path, USER_ID));
}

FIXTURE_TEARDOWN(sctp)
{
	actor_stop(&self->boss);
	actor_stop(&self->far);
	umount2(DIR, MNT_DETACH);
}

/* Passes boss's socket to the actor; the answer of acting on it. */
#define ON_HANDED(command, ...) ({ \
	ASSERT_EQ(0, ask(&self->boss, "give")); \
	ASSERT_EQ(0, ask(&self->actor, "take")); \
	ask(&self->actor, command, ##__VA_ARGS__); \
})

static const uid_t uids[] = { 0, USER_ID };

TEST_F(sctp, options)
{
	long port;

	ASSERT_EQ(0, ask(&self->far, ONE));
	ASSERT_EQ(0, ask(&self->far, "bind 0"));
	ASSERT_EQ(0, ask(&self->far, "listen"));
	port = ask(&self->far, "port");
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const uint64_t has = holders[h / 2].privileges;

		ASSERT_EQ(0, actor_start(&self->actor, holders[h / 2].path,
					 uids[h % 2]));
		EXPECT_EQ(has ? 0 : EPERM, ask(&self->actor, ONE));
		EXPECT_EQ(has ? 0 : EPERM, ask(&self->actor, MANY));
		ASSERT_EQ(0, ask(&self->boss, ONE));
		EXPECT_EQ(has & C ? 0 : EPERM,
			  ON_HANDED("sctp %d %ld 0", CONNECTX, port));
		EXPECT_EQ(has & C ? 0 : ENOTCONN, ask(&self->boss, "peer"));
		ASSERT_EQ(0, ask(&self->boss, ONE));
		EXPECT_EQ(has & C ? 0 : EPERM,
			  ON_HANDED("connect %ld", port));
		ASSERT_EQ(0, ask(&self->boss, ONE));
		EXPECT_EQ(has ? 0 : EPERM, ON_HANDED("sctp %d 0 0", BINDX));
		EXPECT_EQ(!has, !ask(&self->boss, "port"));
		ASSERT_EQ(0, ask(&self->boss, ONE));
		EXPECT_EQ(has & S ? 0 : EPERM, ON_HANDED("listen"));
		actor_stop(&self->actor);
	}
}

/* A connected stream can be used with any one of the three. */
TEST_F(sctp, connected)
{
	long port;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const long wanted = holders[h / 2].privileges ? 0 : EPERM;

		ASSERT_EQ(0, ask(&self->far, ONE));
		ASSERT_EQ(0, ask(&self->far, "bind 0"));
		ASSERT_EQ(0, ask(&self->far, "listen"));
		port = ask(&self->far, "port");
		ASSERT_EQ(0, ask(&self->boss, ONE));
		ASSERT_EQ(0, ask(&self->boss, "connect %ld", port));
		ASSERT_EQ(0, ask(&self->far, "accept"));
		ASSERT_EQ(0, actor_start(&self->actor, holders[h / 2].path,
					 uids[h % 2]));
		EXPECT_EQ(wanted, ON_HANDED("send 0"));
		EXPECT_EQ(wanted ? EAGAIN : 0, ask(&self->far, "recv 0"));
		ASSERT_EQ(0, ask(&self->far, "send 0"));
		EXPECT_EQ(wanted, ask(&self->actor, "recv 0"));
		EXPECT_EQ(wanted ? 0 : EAGAIN, ask(&self->boss, "recv 0"));
		actor_stop(&self->actor);
	}
}

/*
 * Answering is an act of a server; the message that would open a connection is
 * not.
 */
TEST_F(sctp, one_socket_for_many)
{
	long port, server;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const uint64_t has = holders[h / 2].privileges;

		ASSERT_EQ(0, ask(&self->far, MANY));
		ASSERT_EQ(0, ask(&self->far, "bind 0"));
		ASSERT_EQ(0, ask(&self->far, "listen"));
		port = ask(&self->far, "port");
		ASSERT_EQ(0, actor_start(&self->actor, holders[h / 2].path,
					 uids[h % 2]));
		ASSERT_EQ(0, ask(&self->boss, MANY));
		EXPECT_EQ(has & C ? 0 : EPERM,
			  ON_HANDED("sendto %ld 0", port));
		EXPECT_EQ(has & C ? 0 : EAGAIN, ask(&self->far, "recv 0"));
		/* The socket is bound, but the far end has not connected. */
		ASSERT_EQ(0, ask(&self->boss, MANY));
		ASSERT_EQ(0, ask(&self->boss, "bind 0"));
		ASSERT_EQ(0, ask(&self->boss, "listen"));
		EXPECT_EQ(has & C ? 0 : EPERM,
			  ON_HANDED("sendto %ld 0", port));
		EXPECT_EQ(has & C ? 0 : EAGAIN, ask(&self->far, "recv 0"));
		/* Now it has. */
		server = ask(&self->boss, "port");
		ASSERT_EQ(0, ask(&self->far, "sendto %ld 0", server));
		ASSERT_EQ(0, ask(&self->boss, "recv 0"));
		EXPECT_EQ(has & (C | S) ? 0 : EPERM,
			  ask(&self->actor, "sendto %ld 0", port));
		EXPECT_EQ(has & (C | S) ? 0 : EAGAIN,
			  ask(&self->far, "recv 0"));
		actor_stop(&self->actor);
	}
}

TEST_HARNESS_MAIN
