// SPDX-License-Identifier: GPL-2.0-only
/*
 * The budget of the kernel's log (fault 19): a storm of one kind of refusals hides no
 * refusal of another kind, and the log says how many lines it lacks.
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "log.h"
#include "process.h"

#include <sched.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/budget"
#define A	DIR "/a"
#define STORM	300

/* Namespaces are refused to a task without a privilege, as often as it likes. */
static int storm(void)
{
	int refused = 0;

	for (int i = 0; i < STORM; i++)
		refused += unshare(CLONE_NEWUTS) && errno == EPERM;
	return refused;
}

TEST(storm_hides_no_other_kind)
{
	const long long unlogged = status_value("unlogged");
	struct rule rule;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, append_byte(A));
	ASSERT_EQ(0, set_latch("unshare", "1"));
	ASSERT_EQ(STORM, storm());
	/* Most of these lines were left out, and counted. */
	EXPECT_LE(unlogged + STORM / 2, status_value("unlogged"));

	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_TRUE(log_has("clip: refused exec: reason=2 (digest-mismatch)"));
	EXPECT_TRUE(log_has("path=\"" A "\""));
	EXPECT_TRUE(log_has("messages were left out"));
	EXPECT_EQ(0, unload(A));
	umount2(DIR, MNT_DETACH);
}

TEST_HARNESS_MAIN
