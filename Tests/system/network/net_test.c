// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets that leave the machine (NW-*, PR-03, PR-04, PR-05, PR-22), and the
 * latch kernel.clip.network. The first tests leave it off and all others need
 * it, because it cannot be cleared.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "holders.h"
#include "latch.h"
#include "log.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/inet_actor"
#define DIR	"/tmp/net"

#define C	CLIP_PRIV_NETCLIENT
#define S	CLIP_PRIV_NETSERVER
#define N	CLIP_PRIV_NETOTHER
#define NET	(C | S | N)
#define ADMIN	(1ULL << CAP_NET_ADMIN)
#define ASYNC	16	/* IOSQE_ASYNC: by a worker of io_uring */

static const struct holder holders[] = {
	{ .path = DIR "/none", .unlisted = true },
	{ .path = DIR "/others", .privileges = ALL_BUT(NET) },
	{ .path = DIR "/c", .privileges = C },
	{ .path = DIR "/s", .privileges = S },
	{ .path = DIR "/n", .privileges = N },
};

static const struct holder everything = { DIR "/all", NET, 0, false };

#define HOLDERS	ARRAY_SIZE(holders)

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	int err = private_tmpfs(DIR, 0) ?: make_exchange() ?:
		  make_holder(&everything);

	for (size_t i = 0; i < HOLDERS && !err; i++)
		err = make_holder(&holders[i]);
	return err;
}

/* ---------------------------------------------------------- the latch off */

FIXTURE_WITH_LATCH(off, "network", false)

/* No privilege is required: ordinary programs run as usual. */
TEST_F(off, nothing_is_required)
{
	struct actor server, client;
	long port;

	ASSERT_EQ(0, actor_start(&server, DIR "/none", USER_ID));
	ASSERT_EQ(0, actor_start(&client, DIR "/none", USER_ID));
	EXPECT_EQ(0, ask(&server, "socket 2 1 0"));
	EXPECT_EQ(0, ask(&server, "bind 0"));
	EXPECT_EQ(0, ask(&server, "listen"));
	port = ask(&server, "port");
	EXPECT_EQ(0, ask(&client, "socket 2 1 0"));
	EXPECT_EQ(0, ask(&client, "connect %ld", port));
	EXPECT_EQ(0, ask(&server, "accept"));
	EXPECT_EQ(0, ask(&client, "send 0"));
	EXPECT_EQ(0, ask(&client, "write"));
	EXPECT_EQ(0, ask(&server, "splicein"));
	EXPECT_EQ(0, ask(&server, "recv 0"));
	EXPECT_EQ(EAGAIN, ask(&server, "recv 0"));
	EXPECT_EQ(0, ask(&server, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&server, "bind 0"));
	port = ask(&server, "port");
	EXPECT_EQ(0, ask(&client, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&client, "sendto %ld 0", port));
	EXPECT_EQ(0, ask(&server, "recv 0"));
	EXPECT_EQ(0, ask(&client, "hash"));
	EXPECT_EQ(0, ask(&client, "uring socket"));
	actor_stop(&client);
	actor_stop(&server);
}

/* Malformed values set nothing. Then the latch is set, and stays (SY-04). */
TEST_F(off, latch_is_one_way)
{
	EXPECT_EQ(EINVAL, set_latch("network", "2"));
	EXPECT_EQ(EINVAL, set_latch("network", "x"));
	EXPECT_EQ(0, set_latch("network", "0"));
	EXPECT_EQ(0, latch("network"));
	EXPECT_EQ(0, latch("netlink"));
	EXPECT_EQ(0, latch("xfrm"));
	EXPECT_EQ(0, set_latch("network", "1\n"));
	EXPECT_EQ(1, latch("network"));
	EXPECT_EQ(0, set_latch("network", "0"));
	EXPECT_EQ(1, latch("network"));
	EXPECT_EQ(0, latch("netlink"));
	EXPECT_EQ(0, latch("xfrm"));
	EXPECT_EQ(0, latch("nosuid_root"));
}

/* ----------------------------------------------------------- the latch on */

FIXTURE(net)
{
	struct actor boss;	/* makes sockets and has all privileges */
	struct actor far;	/* the other end */
	long port;		/* of the other end */
};

FIXTURE_SETUP(net)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("network", "1"));
	ASSERT_EQ(0, actor_start(&self->boss, everything.path, 0));
	ASSERT_EQ(0, actor_start(&self->far, everything.path, USER_ID));
}

FIXTURE_TEARDOWN(net)
{
	actor_stop(&self->boss);
	actor_stop(&self->far);
	umount2(DIR, MNT_DETACH);
}

/* Prepares the far end and one of boss's sockets; 0 if all of it worked. */
static long prepare(struct _test_data_net *self, const char *kind)
{
	const struct actor *boss = &self->boss, *far = &self->far;
	const bool datagram = strstr(kind, "udp") || strstr(kind, "raw");
	const int family = strstr(kind, "6") ? AF_INET6 : AF_INET;
	const int protocol = strstr(kind, "mptcp") ? 262 : 0;
	long err;

	err = ask(far, "socket %d %d %d", family, datagram ? 2 : 1,
		  protocol) ?: ask(far, "bind 0");
	if (!err && !datagram)
		err = ask(far, "nonblock 1") ?: ask(far, "listen");
	self->port = ask(far, "port");
	if (strstr(kind, "raw"))
		err = err ?: ask(boss, "socket 2 3 253");
	else
		err = err ?: ask(boss, "socket %d %d %d", family,
				 datagram ? 2 : 1, protocol);
	if (strstr(kind, "bound"))
		err = err ?: ask(boss, "bind 0");
	if (strstr(kind, "listening"))
		err = err ?: ask(boss, "bind 0") ?: ask(boss, "listen") ?:
		      ask(boss, "nonblock 1") ?:
		      ask(far, "socket %d 1 0", family) ?:
		      ask(far, "connect %ld", ask(boss, "port"));
	if (strstr(kind, "connected"))
		err = err ?: ask(boss, "connect %ld", self->port);
	if (strstr(kind, "connected") && !datagram)
		err = err ?: ask(far, "accept");
	if (strstr(kind, "full"))
		err = err ?: ask(far, "send 0");
	return err;
}

struct act {
	const char *kind;	/* of socket */
	const char *command;	/* with the far end's port, if it has a %d */
	uint64_t needs;		/* one of these */
	long good;		/* the answer for a holder of one of them */
	const char *who;	/* a command that shows what a refusal left, and its answer */
	const char *left;
	long answer;
};

static const struct act acts[] = {
	/* NW-02; NW-08: the address may claim any family. */
	{ "tcp", "bind 0", NET, 0, "boss", "port", 0 },
	{ "tcp6", "bind 0", NET, 0, "boss", "port", 0 },
	{ "udp", "bind 0", NET, 0, "boss", "port", 0 },
	{ "tcp", "bindas 0 0", NET, EAFNOSUPPORT, "boss", "port", 0 },
	{ "tcp", "bindas 1 0", NET, EAFNOSUPPORT, "boss", "port", 0 },
	{ "tcp", "uring bind", NET, 0, "boss", "port", 0 },
	/* NW-03 */
	{ "tcp", "connect %ld", C, 0, "boss", "peer", ENOTCONN },
	{ "tcp6", "connect %ld", C, 0, "boss", "peer", ENOTCONN },
	{ "mptcp", "connect %ld", C, 0, "boss", "peer", ENOTCONN },
	{ "tcp", "connectas 1 %ld", C, EAFNOSUPPORT, "boss", "peer",
	  ENOTCONN },
	{ "udp", "connect %ld", C, 0, "boss", "peer", ENOTCONN },
	{ "udp connected", "connectas 0 0", C, 0, "boss", "peer", 0 },
	{ "tcp connected", "connectas 0 0", C, 0, "boss", "peer", 0 },
	{ "tcp", "uring connect %ld", C, 0, "boss", "peer", ENOTCONN },
	{ "tcp", "uring connect %ld 16", C, 0, "boss", "peer", ENOTCONN },
	/* NW-04 */
	{ "tcp", "listen", S, 0, "boss", "listens", 0 },
	{ "tcp bound", "listen", S, 0, "boss", "listens", 0 },
	{ "mptcp", "listen", S, 0, "boss", "listens", 0 },
	{ "tcp", "uring listen", S, 0, "boss", "listens", 0 },
	{ "tcp listening", "accept", S, 0, "boss", "tryaccept", 0 },
	{ "tcp listening", "uring accept", S, 0, "boss", "tryaccept", 0 },
	{ "tcp listening", "uring accept 0 16", S, 0, "boss", "tryaccept", 0 },
	/* NW-05: a peer that another task chose. */
	{ "tcp connected", "send 0", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp6 connected", "send 0", NET, 0, "far", "recv 0", EAGAIN },
	{ "mptcp connected", "send 0", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "write", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "sendfile", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "splice", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "sendtwo 0 0", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "uring send", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "uring send 0 16", NET, 0, "far", "recv 0",
	  EAGAIN },
	{ "tcp connected", "uring write", NET, 0, "far", "recv 0", EAGAIN },
	{ "tcp connected", "uring zc", NET, 0, "far", "recv 0", EAGAIN },
	{ "udp connected", "send 0", NET, 0, "far", "recv 0", EAGAIN },
	{ "udp connected", "write", NET, 0, "far", "recv 0", EAGAIN },
	{ "udp connected", "uring send", NET, 0, "far", "recv 0", EAGAIN },
	/* Fast open connects, whichever call it is part of. */
	{ "tcp", "sendto %ld 0x20000000", C, EINPROGRESS, "boss", "peer",
	  ENOTCONN },
	{ "mptcp", "sendto %ld 0x20000000", C, EINPROGRESS, "boss", "peer",
	  ENOTCONN },
	{ "tcp connected", "sendto %ld 0x20000000", C, EISCONN, "far",
	  "recv 0", EAGAIN },
	/* The message names a peer, as the answer of a server does. */
	{ "udp", "sendto %ld 0", C, 0, "far", "recv 0", EAGAIN },
	{ "udp6", "sendto %ld 0", C, 0, "far", "recv 0", EAGAIN },
	{ "udp", "uring sendto %ld", C, 0, "far", "recv 0", EAGAIN },
	{ "udp", "sendtwo %ld %ld", C, 0, "far", "recv 0", EAGAIN },
	{ "udp bound", "sendto %ld 0", C | S, 0, "far", "recv 0", EAGAIN },
	{ "udp6 bound", "sendto %ld 0", C | S, 0, "far", "recv 0", EAGAIN },
	{ "udp bound", "sendtwo %ld %ld", C | S, 0, "far", "recv 0", EAGAIN },
	{ "udp bound", "uring sendto %ld", C | S, 0, "far", "recv 0",
	  EAGAIN },
	{ "udp connected", "sendto %ld 0", C | S, 0, "far", "recv 0",
	  EAGAIN },
	/* A header that the task writes itself has no peer. */
	{ "raw connected", "send 0", C, 0, "boss", "peer", 0 },
	/* NW-06 */
	{ "tcp connected full", "recv 0", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "recv 2", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "read", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "splicein", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "zerocopy", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "uring recv", NET, 0, "boss", "recv 0", 0 },
	{ "tcp connected full", "uring recv 0 16", NET, 0, "boss", "recv 0",
	  0 },
	{ "mptcp connected full", "recv 0", NET, 0, "boss", "recv 0", 0 },
	{ "mptcp connected full", "splicein", NET, 0, "boss", "recv 0", 0 },
};

static const char *act_name(const struct act *act, const struct holder *holder,
			    uid_t uid)
{
	static char name[128];

	snprintf(name, sizeof(name), "%s: %s by %s, uid %u", act->kind,
		 act->command, holder->path, uid);
	return name;
}

/*
 * Each act by each holder, as root and not, on a socket that another actor made
 * and passed on: the holder is checked, not the maker. The act was refused if
 * and only if the answer is EPERM, and then it had no effect.
 */
static void try_acts(struct __test_metadata *_metadata,
		     struct _test_data_net *self, uid_t uid)
{
	for (size_t h = 0; h < HOLDERS; h++) {
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holders[h].path, uid));
		for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
			const struct act *act = &acts[i];
			const bool may = act->needs & holders[h].privileges;
			const char *name = act_name(act, &holders[h], uid);
			const struct actor *teller = *act->who == 'b' ?
						     &self->boss : &self->far;

			ASSERT_EQ(0, prepare(self, act->kind)) {
				TH_LOG("%s: not prepared", name);
			}
			ASSERT_EQ(0, ask(&self->boss, "give"));
			ASSERT_EQ(0, ask(&actor, "take"));
			EXPECT_EQ(may ? act->good : EPERM,
				  ask(&actor, act->command, self->port,
				      self->port)) {
				TH_LOG("%s", name);
			}
			if (may)
				continue;
			EXPECT_EQ(act->answer, ask(teller, act->left)) {
				TH_LOG("%s: changed something", name);
			}
		}
		actor_stop(&actor);
	}
}

TEST_F(net, acts_of_an_ordinary_user)
{
	try_acts(_metadata, self, USER_ID);
}

/* NW-10: neither root nor its capabilities stand in for a privilege. */
TEST_F(net, acts_of_root)
{
	try_acts(_metadata, self, 0);
}

/* NW-01: every family but the two local ones, known to this kernel or not. */
TEST_F(net, families)
{
	static const uid_t uids[] = { 0, USER_ID };

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = holder->privileges & NET;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		for (int family = 0; family < 46; family++) {
			const long got = ask(&actor, "socket %d 2 0", family);

			const bool local = family == AF_UNIX ||
					   family == AF_NETLINK;
			/* These ask for a capability as well. */
			const bool capable = !uids[h % 2] ||
					     (family != AF_PACKET &&
					      family != AF_KEY);

			EXPECT_EQ(local || (may && capable), got != EPERM) {
				TH_LOG("family %d", family);
			}
			if (local || (may && (family == AF_INET ||
					      family == AF_INET6))) {
				EXPECT_EQ(0, got);
			}
		}
		EXPECT_EQ(may ? 0 : EPERM, ask(&actor, "socket 2 1 262"));
		EXPECT_EQ(may ? 0 : EPERM, ask(&actor, "uring socket"));
		EXPECT_EQ(may ? 0 : EPERM, ask(&actor, "uring socket 0 16"));
		EXPECT_EQ(may ? EOPNOTSUPP : EPERM, ask(&actor, "pair 2 1 0"));
		EXPECT_EQ(0, ask(&actor, "pair 1 1 0"));
		EXPECT_EQ(may ? 0 : EPERM, ask(&actor, "hash"));
		actor_stop(&actor);
	}
}

/* Two servers that have only NETSERVER, from their first call. */
TEST_F(net, servers_need_only_netserver)
{
	static const char *const types[] = { "2 1 0", "10 1 0", "2 1 262" };
	struct actor server;

	ASSERT_EQ(0, actor_start(&server, DIR "/s", USER_ID));
	for (size_t i = 0; i < 3; i++) {
		EXPECT_EQ(0, ask(&server, "socket %s", types[i]));
		EXPECT_EQ(0, ask(&server, "bind 0"));
		EXPECT_EQ(0, ask(&server, "listen"));
		self->port = ask(&server, "port");
		EXPECT_EQ(0, ask(&self->far, "socket %s", types[i]));
		EXPECT_EQ(0, ask(&self->far, "connect %ld", self->port));
		EXPECT_EQ(0, ask(&server, "accept"));
		EXPECT_EQ(0, ask(&self->far, "send 0"));
		EXPECT_EQ(0, ask(&server, "recv 0"));
		EXPECT_EQ(0, ask(&server, "send 0"));
		EXPECT_EQ(0, ask(&self->far, "recv 0"));
	}
	EXPECT_EQ(0, ask(&server, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&self->far, "socket 2 2 0"));
	EXPECT_EQ(0, ask(&self->far, "bind 0"));
	self->port = ask(&self->far, "port");
	/* An unbound socket would make it a client. */
	EXPECT_EQ(EPERM, ask(&server, "sendto %ld 0", self->port));
	EXPECT_EQ(0, ask(&server, "port"));
	EXPECT_EQ(0, ask(&server, "bind 0"));
	EXPECT_EQ(0, ask(&self->far, "sendto %ld 0", ask(&server, "port")));
	EXPECT_EQ(0, ask(&server, "recv 0"));
	EXPECT_EQ(0, ask(&server, "sendto %ld 0", self->port));
	EXPECT_EQ(0, ask(&self->far, "recv 0"));
	actor_stop(&server);
}

/* The second message of one call is checked like the first. */
TEST_F(net, sendmmsg_asks_for_each_address)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/n", USER_ID));
	ASSERT_EQ(0, prepare(self, "udp connected"));
	ASSERT_EQ(0, ask(&self->boss, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(PARTLY, ask(&actor, "sendtwo 0 %ld", self->port));
	EXPECT_EQ(0, ask(&self->far, "recv 0"));
	EXPECT_EQ(EAGAIN, ask(&self->far, "recv 0"));
	actor_stop(&actor);
}

/* A connection that is made in the background is a connection too. */
TEST_F(net, connected_in_the_background)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/n", USER_ID));
	ASSERT_EQ(0, prepare(self, "tcp"));
	ASSERT_EQ(0, ask(&self->boss, "nonblock 1"));
	ASSERT_EQ(EINPROGRESS, ask(&self->boss, "connect %ld", self->port));
	ASSERT_EQ(0, ask(&self->far, "accept"));
	ASSERT_EQ(0, ask(&self->boss, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(0, ask(&actor, "send 0"));
	EXPECT_EQ(0, ask(&self->far, "recv 0"));
	actor_stop(&actor);
}

/* NW-07: after exec, a socket is subject to the new program's privileges. */
TEST_F(net, sockets_across_exec)
{
	struct actor actor;
	long fd;

	ASSERT_EQ(0, actor_start(&actor, DIR "/c", USER_ID));
	ASSERT_EQ(0, prepare(self, "tcp"));
	EXPECT_EQ(0, ask(&actor, "socket 2 1 0"));
	EXPECT_EQ(0, ask(&actor, "connect %ld", self->port));
	EXPECT_EQ(0, ask(&self->far, "accept"));
	EXPECT_EQ(0, ask(&actor, "send 0"));
	EXPECT_EQ(0, ask(&self->far, "recv 0"));
	fd = ask(&actor, "fd");
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(0, ask(&actor, "have %ld", fd));
	EXPECT_EQ(EPERM, ask(&actor, "send 0"));
	EXPECT_EQ(EPERM, ask(&actor, "splice"));
	EXPECT_EQ(EAGAIN, ask(&self->far, "recv 0"));
	EXPECT_EQ(0, ask(&self->far, "send 0"));
	EXPECT_EQ(EPERM, ask(&actor, "recv 0"));
	EXPECT_EQ(EPERM, ask(&actor, "splicein"));
	/* The next program has fewer privileges, and gets the socket back. */
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/n"));
	EXPECT_EQ(0, ask(&actor, "have %ld", fd));
	EXPECT_EQ(0, ask(&actor, "recv 0"));
	EXPECT_EQ(0, ask(&actor, "send 0"));
	EXPECT_EQ(0, ask(&self->far, "recv 0"));
	EXPECT_EQ(EPERM, ask(&actor, "connectas 0 0"));
	actor_stop(&actor);
}

/* A ring that crosses exec must not bring the old program's privileges. */
TEST_F(net, personality_of_a_ring)
{
	struct actor actor;
	long ring, who;

	ASSERT_EQ(0, actor_start(&actor, DIR "/c", USER_ID));
	who = ask(&actor, "personality");
	ASSERT_LT(0, who);
	ring = ask(&actor, "ring");
	EXPECT_EQ(0, ask(&actor, "uring socket 0 0 %ld", who));
	EXPECT_EQ(0, ask(&actor, "uring socket 0 16 %ld", who));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	ASSERT_EQ(0, ask(&actor, "adopt %ld", ring));
	EXPECT_EQ(EPERM, ask(&actor, "uring socket 0 0 %ld", who));
	EXPECT_EQ(EPERM, ask(&actor, "uring socket 0 16 %ld", who));
	EXPECT_EQ(EPERM, ask(&actor, "uring socket"));
	/* The ring itself works: here the personality is its owner's own. */
	who = ask(&actor, "personality");
	ASSERT_LT(0, who);
	EXPECT_EQ(EPERM, ask(&actor, "uring socket 0 0 %ld", who));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/c"));
	ASSERT_EQ(0, ask(&actor, "adopt %ld", ring));
	EXPECT_EQ(0, ask(&actor, "uring socket"));
	actor_stop(&actor);
}

/*
 * TR-08: the privilege survives changes of user ids. PR-22: its holder is not
 * raised.
 */
TEST_F(net, plain_privileges)
{
	struct actor actor, neighbour;

	ASSERT_EQ(0, actor_start(&actor, everything.path, 0));
	EXPECT_EQ(0, ask(&actor, "secure"));
	EXPECT_EQ(1, ask(&actor, "getdumpable"));
	EXPECT_EQ(0, ask(&actor, "setuid 1000"));
	EXPECT_EQ(0, ask(&actor, "socket 2 1 0"));
	EXPECT_EQ(0, ask(&actor, "listen"));
	actor_stop(&actor);
	/*
	 * The privileges give no capability: port 80 and raw sockets stay
	 * refused.
	 */
	ASSERT_EQ(0, actor_start(&neighbour, everything.path, USER_ID));
	EXPECT_EQ(0, ask(&neighbour, "socket 2 1 0"));
	EXPECT_EQ(EACCES, ask(&neighbour, "bind 80"));
	EXPECT_EQ(EPERM, ask(&neighbour, "socket 2 3 1"));
	EXPECT_EQ(EPERM, ask(&neighbour, "socket 17 3 0"));
	actor_stop(&neighbour);
}

static int start_in_namespace(struct actor *actor, const char *path, int flags,
			      uid_t uid)
{
	struct actor_ends ends;
	int err = actor_pipes(actor, &ends);

	if (err)
		return err;
	actor->pid = fork();
	if (actor->pid == 0) {
		if ((uid && (setgid(uid) || setuid(uid))) || unshare(flags))
			_exit(126);
		actor_become(path, ends);
	}
	close(ends.in);
	close(ends.out);
	return actor_answer(actor);
}

/* A network namespace of its own, with root inside, makes no difference. */
TEST_F(net, namespaces)
{
	struct actor actor;

	ASSERT_EQ(0, start_in_namespace(&actor, DIR "/c", CLONE_NEWNET, 0));
	EXPECT_EQ(0, ask(&actor, "socket 2 1 0"));
	actor_stop(&actor);
	ASSERT_EQ(0, start_in_namespace(&actor, DIR "/none", CLONE_NEWNET, 0));
	EXPECT_EQ(EPERM, ask(&actor, "socket 2 1 0"));
	actor_stop(&actor);
	ASSERT_EQ(0, start_in_namespace(&actor, DIR "/none",
					CLONE_NEWUSER | CLONE_NEWNET, USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "socket 2 1 0"));
	EXPECT_EQ(EPERM, ask(&actor, "socket 17 3 0"));
	actor_stop(&actor);
}

static int refused_connect(void *data)
{
	return ask(data, "connect 9");
}

/*
 * LG-01 to LG-03: the log names the act, the letters of the privileges, and the
 * task.
 */
TEST_F(net, refusal_is_logged)
{
	const long long before = status_value("refused.no-privilege");
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/s", USER_ID));
	ASSERT_EQ(0, ask(&actor, "socket 2 1 0"));
	EXPECT_TRUE(logged(refused_connect, &actor,
			   "clip: refused socket: reason=40 (no-privilege) operation=connect family=2 needs=c pid=",
			   " uid=1000 comm=\"s\""));
	EXPECT_LT(before < 0 ? 0 : before,
		  status_value("refused.no-privilege"));
	actor_stop(&actor);
}

static int refused_socket(void *data)
{
	return ask(data, "socket 2 1 0");
}

TEST_F(net, refusal_names_each_way_out)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_TRUE(logged(refused_socket, &actor,
			   "operation=create family=2 needs=c|s|n pid=",
			   " uid=0 "));
	actor_stop(&actor);
}

TEST_F(net, refusal_is_reported_as_enforced)
{
	const uint64_t ours = NET | CLIP_PRIV_NETLINK | CLIP_PRIV_XFRMSP |
			      CLIP_PRIV_NETLINK_AUDIT | CLIP_PRIV_XFRMSA;
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(ours, info.privileges_enforced & ours);
}

TEST_HARNESS_MAIN
