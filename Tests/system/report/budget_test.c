// SPDX-License-Identifier: GPL-2.0-only
/*
 * The budgets of the kernel's log (fault 19): a storm of refusals hides no
 * refusal of another kind, another context or another user, and the log says
 * how many lines it lacks.
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
#define XID	2001
#define STORM	300	/* refusals of one task, whose lines are equal */
#define CROWD	60	/* tasks that are refused once */
#define SUMMARY	"messages were left out"

FIXTURE(budget)
{
	long long unlogged, refused;
};

FIXTURE_SETUP(budget)
{
	ASSERT_EQ(0, set_latch("unshare", "1"));
	self->unlogged = status_value("unlogged");
	self->refused = refused(CLIP_REASON_NO_PRIVILEGE);
}

FIXTURE_TEARDOWN(budget) {}

/* An active context 0 makes no more contexts for a task without privileges. */
static int other = -1;

__attribute__((constructor(200))) static void create_before_main(void)
{
	other = context_create(XID, CLIP_LEVEL_ACTIVE, ALL_CAPS, CLIP_PRIV_ALL);
}

/* Namespaces are refused to a task without a privilege, as often as it likes. */
static int storm(int times)
{
	int refused = 0;

	for (int i = 0; i < times; i++)
		refused += unshare(CLONE_NEWUSER) && errno == EPERM;
	return refused;
}

/* A task of this user is refused so often. */
static int storm_of(uid_t uid, int times)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setgid(uid) || setuid(uid) || storm(times) != times);
	waitpid(pid, &status, 0);
	return status;
}

/* Many tasks of this user are refused once: no two lines are equal. */
static int crowd_of(uid_t uid, int tasks)
{
	int wrong = 0;

	while (tasks--)
		wrong |= storm_of(uid, 1);
	return wrong;
}

static int crowd_inside(void *unused)
{
	return crowd_of(0, CROWD);
}

/* Lines about refused namespaces in a context, of a user. */
static int lines_of(uid_t uid)
{
	char user[24];
	const char *const parts[] = {
		"clip: refused namespaces: ", user, NULL,
	};

	snprintf(user, sizeof(user), " uid=%u ", uid);
	return log_count(parts);
}

static bool summary_has(const char *part)
{
	const char *const parts[] = { "clip: ", SUMMARY, part, NULL };

	for (int tries = 0; tries < 12; tries++, sleep(1))
		if (log_count(parts) > 0)
			return true;
	return false;
}

TEST_F(budget, storm_hides_no_other_kind)
{
	struct rule rule;

	/* No mount of its own: the latch forbids new namespaces. */
	ASSERT_EQ(0, mkdir(DIR, 0755));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, append_byte(A));
	ASSERT_EQ(STORM, storm(STORM));
	EXPECT_EQ(0, crowd_of(0, CROWD));
	/* Most of these lines were left out, and counted. */
	EXPECT_LE(self->unlogged + STORM / 2, status_value("unlogged"));

	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_TRUE(log_has("clip: refused exec: reason=2 (digest-mismatch)"));
	EXPECT_TRUE(log_has("path=\"" A "\""));
	EXPECT_EQ(0, unload(A));
}

/* One line, and a number: each refusal is in one of the two. */
TEST_F(budget, equal_lines_are_counted)
{
	const uid_t user = 3100;

	EXPECT_EQ(0, storm_of(user, STORM));
	EXPECT_EQ(1, lines_of(user));
	EXPECT_EQ(self->unlogged + STORM - 1, status_value("unlogged"));
	EXPECT_EQ(self->refused + STORM, refused(CLIP_REASON_NO_PRIVILEGE));
	EXPECT_TRUE(summary_has("clip: 299 " SUMMARY
				", of which 299 repeated the last one: "
				"kind=privilege context=0 uid=3100"));
	/* After a time, an equal refusal has a line again. */
	EXPECT_EQ(0, storm_of(user, 1));
	EXPECT_EQ(2, lines_of(user));
}

/* The next line of the same budget says it too, without waiting. */
TEST_F(budget, next_line_says_what_is_missing)
{
	const uid_t user = 3101;

	EXPECT_EQ(0, storm_of(user, 3));
	EXPECT_EQ(0, storm_of(user, 1));
	EXPECT_EQ(2, lines_of(user));
	EXPECT_TRUE(log_has("clip: 2 " SUMMARY ", of which 2 repeated"));
}

TEST_F(budget, storm_hides_no_other_user)
{
	EXPECT_EQ(0, crowd_of(3200, CROWD));
	EXPECT_GT(CROWD, lines_of(3200));
	EXPECT_LT(0, lines_of(3200));
	EXPECT_EQ(0, lines_of(3201));
	EXPECT_EQ(0, storm_of(3201, 1));
	EXPECT_EQ(1, lines_of(3201));
	EXPECT_TRUE(summary_has("kind=privilege context=0 uid=3200"));
}

/* More users than have budgets of their own: root's is its own. */
TEST_F(budget, many_users_do_not_hide_root)
{
	const int before = lines_of(0);

	for (uid_t uid = 4000; uid < 4040; uid++)
		EXPECT_EQ(0, crowd_of(uid, 25));
	EXPECT_TRUE(summary_has("kind=privilege context=0 uid=several"));
	EXPECT_EQ(0, storm_of(0, 1));
	EXPECT_EQ(before + 1, lines_of(0));
}

TEST_F(budget, storm_hides_no_other_context)
{
	int before;

	ASSERT_LE(0, other);
	/* The budget of root in context 0 is full again. */
	sleep(6);
	EXPECT_EQ(0, do_in_context(other, crowd_inside, NULL));
	EXPECT_EQ(self->refused + CROWD, refused(CLIP_REASON_NO_PRIVILEGE));
	EXPECT_LT(self->unlogged, status_value("unlogged"));
	before = lines_of(0);
	EXPECT_EQ(0, storm_of(0, 1));
	EXPECT_EQ(before + 1, lines_of(0));
	EXPECT_TRUE(summary_has("kind=privilege context=2001 uid=0"));
}

TEST_HARNESS_MAIN
