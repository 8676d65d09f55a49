// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks stay in their context, whatever they do (ID-04 to ID-06).
 */
#include "confine_fixture.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "process.h"
#include "requests.h"

#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* -------------------------------------------------------------- identity */

static int answers[2];	/* where children say in which context they are */

static void answer(void)
{
	const uint32_t xid = context_now();

	(void)!write(answers[1], &xid, sizeof(xid));
}

static uint32_t answered(void)
{
	uint32_t xid = 0xbad;

	(void)!read(answers[0], &xid, sizeof(xid));
	return xid;
}

static void *answer_in_thread(void *unused)
{
	answer();
	return NULL;
}

static int answer_in_clone(void *unused)
{
	answer();
	return 0;
}

static char stack[65536] __attribute__((aligned(16)));

static int multiplies(int fd)
{
	static const int flags[] = {
		0, CLONE_VM, CLONE_FS | CLONE_FILES, CLONE_PARENT,
		CLONE_NEWUSER, CLONE_NEWPID, CLONE_VM | CLONE_VFORK,
	};
	struct clone_args args = { .exit_signal = SIGCHLD };
	pthread_t thread;
	pid_t pid;

	MUST(0, context_enter(fd));
	MUST(0, pipe(answers));
	pid = fork();
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	MUST(pid, waitpid(pid, NULL, 0));
	pid = vfork();
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		MUST(1, clone(answer_in_clone, stack + sizeof(stack),
			      flags[i] | SIGCHLD, NULL) > 0);
		MUST(A, answered());
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	MUST(0, pthread_create(&thread, NULL, answer_in_thread, NULL));
	MUST(0, pthread_join(thread, NULL));
	MUST(A, answered());
	MUST(A, context_now());
	return 0;
}

/* ID-04, X-18 of the attacks */
TEST_F(confine, identity_of_children_and_threads)
{
	EXPECT_EQ(0, in_child(self->a, multiplies));
	EXPECT_EQ(0, context_now());
}

/* The parent, which is in context A, ends before the child looks. */
static int orphans(int fd)
{
	int go[2];
	char byte;
	pid_t pid, first;

	MUST(0, pipe(answers));
	MUST(0, pipe(go));
	pid = fork();
	if (pid == 0) {
		MUST(0, context_enter(fd));
		first = getpid();
		if (fork() == 0) {
			MUST(1, read(go[0], &byte, 1));
			MUST(1, getppid() != first);
			answer();
		}
		_exit(0);
	}
	MUST(pid, waitpid(pid, NULL, 0));
	MUST(1, write(go[1], "", 1));
	MUST(A, answered());
	return 0;
}

static int orphans_of_a_subreaper(int fd)
{
	MUST(0, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	return orphans(fd);
}

/* ID-06 */
TEST_F(confine, identity_of_orphans)
{
	EXPECT_EQ(0, in_child(self->a, orphans));
	EXPECT_EQ(0, in_child(self->a, orphans_of_a_subreaper));
}

static int as_user(void)
{
	return setgid(USER_ID) || setuid(USER_ID);
}

/* ID-05 */
TEST_F(confine, identity_over_exec)
{
	const char *const suid = DIR "/suid", *const fcap = DIR "/fcap",
		*const script = DIR "/script", *const moved = DIR "/mnt/moved";
	struct caller caller = { PLAIN, self->a, NULL };

	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	ASSERT_EQ(0, write_script(script, PLAIN " whoami"));
	caller.program = script;
	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	ASSERT_EQ(0, mkdir(DIR "/mnt", 0755));
	ASSERT_EQ(0, mount("t", DIR "/mnt", "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, copy_file(ADMIN, moved, 0755));
	caller.program = moved;
	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	/* Programs that raise their user. */
	ASSERT_EQ(0, copy_file(ADMIN, suid, 04755));
	caller = (struct caller) { suid, self->a, as_user };
	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	ASSERT_EQ(0, copy_file(ADMIN, fcap, 0755));
	ASSERT_EQ(0, give_file_caps(fcap, CAP(DAC_OVERRIDE), true));
	caller = (struct caller) { fcap, self->a, as_user };
	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	/* A program that context A lists, with a grant. */
	ASSERT_EQ(0, admin_list(FULL, A, POLICY, CLIP_PRIV_VERICTL));
	caller = (struct caller) { FULL, self->a, NULL };
	EXPECT_EQ(A, submit(&caller, "whoami", NULL).number);
	caller.fd = self->b;
	EXPECT_EQ(B, submit(&caller, "whoami", NULL).number);
	caller.fd = -1;
	EXPECT_EQ(0, submit(&caller, "whoami", NULL).number);
}

static int has_its_keyring_set(int fd)
{
	long before, after;
	int status;
	pid_t pid;

	MUST(0, context_enter(fd));
	MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
	before = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			 KEY_SPEC_SESSION_KEYRING, 0);
	pid = fork();
	if (pid == 0) {
		MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING,
				NULL) > 0);
		MUST(0, syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
		_exit(0);
	}
	MUST(pid, waitpid(pid, &status, 0));
	MUST(0, status);
	after = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			KEY_SPEC_SESSION_KEYRING, 0);
	/* The task did get new credentials, */
	MUST(1, before > 0 && after > 0 && before != after);
	MUST(A, context_now());
	/* and they belong to its context: the bounds hold. */
	MUST(-1, chroot("/"));
	MUST(EPERM, errno);
	return 0;
}

/* Pitfall 1: credentials that the kernel makes from nothing. */
TEST_F(confine, identity_over_session_to_parent)
{
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_CHROOT), 0));
	EXPECT_EQ(0, in_child(self->a, has_its_keyring_set));
}

static int changes_everything_it_can(int fd)
{
	int device;

	MUST(0, context_enter(fd));
	device = device_open();
	MUST(0, setgid(USER_ID));
	MUST(0, setresuid(USER_ID, USER_ID, 0));
	MUST(A, context_by(device));
	MUST(0, setresuid(0, 0, 0));
	MUST(A, context_by(device));
	MUST(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(A, context_by(device));
	MUST(0, unshare(CLONE_NEWUSER));
	MUST(A, context_by(device));
	MUST(0, unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET));
	MUST(A, context_by(device));
	return 0;
}

TEST_F(confine, identity_over_changes_of_ids_and_namespaces)
{
	EXPECT_EQ(0, in_child(self->a, changes_everything_it_can));
}

/*
 * A ring acts with the credentials that were registered with it. A task cannot
 * take a ring along when it enters (see enter_files_test.c), and the kernel
 * itself does not let a ring be sent.
 */
TEST_F(confine, identity_and_a_ring_of_another_context)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params), pair[2];

	ASSERT_LE(0, ring);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	EXPECT_EQ(EINVAL, send_fd(pair[0], ring));
	EXPECT_EQ(0, send_fd(pair[0], pair[0]));
}

TEST_HARNESS_MAIN
