// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of addresses, which SCTP binds and connects a socket to by its options: each
 * of them is judged as by bind(2) and connect(2) (NET-01, NET-09).
 *
 *	context X, without a loopback      context 0
 *	10.0.0.5, 10.0.0.6, fd00::5        "host", which listens on 10.0.0.7 and fd00::7
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "netid.h"

#include <sys/socket.h>

#include "kselftest_harness.h"

#define X	2501
#define BINDX	100
#define CONNECTX	110
#define SCTP	"1 132"

FIXTURE(lists)
{
	int fd;
	struct actor host, x;
};

FIXTURE_SETUP(lists)
{
	static const char *const own[] = { "10.0.0.5/32", "10.0.0.6/32", "fd00::5/128", NULL };

	ASSERT_EQ(0, make_addresses());
	self->fd = start_at(&self->x, X, own);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, actor_start(&self->host, NETID_ACTOR, 0));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " SCTP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 " THEIRS " 7200"));
	ASSERT_EQ(0, ask(&self->host, "listen 0"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 10 " SCTP));
	ASSERT_EQ(0, ask(&self->host, "bind 1 fd00::7 7201"));
	ASSERT_EQ(0, ask(&self->host, "listen 1"));
}

FIXTURE_TEARDOWN(lists)
{
	actor_stop(&self->host);
	actor_stop(&self->x);
	close(self->fd);
	context_delete(X);
}

/* A socket that was refused one list can still be bound to another. */
TEST_F(lists, bind)
{
	static const struct {
		int family;
		const char *theirs, *own;
	} forms[] = {
		{ AF_INET, THEIRS, "10.0.0.5" },
		{ AF_INET, "10.0.0.5 " THEIRS, "10.0.0.5 10.0.0.6" },
		{ AF_INET, THEIRS " 10.0.0.5", "10.0.0.6 10.0.0.5" },
		{ AF_INET6, "fd00::7", "fd00::5" },
		{ AF_INET6, "fd00::5 " THEIRS, "fd00::5 10.0.0.6" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const long long before = refused(CLIP_REASON_ADDRESS);

		ASSERT_EQ(0, ask(&self->x, "socket 0 %d " SCTP, forms[i].family));
		EXPECT_EQ(EADDRNOTAVAIL, ask(&self->x, "sctp 0 %d 5000 %s", BINDX, forms[i].theirs))
			TH_LOG("%s", forms[i].theirs);
		EXPECT_EQ(before + 1, refused(CLIP_REASON_ADDRESS));
		EXPECT_EQ(0, ask(&self->x, "sctp 0 %d 5000 %s", BINDX, forms[i].own))
			TH_LOG("%s", forms[i].own);
		EXPECT_EQ(before + 1, refused(CLIP_REASON_ADDRESS));
		EXPECT_EQ(0, ask(&self->x, "close 0"));
		ASSERT_EQ(0, ask(&self->host, "socket 2 %d " SCTP, forms[i].family));
		EXPECT_EQ(0, ask(&self->host, "sctp 2 %d 5000 %s", BINDX, forms[i].theirs))
			TH_LOG("%s", forms[i].theirs);
		EXPECT_EQ(0, ask(&self->host, "close 2"));
	}
}

TEST_F(lists, connect)
{
	static const struct {
		int family, port;
		const char *own, *loopback, *theirs;
	} forms[] = {
		{ AF_INET, 7200, "10.0.0.5", "127.0.0.1", THEIRS },
		{ AF_INET6, 7201, "fd00::5", "::1", "fd00::7" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const long long before = refused(CLIP_REASON_ADDRESS);

		ASSERT_EQ(0, ask(&self->x, "socket 0 %d " SCTP, forms[i].family));
		/* No address is chosen for it here, as connect(2) does. */
		ASSERT_EQ(0, ask(&self->x, "bind 0 %s 0", forms[i].own));
		EXPECT_EQ(EPERM, ask(&self->x, "sctp 0 %d %d %s", CONNECTX, forms[i].port,
				     forms[i].loopback));
		EXPECT_EQ(before + 1, refused(CLIP_REASON_ADDRESS));
		EXPECT_EQ(0, ask(&self->x, "sctp 0 %d %d %s", CONNECTX, forms[i].port,
				 forms[i].theirs));
		EXPECT_EQ(0, ask(&self->host, "accept %zu 5", i));
		EXPECT_EQ(0, ask(&self->x, "send 0"));
		EXPECT_EQ(0, ask(&self->host, "recv 5"));
		EXPECT_EQ(before + 1, refused(CLIP_REASON_ADDRESS));
		EXPECT_EQ(0, ask(&self->host, "close 5"));
		EXPECT_EQ(0, ask(&self->x, "close 0"));
	}
}

TEST_HARNESS_MAIN
