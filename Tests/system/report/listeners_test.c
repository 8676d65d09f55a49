// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events over generic netlink (LG-*): without a listener they cost nothing, and
 * too many at once are dropped and counted.
 */
#include "device.h"
#include "events.h"
#include "events_fixture.h"
#include "image.h"

#include <sys/socket.h>
#include <time.h>

#include "kselftest_harness.h"

/* Without a listener no event is built, counted or kept for later. */
TEST_F(events, without_a_listener_nothing_is_built)
{
	long long reported, refused;
	struct event event;

	close(self->events);
	reported = status_value("events");
	refused = status_value("refused.permission");
	EXPECT_NE(0, refused_signal(self->raised.pid, 5 * LIMIT));
	EXPECT_EQ((refused < 0 ? 0 : refused) + 5 * LIMIT,
		  status_value("refused.permission"));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_read(self->events, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event, CLIP_EVENT_A_KIND));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_DROPPED));
	EXPECT_EQ(reported + 1, status_value("events"));
}

/* Each event is sent or counted as dropped. Other groups are not affected. */
TEST_F(events, a_storm_is_bounded)
{
	const long long dropped_before = status_value("events_dropped");
	const long long told_before = status_value("events");
	const int storm = 50 * LIMIT;
	long long reported = 0, dropped = 0, last = 0;
	struct timespec begin, end;
	struct event event;
	pid_t marker, pid;

	ASSERT_EQ(0, load(&self->rule));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	EXPECT_NE(0, refused_signal(self->raised.pid, storm));
	clock_gettime(CLOCK_MONOTONIC, &end);
	/* The other group still has room. */
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, event_wait(self->grants, &event, CLIP_EVENT_GRANT));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_DROPPED));
	/* In the next second there is room again. */
	sleep(2);
	marker = refused_signal(self->raised.pid, 1);
	ASSERT_LT(0, marker);
	do {
		ASSERT_EQ(0, event_wait(self->events, &event,
					CLIP_EVENT_TASK));
		reported++;
		dropped += event_number(&event, CLIP_EVENT_A_DROPPED);
		EXPECT_TRUE(!last || event_number(&event, CLIP_EVENT_A_SEQUENCE) ==
				     last + 1);
		last = event_number(&event, CLIP_EVENT_A_SEQUENCE);
	} while (event_number(&event, CLIP_EVENT_A_PID) != marker);
	TH_LOG("%lld reported, %lld dropped", reported, dropped);
	EXPECT_LT(0, dropped);
	EXPECT_EQ(storm + 1, reported + dropped);
	EXPECT_GE((end.tv_sec - begin.tv_sec + 3) * LIMIT, reported);
	EXPECT_EQ(dropped, status_value("events_dropped") - dropped_before);
	/* The commit, the check and the grant. */
	EXPECT_EQ(reported + 3, status_value("events") - told_before);
}

/* A listener that does not read loses new events, and can detect that. */
TEST_F(events, slow_listener)
{
	int fd = genl_socket(), size = 1, overrun = 0;
	long long last = 0, gap = 0;
	struct family family;
	struct event event;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, family_get(fd, &family));
	ASSERT_EQ(0, join_group(fd, family.events));
	sleep(1);
	EXPECT_NE(0, refused_signal(self->raised.pid, 30));
	for (int i = 0; i < 30; i++)
		ASSERT_EQ(0, event_wait(self->events, &event,
					CLIP_EVENT_TASK));
	for (int err; (err = event_read(fd, &event, 0)) != EAGAIN;) {
		overrun += err == ENOBUFS;
		if (!err)
			last = event_number(&event, CLIP_EVENT_A_SEQUENCE);
	}
	EXPECT_EQ(1, overrun);
	EXPECT_LT(0, last);
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(fd, &event, CLIP_EVENT_TASK));
	gap = event_number(&event, CLIP_EVENT_A_SEQUENCE) - last;
	EXPECT_LT(1, gap);
	close(fd);
}

TEST_HARNESS_MAIN
