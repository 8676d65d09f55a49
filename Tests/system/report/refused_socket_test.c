// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report of a refused socket (LG-*): with the latch kernel.clip.network,
 * listeners, audit and the counter each get it once.
 */
#include "active.h"
#include "audit.h"
#include "device.h"
#include "events.h"
#include "holders.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/inet_actor"
#define DIR	"/tmp/refused"
#define NET	(CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER | CLIP_PRIV_NETOTHER)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/client", CLIP_PRIV_NETCLIENT, 0, false },
};

HOLDERS_RUN(PROGRAM)

FIXTURE(refusal)
{
	struct actor none, client;
	int events, audit;
};

FIXTURE_SETUP(refusal)
{
	ASSERT_EQ(0, make_holders(DIR, holders, ARRAY_SIZE(holders)));
	ASSERT_EQ(0, set_latch("network", "1"));
	ASSERT_EQ(0, actor_start(&self->none, DIR "/none", USER_ID));
	ASSERT_EQ(0, actor_start(&self->client, DIR "/client", USER_ID));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	self->audit = audit_listen(true);
	ASSERT_LE(0, self->audit);
}

FIXTURE_TEARDOWN(refusal)
{
	actor_stop(&self->none);
	actor_stop(&self->client);
	close(self->events);
	close(audit_listen(false));
	close(self->audit);
	umount2(DIR, MNT_DETACH);
}

/* The next event is the refusal of @act by this actor, which needs @needs. */
#define EXPECT_EVENT(actor, act, needs) do { \
	struct event event_; \
	\
	ASSERT_EQ(0, event_read(self->events, &event_, WAIT_MS)); \
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event_, CLIP_EVENT_A_KIND)); \
	EXPECT_TRUE(event_text_is(&event_, CLIP_EVENT_A_ACT, act)); \
	EXPECT_EQ(CLIP_REASON_NO_PRIVILEGE, \
		  event_number(&event_, CLIP_EVENT_A_REASON)); \
	EXPECT_EQ(EPERM, event_number(&event_, CLIP_EVENT_A_ERROR)); \
	EXPECT_EQ(1, event_number(&event_, CLIP_EVENT_A_ENFORCED)); \
	EXPECT_EQ((actor)->pid, event_number(&event_, CLIP_EVENT_A_PID)); \
	EXPECT_EQ(USER_ID, event_number(&event_, CLIP_EVENT_A_UID)); \
	EXPECT_EQ((long long)(needs), \
		  event_number(&event_, CLIP_EVENT_A_PRIVILEGES)); \
} while (0)

/* The next audit record is that of this refusal. */
#define EXPECT_RECORD(actor, op) do { \
	char text_[8192] = "", pid_[32]; \
	\
	ASSERT_TRUE(audit_read(self->audit, text_, sizeof(text_), WAIT_MS)); \
	snprintf(pid_, sizeof(pid_), " pid=%d ", (actor)->pid); \
	EXPECT_NE(NULL, strstr(text_, " op=" op " ")) \
		TH_LOG("%s", text_); \
	EXPECT_NE(NULL, strstr(text_, " reason=no-privilege errno=1 ")); \
	EXPECT_NE(NULL, strstr(text_, pid_)); \
} while (0)

TEST_F(refusal, a_refused_socket_is_reported_once)
{
	const long long before = refused(CLIP_REASON_NO_PRIVILEGE);

	EXPECT_EQ(EPERM, ask(&self->none, "socket 2 1 0"));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_NO_PRIVILEGE));
	EXPECT_EVENT(&self->none, "socket create", NET);
	EXPECT_RECORD(&self->none, "socket-create");
	/* Any second report would come before that of another refusal. */
	EXPECT_EQ(EPERM, ask(&self->none, "socket 10 2 0"));
	EXPECT_EVENT(&self->none, "socket create", NET);
	EXPECT_RECORD(&self->none, "socket-create");
	EXPECT_EQ(before + 2, refused(CLIP_REASON_NO_PRIVILEGE));
}

/* The twin: with a privilege nothing is refused or reported. */
TEST_F(refusal, an_allowed_socket_is_not_reported)
{
	const long long before = refused(CLIP_REASON_NO_PRIVILEGE);

	EXPECT_EQ(0, ask(&self->client, "socket 2 1 0"));
	EXPECT_EQ(0, ask(&self->client, "bind 0"));
	EXPECT_EQ(before, refused(CLIP_REASON_NO_PRIVILEGE));
	/* The next report is that of another act, with the privilege for it. */
	EXPECT_EQ(EPERM, ask(&self->client, "listen"));
	EXPECT_EVENT(&self->client, "socket listen", CLIP_PRIV_NETSERVER);
	EXPECT_RECORD(&self->client, "socket-listen");
}

TEST_HARNESS_MAIN
