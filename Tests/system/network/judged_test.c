// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets keep what was found for their address (NET-22). Whether one has sent and
 * received before or not, its next packet is judged by the addresses that its
 * context has now.
 *
 *	context X            context Y            context 0
 *	10.0.0.5, fd00::5    none at first        "host", on 10.0.0.7 and fd00::7
 *
 * The lists of X and Y can change; that of Z, 10.0.0.5 and 10.0.0.6, is final.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "netid.h"

#include <sys/socket.h>

#include "kselftest_harness.h"

#define X	2401
#define Y	2402
#define Z	2403
#define TCP	"1 0"
#define UDP	"2 0"

FIXTURE(judged)
{
	int fd_x, fd_y;
	struct actor host, x, y;
};

static int begin(struct actor *actor, uint32_t xid, const char *const *list)
{
	const int fd = context_create(xid, 0, ALL_CAPS, CLIP_PRIV_ALL);
	int err = fd < 0 ? errno :
		  context_set_up(fd, CLIP_CONTEXT_LIVE_ADDRESSES, 0);

	for (; *list && !err; list++)
		err = context_address(fd, CLIP_ADDRESS_ADD, *list);
	if (!err)
		err = actor_start_in(actor, fd, NETID_ACTOR, 0);
	return err ? -err : fd;
}

FIXTURE_SETUP(judged)
{
	static const char *const list[] = { "10.0.0.5/32", "fd00::5/128", NULL };
	static const char *const none[] = { NULL };

	self->fd_y = -1;
	ASSERT_EQ(0, make_addresses());
	self->fd_x = begin(&self->x, X, list);
	ASSERT_LE(0, self->fd_x);
	self->fd_y = begin(&self->y, Y, none);
	ASSERT_LE(0, self->fd_y);
	ASSERT_EQ(0, actor_start(&self->host, NETID_ACTOR, 0));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 10.0.0.7 7100"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 10 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 1 fd00::7 7101"));
	ASSERT_EQ(0, ask(&self->host, "socket 2 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 2 10.0.0.7 7102"));
	ASSERT_EQ(0, ask(&self->host, "listen 2"));
	ASSERT_EQ(0, ask(&self->host, "socket 3 10 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 3 fd00::7 7103"));
	ASSERT_EQ(0, ask(&self->host, "listen 3"));
}

FIXTURE_TEARDOWN(judged)
{
	actor_stop(&self->host);
	actor_stop(&self->x);
	actor_stop(&self->y);
	close(self->fd_x);
	close(self->fd_y);
	context_delete(X);
	context_delete(Y);
}

static int add(int fd, const char *text)
{
	return context_address(fd, CLIP_ADDRESS_ADD, text);
}

static int take(int fd, const char *text)
{
	return context_address(fd, CLIP_ADDRESS_REMOVE, text);
}

/* Both directions of a connected pair, several times. */
static long exchange(const struct actor *a, int from, const struct actor *b,
		     int to)
{
	long err = 0;

	for (int i = 0; i < 4 && !err; i++)
		err = ask(a, "send %d", from) ?: ask(b, "recv %d", to) ?:
		      ask(b, "send %d", to) ?: ask(a, "recv %d", from);
	return err;
}

/* What was sent again meanwhile comes late. */
static long receives_at_last(const struct actor *actor, int place)
{
	long err = EAGAIN;

	for (int i = 0; i < 40 && err == EAGAIN; i++)
		err = ask(actor, "recv %d", place);
	return err;
}

/* A connection of TCP, of either family, that has been used in both directions. */
TEST_F(judged, connection_without_its_address)
{
	static const struct {
		int family, listener, port;
		const char *to, *own, *other;
	} ways[] = {
		{ 2, 2, 7102, "10.0.0.7", "10.0.0.5/32", "10.0.0.6/32" },
		{ 10, 3, 7103, "fd00::7", "fd00::5/128", "fd00::6/128" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_EQ(0, ask(&self->x, "socket 0 %d " TCP, ways[i].family));
		ASSERT_EQ(0, ask(&self->x, "connect 0 %s %d", ways[i].to,
				 ways[i].port));
		ASSERT_EQ(0, ask(&self->host, "accept %d 4", ways[i].listener));
		ASSERT_EQ(0, exchange(&self->x, 0, &self->host, 4));
		/* A change that does not concern it. */
		ASSERT_EQ(0, add(self->fd_x, ways[i].other));
		EXPECT_EQ(0, exchange(&self->x, 0, &self->host, 4));
		ASSERT_EQ(0, take(self->fd_x, ways[i].own));
		ask(&self->x, "send 0");
		EXPECT_EQ(EAGAIN, ask(&self->host, "recv 4"));
		EXPECT_EQ(0, ask(&self->host, "send 4"));
		EXPECT_EQ(EAGAIN, ask(&self->x, "recv 0"));
		/* With its address, the connection goes on. */
		ASSERT_EQ(0, add(self->fd_x, ways[i].own));
		EXPECT_EQ(0, receives_at_last(&self->host, 4));
		EXPECT_EQ(0, receives_at_last(&self->x, 0));
		ASSERT_EQ(0, take(self->fd_x, ways[i].other));
		EXPECT_EQ(0, exchange(&self->x, 0, &self->host, 4));
		ASSERT_EQ(0, ask(&self->x, "close 0"));
		ASSERT_EQ(0, ask(&self->host, "close 4"));
	}
}

/* What belonged to one context and belongs to another. */
TEST_F(judged, address_that_another_context_got)
{
	/* A connection, a connected socket, and a server, all judged before. */
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->x, "connect 0 10.0.0.7 7102"));
	ASSERT_EQ(0, ask(&self->host, "accept 2 4"));
	ASSERT_EQ(0, exchange(&self->x, 0, &self->host, 4));
	ASSERT_EQ(0, ask(&self->x, "socket 1 2 " UDP));
	ASSERT_EQ(0, ask(&self->x, "bind 1 10.0.0.5 7110"));
	ASSERT_EQ(0, ask(&self->x, "connect 1 10.0.0.7 7100"));
	ASSERT_EQ(0, ask(&self->x, "send 1"));
	ASSERT_EQ(0, ask(&self->host, "recv 0"));
	ASSERT_EQ(0, ask(&self->x, "socket 2 2 " UDP));
	ASSERT_EQ(0, ask(&self->x, "bind 2 0.0.0.0 7111"));
	ASSERT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 7111 0"));
	ASSERT_EQ(0, ask(&self->x, "recv 2"));
	ASSERT_EQ(0, ask(&self->x, "socket 3 2 " TCP));
	ASSERT_EQ(0, ask(&self->x, "bind 3 10.0.0.5 7112"));
	ASSERT_EQ(0, ask(&self->x, "listen 3"));
	ASSERT_EQ(0, ask(&self->host, "socket 5 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "connect 5 10.0.0.5 7112"));
	ASSERT_EQ(0, ask(&self->x, "accept 3 4"));
	ASSERT_EQ(0, exchange(&self->x, 4, &self->host, 5));

	ASSERT_EQ(0, take(self->fd_x, "10.0.0.5/32"));
	ASSERT_EQ(0, add(self->fd_x, "10.0.0.6/32"));
	ASSERT_EQ(0, add(self->fd_y, "10.0.0.5/32"));
	ask(&self->x, "send 0");
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 4"));
	ask(&self->x, "send 4");
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 5"));
	EXPECT_EQ(EPERM, ask(&self->x, "send 1"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 7110 0"));
	EXPECT_EQ(EAGAIN, ask(&self->x, "recv 1"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 7111 0"));
	EXPECT_EQ(EAGAIN, ask(&self->x, "recv 2"));
	ASSERT_EQ(0, ask(&self->host, "socket 6 2 " TCP));
	EXPECT_EQ(ETIMEDOUT, ask(&self->host, "connect 6 10.0.0.5 7112"));
	EXPECT_EQ(ETIMEDOUT, ask(&self->x, "accept 3 5"));
	/* Nor from the context that has it now. */
	ASSERT_EQ(0, ask(&self->y, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->y, "bind 0 10.0.0.5 7113"));
	EXPECT_EQ(0, ask(&self->y, "sendto 0 10.0.0.5 7111 0"));
	EXPECT_EQ(EAGAIN, ask(&self->x, "recv 2"));
	/* Its own packets pass. */
	EXPECT_EQ(0, ask(&self->y, "sendto 0 10.0.0.7 7100 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 7113 0"));
	EXPECT_EQ(0, ask(&self->y, "recv 0"));
}

/*
 * Two sockets of a kind are made before a change: one is used, and the other is
 * not. After the change, both end the same. Bound to the wildcard, the first has got
 * a source, and gets another one if that is gone.
 */
#define USED	"7201"
#define UNUSED	"7202"

struct outcome {
	long sent, sent_from, received, received_other;
};

static struct outcome outcome_of(const struct actor *x, const struct actor *host,
				 int place, const char *port)
{
	struct outcome outcome = {
		.sent = ask(x, "sendto %d 10.0.0.7 7100 0", place),
		.sent_from = ask(x, "sendfrom %d 10.0.0.6 10.0.0.7 7100", place),
	};

	ask(host, "sendto 0 10.0.0.5 %s 0", port);
	outcome.received = ask(x, "soon %d", place);
	ask(host, "sendto 0 10.0.0.6 %s 0", port);
	outcome.received_other = ask(x, "soon %d", place);
	return outcome;
}

TEST_F_TIMEOUT(judged, used_and_unused_sockets_end_the_same, 120)
{
	static const struct {
		const char *text;
		bool add;
	} changes[] = {
		{ "10.0.0.6/32", true }, { "10.0.0.5/32", false },
		{ "10.0.0.5/32", true }, { "10.0.0.6/32", false },
		{ "10.0.0.4/30", true }, { "10.0.0.5/32", false },
		{ "10.0.0.6/32", true }, { "10.0.0.4/30", false },
		{ "0.0.0.0/0", true }, { "0.0.0.0/0", false },
		{ "10.0.0.5/32", true }, { "10.0.0.6/32", false },
	};
	static const char *const bindings[] = { "0.0.0.0", "10.0.0.5" };
	struct outcome used, unused;

	for (size_t b = 0; b < ARRAY_SIZE(bindings); b++)
		for (size_t c = 0; c < ARRAY_SIZE(changes); c++) {
			for (int s = 0; s < 2; s++)
				ask(&self->x, "socket %d 2 " UDP, s);
			/* As long as it has the address. */
			const long bound =
				ask(&self->x, "bind 0 %s " USED, bindings[b]);

			EXPECT_EQ(bound, ask(&self->x, "bind 1 %s " UNUSED,
					     bindings[b]));
			outcome_of(&self->x, &self->host, 0, USED);
			EXPECT_EQ(0, changes[c].add ?
					     add(self->fd_x, changes[c].text) :
					     take(self->fd_x, changes[c].text));
			used = outcome_of(&self->x, &self->host, 0, USED);
			unused = outcome_of(&self->x, &self->host, 1, UNUSED);
			EXPECT_EQ(0, memcmp(&used, &unused, sizeof(used))) {
				TH_LOG("%s %s, bound to %s: %ld %ld %ld %ld, %ld %ld %ld %ld",
				       changes[c].add ? "with" : "without",
				       changes[c].text, bindings[b], used.sent,
				       used.sent_from, used.received,
				       used.received_other, unused.sent,
				       unused.sent_from, unused.received,
				       unused.received_other);
			}
			for (int s = 0; s < 2; s++)
				ask(&self->x, "close %d", s);
		}
}

/*
 * Where the list is final, an answer is kept for ever: of one address, and in both
 * directions. Every other address is judged as if nothing had been kept.
 */
TEST_F(judged, list_that_is_final)
{
	static const char *const list[] = { "10.0.0.5/32", "10.0.0.6/32", NULL };
	struct actor z;
	const int fd = start_at(&z, Z, list);

	ASSERT_LE(0, fd);
	EXPECT_EQ(EBUSY, add(fd, "10.0.0.7/32"));
	EXPECT_EQ(EBUSY, take(fd, "10.0.0.5/32"));
	ASSERT_EQ(0, ask(&z, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&z, "bind 0 0.0.0.0 " USED));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 " USED " 0"));
		EXPECT_EQ(0, ask(&z, "recv 0"));
		EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.7 " USED " 0"));
		EXPECT_EQ(EAGAIN, ask(&z, "soon 0"));
		EXPECT_EQ(0, ask(&z, "sendfrom 0 10.0.0.6 10.0.0.7 7100"));
		EXPECT_EQ(0, ask(&self->host, "recv 0"));
		EXPECT_EQ(EPERM, ask(&z, "sendfrom 0 10.0.0.7 10.0.0.7 7100"));
		EXPECT_EQ(EPERM, ask(&z, "sendfrom 0 10.0.0.8 10.0.0.7 7100"));
		EXPECT_EQ(EAGAIN, ask(&self->host, "soon 0"));
		EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.8 " USED " 0"));
		EXPECT_EQ(EAGAIN, ask(&z, "soon 0"));
		EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.6 " USED " 0"));
		EXPECT_EQ(0, ask(&z, "recv 0"));
	}
	/* A connection, in both directions, and what is accepted. */
	ASSERT_EQ(0, ask(&z, "socket 1 2 " TCP));
	ASSERT_EQ(0, ask(&z, "connect 1 10.0.0.7 7102"));
	ASSERT_EQ(0, ask(&self->host, "accept 2 4"));
	EXPECT_EQ(0, exchange(&z, 1, &self->host, 4));
	ASSERT_EQ(0, ask(&z, "socket 2 2 " TCP));
	ASSERT_EQ(0, ask(&z, "bind 2 0.0.0.0 7121"));
	ASSERT_EQ(0, ask(&z, "listen 2"));
	for (int i = 5; i <= 8; i++) {
		const bool own = i == 5 || i == 6;

		ASSERT_EQ(0, ask(&self->host, "socket 5 2 " TCP));
		EXPECT_EQ(own ? 0 : ETIMEDOUT,
			  ask(&self->host, "connect 5 10.0.0.%d 7121", i));
		EXPECT_EQ(own ? 0 : ETIMEDOUT, ask(&z, "accept 2 3"));
		if (own)
			EXPECT_EQ(0, exchange(&z, 3, &self->host, 5));
	}
	actor_stop(&z);
	close(fd);
	context_delete(Z);
}

/*
 * NET-10. What the routing table answers is kept, until it changes: by a route, or by
 * an address of the machine.
 */
TEST_F(judged, source_that_the_routes_change)
{
	static const char *const list[] = {
		"10.0.0.5/32", "10.9.0.1/32", "10.9.0.2/32", NULL,
	};
	struct actor z;
	const int fd = start_at(&z, Z, list);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ask(&z, "socket 0 2 " UDP));
	for (int i = 0; i < 6; i++) {
		ASSERT_EQ(0, move_device(i % 2 ? "10.9.0.2" : "10.9.0.1"));
		for (int times = 0; times < 3; times++) {
			EXPECT_EQ(0, ask(&z, "connect 0 10.9.0.9 5000"));
			EXPECT_EQ(1, ask(&z, "bound 0 10.9.0.%d", 1 + i % 2));
			EXPECT_EQ(0, ask(&z, "connect 0 - 0"));
			/* Another destination, with another answer. */
			EXPECT_EQ(0, ask(&z, "connect 0 10.0.0.7 5000"));
			EXPECT_EQ(1, ask(&z, "bound 0 10.0.0.5"));
			EXPECT_EQ(0, ask(&z, "connect 0 - 0"));
		}
	}
	/* What the routes say then is not the context's: its first address is taken. */
	ASSERT_EQ(0, move_device("10.9.0.3"));
	EXPECT_EQ(0, ask(&z, "connect 0 10.9.0.9 5000"));
	EXPECT_EQ(1, ask(&z, "bound 0 10.0.0.5"));
	EXPECT_EQ(0, move_device("10.9.0.1"));
	actor_stop(&z);
	close(fd);
	context_delete(Z);
}

/*
 * NET-09 to NET-14. A socket of IPv4 has a short way to the answer, and one of IPv6
 * that sends to an address of IPv4 has not. Both get the same.
 */
TEST_F_TIMEOUT(judged, short_way_to_the_answer, 120)
{
	static const char *const lists[][5] = {
		{ "fd00::5/128", "10.0.0.5/32" },
		{ "fd00::5/128", "10.0.0.5/32", "10.0.0.6/32" },
		{ "fd00::5/128", "10.0.0.6/32", "10.9.0.1/32" },
		{ "fd00::5/128", "10.0.0.5/32", "l127.0.0.5/32" },
		{ "fd00::5/128", "10.0.0.5/32", "l10.0.0.5/32" },
		{ "fd00::5/128", "l127.0.0.5/32" },
		{ "fd00::5/128", "10.0.0.5/32", "127.0.0.1/32" },
		{ "fd00::5/128", "10.0.0.4/30" },
		{ "fd00::5/128", "10.0.0.5/32", "0.0.0.0/0" },
	};
	static const char *const places[] = {
		"0.0.0.0", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.8",
		"10.9.0.1", "10.9.0.9", "127.0.0.1", "127.0.0.5", "192.0.2.1",
	};

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		struct actor z;
		const int fd = start_at(&z, Z, lists[l]);

		ASSERT_LE(0, fd);
		for (size_t p = 0; p < ARRAY_SIZE(places); p++) {
			long err;

			ASSERT_EQ(0, ask(&z, "socket 0 2 " UDP));
			ASSERT_EQ(0, ask(&z, "socket 1 10 " UDP));
			err = ask(&z, "connect 1 ::ffff:%s 5000", places[p]);
			EXPECT_EQ(err, ask(&z, "connect 0 %s 5000", places[p])) {
				TH_LOG("list %zu, to %s", l, places[p]);
			}
			/* Without a source, one of IPv6 has another wildcard. */
			for (size_t s = 1; s < ARRAY_SIZE(places); s++) {
				const long bound = ask(&z, "bound 1 ::ffff:%s",
						       places[s]);

				EXPECT_EQ(bound, ask(&z, "bound 0 %s", places[s])) {
					TH_LOG("list %zu, to %s, source %s", l,
					       places[p], places[s]);
				}
			}
			ASSERT_EQ(0, ask(&z, "close 0"));
			ASSERT_EQ(0, ask(&z, "close 1"));
		}
		actor_stop(&z);
		close(fd);
		context_delete(Z);
	}
}

/* What a raw socket sends is judged by more than its source, each time. */
TEST_F(judged, raw_socket)
{
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 3 253"));
	ASSERT_EQ(0, ask(&self->x, "bind 0 10.0.0.5 0"));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, ask(&self->x, "sendto 0 10.0.0.7 0 0"));
		EXPECT_EQ(0, ask(&self->x, "sendraw 0 10.0.0.5 10.0.0.7 7100"));
		EXPECT_EQ(0, ask(&self->host, "recv 0"));
		EXPECT_EQ(EPERM, ask(&self->x,
				     "sendraw 0 10.0.0.5 127.0.0.1 7100"));
		EXPECT_EQ(EPERM, ask(&self->x,
				     "sendraw 0 10.0.0.7 10.0.0.7 7100"));
	}
}

TEST_HARNESS_MAIN
