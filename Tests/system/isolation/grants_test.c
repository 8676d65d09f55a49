// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an entry gave a task stays with it (fault 15): not by the ambient set, not by
 * memory that others may read, and it can be dropped.
 */
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "task/task_fixture.h"

#include "kselftest_harness.h"

#define SUID_DUMPABLE	"/proc/sys/fs/suid_dumpable"

/* The entry's capability is not handed on to a program without an entry. */
TEST_F(task, ambient_set)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->raised, "setcaps %lld %lld %lld", BIND, BIND,
			 BIND));
	EXPECT_EQ(EPERM, ask(&self->raised, "ambient 10"));
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	/* What root has by being root is its own, raised or not. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_EQ(0, ask(&self->root, "ambient 10"));
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	ASSERT_EQ(0, ask(&self->other, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_EQ(0, ask(&self->other, "ambient 10"));
}

/* Whatever fs.suid_dumpable says, after exec and after a change of ids. */
TEST_F(task, suid_dumpable)
{
	ASSERT_EQ(0, write_text(SUID_DUMPABLE, "1"));
	ASSERT_EQ(0, list(A, BIND, 0, 0));
	EXPECT_EQ(0, actor_start(&self->raised, A, USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_EQ(0, actor_start(&self->other, A, 0));
	EXPECT_EQ(0, ask(&self->other, "getdumpable"));
	EXPECT_EQ(0, ask(&self->other, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(0, ask(&self->other, "getdumpable"));
	/* Other programs follow the setting. */
	EXPECT_EQ(0, ask(&self->root, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(1, ask(&self->root, "getdumpable"));
	EXPECT_EQ(0, write_text(SUID_DUMPABLE, "0"));
}

/* CONTEXT has no bit in capset(2) and goes with the last capability. */
TEST_F(task, context_is_dropped)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, 0);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	LACK_MAC_ADMIN(self->root);
	/* An actor without CONTEXT may not signal a task that has it. */
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setcaps %lld %lld 0", BIND, BIND));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 0 0"));
	EXPECT_SIGNAL(0, self->root, self->raised);
}

TEST_HARNESS_MAIN
