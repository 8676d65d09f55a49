// SPDX-License-Identifier: GPL-2.0-only
/*
 * An inode remembers the entry that it has matched. What is remembered counts no
 * longer than the tables, the content and the conditions of the entry stay as
 * they were (CA-01, EX-06, EX-07). share_test.c has the same for contexts.
 */
#include "device.h"
#include "exec_fixture.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#define TIMES	3	/* hashed, remembered, and found again */

/* Several runs as one user: each has the same result, which is returned. */
static int run_again(uid_t uid, bool granted)
{
	for (int i = 0; i < TIMES; i++) {
		const struct probe got = probe_run(A, uid);

		if (got.error)
			return got.error;
		if (got.permitted != (granted ? BIND : 0))
			return -1;
	}
	return 0;
}

TEST_F(exec, entry_changes_between_equal_runs)
{
	struct rule other = self->rule;

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run_again(USER_ID, true));
	/* The same file and digest, with another right: the new entry counts. */
	other.effective = KILL;
	other.permitted = KILL;
	ASSERT_EQ(0, unload(A));
	ASSERT_EQ(0, load(&other));
	EXPECT_EQ(KILL, probe_run(A, USER_ID).permitted);
	EXPECT_EQ(KILL, probe_run(A, USER_ID).permitted);
	/* Another digest is refused, as often as it is tried. */
	other = self->rule;
	other.digest[0] ^= 1;
	ASSERT_EQ(0, unload(A));
	ASSERT_EQ(0, load(&other));
	EXPECT_EQ(EACCES, run_again(USER_ID, true));
	EXPECT_EQ(EACCES, run_again(USER_ID, true));
	/* Without an entry it runs, and is given nothing. */
	ASSERT_EQ(0, unload(A));
	EXPECT_EQ(0, run_again(USER_ID, false));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run_again(USER_ID, true));
}

TEST_F(exec, unrelated_commit_between_equal_runs)
{
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < TIMES; i++) {
		EXPECT_EQ(0, run_again(USER_ID, true));
		ASSERT_EQ(0, list_file(COPY, 0, CLIP_ENTRY_EXE, 0, 0));
		ASSERT_EQ(0, unload(COPY));
	}
}

TEST_F(exec, content_changes_between_equal_runs)
{
	struct stat st;

	ASSERT_EQ(0, stat(A, &st));
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, run_again(USER_ID, true));
		ASSERT_EQ(0, append_byte(A));
		EXPECT_EQ(EACCES, run_again(USER_ID, true));
		ASSERT_EQ(0, truncate(A, st.st_size));
	}
	EXPECT_EQ(0, run_again(USER_ID, true));
}

TEST_F(exec, conditions_are_asked_each_time)
{
	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < 2; i++) {
		EXPECT_NE(0, probe_run(A, 0).permitted & BIND);
		EXPECT_EQ(0, run_again(USER_ID, false));
	}
}

static int no_new_privs(void *unused)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

TEST_F(exec, ways_of_the_exec_are_asked_each_time)
{
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, run_again(USER_ID, true));
		EXPECT_PLAIN(probe_run_fn(A, USER_ID, no_new_privs, NULL));
	}
}

/* An entry that gives nothing takes the file's own rights away, each time. */
TEST_F(exec, plain_entry_each_time)
{
	self->rule.effective = 0;
	self->rule.permitted = 0;
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < TIMES; i++)
		EXPECT_PLAIN(probe_run(A, USER_ID));
	ASSERT_EQ(0, chmod(A, 04755));
	for (int i = 0; i < TIMES; i++) {
		const struct probe got = probe_run(A, USER_ID);

		EXPECT_EQ(0, got.error);
		EXPECT_EQ(0, got.euid);
		EXPECT_EQ(1, got.secure);
	}
}

TEST_HARNESS_MAIN
