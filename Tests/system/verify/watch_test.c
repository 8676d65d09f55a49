// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fanotify group with a pre-content watch makes the kernel run programs that
 * are open for writing, and lets others write to them while they run. What clip
 * has checked is kept from writers nevertheless (fault 7).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/fanotify.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/watch"
#define MNT	DIR "/mnt"
#define SLEEP	MNT "/sleep"
#define TINY	MNT "/tiny"
#define XID	3110
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

enum where { TMPFS, OVERLAY };

FIXTURE(watch)
{
	int fd;
};

FIXTURE_VARIANT(watch)
{
	enum where where;
};

FIXTURE_VARIANT_ADD(watch, tmpfs) { .where = TMPFS };
FIXTURE_VARIANT_ADD(watch, overlay) { .where = OVERLAY };

FIXTURE_SETUP(watch)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(MNT, 0755));
	if (variant->where == OVERLAY) {
		ASSERT_EQ(0, mkdir(DIR "/lower", 0755));
		ASSERT_EQ(0, mkdir(DIR "/upper", 0755));
		ASSERT_EQ(0, mkdir(DIR "/work", 0755));
		ASSERT_EQ(0, mount("o", MNT, "overlay", 0, "lowerdir=" DIR
				   "/lower,upperdir=" DIR "/upper,workdir="
				   DIR "/work"));
	}
	ASSERT_EQ(0, copy_file("/usr/bin/busybox", SLEEP, 0755));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", TINY, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(watch)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	if (variant->where == OVERLAY)
		umount2(MNT, MNT_DETACH);
	umount2(DIR, MNT_DETACH);
}

static int watch_start(void)
{
	const int fd = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				     O_RDONLY);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				    AT_FDCWD, MNT))
		return -1;
	return fd;
}

/* Starts a program that runs until it is killed; @fd is its context, or -1. */
static pid_t start(int fd)
{
	char *const argv[] = { "sleep", "1000", NULL };
	int go[2];
	char byte;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0) {
		if (fd >= 0) {
			dup2(go[1], STDOUT_FILENO);
			keep_only(fd);
			if (context_enter(fd))
				_exit(100);
			fcntl(STDOUT_FILENO, F_SETFD, FD_CLOEXEC);
		}
		execv(SLEEP, argv);
		_exit(errno);
	}
	close(go[1]);
	/* The end of the file comes with a successful exec, or with the exit. */
	if (read(go[0], &byte, 1))
		kill(pid, SIGKILL);
	close(go[0]);
	return pid;
}

/* Ends it; 0 if it was running. */
static int stop(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 0 : WEXITSTATUS(status);
}

static int try_truncate(void)
{
	struct stat st;

	return stat(SLEEP, &st) || truncate(SLEEP, st.st_size) ? errno : 0;
}

/* By an allow digest, under enforce_exec. */
TEST_F(watch, writers_are_kept_off_what_was_checked)
{
	int watch;
	pid_t pid;

	ASSERT_EQ(0, allow(SLEEP, XID));
	watch = watch_start();
	ASSERT_LE(0, watch);
	pid = start(self->fd);
	EXPECT_EQ(ETXTBSY, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(ETXTBSY, try_open(SLEEP, O_RDWR));
	EXPECT_EQ(ETXTBSY, try_truncate());
	EXPECT_EQ(0, try_open(SLEEP, O_RDONLY));
	EXPECT_EQ(0, stop(pid));
	close(watch);
	/* Nothing stays behind where no digest is left. */
	ASSERT_EQ(0, disallow(SLEEP, XID));
	EXPECT_EQ(0, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(0, try_truncate());
}

/* A watch that goes or comes while the program runs makes no difference. */
TEST_F(watch, when_it_is_set_makes_no_difference)
{
	int watch;
	pid_t pid;

	ASSERT_EQ(0, allow(SLEEP, XID));
	watch = watch_start();
	ASSERT_LE(0, watch);
	pid = start(self->fd);
	close(watch);
	EXPECT_EQ(ETXTBSY, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(0, stop(pid));

	pid = start(self->fd);
	watch = watch_start();
	ASSERT_LE(0, watch);
	EXPECT_EQ(ETXTBSY, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(ETXTBSY, try_truncate());
	EXPECT_EQ(0, stop(pid));
	close(watch);
}

/* A file that is open for writing does not run, and stays as it is. */
TEST_F(watch, what_is_open_for_writing_does_not_run)
{
	const long long before = status_value("refused.being-written");
	int watch, writer;

	ASSERT_EQ(0, allow(TINY, XID));
	watch = watch_start();
	ASSERT_LE(0, watch);
	writer = open(TINY, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, writer);
	/* The kernel itself would run it. */
	EXPECT_EQ(0, exec_in_child(TINY));
	EXPECT_EQ(ETXTBSY, exec_in_context(self->fd, TINY));
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.being-written"));
	EXPECT_EQ(0, try_open(TINY, O_WRONLY));
	close(writer);
	EXPECT_EQ(0, exec_in_context(self->fd, TINY));
	close(watch);
}

/* What clip does not check runs as without clip: with writers. */
TEST_F(watch, what_is_not_checked_can_be_written)
{
	const int watch = watch_start();
	pid_t pid;

	ASSERT_LE(0, watch);
	pid = start(-1);
	EXPECT_EQ(0, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(0, stop(pid));
	close(watch);
}

/* By an entry, with its grant. No entry refers to a file of an overlay. */
TEST_F(watch, a_granted_program_is_not_written)
{
	int watch;
	pid_t pid;

	if (variant->where == OVERLAY)
		return;
	/* Without enforce_exec. */
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	ASSERT_EQ(0, list_file(SLEEP, XID, CLIP_ENTRY_EXE, BIND, 0));
	watch = watch_start();
	ASSERT_LE(0, watch);
	pid = start(self->fd);
	EXPECT_EQ(ETXTBSY, try_open(SLEEP, O_WRONLY));
	EXPECT_EQ(ETXTBSY, try_truncate());
	EXPECT_EQ(0, stop(pid));
	EXPECT_EQ(0, try_open(SLEEP, O_WRONLY));
	close(watch);
}

TEST_HARNESS_MAIN
