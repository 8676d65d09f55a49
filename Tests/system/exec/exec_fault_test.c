// SPDX-License-Identifier: GPL-2.0-only
/*
 * execve with one fault in it: for each N, the Nth allocation or copy of user
 * memory fails, until exec does not get that far. A fault never lets a file run
 * that is refused without it, and a program that runs has exactly its grant
 * (V-27: without memory the answer is no).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "interface/fault.h"
#include "process.h"

#include <limits.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/execfault"
#define A	DIR "/a"
#define B	DIR "/b"
#define XID	4079
#define MOST	3000

enum end { RAN, FAILED, KILLED };

struct run {
	enum end end;
	int error;		/* of exec, if it failed */
	bool happened;		/* the fault, in exec or in the program */
	unsigned long effective, permitted;
	bool reported;		/* the program has printed what it was granted */
};

/* Waits for a byte, so that the fault can be armed, and runs the program. */
static void wait_and_run(const char *path, int uid, int go, int out,
			 int context)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { NULL };
	char byte;

	dup2(go, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	keep_only(context);
	if (ioctl(context, CLIP_IOC_ENTER, 0))
		_exit(201);
	if (uid && (setgid(uid) || setuid(uid)))
		_exit(202);
	write(STDOUT_FILENO, "", 1);
	/* The answer of read is lost if its copy is the fault. */
	if (read(STDIN_FILENO, &byte, 1) < 0)
		_exit(ENOMEM);
	execve(path, argv, envp);
	_exit(errno);
}

static struct run run_with_fault(const char *path, int uid, int context,
				 unsigned int nth)
{
	struct run run = { .end = KILLED };
	int go[2], out[2];
	char text[512] = "", ready;
	siginfo_t info;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return run;
	pid = fork();
	if (pid == 0)
		wait_and_run(path, uid, go[0], out[1], context);
	close(go[0]);
	close(out[1]);
	/* The child is about to read: it sleeps by then, or counts a few places more. */
	if (read(out[0], &ready, 1) != 1)
		return run;
	usleep(2000);
	fault_arm_process(pid, nth);
	write(go[1], "", 1);
	for (size_t used = 0, got; used < sizeof(text) - 1; used += got) {
		got = read(out[0], text + used, sizeof(text) - 1 - used);
		if ((ssize_t)got <= 0)
			break;
	}
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	run.happened = fault_happened(pid);
	waitpid(pid, NULL, 0);
	close(go[1]);
	close(out[0]);
	run.reported = sscanf(text, "error=0 effective=%lx permitted=%lx",
			  &run.effective, &run.permitted) == 2;
	if (info.si_code == CLD_EXITED) {
		run.error = run.reported ? 0 : info.si_status;
		run.end = info.si_status ? FAILED : RAN;
	}
	if (run.reported)
		run.end = RAN;
	return run;
}

FIXTURE(exec_faults)
{
	int context;
};

FIXTURE_SETUP(exec_faults)
{
	/* A child that has ended early reads nothing. */
	signal(SIGPIPE, SIG_IGN);
	ASSERT_EQ(0, fault_prepare());
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	self->context = context_create(XID, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				       CLIP_PRIV_ALL);
	ASSERT_LE(0, self->context);
	ASSERT_EQ(0, list_file(A, XID, CLIP_ENTRY_EXE, BIND, 0));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
}

FIXTURE_TEARDOWN(exec_faults)
{
	close(self->context);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

/*
 * The file is refused without a fault, and does not run with any. @change makes
 * the kernel hash it again every second time.
 */
static void never_runs(struct __test_metadata *_metadata, int context,
		       const char *path, int uid, bool change)
{
	unsigned int nth;
	struct run run;

	for (nth = 1; nth < MOST; nth++) {
		if (change && (nth & 1))
			ASSERT_EQ(0, append_byte(path));
		run = run_with_fault(path, uid, context, nth);
		EXPECT_NE(RAN, run.end);
		EXPECT_FALSE(run.reported);
		if (!run.happened)
			break;
	}
	EXPECT_LT(5, nth);
	EXPECT_GT(MOST, nth);
	EXPECT_EQ(FAILED, run.end);
	EXPECT_EQ(EACCES, run.error);
}

TEST_F_TIMEOUT(exec_faults, changed_file_never_runs, 600)
{
	ASSERT_EQ(0, append_byte(A));
	never_runs(_metadata, self->context, A, USER_ID, true);
}

/* A file that was open for writing is hashed again. */
static int forget_verdict(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? errno : close(fd);
}

static void runs_or_fails(struct __test_metadata *_metadata, int context,
			  const char *path, uint64_t caps, bool forget)
{
	unsigned int nth, ran = 0, failed = 0;
	struct run run;

	for (nth = 1; nth < MOST; nth++) {
		if (forget)
			ASSERT_EQ(0, forget_verdict(path));
		run = run_with_fault(path, USER_ID, context, nth);
		if (run.reported) {
			/* The program's own reading can fail, too. */
			EXPECT_TRUE(run.effective == caps || !run.effective ||
				    run.effective == ULONG_MAX);
			EXPECT_TRUE(run.permitted == caps || !run.permitted ||
				    run.permitted == ULONG_MAX);
			ran++;
		} else if (run.end == FAILED) {
			/* A fault is not a refusal. */
			EXPECT_NE(EACCES, run.error);
			EXPECT_NE(EPERM, run.error);
			failed++;
		}
		if (!run.happened)
			break;
	}
	TH_LOG("%u places: ran %u times, failed %u times", nth, ran, failed);
	EXPECT_GT(MOST, nth);
	EXPECT_TRUE(run.reported);
	EXPECT_EQ(caps, run.effective);
	EXPECT_EQ(caps, run.permitted);
	EXPECT_LT(0, failed);
}

TEST_F_TIMEOUT(exec_faults, granted_file_runs_with_its_grant, 600)
{
	runs_or_fails(_metadata, self->context, A, BIND, true);
}

/* There, the start of the file is read twice, and no writer is let in afterwards. */
TEST_F_TIMEOUT(exec_faults, allowed_file_of_an_overlay, 600)
{
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC));
	ASSERT_EQ(0, mkdir(DIR "/upper", 0755));
	ASSERT_EQ(0, mkdir(DIR "/work", 0755));
	ASSERT_EQ(0, mkdir(DIR "/lower", 0755));
	ASSERT_EQ(0, mkdir(DIR "/merged", 0755));
	ASSERT_EQ(0, copy_file(PROBE, DIR "/upper/probe", 0755));
	ASSERT_EQ(0, mount("overlay", DIR "/merged", "overlay", 0,
			   "lowerdir=" DIR "/lower,upperdir=" DIR "/upper,workdir=" DIR "/work"));
	ASSERT_EQ(0, allow(DIR "/upper/probe", XID));
	runs_or_fails(_metadata, self->context, DIR "/merged/probe", 0, false);
	umount2(DIR "/merged", MNT_DETACH);
}

TEST_F_TIMEOUT(exec_faults, unlisted_file_never_runs_if_enforced, 600)
{
	struct run run;

	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	never_runs(_metadata, self->context, B, 0, false);
	/* The twin: a listed file runs there. */
	run = run_with_fault(A, 0, self->context, MOST);
	EXPECT_TRUE(run.reported);
}

TEST_HARNESS_MAIN
