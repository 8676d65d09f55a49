// SPDX-License-Identifier: GPL-2.0-only
/*
 * A listed file loses its name to a file that is not listed, or to none: one
 * line, and one event (fault 20).
 */
#include "active.h"
#include "events.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <linux/fs.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/replaced"
#define A	DIR "/a"
#define B	DIR "/b"
#define LINK	DIR "/link"
#define TINY	"/usr/lib/clip/tests/tiny"

FIXTURE(replaced)
{
	int events;
};

FIXTURE_SETUP(replaced)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, list_file(A, 0, CLIP_ENTRY_EXE, 0, 0));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
}

FIXTURE_TEARDOWN(replaced)
{
	close(self->events);
	umount2(DIR, MNT_DETACH);
}

#define EXPECT_TOLD(name, at) do { \
	struct event event_; \
	\
	ASSERT_EQ(0, event_wait(self->events, &event_, \
				CLIP_EVENT_REPLACED)); \
	EXPECT_TRUE(event_text_is(&event_, CLIP_EVENT_A_ACT, name)); \
	EXPECT_TRUE(event_text_is(&event_, CLIP_EVENT_A_PATH, at)); \
	EXPECT_EQ(CLIP_REASON_NO_ENTRY, \
		  event_number(&event_, CLIP_EVENT_A_REASON)); \
	EXPECT_EQ(0, event_number(&event_, CLIP_EVENT_A_ERROR)); \
	EXPECT_TRUE(event_has(&event_, CLIP_EVENT_A_WANTED)); \
	EXPECT_TRUE(log_has("clip: listed file: " name \
			    ": reason=1 (no-entry)")); \
} while (0)

/* The next event is that of a removal, which is done here. */
#define EXPECT_NOTHING_TOLD() do { \
	ASSERT_EQ(0, copy_file(TINY, DIR "/last", 0755)); \
	ASSERT_EQ(0, list_file(DIR "/last", 0, CLIP_ENTRY_EXE, 0, 0)); \
	ASSERT_EQ(0, unlink(DIR "/last")); \
	EXPECT_TOLD("remove", DIR "/last"); \
} while (0)

TEST_F(replaced, by_a_rename_over_it)
{
	ASSERT_EQ(0, rename(B, A));
	EXPECT_TOLD("replace", A);
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_NOTHING_TOLD();
}

TEST_F(replaced, by_an_exchange)
{
	ASSERT_EQ(0, syscall(SYS_renameat2, AT_FDCWD, B, AT_FDCWD, A,
			     RENAME_EXCHANGE));
	EXPECT_TOLD("move", A);
	EXPECT_TOLD("replace", A);
	EXPECT_NOTHING_TOLD();
	ASSERT_EQ(0, syscall(SYS_renameat2, AT_FDCWD, B, AT_FDCWD, A,
			     RENAME_EXCHANGE));
}

/* It takes the place of a file that is not listed, and gives up its own. */
TEST_F(replaced, by_its_own_move)
{
	ASSERT_EQ(0, rename(A, B));
	EXPECT_TOLD("move", A);
	EXPECT_EQ(CLIP_STATE_LISTED, query(B, 0, NULL));
	EXPECT_NOTHING_TOLD();
}

TEST_F(replaced, by_nothing)
{
	ASSERT_EQ(0, rename(A, DIR "/c"));
	EXPECT_TOLD("move", A);
	ASSERT_EQ(0, rename(DIR "/c", A));
	/* The rule says where it should be, and that is not where it was. */
	EXPECT_TOLD("move", "/c");
	ASSERT_EQ(0, link(A, LINK));
	ASSERT_EQ(0, unlink(LINK));
	EXPECT_TOLD("remove", "/link");
	ASSERT_EQ(0, unlink(A));
	EXPECT_TOLD("remove", A);
}

/* Nothing is said where nothing changes, or what comes is listed too. */
TEST_F(replaced, silently_where_nothing_is_lost)
{
	ASSERT_EQ(0, list_file(B, 0, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, rename(B, A));
	ASSERT_EQ(0, copy_file(TINY, DIR "/c", 0755));
	ASSERT_EQ(0, rename(DIR "/c", DIR "/d"));
	ASSERT_EQ(0, unlink(DIR "/d"));
	ASSERT_EQ(0, mkdir(DIR "/e", 0755) ?: rmdir(DIR "/e"));
	EXPECT_NOTHING_TOLD();
}

/* A user who may not do it causes no message. */
static int try_as_user(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(1);
		_exit(!unlink(A) || errno != EACCES || !rename(B, A) ||
		      errno != EACCES || !rename(A, DIR "/c") ||
		      errno != EACCES);
	}
	waitpid(pid, &status, 0);
	return status;
}

TEST_F(replaced, only_by_who_may_do_it)
{
	EXPECT_EQ(0, try_as_user());
	EXPECT_NOTHING_TOLD();
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));
}

TEST_HARNESS_MAIN
