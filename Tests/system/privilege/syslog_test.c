// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log (PR-10, MI-02), and the latch kernel.clip.syslog, which the
 * first test leaves off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/syslog"

#define READ_ALL	3
#define SIZE_BUFFER	10
#define CLEAR		5
#define SIZE_UNREAD	9
#define SYSLOG_CAP	(1ULL << CAP_SYSLOG | 1ULL << CAP_SYS_ADMIN)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_KSYSLOG), SYSLOG_CAP, false },
	{ DIR "/ksyslog", CLIP_PRIV_KSYSLOG, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	int err = make_holders(DIR, holders, HOLDERS);

	chmod("/dev/kmsg", 0666);
	return err ?: write_text("/proc/sys/kernel/dmesg_restrict", "0");
}

FIXTURE_WITH_LATCH(off, "syslog", false)

/* While it is not required, the privilege only permits more. */
TEST_F(off, nothing_is_required)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "syslog %d", READ_ALL));
	EXPECT_EQ(0, ask(&actor, "syslog %d", SIZE_UNREAD));
	EXPECT_EQ(0, ask(&actor, "open /dev/kmsg"));
	EXPECT_EQ(0, ask(&actor, "open /proc/kmsg"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_EQ(0, ask(&actor, "syslog %d", READ_ALL));
	EXPECT_EQ(EPERM, ask(&actor, "syslog %d", SIZE_UNREAD));
	EXPECT_EQ(EPERM, ask(&actor, "syslog %d", CLEAR));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/ksyslog", USER_ID));
	EXPECT_EQ(0, ask(&actor, "syslog %d", SIZE_UNREAD));
	actor_stop(&actor);
}

/*
 * The capability counts in this call only: other uses of CAP_SYSLOG stay
 * refused.
 */
TEST_F(off, restricted)
{
	struct actor actor;

	ASSERT_EQ(0, write_text("/proc/sys/kernel/dmesg_restrict", "1"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "syslog %d", READ_ALL));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/ksyslog", USER_ID));
	EXPECT_EQ(0, ask(&actor, "syslog %d", READ_ALL));
	EXPECT_EQ(0, ask(&actor, "syslog %d", SIZE_BUFFER));
	EXPECT_EQ(EPERM, ask(&actor, "open /dev/kmsg"));
	/*
	 * The file has mode 0400; through a descriptor of root it can be read.
	 */
	EXPECT_EQ(EACCES, ask(&actor, "open /proc/kmsg"));
	EXPECT_EQ(0, ask(&actor, "ring"));
	EXPECT_EQ(EPERM, ask(&actor, "syslog %d", READ_ALL));
	actor_stop(&actor);
	ASSERT_EQ(0, write_text("/proc/sys/kernel/dmesg_restrict", "0"));
}

FIXTURE_WITH_LATCH(syslog, "syslog", true)

/* PR-10: the four cells, and two more. */
TEST_F(syslog, acts)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool held = holder->privileges & CLIP_PRIV_KSYSLOG;
		const long wanted = held ? 0 : EPERM;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(wanted, ask(&actor, "syslog %d", READ_ALL));
		EXPECT_EQ(wanted, ask(&actor, "syslog %d", SIZE_UNREAD));
		EXPECT_EQ(wanted, ask(&actor, "open /dev/kmsg"));
		EXPECT_EQ(0, ask(&actor, "syslog %d", SIZE_BUFFER));
		actor_stop(&actor);
	}
}

/* A descriptor of /proc/kmsg gives no right. */
TEST_F(syslog, passed_on_descriptors)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(EPERM, ask(&actor, "open /proc/kmsg"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/ksyslog", 0));
	EXPECT_EQ(0, ask(&actor, "keepfile /proc/kmsg"));
	EXPECT_EQ(0, ask(&actor, "read"));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(0, ask(&actor, "have 3"));
	EXPECT_EQ(EPERM, ask(&actor, "read"));
	actor_stop(&actor);
}

/* LG-01 */
TEST_F(syslog, refusals_are_counted)
{
	const long long before = status_value("refused.no-privilege");
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(EPERM, ask(&actor, "syslog %d", READ_ALL));
	EXPECT_EQ(EPERM, ask(&actor, "open /dev/kmsg"));
	actor_stop(&actor);
	EXPECT_EQ(before + 2, status_value("refused.no-privilege"));
	EXPECT_EQ(0, set_latch("syslog", "0"));
	EXPECT_EQ(1, latch("syslog"));
}

TEST_HARNESS_MAIN
