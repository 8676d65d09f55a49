// SPDX-License-Identifier: GPL-2.0-only
/*
 * UNIX sockets and descriptors between contexts (IPC-03, IPC-04, IPC-06, IPC-07).
 * All tasks share all namespaces and are uid 0. The twin of each refusal is the
 * same act within a context, or with context 0.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "log.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define NETID_ACTOR	"/usr/lib/clip/tests/netid_actor"
#define DIR	"/tmp/unix"
#define A	2201
#define B	2202

static int set_up(int fd, uint32_t confidentiality)
{
	struct clip_context_setup args = {
		.size = sizeof(args), .confidentiality = confidentiality,
	};

	return ioctl(fd, CLIP_IOC_CONTEXT_SETUP, &args) ? errno : 0;
}

FIXTURE(between)
{
	int fd_a, fd_b;
	struct actor host, a, a2, b;
};

FIXTURE_VARIANT(between)
{
	uint32_t a, b;		/* levels of confidentiality */
	bool exchange;		/* files may be exchanged between the two */
};

FIXTURE_VARIANT_ADD(between, neutral) { 0, 0, true };
FIXTURE_VARIANT_ADD(between, one_neutral) { 3, 0, true };
FIXTURE_VARIANT_ADD(between, same_level) { 3, 3, true };
FIXTURE_VARIANT_ADD(between, two_levels) { 3, 4, false };

FIXTURE_SETUP(between)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	self->fd_a = context_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->fd_b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd_a);
	ASSERT_LE(0, self->fd_b);
	ASSERT_EQ(0, set_up(self->fd_a, variant->a));
	ASSERT_EQ(0, set_up(self->fd_b, variant->b));
	ASSERT_EQ(0, actor_start(&self->host, NETID_ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a, self->fd_a, NETID_ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a2, self->fd_a, NETID_ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->b, self->fd_b, NETID_ACTOR, 0));
}

FIXTURE_TEARDOWN(between)
{
	actor_stop(&self->host);
	actor_stop(&self->a);
	actor_stop(&self->a2);
	actor_stop(&self->b);
	close(self->fd_a);
	close(self->fd_b);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

/* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
static const int types[] = { 1, 2, 5 };

/* Lets @server serve under @name with all types: places 1, 2 and 5. */
static long serve(const struct actor *server, const char *name)
{
	long err = 0;

	for (int i = 0; i < 3 && !err; i++) {
		err = ask(server, "socket %d 1 %d 0", types[i], types[i]) ?:
		      ask(server, "ubind %d %s%d", types[i], name, types[i]);
		if (!err && types[i] != SOCK_DGRAM)
			err = ask(server, "listen %d", types[i]);
	}
	return err;
}

/* What connecting gives, and sending without a connection where there is that. */
static long reach(const struct actor *client, const char *name, int type,
		  bool connect)
{
	return ask(client, "socket 0 1 %d 0", type) ?:
	       ask(client, "%s 0 %s%d", connect ? "uconnect" : "usendto", name,
		   type);
}

static void expect(struct __test_metadata *_metadata,
		   const struct actor *client, const char *name, long wanted,
		   enum clip_reason reason)
{
	for (int i = 0; i < 3; i++) {
		long long before = refused(reason);

		EXPECT_EQ(wanted, reach(client, name, types[i], true))
			TH_LOG("%s, type %d", name, types[i]);
		EXPECT_EQ(before + !!wanted, refused(reason));
		if (types[i] != SOCK_DGRAM)
			continue;
		before = refused(reason);
		EXPECT_EQ(wanted, reach(client, name, types[i], false))
			TH_LOG("%s, a datagram", name);
		EXPECT_EQ(before + !!wanted, refused(reason));
	}
}

/* IPC-03 */
TEST_F(between, abstract_names)
{
	const enum clip_reason reason = variant->exchange ?
		CLIP_REASON_OTHER_CONTEXT : CLIP_REASON_CONFIDENTIALITY;

	ASSERT_EQ(0, serve(&self->a, "@a"));
	ASSERT_EQ(0, serve(&self->host, "@host"));
	expect(_metadata, &self->a2, "@a", 0, reason);
	expect(_metadata, &self->host, "@a", 0, reason);
	expect(_metadata, &self->b, "@host", 0, reason);
	expect(_metadata, &self->b, "@a", ECONNREFUSED, reason);
	/* Nothing has arrived but what the others sent. */
	EXPECT_EQ(0, ask(&self->a, "recv 2"));
	EXPECT_EQ(0, ask(&self->a, "recv 2"));
	EXPECT_EQ(EAGAIN, ask(&self->a, "recv 2"));
	EXPECT_TRUE(log_has("refused exchange: "));
}

/* IPC-04: a name in the filesystem is for those who see it. */
TEST_F(between, names_in_the_filesystem)
{
	const long wanted = variant->exchange ? 0 : ECONNREFUSED;

	ASSERT_EQ(0, serve(&self->a, DIR "/a"));
	ASSERT_EQ(0, serve(&self->host, DIR "/host"));
	expect(_metadata, &self->a2, DIR "/a", 0, CLIP_REASON_CONFIDENTIALITY);
	expect(_metadata, &self->host, DIR "/a", 0, CLIP_REASON_CONFIDENTIALITY);
	expect(_metadata, &self->b, DIR "/host", 0, CLIP_REASON_CONFIDENTIALITY);
	expect(_metadata, &self->b, DIR "/a", wanted,
	       CLIP_REASON_CONFIDENTIALITY);
}

/* A refusal is an event with both contexts. */
TEST_F(between, refusals_are_events)
{
	const int events = listen_to(CLIP_GENL_GROUP_EVENTS);
	struct event event;

	ASSERT_LE(0, events);
	ASSERT_EQ(0, serve(&self->a, "@a"));
	EXPECT_EQ(ECONNREFUSED, reach(&self->b, "@a", SOCK_STREAM, true));
	ASSERT_EQ(0, event_read(events, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event, CLIP_EVENT_A_KIND));
	EXPECT_EQ(B, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_EQ(A, event_number(&event, CLIP_EVENT_A_OTHER));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "exchange connect"));
	EXPECT_EQ(0, reach(&self->a2, "@a", SOCK_STREAM, true));
	EXPECT_EQ(EAGAIN, event_read(events, &event, 0));
	close(events);
}

/* What is accepted belongs to the context of the socket that listens. */
TEST_F(between, accepted)
{
	ASSERT_EQ(0, serve(&self->a, DIR "/a"));
	ASSERT_EQ(0, reach(&self->host, DIR "/a", SOCK_STREAM, true));
	EXPECT_EQ(0, ask(&self->a, "accept 1 7"));
	EXPECT_EQ(0, ask(&self->a, "send 7"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	EXPECT_EQ(0, ask(&self->host, "send 0"));
	EXPECT_EQ(0, ask(&self->a, "recv 7"));
	/* Two ends that know each other are not asked for a name. */
	EXPECT_EQ(0, ask(&self->a, "pair 8 2 9"));
	EXPECT_EQ(0, ask(&self->a, "send 8"));
	EXPECT_EQ(0, ask(&self->a, "recv 9"));
}

/* A socket of the first context, in the hands of the second. */
TEST_F(between, used_by_another_context)
{
	ASSERT_EQ(0, serve(&self->a, "@a"));
	ASSERT_EQ(0, serve(&self->host, "@host"));
	ASSERT_EQ(0, ask(&self->b, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->b, "ubind 9 @b"));
	/* Made in context 0: what counts is who uses it. */
	ASSERT_EQ(0, ask(&self->host, "socket 0 1 1 0"));
	ASSERT_EQ(0, ask(&self->host, "give 0 @b"));
	ASSERT_EQ(0, ask(&self->b, "take 0 9"));
	EXPECT_EQ(ECONNREFUSED, ask(&self->b, "uconnect 0 @a1"));
	EXPECT_EQ(0, ask(&self->b, "uconnect 0 @host1"));
	if (!variant->exchange)
		return;
	/* Made in the second: no more than what the second may. */
	ASSERT_EQ(0, ask(&self->b, "socket 1 1 1 0"));
	ASSERT_EQ(0, ask(&self->host, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->host, "ubind 9 @h"));
	ASSERT_EQ(0, ask(&self->b, "give 1 @h"));
	ASSERT_EQ(0, ask(&self->host, "take 1 9"));
	EXPECT_EQ(ECONNREFUSED, ask(&self->host, "uconnect 1 @a1"));
	EXPECT_EQ(0, ask(&self->host, "uconnect 1 @host1"));
}

/* IPC-07 */
TEST_F(between, descriptors)
{
	static const struct {
		const char *path;
		bool leads_nowhere;
	} files[] = {
		{ DIR "/file", true }, { "/dev/null", true },
		{ "/proc/self/ns/net", false }, { "/proc/self/mem", false },
		{ "/dev/veriexec", false }, { "/proc/uptime", true },
	};
	const struct actor *receivers[] = { &self->host, &self->a2, &self->b };
	static const char *const names[] = { "host", "a2", "b" };

	ASSERT_EQ(0, write_text(DIR "/file", "x"));
	for (int r = 0; r < 3; r++) {
		ASSERT_EQ(0, ask(receivers[r], "socket 9 1 2 0"));
		ASSERT_EQ(0, ask(receivers[r], "ubind 9 " DIR "/%s", names[r]));
	}
	for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
		const bool fine = files[f].leads_nowhere;

		ASSERT_EQ(0, ask(&self->host, "open 0 %s", files[f].path));
		/* What context 0 has opened. */
		EXPECT_EQ(0, ask(&self->host, "give 0 " DIR "/b"));
		EXPECT_EQ(fine ? 0 : ENOMSG, ask(&self->b, "take 1 9"))
			TH_LOG("%s", files[f].path);
		EXPECT_EQ(0, ask(&self->host, "give 0 " DIR "/host"));
		EXPECT_EQ(0, ask(&self->host, "take 1 9"));
		/* What the first context has opened. */
		if (ask(&self->a, "open 0 %s", files[f].path))
			continue;
		EXPECT_EQ(0, ask(&self->a, "give 0 " DIR "/a2"));
		EXPECT_EQ(0, ask(&self->a2, "take 1 9"));
		EXPECT_EQ(0, ask(&self->a, "give 0 " DIR "/host"));
		EXPECT_EQ(0, ask(&self->host, "take 1 9"));
		if (!variant->exchange) {
			EXPECT_EQ(ECONNREFUSED,
				  ask(&self->a, "give 0 " DIR "/b"));
			continue;
		}
		EXPECT_EQ(0, ask(&self->a, "give 0 " DIR "/b"));
		EXPECT_EQ(fine ? 0 : ENOMSG, ask(&self->b, "take 1 9"));
	}
}

/* IPC-07: over a detour, the level of who opened it counts. */
TEST_F(between, descriptors_by_a_detour)
{
	const long long before = refused(CLIP_REASON_CONFIDENTIALITY);

	ASSERT_EQ(0, write_text(DIR "/file", "x"));
	ASSERT_EQ(0, ask(&self->host, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->host, "ubind 9 " DIR "/host"));
	ASSERT_EQ(0, ask(&self->b, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->b, "ubind 9 " DIR "/b"));
	ASSERT_EQ(0, ask(&self->a, "open 0 " DIR "/file"));
	EXPECT_EQ(0, ask(&self->a, "give 0 " DIR "/host"));
	EXPECT_EQ(0, ask(&self->host, "take 1 9"));
	EXPECT_EQ(0, ask(&self->host, "give 1 " DIR "/b"));
	EXPECT_EQ(variant->exchange ? 0 : ENOMSG, ask(&self->b, "take 1 9"));
	EXPECT_EQ(before + !variant->exchange,
		  refused(CLIP_REASON_CONFIDENTIALITY));
}

/* IPC-06: a directory outside of the receiver's root leads out of it. */
TEST_F(between, directories)
{
	long long before;

	ASSERT_EQ(0, mkdir(DIR "/inner", 0755) | mkdir(DIR "/inner/in", 0755) |
		     mkdir(DIR "/out", 0755));
	ASSERT_EQ(0, ask(&self->a2, "socket 9 1 2 0"));
	ASSERT_EQ(0, ask(&self->a2, "ubind 9 " DIR "/a2"));
	ASSERT_EQ(0, ask(&self->a, "open 0 " DIR "/inner/in"));
	ASSERT_EQ(0, ask(&self->a, "open 1 " DIR "/out"));
	EXPECT_EQ(0, ask(&self->a, "give 1 " DIR "/a2"));
	EXPECT_EQ(0, ask(&self->a2, "take 1 9"));
	ASSERT_EQ(0, ask(&self->a2, "chroot 0 " DIR "/inner"));
	before = refused(CLIP_REASON_RECEIVED);
	EXPECT_EQ(0, ask(&self->a, "give 1 " DIR "/a2"));
	EXPECT_EQ(ENOMSG, ask(&self->a2, "take 1 9"));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_RECEIVED));
	EXPECT_EQ(0, ask(&self->a, "give 0 " DIR "/a2"));
	EXPECT_EQ(0, ask(&self->a2, "take 1 9"));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_RECEIVED));
}

TEST_HARNESS_MAIN
