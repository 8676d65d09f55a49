// SPDX-License-Identifier: GPL-2.0-only
/*
 * With kernel.clip.mount locked: acts on mounts that are left to init, the
 * owners of files (N-18), and the report of a refusal (MT-09, MT-10, MT-17).
 * That all of it was allowed before is shown in mount_test.
 */
#include "device.h"
#include "events.h"
#include "latch.h"
#include "log.h"
#include "mounts.h"

#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/mounts"
#define M	DIR "/m"
#define OTHER	DIR "/other"

FIXTURE(init)
{
	int events;
};

FIXTURE_SETUP(init)
{
	if (latch("mount")) {
		mkdir(DIR, 0755);
		ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
		ASSERT_EQ(0, set_latch("mount", "0 empty"));
	}
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	ASSERT_EQ(0, mount_fresh(M, SAFE));
}

FIXTURE_TEARDOWN(init)
{
	close(self->events);
	umount2(M, MNT_DETACH);
}

static int move_it_back(void)
{
	return mount(OTHER, M, NULL, MS_MOVE, NULL) ? -errno : 0;
}

/*
 * Makes init do a system call, wherever it waits, and returns the result. The
 * strings go below the used part of its stack.
 */
static long init_does(long number, const char *first, const char *second,
		      unsigned long fourth)
{
	struct user_regs_struct saved, regs;
	long result = -ESRCH, instruction = 0;
	char strings[2][64] = {};
	int status;

	if (ptrace(PTRACE_SEIZE, 1, 0, 0) || ptrace(PTRACE_INTERRUPT, 1, 0, 0) ||
	    waitpid(1, &status, __WALL) != 1 ||
	    ptrace(PTRACE_GETREGS, 1, 0, &saved))
		return -errno;
	regs = saved;
	snprintf(strings[0], sizeof(strings[0]), "%s", first);
	snprintf(strings[1], sizeof(strings[1]), "%s", second);

	const unsigned long at = (saved.rsp - 4096) & ~15UL;
	const struct iovec ours = { strings, sizeof(strings) };
	const struct iovec its = { (void *)at, sizeof(strings) };

	/* It was interrupted right after a system call. */
	instruction = ptrace(PTRACE_PEEKTEXT, 1, saved.rip - 2, 0);
	if ((instruction & 0xffff) == 0x050f &&
	    process_vm_writev(1, &ours, 1, &its, 1, 0) == sizeof(strings)) {
		regs.rip -= 2;
		regs.rax = number;
		regs.orig_rax = -1;
		regs.rdi = at;
		regs.rsi = at + sizeof(strings[0]);
		regs.rdx = 0;
		regs.r10 = fourth;
		regs.r8 = 0;
		if (!ptrace(PTRACE_SETREGS, 1, 0, &regs) &&
		    !ptrace(PTRACE_SINGLESTEP, 1, 0, 0) &&
		    waitpid(1, &status, __WALL) == 1 &&
		    !ptrace(PTRACE_GETREGS, 1, 0, &regs))
			result = regs.rax;
	}
	ptrace(PTRACE_SETREGS, 1, 0, &saved);
	ptrace(PTRACE_DETACH, 1, 0, 0);
	return result;
}

/* MT-09, MT-10, MT-17: init may move mounts, and is not exempt otherwise. */
TEST_F(init, init_moves_mounts)
{
	mkdir(OTHER, 0755);
	mkdir(M "/old", 0755);
	EXPECT_EQ(0, init_does(SYS_mount, M, OTHER, MS_MOVE));
	EXPECT_STREQ("", options_of(M));
	EXPECT_TRUE(strstr(options_of(OTHER), "noexec"));
	EXPECT_EQ(-EPERM, move_it_back());
	EXPECT_EQ(0, init_does(SYS_mount, OTHER, M, MS_MOVE));
	EXPECT_TRUE(strstr(options_of(M), "noexec"));
	/*
	 * The request reaches the kernel, which refuses it for its own reason.
	 */
	EXPECT_EQ(-EINVAL, init_does(SYS_pivot_root, M, M "/old", 0));
	EXPECT_EQ(-EPERM, init_does(SYS_mount, M, M,
				    MS_REMOUNT | MS_BIND));
	EXPECT_EQ(-EPERM, init_does(SYS_mount, M, M, MS_SHARED));
	EXPECT_TRUE(strstr(options_of(M), "noexec"));
}

/* N-18 */
TEST_F(init, owners_of_files_stay)
{
	EXPECT_EQ(EPERM, idmap_mount(DIR));
}

static int drop_two(void *unused)
{
	return change_flags(SETATTR, M, SAFE, MS_NODEV);
}

static int move_it(void *unused)
{
	return mount(M, OTHER, NULL, MS_MOVE, NULL) ? errno : 0;
}

TEST_F(init, refusals_are_reported)
{
	long long before = status_value("refused.mount");
	struct event event;

	EXPECT_EQ(EPERM, drop_two(NULL));
	EXPECT_EQ(1, status_value("refused.mount") - before);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "remount"));
	EXPECT_EQ(CLIP_REASON_MOUNT, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EPERM, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(getpid(), event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_TRUE(logged(drop_two, NULL,
			   "refused mount: reason=47 (mount) operation=remount type=tmpfs",
			   "needs=nosuid,noexec pid="));
	EXPECT_TRUE(logged(move_it, NULL, "operation=move type=tmpfs",
			   "needs=init pid="));
}

TEST_HARNESS_MAIN
