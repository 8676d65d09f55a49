// SPDX-License-Identifier: GPL-2.0-only
/*
 * The addresses that the sockets of a context use (NET-*). Each refusal has a twin
 * by an address of the context, or by context 0.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "log.h"
#include "netid.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define MPTCP	262
#define FREEBIND	15	/* IP_FREEBIND */
#define TRANSPARENT	19	/* IP_TRANSPARENT */

FIXTURE(netid)
{
	int fd_many, fd_one;
	struct actor host, many, one, other;
	int fd_other;
};

FIXTURE_SETUP(netid)
{
	static const char *const many[] = {
		"10.0.0.5/32", "10.0.0.6/32", "fd00::5/128", "fd00::6/128",
		"l127.0.0.5/32", NULL,
	};
	static const char *const one[] = {
		"10.0.0.8/32", "fd00::8/128", "l10.0.0.8/32", "lfd00::8/128",
		NULL,
	};

	ASSERT_EQ(0, make_addresses());
	self->fd_other = -1;
	self->fd_many = start_at(&self->many, MANY, many);
	self->fd_one = start_at(&self->one, ONE, one);
	ASSERT_LE(0, self->fd_many);
	ASSERT_LE(0, self->fd_one);
	ASSERT_EQ(0, actor_start(&self->host, NETID_ACTOR, 0));
}

FIXTURE_TEARDOWN(netid)
{
	actor_stop(&self->host);
	actor_stop(&self->many);
	actor_stop(&self->one);
	actor_stop(&self->other);
	close(self->fd_many);
	close(self->fd_one);
	context_delete(MANY);
	context_delete(ONE);
	if (self->fd_other >= 0)
		context_delete(2103);
}

#define TCP	"1 0"
#define UDP	"2 0"

/* NET-23, and families without addresses. */
TEST_F(netid, families)
{
	static const char *const none[] = { NULL };
	static const char *const old[] = { "10.0.0.7/32", NULL };
	static const char *const any[] = { "0.0.0.0/0", NULL };
	static const char *const *const lists[] = { none, old, any };
	/*
	 * TCP, UDP, raw sockets and ping; the same of IPv6; AF_PACKET; key management;
	 * UNIX; netlink with the kernel, between tasks, and for lists of sockets.
	 */
	static const struct {
		const char *what;
		int allowed[3];
	} sockets[] = {
		{ "2 " TCP, { 0, 1, 1 } }, { "2 " UDP, { 0, 1, 1 } },
		{ "2 3 1", { 0, 1, 1 } }, { "2 1 132", { 0, 1, 1 } },
		{ "2 1 262", { 0, 1, 1 } }, { "10 " TCP, { 0, 0, 0 } },
		{ "10 " UDP, { 0, 0, 0 } }, { "10 3 58", { 0, 0, 0 } },
		{ "17 3 0", { 0, 0, 1 } }, { "15 3 2", { 0, 0, 1 } },
		{ "1 1 0", { 1, 1, 1 } }, { "16 3 0", { 1, 1, 1 } },
		{ "16 3 2", { 0, 0, 0 } }, { "16 3 4", { 0, 0, 0 } },
	};

	for (int i = 0; i < 3; i++) {
		self->fd_other = start_at(&self->other, 2103, lists[i]);
		ASSERT_LE(0, self->fd_other);
		for (size_t s = 0; s < ARRAY_SIZE(sockets); s++) {
			const long long before =
				refused(CLIP_REASON_NO_NETWORK);
			const bool fine = sockets[s].allowed[i];

			EXPECT_EQ(fine ? 0 : EAFNOSUPPORT,
				  ask(&self->other, "socket 0 %s",
				      sockets[s].what))
				TH_LOG("list %d, socket %s", i, sockets[s].what);
			EXPECT_EQ(before + !fine, refused(CLIP_REASON_NO_NETWORK));
			EXPECT_EQ(0, ask(&self->host, "socket 0 %s",
					 sockets[s].what));
		}
		actor_stop(&self->other);
		close(self->fd_other);
		ASSERT_EQ(0, context_delete(2103));
	}
	self->fd_other = -1;
}

/* What is written to a tunnel enters the network as if it had been received. */
TEST_F(netid, tunnels)
{
	static const char *const none[] = { NULL };
	static const char *const old[] = { "10.0.0.7/32", NULL };
	static const char *const any[] = { "0.0.0.0/0", NULL };
	static const char *const *const lists[] = { none, old, any };

	mkdir("/dev/net", 0755);
	mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200));
	ASSERT_EQ(0, mknod("/dev/tunnel", S_IFCHR | 0666, makedev(10, 200)));
	/* One without an owner, to which everyone may attach. */
	ASSERT_EQ(0, ask(&self->host, "tunnel 0 /dev/net/tun tap7 1"));
	for (int i = 0; i < 3; i++) {
		const long long before = refused(CLIP_REASON_NO_NETWORK);
		const int wanted = i < 2 ? EACCES : 0;

		self->fd_other = start_at(&self->other, 2103, lists[i]);
		ASSERT_LE(0, self->fd_other);
		EXPECT_EQ(wanted, ask(&self->other, "tunnel 0 /dev/tunnel tap8 0"));
		EXPECT_EQ(wanted, ask(&self->other, "tunnel 1 /dev/net/tun tap7 0"));
		EXPECT_EQ(before + (i < 2 ? 2 : 0),
			  refused(CLIP_REASON_NO_NETWORK));
		EXPECT_EQ(0, ask(&self->host, "tunnel 1 /dev/tunnel tap9 0"));
		/* A descriptor of it is no way around that. */
		EXPECT_EQ(0, ask(&self->other, "socket 3 1 2 0"));
		EXPECT_EQ(0, ask(&self->other, "ubind 3 /tmp/passes"));
		EXPECT_EQ(0, ask(&self->host, "give 1 /tmp/passes"));
		EXPECT_EQ(ENOMSG, ask(&self->other, "take 4 3"));
		unlink("/tmp/passes");
		EXPECT_EQ(0, ask(&self->host, "close 1"));
		actor_stop(&self->other);
		close(self->fd_other);
		ASSERT_EQ(0, context_delete(2103));
	}
	self->fd_other = -1;
	EXPECT_EQ(0, ask(&self->host, "tunnel 0 /dev/net/tun tap7 2"));
	unlink("/dev/tunnel");
}

TEST_F(netid, watch_has_no_network)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };
	const int fd = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);

	ASSERT_EQ(0, actor_start_in(&self->other, fd, NETID_ACTOR, 0));
	EXPECT_EQ(EAFNOSUPPORT, ask(&self->other, "socket 0 2 " TCP));
	EXPECT_EQ(EAFNOSUPPORT, ask(&self->other, "socket 0 10 " UDP));
	EXPECT_EQ(0, ask(&self->other, "socket 0 16 3 0"));
	EXPECT_EQ(0, ask(&self->other, "socket 0 16 3 4"));
	close(fd);
}

/* NET-01, NET-02, NET-06, NET-07: each kind of socket, each form of address. */
TEST_F(netid, bind)
{
	static const struct {
		const char *kind, *own, *theirs;
	} forms[] = {
		{ "2 " TCP, "10.0.0.6", THEIRS },
		{ "2 " UDP, "10.0.0.5", THEIRS },
		{ "2 1 132", "10.0.0.5", THEIRS },
		{ "2 1 262", "10.0.0.5", THEIRS },
		{ "2 3 253", "10.0.0.5", THEIRS },
		{ "2 2 1", "10.0.0.5", THEIRS },
		{ "2 " TCP, "10.0.0.6", "10.0.0.8" },
		{ "2 " UDP, "10.0.0.6", "10.9.0.1" },
		{ "2 " UDP, "10.0.0.6", "224.0.0.251" },
		{ "10 " TCP, "fd00::6", "fd00::7" },
		{ "10 " UDP, "fd00::5", "fd00::8" },
		{ "10 3 253", "fd00::5", "fd00::7" },
		{ "10 " TCP, "::ffff:10.0.0.5", "::ffff:10.0.0.7" },
		{ "10 " UDP, "::ffff:10.0.0.6", "::ffff:10.0.0.8" },
		{ "10 1 132", "fd00::5", "fd00::7" },
		{ "10 1 132", "10.0.0.5", "10.0.0.7" },
		{ "10 " UDP, "fd00::5", "::1" },
	};

	/* "ping" is for a group of users. */
	ASSERT_EQ(0, write_text("/proc/sys/net/ipv4/ping_group_range", "0 0"));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const long long before = refused(CLIP_REASON_ADDRESS);

		ASSERT_EQ(0, ask(&self->many, "socket 0 %s", forms[i].kind));
		EXPECT_EQ(EADDRNOTAVAIL,
			  ask(&self->many, "bind 0 %s 5000", forms[i].theirs))
			TH_LOG("%s %s", forms[i].kind, forms[i].theirs);
		EXPECT_EQ(before + 1, refused(CLIP_REASON_ADDRESS));
		EXPECT_EQ(0, ask(&self->many, "bind 0 %s 5000", forms[i].own))
			TH_LOG("%s %s", forms[i].kind, forms[i].own);
		EXPECT_EQ(0, ask(&self->many, "close 0"));
		if (forms[i].theirs[0] != '2' && forms[i].theirs[0] != ':') {
			EXPECT_EQ(0, ask(&self->host, "socket 0 %s", forms[i].kind));
			EXPECT_EQ(0, ask(&self->host, "bind 0 %s 5001",
					 forms[i].theirs));
			ask(&self->host, "close 0");
		}
	}
}

/* Options that let a socket have any address, and addresses without a family. */
TEST_F(netid, bind_with_options)
{
	static const int options[] = { FREEBIND, TRANSPARENT };

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
		ASSERT_EQ(0, ask(&self->many, "option 0 0 %d 1", options[i]));
		EXPECT_EQ(EADDRNOTAVAIL, ask(&self->many, "bind 0 192.0.2.1 5000"));
		EXPECT_EQ(EADDRNOTAVAIL, ask(&self->many, "bind 0 " THEIRS " 5000"));
		EXPECT_EQ(0, ask(&self->many, "bind 0 10.0.0.5 5000"));
		ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
		ASSERT_EQ(0, ask(&self->host, "option 0 0 %d 1", options[i]));
		EXPECT_EQ(0, ask(&self->host, "bind 0 192.0.2.1 5000"));
	}
	ASSERT_EQ(0, ask(&self->one, "socket 0 2 " TCP));
	EXPECT_EQ(0, ask(&self->one, "bind 0 - 0"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 10.0.0.8"));
}

/* NET-04, NET-15: a wildcard receives what is for the addresses of the context. */
TEST_F(netid, wildcard_of_many)
{
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->many, "bind 0 0.0.0.0 5000"));
	EXPECT_EQ(1, ask(&self->many, "bound 0 0.0.0.0"));
	ASSERT_EQ(0, ask(&self->many, "socket 1 2 " TCP));
	ASSERT_EQ(0, ask(&self->many, "bind 1 0.0.0.0 5000"));
	ASSERT_EQ(0, ask(&self->many, "listen 1"));
	ASSERT_EQ(0, ask(&self->many, "socket 2 10 " UDP));
	ASSERT_EQ(0, ask(&self->many, "bind 2 :: 5001"));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "socket 2 10 " UDP));

	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.5 5000 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.6 5000 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 " THEIRS " 5000 0"));
	EXPECT_EQ(EAGAIN, ask(&self->many, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 127.0.0.1 5000 0"));
	EXPECT_EQ(EAGAIN, ask(&self->many, "recv 0"));

	EXPECT_EQ(0, ask(&self->host, "sendto 2 fd00::6 5001 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 2"));
	EXPECT_EQ(0, ask(&self->host, "sendto 2 fd00::7 5001 0"));
	EXPECT_EQ(EAGAIN, ask(&self->many, "recv 2"));
	EXPECT_EQ(0, ask(&self->host, "sendto 2 ::ffff:10.0.0.5 5001 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 2"));
	EXPECT_EQ(0, ask(&self->host, "sendto 2 ::ffff:10.0.0.7 5001 0"));
	EXPECT_EQ(EAGAIN, ask(&self->many, "recv 2"));

	ASSERT_EQ(0, ask(&self->host, "socket 1 2 " TCP));
	EXPECT_EQ(0, ask(&self->host, "connect 1 10.0.0.6 5000"));
	EXPECT_EQ(0, ask(&self->many, "accept 1 3"));
	EXPECT_EQ(0, ask(&self->many, "send 3"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 2 " TCP));
	EXPECT_EQ(ETIMEDOUT, ask(&self->host, "connect 1 " THEIRS " 5000"));

	/* The twin: a wildcard of context 0 is for all. */
	ASSERT_EQ(0, ask(&self->host, "socket 3 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 3 0.0.0.0 5002"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 " THEIRS " 5002 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 3"));
}

/* A raw socket gets a copy of everything that comes in. */
TEST_F(netid, raw_sockets_receive_their_own)
{
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 3 17"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 2 3 17"));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 " THEIRS " 5000 0"));
	EXPECT_EQ(EAGAIN, ask(&self->many, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.6 5000 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 0"));
}

/* NET-03, NET-08: with one address, the wildcard means that address. */
TEST_F(netid, wildcard_of_one)
{
	static const char *const list[] = { "10.0.0.7/32", "fd00::7/128", NULL };

	self->fd_other = start_at(&self->other, 2103, list);
	ASSERT_LE(0, self->fd_other);
	ASSERT_EQ(0, ask(&self->one, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->other, "socket 0 2 " TCP));
	EXPECT_EQ(0, ask(&self->one, "bind 0 0.0.0.0 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 10.0.0.8"));
	EXPECT_EQ(0, ask(&self->other, "bind 0 0.0.0.0 5000"));
	EXPECT_EQ(1, ask(&self->other, "bound 0 10.0.0.7"));
	ASSERT_EQ(0, ask(&self->one, "listen 0"));
	ASSERT_EQ(0, ask(&self->other, "listen 0"));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " TCP));
	EXPECT_EQ(0, ask(&self->host, "connect 0 10.0.0.8 5000"));
	EXPECT_EQ(0, ask(&self->one, "accept 0 1"));
	EXPECT_EQ(ETIMEDOUT, ask(&self->other, "accept 0 1"));
	/* One that has several is in their way, and they in its. */
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " TCP));
	EXPECT_EQ(EADDRINUSE, ask(&self->many, "bind 0 0.0.0.0 5000"));
	EXPECT_EQ(0, ask(&self->many, "bind 0 10.0.0.5 5000"));
	/* The wildcard of IPv6 is for both families unless it says otherwise. */
	ASSERT_EQ(0, ask(&self->one, "socket 2 10 " UDP));
	EXPECT_EQ(0, ask(&self->one, "bind 2 :: 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 2 ::"));
	ASSERT_EQ(0, ask(&self->one, "socket 3 10 " UDP));
	ASSERT_EQ(0, ask(&self->one, "option 3 41 26 1"));
	EXPECT_EQ(0, ask(&self->one, "bind 3 :: 5001"));
	EXPECT_EQ(1, ask(&self->one, "bound 3 fd00::8"));
}

/* NET-09, NET-10 */
TEST_F(netid, source)
{
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 0.0.0.0 5000"));
	ASSERT_EQ(0, ask(&self->host, "listen 0"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 10 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 1 :: 5000"));

	/* Without a context, the source is the address itself. */
	ASSERT_EQ(0, ask(&self->host, "socket 2 2 " TCP));
	EXPECT_EQ(0, ask(&self->host, "connect 2 " THEIRS " 5000"));
	EXPECT_EQ(1, ask(&self->host, "bound 2 " THEIRS));

	ASSERT_EQ(0, ask(&self->one, "socket 0 2 " TCP));
	EXPECT_EQ(0, ask(&self->one, "connect 0 " THEIRS " 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 10.0.0.8"));
	ASSERT_EQ(0, ask(&self->one, "socket 0 2 1 262"));
	EXPECT_EQ(0, ask(&self->one, "connect 0 " THEIRS " 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 10.0.0.8"));
	ASSERT_EQ(0, ask(&self->one, "socket 0 10 " TCP));
	EXPECT_EQ(0, ask(&self->one, "connect 0 ::ffff:" THEIRS " 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 ::ffff:10.0.0.8"));
	ASSERT_EQ(0, ask(&self->one, "socket 0 2 " UDP));
	EXPECT_EQ(0, ask(&self->one, "sendto 0 " THEIRS " 5000 0"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 10.0.0.8"));
	ASSERT_EQ(0, ask(&self->one, "socket 0 10 " UDP));
	EXPECT_EQ(0, ask(&self->one, "sendto 0 fd00::7 5000 0"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 fd00::8"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));

	/* Of several, the one that the routing table takes. */
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
	EXPECT_EQ(0, ask(&self->many, "connect 0 10.0.0.6 5000"));
	EXPECT_EQ(1, ask(&self->many, "bound 0 10.0.0.6"));
	/* Otherwise the first. The end of a connection frees it again. */
	EXPECT_EQ(0, ask(&self->many, "connect 0 - 0"));
	EXPECT_EQ(0, ask(&self->many, "connect 0 " THEIRS " 5000"));
	EXPECT_EQ(1, ask(&self->many, "bound 0 10.0.0.5"));
	EXPECT_EQ(0, ask(&self->many, "connect 0 - 0"));
	EXPECT_EQ(0, ask(&self->many, "connect 0 10.0.0.6 5000"));
	EXPECT_EQ(1, ask(&self->many, "bound 0 10.0.0.6"));
	/* A socket that has a port and no address answers by the first. */
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->many, "bind 0 0.0.0.0 5003"));
	EXPECT_EQ(0, ask(&self->many, "sendto 0 " THEIRS " 5000 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));
	EXPECT_EQ(0, ask(&self->host, "socket 3 2 " UDP));
	EXPECT_EQ(0, ask(&self->host, "sendto 3 10.0.0.6 5003 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 0"));
}

/* NET-05, NET-12, NET-14 */
TEST_F(netid, loopback)
{
	static const char *const forms[] = { "127.0.0.1", "127.9.9.9", "0.0.0.0" };

	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 127.0.0.1 5000"));
	ASSERT_EQ(0, ask(&self->host, "listen 0"));
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " TCP));
	EXPECT_EQ(0, ask(&self->many, "bind 0 127.0.0.1 5000"));
	EXPECT_EQ(1, ask(&self->many, "bound 0 127.0.0.5"));
	ASSERT_EQ(0, ask(&self->many, "listen 0"));
	/* Each context means its own: no socket listens there in the second one. */
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, ask(&self->many, "socket 1 2 " TCP));
		EXPECT_EQ(0, ask(&self->many, "connect 1 %s 5000", forms[i]));
		EXPECT_EQ(1, ask(&self->many, "bound 1 127.0.0.5"));
		EXPECT_EQ(0, ask(&self->many, "accept 0 2"));
		ASSERT_EQ(0, ask(&self->one, "socket 1 2 " TCP));
		EXPECT_EQ(ECONNREFUSED,
			  ask(&self->one, "connect 1 %s 5000", forms[i]));
		ASSERT_EQ(0, ask(&self->one, "socket 1 10 " TCP));
		EXPECT_EQ(ECONNREFUSED, ask(&self->one, "connect 1 ::ffff:%s 5000",
					    forms[i]));
	}
	ASSERT_EQ(0, ask(&self->host, "socket 1 2 " TCP));
	EXPECT_EQ(0, ask(&self->host, "connect 1 127.0.0.1 5000"));
	EXPECT_EQ(0, ask(&self->host, "accept 0 2"));
	EXPECT_EQ(ETIMEDOUT, ask(&self->many, "accept 0 2"));
	/* The loopback of IPv6 is one of the addresses of this one. */
	ASSERT_EQ(0, ask(&self->one, "socket 0 10 " UDP));
	EXPECT_EQ(0, ask(&self->one, "bind 0 ::1 5000"));
	EXPECT_EQ(1, ask(&self->one, "bound 0 fd00::8"));
	ASSERT_EQ(0, ask(&self->one, "socket 1 10 " UDP));
	EXPECT_EQ(0, ask(&self->one, "sendto 1 ::1 5000 0"));
	EXPECT_EQ(0, ask(&self->one, "recv 0"));
	/* The real address of another context is reached, where it serves. */
	ASSERT_EQ(0, ask(&self->many, "socket 3 2 " UDP));
	ASSERT_EQ(0, ask(&self->many, "bind 3 10.0.0.5 5001"));
	ASSERT_EQ(0, ask(&self->one, "socket 2 2 " UDP));
	EXPECT_EQ(0, ask(&self->one, "sendto 2 10.0.0.5 5001 0"));
	EXPECT_EQ(0, ask(&self->many, "recv 3"));
}

/* NET-13: nothing stands for the loopback of IPv6 in the first context. */
TEST_F(netid, no_loopback)
{
	static const char *const list[] = { "10.0.0.7/32", NULL };
	static const char *const forms[] = { "127.0.0.1", "127.9.9.9", "0.0.0.0" };

	self->fd_other = start_at(&self->other, 2103, list);
	ASSERT_LE(0, self->fd_other);
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 0.0.0.0 5000"));
	ASSERT_EQ(0, ask(&self->host, "listen 0"));
	ASSERT_EQ(0, ask(&self->other, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->other, "socket 1 2 " UDP));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->other, "bind 0 127.0.0.1 5001"));
	for (int i = 0; i < 3; i++) {
		const long long before = refused(CLIP_REASON_ADDRESS);

		EXPECT_EQ(EPERM, ask(&self->other, "connect 0 %s 5000", forms[i]));
		/* MSG_FASTOPEN connects while it sends. */
		EXPECT_EQ(EPERM, ask(&self->other, "sendto 0 %s 5000 0x20000000",
				     forms[i]));
		EXPECT_EQ(EPERM, ask(&self->other, "connect 1 %s 5000", forms[i]));
		EXPECT_EQ(EPERM, ask(&self->other, "sendto 1 %s 5000 0", forms[i]));
		EXPECT_EQ(before + 4, refused(CLIP_REASON_ADDRESS));
	}
	EXPECT_EQ(0, ask(&self->other, "connect 0 10.0.0.7 5000"));
	EXPECT_EQ(0, ask(&self->other, "sendto 1 10.0.0.7 5000 0"));
	ASSERT_EQ(0, ask(&self->many, "socket 0 10 " UDP));
	EXPECT_EQ(EPERM, ask(&self->many, "sendto 0 ::1 5000 0"));
	EXPECT_EQ(EPERM, ask(&self->many, "sendto 0 :: 5000 0"));
	EXPECT_EQ(EPERM, ask(&self->many, "connect 0 ::1 5000"));
	EXPECT_EQ(0, ask(&self->many, "sendto 0 fd00::7 5000 0"));
	EXPECT_EQ(0, ask(&self->host, "close 0"));
	EXPECT_TRUE(log_has("refused address: reason=54 (address)"));
}

/* A refusal is an event with the address, and counts for the context. */
TEST_F(netid, refusals_are_events)
{
	const int events = listen_to(CLIP_GENL_GROUP_EVENTS);
	struct clip_context_info info = { .size = sizeof(info) };
	struct event event;

	ASSERT_LE(0, events);
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->many, "bind 0 " THEIRS " 5000"));
	ASSERT_EQ(0, event_read(events, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event, CLIP_EVENT_A_KIND));
	EXPECT_EQ(CLIP_REASON_ADDRESS,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EADDRNOTAVAIL, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(MANY, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_EQ(self->many.pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "address bind"));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_ADDRESS,
				    "\x0a\0\0\x07", 4));
	EXPECT_EQ(0, ask(&self->many, "bind 0 10.0.0.5 5000"));
	EXPECT_EQ(EAGAIN, event_read(events, &event, 0));
	close(events);
	ASSERT_EQ(0, ioctl(self->fd_many, CLIP_IOC_CONTEXT_INFO, &info));
	EXPECT_EQ(1, info.refusals[CLIP_REFUSALS_SOCKET]);
	EXPECT_EQ(4, info.addresses);
}

/* NET-11: sources that no bind(2) has asked for. */
TEST_F(netid, sources_besides_binding)
{
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 0.0.0.0 5000"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 10 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 1 :: 5001"));
	ASSERT_EQ(0, ask(&self->many, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->many, "socket 1 10 " UDP));

	EXPECT_EQ(EPERM, ask(&self->many, "sendfrom 0 " THEIRS " " THEIRS " 5000"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->many, "sendfrom 0 10.0.0.6 " THEIRS " 5000"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	EXPECT_EQ(EPERM, ask(&self->many, "sendfrom 1 fd00::7 fd00::7 5001"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 1"));
	EXPECT_EQ(0, ask(&self->many, "sendfrom 1 fd00::6 fd00::7 5001"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));
	/* The same with a socket that may have any address. */
	ASSERT_EQ(0, ask(&self->many, "option 0 0 %d 1", TRANSPARENT));
	EXPECT_EQ(EPERM, ask(&self->many, "sendfrom 0 192.0.2.1 " THEIRS " 5000"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 0"));
	/* A header that the program has written. */
	EXPECT_EQ(EPERM, ask(&self->many, "sendraw 0 " THEIRS " 10.0.0.7 5000"));
	EXPECT_EQ(EPERM, ask(&self->many, "sendraw 0 192.0.2.1 10.0.0.7 5000"));
	EXPECT_EQ(EPERM, ask(&self->many, "sendraw 0 10.0.0.6 127.0.0.1 5000"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->many, "sendraw 0 10.0.0.6 10.0.0.7 5000"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "sendraw 0 " THEIRS " 10.0.0.7 5000"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
}

/*
 * NET-20: what is accepted belongs to the context of the socket that listens, and
 * a socket that is passed on to that which made it and to that which uses it.
 */
TEST_F(netid, passed_sockets)
{
	ASSERT_EQ(0, ask(&self->one, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->one, "ubind 9 @one"));
	ASSERT_EQ(0, ask(&self->host, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->host, "ubind 9 @host"));

	/* A service of context 0 opens the socket, as systemd does. */
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 " THEIRS " 5000"));
	ASSERT_EQ(0, ask(&self->host, "listen 0"));
	ASSERT_EQ(0, ask(&self->host, "give 0 @one"));
	ASSERT_EQ(0, ask(&self->one, "take 0 9"));
	ASSERT_EQ(0, ask(&self->host, "socket 1 2 " TCP));
	ASSERT_EQ(0, ask(&self->host, "connect 1 " THEIRS " 5000"));
	EXPECT_EQ(0, ask(&self->one, "accept 0 1"));
	EXPECT_EQ(0, ask(&self->one, "send 1"));
	EXPECT_EQ(0, ask(&self->host, "recv 1"));

	/* One that has no address yet gets one of the user's context. */
	ASSERT_EQ(0, ask(&self->host, "socket 2 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "give 2 @one"));
	ASSERT_EQ(0, ask(&self->one, "take 2 9"));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->one, "bind 2 " THEIRS " 5001"));
	EXPECT_EQ(0, ask(&self->one, "sendto 2 " THEIRS " 5001 0"));
	EXPECT_EQ(1, ask(&self->one, "bound 2 10.0.0.8"));
	ASSERT_EQ(0, ask(&self->host, "socket 3 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 3 " THEIRS " 5002"));
	ASSERT_EQ(0, ask(&self->host, "give 3 @one"));
	ASSERT_EQ(0, ask(&self->one, "take 3 9"));
	EXPECT_EQ(EPERM, ask(&self->one, "sendto 3 10.0.0.5 5001 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 3 10.0.0.5 5001 0"));

	/* Context 0 has all addresses, and the socket has those of its maker. */
	ASSERT_EQ(0, ask(&self->one, "socket 4 2 " UDP));
	ASSERT_EQ(0, ask(&self->one, "give 4 @host"));
	ASSERT_EQ(0, ask(&self->host, "take 4 9"));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->host, "bind 4 " THEIRS " 5003"));
	EXPECT_EQ(0, ask(&self->host, "bind 4 10.0.0.8 5003"));
	EXPECT_EQ(EPERM, ask(&self->host, "sendfrom 4 " THEIRS " 10.0.0.5 5001"));
	EXPECT_EQ(0, ask(&self->host, "sendfrom 4 10.0.0.8 10.0.0.5 5001"));
}

TEST_HARNESS_MAIN
