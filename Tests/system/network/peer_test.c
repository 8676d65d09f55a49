// SPDX-License-Identifier: GPL-2.0-only
/*
 * The context of the other end of a connection within the machine.
 */
#include "actor.h"
#include "contexts.h"
#include "control.h"
#include "device.h"
#include "inet.h"
#include "netid.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

#define X	2501
#define UDP	"2 0"

FIXTURE(peer)
{
	int fd;
	struct actor x;
};

FIXTURE_SETUP(peer)
{
	static const char *const list[] = {
		"10.0.0.5/32", "fd00::5/128", NULL,
	};

	ASSERT_EQ(0, make_addresses());
	self->fd = start_at(&self->x, X, list);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(peer)
{
	actor_stop(&self->x);
	close(self->fd);
	context_delete(X);
}

static int bound_by(int protocol, int type, const char *text, int port)
{
	struct sockaddr_storage address;
	const socklen_t size = inet_fill(&address, text, port);
	const int fd = socket(address.ss_family, type | SOCK_CLOEXEC, protocol);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int) { 1 }, sizeof(int));
	if (bind(fd, (void *)&address, size) ||
	    (type == SOCK_STREAM && listen(fd, 4)))
		return -1;
	return fd;
}

static int bound(int type, const char *text, int port)
{
	return bound_by(0, type, text, port);
}

static int connected_by(int protocol, int type, const char *text, int port)
{
	struct sockaddr_storage address;
	const socklen_t size = inet_fill(&address, text, port);
	const int fd = socket(address.ss_family, type | SOCK_CLOEXEC, protocol);

	return connect(fd, (void *)&address, size) ? -1 : fd;
}

static int connected(int type, const char *text, int port)
{
	return connected_by(0, type, text, port);
}

/* 0, or the errno; the number of the context is in @xid. */
static int asked(int socket, uint32_t *xid)
{
	struct clip_context_of args = { .size = sizeof(args), .fd = socket };
	const int err = device_call(CLIP_IOC_SOCKET_CONTEXT, &args);

	*xid = args.xid;
	return err;
}

static const struct {
	const char *family, *here, *there;
} ways[] = {
	{ "2", "10.0.0.7", "10.0.0.5" },
	{ "10", "fd00::7", "fd00::5" },
	{ "10", "::ffff:10.0.0.7", "::ffff:10.0.0.5" },
};

static void connect_both_ways(struct __test_metadata *_metadata, struct actor *x,
			      int protocol)
{
	for (int i = 0; i < (int)ARRAY_SIZE(ways); i++) {
		const int server = bound_by(protocol, SOCK_STREAM,
					    ways[i].here, 7300 + i);
		uint32_t xid = 0xbad;
		int fd, own;

		ASSERT_LE(0, server);
		/* The context is the client. */
		ASSERT_EQ(0, ask(x, "socket 0 %s 1 %d", ways[i].family,
				 protocol));
		ASSERT_EQ(0, ask(x, "connect 0 %s %d", ways[i].here,
				 7300 + i));
		fd = accept(server, NULL, NULL);
		EXPECT_EQ(0, asked(fd, &xid));
		EXPECT_EQ((uint32_t)X, xid);
		close(fd);
		/* The twin: so is context 0. */
		own = connected_by(protocol, SOCK_STREAM, ways[i].here,
				   7300 + i);
		fd = accept(server, NULL, NULL);
		EXPECT_EQ(0, asked(fd, &xid));
		EXPECT_EQ(0, xid);
		EXPECT_EQ(0, asked(own, &xid));
		EXPECT_EQ(0, xid);
		close(fd);
		close(own);
		/* The context is the server. */
		ASSERT_EQ(0, ask(x, "socket 1 %s 1 %d", ways[i].family,
				 protocol));
		ASSERT_EQ(0, ask(x, "bind 1 %s %d", ways[i].there,
				 7310 + i));
		ASSERT_EQ(0, ask(x, "listen 1"));
		fd = connected_by(protocol, SOCK_STREAM, ways[i].there,
				  7310 + i);
		ASSERT_EQ(0, ask(x, "accept 1 2"));
		EXPECT_EQ(0, asked(fd, &xid));
		EXPECT_EQ((uint32_t)X, xid);
		close(fd);
		close(server);
	}
}

TEST_F(peer, of_a_connection)
{
	connect_both_ways(_metadata, &self->x, IPPROTO_TCP);
}

TEST_F(peer, of_several_paths)
{
	connect_both_ways(_metadata, &self->x, IPPROTO_MPTCP);
}

TEST_F(peer, of_an_association)
{
	connect_both_ways(_metadata, &self->x, IPPROTO_SCTP);
}

TEST_F(peer, of_datagrams)
{
	for (int i = 0; i < (int)ARRAY_SIZE(ways); i++) {
		uint32_t xid = 0xbad;
		int fd, own;

		ASSERT_EQ(0, ask(&self->x, "socket 0 %s " UDP, ways[i].family));
		ASSERT_EQ(0, ask(&self->x, "bind 0 %s %d", ways[i].there,
				 7320 + i));
		fd = connected(SOCK_DGRAM, ways[i].there, 7320 + i);
		EXPECT_EQ(0, asked(fd, &xid));
		EXPECT_EQ((uint32_t)X, xid);
		/* There is no receiver any more. */
		ASSERT_EQ(0, ask(&self->x, "close 0"));
		EXPECT_EQ(EREMOTE, asked(fd, &xid));
		close(fd);
		own = bound(SOCK_DGRAM, ways[i].here, 7330 + i);
		fd = connected(SOCK_DGRAM, ways[i].here, 7330 + i);
		EXPECT_EQ(0, asked(fd, &xid));
		EXPECT_EQ(0, xid);
		close(fd);
		close(own);
	}
}

/* Sockets without another end, with one elsewhere, and other protocols. */
TEST_F(peer, that_is_not_there)
{
	struct {
		int fd, wanted;
	} sockets[] = {
		{ socket(AF_INET, SOCK_STREAM, 0), ENOTCONN },
		{ socket(AF_INET6, SOCK_STREAM, 0), ENOTCONN },
		{ socket(AF_INET, SOCK_DGRAM, 0), ENOTCONN },
		{ bound(SOCK_STREAM, "10.0.0.7", 7340), ENOTCONN },
		{ bound(SOCK_DGRAM, "10.0.0.7", 7341), ENOTCONN },
		{ connected(SOCK_DGRAM, "10.9.0.2", 7342), EREMOTE },
		{ socket(AF_UNIX, SOCK_STREAM, 0), ENOTCONN },
		{ socket(AF_INET, SOCK_RAW, 253), EOPNOTSUPP },
		{ connected_by(253, SOCK_RAW, "10.0.0.5", 0), EOPNOTSUPP },
		{ socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), ENOTCONN },
		{ bound_by(IPPROTO_SCTP, SOCK_STREAM, "10.0.0.7", 7343), ENOTCONN },
		{ socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP), EOPNOTSUPP },
		{ socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), ENOTCONN },
		{ bound_by(IPPROTO_MPTCP, SOCK_STREAM, "10.0.0.7", 7344), ENOTCONN },
		{ socket(AF_NETLINK, SOCK_RAW, 0), EOPNOTSUPP },
		{ socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)), EOPNOTSUPP },
		{ open("/dev/null", O_RDONLY), ENOTSOCK },
		{ -1, EBADF },
	};
	uint32_t xid;

	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++) {
		EXPECT_EQ(sockets[i].wanted, asked(sockets[i].fd, &xid)) {
			TH_LOG("socket %zu", i);
		}
		close(sockets[i].fd);
	}
}

static int asks(void *data)
{
	int server = bound(SOCK_STREAM, "10.0.0.5", 7350);
	int fd = connected(SOCK_STREAM, "10.0.0.5", 7350);
	uint32_t xid;
	int err = server < 0 || fd < 0 ? 200 : asked(fd, &xid);

	close(fd);
	close(server);
	return err;
}

/* A context learns nothing about the other end, though it is its own. */
TEST_F(peer, context_learns_nothing)
{
	const long long before = refused(CLIP_REASON_PERMISSION);

	EXPECT_EQ(EPERM, do_in_context(self->fd, asks, NULL));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_PERMISSION));
	EXPECT_EQ(0, asks(NULL));
}

TEST_HARNESS_MAIN
