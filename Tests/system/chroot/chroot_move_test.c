// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two chrooted tasks, the root of one below that of the other (fault 16): the
 * outer one must not move a directory out of the inner root, because the inner
 * task may be in it, and would never meet its root again.
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "latch.h"
#include "process.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/move"
#define OUTER	DIR "/outer"
#define INNER	OUTER "/inner"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE	2
#endif

/* The two ends of a task that waits in its root, and then goes up. */
struct inner {
	pid_t pid;
	int go, answer;
};

FIXTURE(move)
{
	struct inner inner;
};

FIXTURE_VARIANT(move)
{
	bool latched;
};

FIXTURE_VARIANT_ADD(move, off) { .latched = false };
FIXTURE_VARIANT_ADD(move, on) { .latched = true };

/* Goes up from its current directory: does it find the real root? */
static bool gets_out(void)
{
	struct stat st;

	for (int i = 0; i < 10; i++)
		if (chdir(".."))
			return false;
	return !stat("proc/sys/kernel", &st);
}

static int start_inner(struct inner *inner)
{
	int go[2], answer[2];
	char byte = 0;

	if (pipe(go) || pipe(answer))
		return errno;
	inner->go = go[1];
	inner->answer = answer[0];
	inner->pid = fork();
	if (inner->pid)
		return read(inner->answer, &byte, 1) == 1 ? byte : EIO;
	/* No descriptor leads outside, only to the pipes. */
	dup2(go[0], STDIN_FILENO);
	dup2(answer[1], STDOUT_FILENO);
	close_range(STDERR_FILENO, ~0U, 0);
	own_memory();
	byte = chdir(INNER) || chroot(".") || chdir("/a/work") ? errno : 0;
	if (write(STDOUT_FILENO, &byte, 1) != 1 ||
	    read(STDIN_FILENO, &byte, 1) != 1)
		_exit(1);
	byte = gets_out();
	_exit(write(STDOUT_FILENO, &byte, 1) != 1);
}

static bool inner_gets_out(struct inner *inner)
{
	char byte = 2;

	/* 2, which is true, if it does not answer. */
	if (write(inner->go, "", 1) == 1 && read(inner->answer, &byte, 1) < 1)
		byte = 2;
	return byte;
}

static int rename_flags(const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags) ?
	       errno : 0;
}

/* Renames in a chrooted child; both paths are those below its root. */
static int rename_in(const char *root, const char *from, const char *to,
		     unsigned int flags)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close_range(0, ~0U, 0);
		own_memory();
		if (root && (chdir(root) || chroot(".")))
			_exit(255);
		_exit(rename_flags(from, to, flags));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

FIXTURE_SETUP(move)
{
	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(OUTER, 0755));
	ASSERT_EQ(0, mkdir(INNER, 0755));
	ASSERT_EQ(0, mkdir(INNER "/a", 0755));
	ASSERT_EQ(0, mkdir(INNER "/a/work", 0755));
	ASSERT_EQ(0, mkdir(INNER "/b", 0755));
	ASSERT_EQ(0, mkdir(OUTER "/other", 0755));
	ASSERT_EQ(0, mkdir(OUTER "/place", 0755));
	ASSERT_EQ(0, copy_file("/proc/version", INNER "/file", 0644));
	if (variant->latched)
		ASSERT_EQ(0, set_latch("chroot", "1"));
	ASSERT_EQ(0, start_inner(&self->inner));
}

FIXTURE_TEARDOWN(move)
{
	kill(self->inner.pid, SIGKILL);
	waitpid(self->inner.pid, NULL, 0);
	umount2(DIR, MNT_DETACH);
}

#define ANSWER	(variant->latched ? EPERM : 0)

static long long no_privilege(void)
{
	return refused(CLIP_REASON_NO_PRIVILEGE);
}

TEST_F(move, working_directory)
{
	const long long before = no_privilege();

	EXPECT_EQ(ANSWER, rename_in(OUTER, "/inner/a/work", "/work", 0));
	EXPECT_EQ(before + variant->latched, no_privilege());
	EXPECT_EQ(!variant->latched, !access(OUTER "/work", F_OK));
	EXPECT_EQ(!variant->latched, inner_gets_out(&self->inner));
}

/* A directory above the one in which it works. */
TEST_F(move, parent_of_the_working_directory)
{
	EXPECT_EQ(ANSWER, rename_in(OUTER, "/inner/a", "/place/a", 0));
	EXPECT_EQ(!variant->latched, inner_gets_out(&self->inner));
}

/* Either side of an exchange leaves its place. */
TEST_F(move, exchange)
{
	EXPECT_EQ(ANSWER, rename_in(OUTER, "/inner/a", "/other",
				    RENAME_EXCHANGE));
	EXPECT_EQ(variant->latched, !access(INNER "/a/work", F_OK));
	EXPECT_EQ(ANSWER, rename_in(OUTER, "/other", "/inner/a",
				    RENAME_EXCHANGE));
	EXPECT_EQ(0, access(INNER "/a/work", F_OK));
}

/* What leaves no root is moved as before. */
TEST_F(move, other_moves_work)
{
	const long long before = no_privilege();

	EXPECT_EQ(0, rename_in(OUTER, "/inner/a", "/inner/c", 0));
	EXPECT_EQ(0, rename_in(OUTER, "/inner/c", "/inner/b/c", 0));
	EXPECT_EQ(0, rename_in(OUTER, "/other", "/place/other", 0));
	EXPECT_EQ(0, rename_in(OUTER, "/inner/file", "/file", 0));
	/* The inner root moves with all that is in it. */
	EXPECT_EQ(0, rename_in(OUTER, "/inner", "/place/inner", 0));
	EXPECT_EQ(before, no_privilege());
	EXPECT_FALSE(inner_gets_out(&self->inner));
}

/* A task that is not chrooted is not confined. */
TEST_F(move, unchrooted_task_is_free)
{
	EXPECT_EQ(0, rename_in(NULL, INNER "/a/work", OUTER "/work", 0));
}

/* Without a task in the inner root, nothing leaves one. */
TEST_F(move, without_an_inner_task)
{
	kill(self->inner.pid, SIGKILL);
	waitpid(self->inner.pid, NULL, 0);
	EXPECT_EQ(0, rename_in(OUTER, "/inner/a/work", "/work", 0));
}

TEST_HARNESS_MAIN
