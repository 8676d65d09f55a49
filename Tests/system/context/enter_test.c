// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering a context: which tasks may, and which are refused because they share
 * something with other tasks (ENT-01 to ENT-07, ID-08, WAT-08).
 */
#include "contexts.h"
#include "device.h"
#include "enter_fixture.h"
#include "process.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* ------------------------------------------------------------ who enters */

static int enters_once(int fd)
{
	MUST(0, context_now());
	MUST_ENTER(fd);
	/* ENT-06: a task cannot enter twice, and no request leads back. */
	const long long counted = refused(CLIP_REASON_OTHER_CONTEXT);

	MUST(EPERM, context_enter(fd));
	MUST(counted + 1, refused(CLIP_REASON_OTHER_CONTEXT));
	MUST(A, context_now());
	return 0;
}

/* ENT-01, ENT-06, ENT-07 */
TEST_F(enter, the_caller_and_nobody_else)
{
	EXPECT_EQ(0, in_child(self->a, enters_once));
	EXPECT_EQ(0, context_now());
}

static int asks_wrongly(int fd)
{
	int device = device_open();

	MUST(-1, ioctl(fd, CLIP_IOC_ENTER, 1));
	MUST(EINVAL, errno);
	MUST(-1, ioctl(fd, CLIP_IOC_INFO, 0));
	MUST(ENOTTY, errno);
	MUST(-1, ioctl(device, CLIP_IOC_ENTER, 0));
	MUST(ENOTTY, errno);
	MUST(-1, read(fd, &device, 1));
	MUST(EINVAL, errno);
	MUST(-1, write(fd, "", 1));
	MUST(EINVAL, errno);
	MUST(0, context_now());
	return 0;
}

TEST_F(enter, malformed_requests_are_refused)
{
	EXPECT_EQ(0, in_child(self->a, asks_wrongly));
}

static int enters_as_user(int fd)
{
	MUST(0, setgid(USER_ID));
	MUST(0, setuid(USER_ID));
	/* The user has no right of its own: it cannot even open the device. */
	MUST(-1, device_open());
	MUST(0, context_enter(fd));
	MUST(EPERM, context_enter(fd));
	return 0;
}

static int enters_in_user_namespace(int fd)
{
	MUST(0, unshare(CLONE_NEWUSER));
	MUST(0, context_enter(fd));
	MUST(EPERM, context_enter(fd));
	return 0;
}

static int enters_without_new_privs(int fd)
{
	MUST(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST_ENTER(fd);
	return 0;
}

/*
 * ENT-01, differently: the descriptor is the right to enter, and it can be
 * passed on.
 */
TEST_F(enter, by_whoever_has_the_descriptor)
{
	EXPECT_EQ(0, in_child(self->a, enters_as_user));
	EXPECT_EQ(0, in_child(self->a, enters_in_user_namespace));
	EXPECT_EQ(0, in_child(self->a, enters_without_new_privs));
}

static int enters_by_message(int socket)
{
	const int fd = receive_fd(socket);

	MUST(1, fd >= 0);
	MUST(0, setgid(USER_ID));
	MUST(0, setuid(USER_ID));
	MUST(0, context_enter(fd));
	return 0;
}

/* The right survives SCM_RIGHTS and the end of the sender. */
TEST_F(enter, by_a_descriptor_from_a_message)
{
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, send_fd(pair[0], self->a));
	close(self->a);
	self->a = -1;
	EXPECT_EQ(0, in_child(pair[1], enters_by_message));
	close(pair[0]);
	close(pair[1]);
}

static int enters_another_afterwards(int socket)
{
	const int a = receive_fd(socket);

	MUST_ENTER(a);
	/*
	 * The task can enter neither another context nor WATCH (WAT-08): it does
	 * not even get the descriptors.
	 */
	MUST(-1, receive_fd(socket));
	MUST(-1, receive_fd(socket));
	MUST(EPERM, context_enter(a));
	MUST(A, context_now());
	return 0;
}

/* ENT-06 */
TEST_F(enter, not_from_another_context)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };
	int watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args), pair[2];

	self->b = context_create(B, 0, ALL_CAPS, 0);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, watch);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, send_fd(pair[0], self->a));
	ASSERT_EQ(0, send_fd(pair[0], self->b));
	ASSERT_EQ(0, send_fd(pair[0], watch));
	EXPECT_EQ(0, in_child(pair[1], enters_another_afterwards));
	close(watch);
}

static int finds_it_deleted(int fd)
{
	MUST_BE_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, fd);
	return 0;
}

/* ENT-02, ENT-05, ID-08 */
TEST_F(enter, deleted_context_cannot_be_entered)
{
	struct clip_context_args args = { .xid = B };

	EXPECT_EQ(-1, context_fd(CLIP_IOC_CONTEXT_OPEN, &args));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, args.reason);
	args.xid = A;
	self->b = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->b);
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->b, F_GETFD));
	EXPECT_EQ(0, in_child(self->b, enters_once));
	ASSERT_EQ(0, context_delete(A));
	EXPECT_EQ(0, in_child(self->a, finds_it_deleted));
	EXPECT_EQ(0, in_child(self->b, finds_it_deleted));
	/* This holds even if another context has the number now. */
	close(self->b);
	self->b = context_create(A, 0, ALL_CAPS, 0);
	ASSERT_LE(0, self->b);
	EXPECT_EQ(0, in_child(self->a, finds_it_deleted));
	EXPECT_EQ(0, in_child(self->b, enters_once));
	close(self->b);
}

/* ---------------------------------------------------------------- alone */

static int pipe_end[2];

static void *wait_for_end(void *unused)
{
	char byte;

	(void)!read(pipe_end[0], &byte, 1);
	return NULL;
}

static int has_a_thread(int fd)
{
	pthread_t thread;

	MUST(0, pipe(pipe_end));
	MUST(0, pthread_create(&thread, NULL, wait_for_end, NULL));
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
	close(pipe_end[1]);
	MUST(0, pthread_join(thread, NULL));
	/* The kernel may still be busy with the thread when join() returns. */
	for (int i = 0; i < 1000 && context_enter(fd) == EBUSY; i++)
		usleep(1000);
	MUST(A, context_now());
	return 0;
}

static int sharer(void *unused)
{
	char byte;

	(void)!read(pipe_end[0], &byte, 1);
	_exit(0);
}

static char stack[65536] __attribute__((aligned(16)));

static int shares(int fd, int flags)
{
	pid_t pid;

	MUST(0, pipe(pipe_end));
	pid = clone(sharer, stack + sizeof(stack), flags | SIGCHLD, NULL);
	MUST(1, pid > 0);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
	MUST(1, write(pipe_end[1], "", 1));
	MUST(pid, waitpid(pid, NULL, 0));
	MUST_ENTER(fd);
	return 0;
}

static int shares_fs(int fd)
{
	return shares(fd, CLONE_FS);
}

static int shares_files(int fd)
{
	return shares(fd, CLONE_FILES);
}

static int shares_memory(int fd)
{
	return shares(fd, CLONE_VM);
}

static int is_traced(int fd)
{
	int ready[2], go[2], status;
	char byte;
	pid_t pid;

	MUST(0, pipe(ready));
	MUST(0, pipe(go));
	pid = fork();
	if (pid == 0) {
		MUST(1, read(go[0], &byte, 1));
		MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
		MUST(1, write(ready[1], "", 1));
		MUST(1, read(go[0], &byte, 1));
		MUST_ENTER(fd);
		_exit(0);
	}
	MUST(0, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	MUST(1, write(go[1], "", 1));
	MUST(1, read(ready[0], &byte, 1));
	MUST(0, ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	MUST(pid, waitpid(pid, &status, 0));
	MUST(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(1, write(go[1], "", 1));
	MUST(pid, waitpid(pid, &status, 0));
	return status;
}

/*
 * A task that shares its threads, memory, files or root with another one cannot
 * enter: otherwise the two would be in two contexts.
 */
TEST_F(enter, task_that_shares_is_refused)
{
	EXPECT_EQ(0, in_child(self->a, has_a_thread));
	EXPECT_EQ(0, in_child(self->a, shares_fs));
	EXPECT_EQ(0, in_child(self->a, shares_files));
	EXPECT_EQ(0, in_child(self->a, shares_memory));
	EXPECT_EQ(0, in_child(self->a, is_traced));
}

TEST_HARNESS_MAIN
