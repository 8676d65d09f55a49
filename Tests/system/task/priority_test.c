// SPDX-License-Identifier: GPL-2.0-only
/*
 * Priorities, affinity and limits of raised tasks (PI-*), and how late an
 * immortal task is killed when memory runs out (OO-*).
 */
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "task_fixture.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

/* ------------------------------------------------------------ priorities */

/*
 * PI-01. The kernel's capability module already refuses an ordinary user. The
 * module's own rule is that CAP_SYS_NICE alone does not reach a raised task.
 */
TEST_F(task, priority)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(SYS_NICE),
			 ALL));
#define EXPECT_PRIORITY(error, target, verb, get, was, value) do { \
	EXPECT_EQ(was, ask(&self->target, get " 0")); \
	EXPECT_EQ(error, ask(&self->root, verb " %d %d", self->target.pid, \
			     value)); \
	EXPECT_EQ(error ? was : value, ask(&self->target, get " 0")); \
} while (0)
	EXPECT_PRIORITY(EPERM, raised, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(0, plain, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(EPERM, raised, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_PRIORITY(0, plain, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_EQ(EPERM, ask(&self->root, "setaffinity %d 1",
			     self->raised.pid));
	EXPECT_EQ(0, ask(&self->root, "setaffinity %d 1", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->root, "setioprio %d %d", self->raised.pid,
			     BEST_EFFORT));
	EXPECT_EQ(0, ask(&self->root, "setioprio %d %d", self->plain.pid,
			 BEST_EFFORT));
	EXPECT_EQ(BEST_EFFORT, ask(&self->plain, "getioprio 0"));
	EXPECT_NE(BEST_EFFORT, ask(&self->raised, "getioprio 0"));
	/* PI-02 is for a task itself only. */
	EXPECT_EQ(EPERM, ask(&self->root, "setioprio %d %d", self->raised.pid,
			     IDLE));

	/* Full root has all that the target has. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", ALL, ALL));
	EXPECT_PRIORITY(0, raised, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(0, raised, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_EQ(0, ask(&self->root, "setaffinity %d 1", self->raised.pid));
	EXPECT_EQ(0, ask(&self->root, "setioprio %d %d", self->raised.pid,
			 BEST_EFFORT));
}

/* PI-01: CAP_SYS_NICE from an entry reaches it. */
TEST_F(task, priority_by_an_entry)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	LIST_AND_START(other, B, USER_ID, CAP(SYS_NICE), 0, 0);
	EXPECT_EQ(0, ask(&self->other, "setnice %d 3", self->raised.pid));
	EXPECT_EQ(3, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(0, ask(&self->other, "setnice %d 3", self->plain.pid));
	/*
	 * An ordinary user does not reach it, but reaches a plain task of its
	 * own.
	 */
	EXPECT_EQ(EPERM, ask(&self->user, "setnice %d 5", self->raised.pid));
	EXPECT_EQ(3, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(0, ask(&self->user, "setnice %d 5", self->plain.pid));
}

/* PI-01 restricts a task itself as well; PI-02 is the exception. */
TEST_F(task, priority_of_itself)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "setnice 0 1"));
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 %lld 0", BIND));
	EXPECT_EQ(EPERM, ask(&self->raised, "setnice 0 2"));
	EXPECT_EQ(1, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setioprio 0 %d", BEST_EFFORT));
	EXPECT_EQ(0, ask(&self->raised, "setioprio 0 %d", IDLE));
	EXPECT_EQ(IDLE, ask(&self->raised, "getioprio 0"));
	EXPECT_EQ(0, ask(&self->user, "setnice 0 2"));
	EXPECT_EQ(0, ask(&self->user, "setioprio 0 %d", BEST_EFFORT));
}

TEST_F(task, limits)
{
	long before;

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	before = ask(&self->raised, "getlimit");
	EXPECT_EQ(EPERM, ask(&self->user, "setlimit %d 99", self->raised.pid));
	EXPECT_EQ(before, ask(&self->raised, "getlimit"));
	EXPECT_EQ(0, ask(&self->user, "setlimit %d 99", self->plain.pid));
	EXPECT_EQ(99, ask(&self->plain, "getlimit"));

	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(SYS_RESOURCE),
			 ALL));
	EXPECT_EQ(EPERM, ask(&self->root, "setlimit %d 98", self->raised.pid));
	EXPECT_EQ(before, ask(&self->raised, "getlimit"));
	EXPECT_EQ(0, ask(&self->root, "setlimit %d 98", self->plain.pid));
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", ALL, ALL));
	EXPECT_EQ(0, ask(&self->root, "setlimit %d 97", self->raised.pid));
	EXPECT_EQ(97, ask(&self->raised, "getlimit"));
	/* A task may set its own limit even with an empty E. */
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 %lld 0", BIND));
	EXPECT_EQ(0, ask(&self->raised, "setlimit 0 96"));
}

static long long oom_file(pid_t pid, const char *name)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 1)
		text[0] = '\0';
	close(fd);
	return text[0] ? atoll(text) : -99999;
}

static int oom_adjust(pid_t pid, const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return write_text(path, value);
}

/* Promise 4: the same of a task that a privilege alone has raised. */
TEST_F(task, priority_of_a_holder_of_a_privilege)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_KSYSLOG);
	EXPECT_EQ(EPERM, ask(&self->user, "setnice %d 5", self->raised.pid));
	EXPECT_EQ(0, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(0, ask(&self->user, "setnice %d 5", self->plain.pid));
	EXPECT_EQ(0, ask(&self->root, "setnice %d 5", self->raised.pid));
	EXPECT_EQ(0, ask(&self->raised, "setnice 0 6"));
}

/*
 * OO-01, PR-11: of two tasks that are alike, the immortal one is killed much
 * later.
 */
TEST_F(task, oom_score_of_an_immortal)
{
	struct actor plain;

	/*
	 * Scores depend on memory; the scores of these two come from the
	 * inherited adjustment.
	 */
	ASSERT_EQ(0, oom_adjust(getpid(), "oom_score_adj", "800"));
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, actor_start(&plain, PLAIN, 0));
	ASSERT_EQ(0, oom_adjust(getpid(), "oom_score_adj", "0"));
	EXPECT_EQ(800, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(800, oom_file(plain.pid, "oom_score_adj"));
	EXPECT_LT(1100, oom_file(plain.pid, "oom_score"));
	EXPECT_GT(800, oom_file(self->raised.pid, "oom_score"));
	EXPECT_LT(0, oom_file(self->raised.pid, "oom_score"));
	actor_stop(&plain);
}

/* OO-02: its oom_score_adj cannot be raised. Everything else works as usual. */
TEST_F(task, oom_adjustment_of_an_immortal)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_score_adj", "1"));
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_adj", "5"));
	EXPECT_EQ(0, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, oom_adjust(self->raised.pid, "oom_score_adj", "-300"));
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_score_adj", "-200"));
	EXPECT_EQ(-300, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, oom_adjust(self->plain.pid, "oom_score_adj", "300"));
	EXPECT_EQ(300, oom_file(self->plain.pid, "oom_score_adj"));
}

/* The file of a task that is not raised yet, which its user may write. */
#define HOLD_ADJUSTMENT(target) \
	ask(&self->user, "holdwrite /proc/%d/oom_score_adj", (target).pid)

/*
 * L-07, L-13: a descriptor from before a task was raised does not make it the
 * next to be killed. A task that may lower its limits may do that, and a task of
 * the user that is not raised stays as it was.
 */
TEST_F(task, oom_adjustment_of_a_raised_task)
{
	const long raised = HOLD_ADJUSTMENT(self->plain);
	struct actor other;
	long unraised;

	ASSERT_EQ(0, actor_start(&other, PLAIN, USER_ID));
	unraised = HOLD_ADJUSTMENT(other);
	ASSERT_LT(0, raised);
	ASSERT_LT(0, unraised);
	EXPECT_EQ(0, ask(&self->user, "writeheld %ld 100", raised));
	EXPECT_EQ(100, oom_file(self->plain.pid, "oom_score_adj"));
	ASSERT_EQ(0, list(A, BIND, 0, 0));
	ASSERT_EQ(0, ask(&self->plain, "exec " A));
	EXPECT_EQ(EACCES, ask(&self->user, "writeheld %ld 1000", raised));
	EXPECT_EQ(100, oom_file(self->plain.pid, "oom_score_adj"));
	EXPECT_EQ(0, ask(&self->user, "writeheld %ld 100", raised));
	EXPECT_EQ(0, ask(&self->user, "writeheld %ld 1000", unraised));
	EXPECT_EQ(1000, oom_file(other.pid, "oom_score_adj"));
	/* A task without the capabilities of the target, though it is root. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(SYS_RESOURCE),
			 CAP(SYS_RESOURCE)));
	EXPECT_EQ(EACCES, ask(&self->root, "writeheld %ld 200",
			      ask(&self->root,
				  "holdwrite /proc/%d/oom_score_adj",
				  self->plain.pid)));
	EXPECT_EQ(100, oom_file(self->plain.pid, "oom_score_adj"));
	/* Full root has all that it has; and the task may do it to itself. */
	EXPECT_EQ(0, oom_adjust(self->plain.pid, "oom_score_adj", "200"));
	EXPECT_EQ(200, oom_file(self->plain.pid, "oom_score_adj"));
	actor_stop(&other);
}

/*
 * The kernel gives the value to all processes that share the memory. Such a
 * process is made with CLONE_VM and without CLONE_SIGHAND, and here it is of an
 * ordinary user, and has no privilege.
 */
TEST_F(task, oom_adjustment_of_a_sharer_of_memory)
{
	long sharer;

	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	sharer = ask(&self->raised, "sharer %d", USER_ID);
	ASSERT_LT(0, sharer);
	EXPECT_EQ(EACCES, oom_adjust(sharer, "oom_score_adj", "500"));
	EXPECT_EQ(0, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, oom_file(sharer, "oom_score_adj"));
	EXPECT_EQ(0, oom_adjust(sharer, "oom_score_adj", "-500"));
	EXPECT_EQ(-500, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, kill(sharer, SIGKILL));
	/* Of a task that is not immortal it may be raised. */
	sharer = ask(&self->root, "sharer %d", USER_ID);
	ASSERT_LT(0, sharer);
	EXPECT_EQ(0, oom_adjust(sharer, "oom_score_adj", "500"));
	EXPECT_EQ(500, oom_file(self->root.pid, "oom_score_adj"));
	EXPECT_EQ(0, kill(sharer, SIGKILL));
}

TEST_HARNESS_MAIN
