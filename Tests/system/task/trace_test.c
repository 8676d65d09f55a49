// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracing raised tasks, and reading their files in procfs (PT-*, PC-*).
 */
#include "actor.h"
#include "device.h"
#include "image.h"
#include "task_fixture.h"

#include <linux/capability.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

/* --------------------------------------------------------------- tracing */

#define EXPECT_TRACED(error, actor, target) do { \
	EXPECT_EQ(error, ask(&self->actor, "trace %d", self->target.pid)); \
	EXPECT_EQ(error, ask(&self->actor, "read %d", self->target.pid)); \
	EXPECT_EQ(error, ask(&self->actor, "getfd %d 0", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"open /proc/%d/environ", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"open /proc/%d/maps", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"readlink /proc/%d/exe", self->target.pid)); \
} while (0)

/* PT-02, PC-03: CAP_SYS_PTRACE alone never opens a raised task. */
TEST_F(task, trace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_TRACED(EPERM, user, raised);
	EXPECT_TRACED(0, user, plain);
	EXPECT_TRACED(0, root, raised);
	EXPECT_TRACED(0, root, plain);
	/*
	 * The files belong to the user: without the second capability, opening
	 * them fails before the hook.
	 */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0",
			 CAP(SYS_PTRACE) | CAP(DAC_READ_SEARCH), ALL));
	EXPECT_TRACED(EPERM, root, raised);
	EXPECT_TRACED(0, root, plain);
	/* The same holds if the capability comes from an entry. */
	LIST_AND_START(other, B, USER_ID, CAP(SYS_PTRACE), 0, 0);
	EXPECT_TRACED(EPERM, other, raised);
	EXPECT_TRACED(0, other, plain);
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
}

/* PT-02: the tracer must have the target's privileges and its I, too. */
TEST_F(task, trace_and_privileges)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_TRACED(EPERM, root, raised);
	EXPECT_TRACED(0, root, plain);
	LIST_AND_START(other, B, 0, 0, 0, CLIP_PRIV_FUSE | CLIP_PRIV_KSYSLOG);
	EXPECT_TRACED(0, other, raised);
	actor_stop(&self->raised);
	ASSERT_EQ(0, unload(A));
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	EXPECT_TRACED(EPERM, root, raised);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_TRACED(0, root, raised);
}

/*
 * FL-03, AS-01: a task with inherited capabilities is protected and undumpable,
 * whatever it executes.
 */
TEST_F(task, trace_of_a_task_with_inherited_capabilities)
{
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	ASSERT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_TRACED(EPERM, user, raised);
	EXPECT_TRACED(0, user, plain);
	EXPECT_TRACED(EPERM, root, raised);
	/* A tracer with the same I may look. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_TRACED(0, root, raised);
}

/* PR-22: network privileges do not raise a task. */
TEST_F(task, trace_and_network_privileges)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_NETCLIENT |
		       CLIP_PRIV_NETSERVER | CLIP_PRIV_RECVSIG);
	EXPECT_TRACED(0, user, raised);
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 1"));
}

/* PC-02: PROCFD permits looking, and opens nothing to write or to keep. */
TEST_F(task, trace_with_procfd)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	LIST_AND_START(other, B, 0, 0, 0, CLIP_PRIV_PROCFD);
	EXPECT_EQ(0, ask(&self->other, "readlink /proc/%d/exe",
			 self->raised.pid));
	EXPECT_EQ(0, ask(&self->other, "readlink /proc/%d/fd/0",
			 self->raised.pid));
	EXPECT_EQ(0, ask(&self->other, "open /proc/%d/maps",
			 self->raised.pid));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/%d/mem",
			      self->raised.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "trace %d", self->raised.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "read %d", self->raised.pid));
	/* Without PROCFD the links are refused, for root as well. */
	EXPECT_EQ(EACCES, ask(&self->root, "readlink /proc/%d/exe",
			      self->raised.pid));
}

/* PT-04: refusals are logged, but not those of reading public files. */
TEST_F(task, trace_is_logged)
{
	const long long before = refused(CLIP_REASON_PERMISSION);

	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_EQ(0, ask(&self->root, "open /proc/%d/stat", self->raised.pid));
	EXPECT_EQ(before, refused(CLIP_REASON_PERMISSION));
	EXPECT_EQ(EPERM, ask(&self->root, "trace %d", self->raised.pid));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_PERMISSION));
	EXPECT_EQ(0, ask(&self->root, "trace %d", self->plain.pid));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_PERMISSION));
}

/* PT-03: the parent, here root, is the tracer. */
TEST_F(task, traceme)
{
	EXPECT_EQ(0, ask(&self->plain, "traceme"));
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "traceme"));
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_EQ(EPERM, ask(&self->other, "traceme"));
	/*
	 * The task is not traced: the error of a second attempt would be EPERM
	 * then, too.
	 */
	EXPECT_EQ(EPERM, ask(&self->other, "traceme"));
	EXPECT_SIGNAL(0, self->root, self->other);
}

TEST_F(task, trace_from_a_user_namespace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->user, "userns"));
	EXPECT_EQ(EPERM, ask(&self->user, "trace %d", self->raised.pid));
}

/*
 * L-07: files of procfs that were opened before a task was raised show the
 * memory that it had then, and nothing of that of the new program.
 */
TEST_F(task, files_of_procfs_from_before)
{
	static const char *const names[] = { "maps", "smaps", "pagemap" };
	long held[3], twin;

	ASSERT_EQ(0, list(A, BIND, 0, 0));
	for (int i = 0; i < 3; i++) {
		twin = ask(&self->user, "hold /proc/%d/%s", self->plain.pid,
			   names[i]);
		held[i] = ask(&self->user, "hold /proc/%d/%s", self->plain.pid,
			      names[i]);
		ASSERT_LT(0, held[i]);
		EXPECT_EQ(8, ask(&self->user, "readheld %ld", twin));
	}
	ASSERT_EQ(0, ask(&self->plain, "exec " A));
	for (int i = 0; i < 3; i++) {
		TH_LOG("%s", names[i]);
		EXPECT_EQ(0, ask(&self->user, "readheld %ld", held[i]));
		EXPECT_EQ(-EACCES, ask(&self->user, "hold /proc/%d/%s",
				       self->plain.pid, names[i]));
	}
}

TEST_HARNESS_MAIN
