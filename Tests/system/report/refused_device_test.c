// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report of a refused block device (LG-*, DV-14): once the table of devices
 * is locked, listeners, audit and the counter each get it once.
 */
#include "audit.h"
#include "device.h"
#include "device/table.h"
#include "events.h"
#include "files.h"
#include "latch.h"
#include "loop.h"

#include "kselftest_harness.h"

enum { REFUSED, ALLOWED, READ_ONLY };

static const struct clip_device_rule rules[] = {
	LOOP_RULE(REFUSED, 0, 2, 0), LOOP_RULE(ALLOWED, 0, 2, R | W),
	LOOP_RULE(READ_ONLY, 0, 2, R),
};

FIXTURE(refusal)
{
	int events, audit;
};

FIXTURE_SETUP(refusal)
{
	if (latch("mount")) {
		ASSERT_EQ(0, change_table(CLIP_COMMIT_REPLACE, rules,
					  ARRAY_SIZE(rules), NULL));
		ASSERT_EQ(0, set_latch("mount", "0"));
	}
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	self->audit = audit_listen(true);
	ASSERT_LE(0, self->audit);
}

FIXTURE_TEARDOWN(refusal)
{
	close(self->events);
	close(audit_listen(false));
	close(self->audit);
}

/* The next event is the refusal to open a loop device. */
#define EXPECT_EVENT(minor) do { \
	struct event event_; \
	\
	ASSERT_EQ(0, event_read(self->events, &event_, WAIT_MS)); \
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event_, CLIP_EVENT_A_KIND)); \
	EXPECT_TRUE(event_text_is(&event_, CLIP_EVENT_A_ACT, "device open")); \
	EXPECT_EQ(CLIP_REASON_DEVICE, \
		  event_number(&event_, CLIP_EVENT_A_REASON)); \
	EXPECT_EQ(EPERM, event_number(&event_, CLIP_EVENT_A_ERROR)); \
	EXPECT_EQ(1, event_number(&event_, CLIP_EVENT_A_ENFORCED)); \
	EXPECT_EQ(getpid(), event_number(&event_, CLIP_EVENT_A_PID)); \
	EXPECT_EQ(LOOP, event_number(&event_, CLIP_EVENT_A_DEV_MAJOR)); \
	EXPECT_EQ(minor, event_number(&event_, CLIP_EVENT_A_DEV_MINOR)); \
} while (0)

/* The next audit record is that of such a refusal. */
#define EXPECT_RECORD() do { \
	char text_[8192] = "", pid_[32]; \
	\
	ASSERT_TRUE(audit_read(self->audit, text_, sizeof(text_), WAIT_MS)); \
	snprintf(pid_, sizeof(pid_), " pid=%d ", getpid()); \
	EXPECT_NE(NULL, strstr(text_, " op=device-open reason=device errno=1 ")) \
		TH_LOG("%s", text_); \
	EXPECT_NE(NULL, strstr(text_, pid_)); \
} while (0)

TEST_F(refusal, a_refused_device_is_reported_once)
{
	const long long before = refused(CLIP_REASON_DEVICE);

	EXPECT_EQ(EPERM, try_open(loop_node(REFUSED), O_RDONLY));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_DEVICE));
	EXPECT_EVENT(REFUSED);
	EXPECT_RECORD();
	/* Any second report would come before that of another refusal. */
	EXPECT_EQ(EPERM, try_open(loop_node(READ_ONLY), O_RDWR));
	EXPECT_EVENT(READ_ONLY);
	EXPECT_RECORD();
	EXPECT_EQ(before + 2, refused(CLIP_REASON_DEVICE));
}

/* The twin: opens that the table permits are not reported. */
TEST_F(refusal, an_allowed_device_is_not_reported)
{
	const long long before = refused(CLIP_REASON_DEVICE);

	EXPECT_EQ(0, try_open(loop_node(ALLOWED), O_RDWR));
	EXPECT_EQ(0, try_open(loop_node(READ_ONLY), O_RDONLY));
	EXPECT_EQ(before, refused(CLIP_REASON_DEVICE));
	EXPECT_EQ(EPERM, try_open(loop_node(REFUSED), O_RDWR));
	EXPECT_EVENT(REFUSED);
	EXPECT_RECORD();
}

TEST_HARNESS_MAIN
