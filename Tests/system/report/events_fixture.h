/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listeners for events and for grants, and a rule whose file is executed.
 */
#ifndef CLIP_TESTS_EVENTS_FIXTURE_H
#define CLIP_TESTS_EVENTS_FIXTURE_H

#include "active.h"
#include "actor.h"
#include "events.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "provoke.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define A	DIR "/a"	/* a copy of the probe */
#define MAPPER	DIR "/mapper"
#define LIB	DIR "/lib"
#define SOURCE	"/etc/verictl.d/so \"me\n"
#define LINE	71
#define LIMIT	100		/* events of a group in a second */

FIXTURE(events)
{
	struct rule rule;	/* of A, NET_BIND_SERVICE */
	struct stat st;		/* of A */
	struct actor raised;
	int events, grants;
};

FIXTURE_SETUP(events)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, stat(A, &self->st));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, start_raised(&self->raised));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	self->grants = listen_to(CLIP_GENL_GROUP_GRANTS);
	ASSERT_LE(0, self->grants);
}

FIXTURE_TEARDOWN(events)
{
	actor_stop(&self->raised);
	close(self->events);
	close(self->grants);
	umount2(DIR, MNT_DETACH);
}

/* Waits until all earlier events have arrived. */
#define SETTLE() do { \
	struct event marker; \
	EXPECT_NE(0, refused_signal(self->raised.pid, 1)); \
	EXPECT_EQ(0, event_wait(self->events, &marker, CLIP_EVENT_TASK)); \
} while (0)

#endif /* CLIP_TESTS_EVENTS_FIXTURE_H */
