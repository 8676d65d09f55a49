// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: a program that puts itself into a jail
 *
 * The program goes on in a child process, and the process that called waits for
 * it. So a failure anywhere on the way costs the child only, and the caller is
 * never half way into a jail.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define POSSIBLE (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWCGROUP | \
		  CLONE_NEWTIME)

static int check(const struct clip_jail *jail, struct clip_failure *failure)
{
	if (jail->size != sizeof(*jail))
		return clip_fail(failure, EINVAL, "plan", "the size of the plan is that of another version");
	if (jail->namespaces & ~(uint64_t)POSSIBLE)
		return clip_fail(failure, EINVAL, "plan", "a namespace that a program cannot make for itself");
	if (jail->arguments || jail->environment || jail->terminal >= 0 || jail->cgroup >= 0 || jail->user_count ||
	    jail->joined_count)
		return clip_fail(failure, EINVAL, "plan", "a field that is for another program only");
	if (jail->root && !(jail->namespaces & CLONE_NEWNS))
		return clip_fail(failure, EINVAL, "plan", "a root directory takes a mount namespace");
	if ((jail->monotonic_offset || jail->boottime_offset) && !(jail->namespaces & CLONE_NEWTIME))
		return clip_fail(failure, EINVAL, "plan", "offsets of clocks take a time namespace");
	if (jail->host_name && !(jail->namespaces & CLONE_NEWUTS))
		return clip_fail(failure, EINVAL, "plan", "a host name takes a UTS namespace");
	return 0;
}

/* Waits for the child as its stand-in, and ends as it ends. */
static void stand_in(pid_t child) __attribute__((noreturn));

static void stand_in(pid_t child)
{
	int status;

	close_range(0, ~0U, 0);
	status = clip_relay(child);
	if (status >= 0 && WIFSIGNALED(status)) {
		/* The reason of the end is passed on; a second dump of memory is not made. */
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		clip_reset_signals();
		kill(getpid(), WTERMSIG(status));
	}
	_exit(status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* The process that becomes the program in the jail, or one that stands in for it. */
static int enter_jail(const struct clip_jail *jail, struct clip_failure *failure)
{
	pid_t child;

	if (unshare((int)(jail->namespaces & ~(uint64_t)CLONE_NEWTIME)) < 0)
		return clip_fail(failure, 0, "namespaces", "make the namespaces");
	if (jail->namespaces & CLONE_NEWPID) {
		child = fork();
		if (child < 0)
			return clip_fail(failure, 0, "namespaces", "make process 1");
		if (child > 0)
			stand_in(child);
	}
	if (clip_settle_inside(jail, failure) < 0 || clip_become_user(jail, failure) < 0)
		return -1;
	return jail->context >= 0 ? clip_ctx_enter(jail->context, failure) : 0;
}

/* Returns in the child, or ends it. */
static void go_on_as_program(const struct clip_jail *jail, int report, const sigset_t *mask)
{
	struct clip_failure failure;

	if (enter_jail(jail, &failure) < 0) {
		if (write(report, &failure, sizeof(failure)) < 0)
			_exit(2);
		_exit(1);
	}
	/* One byte says that all went well. */
	if (write(report, "", 1) != 1)
		_exit(2);
	close(report);
	if (jail->context >= 0)
		close(jail->context);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static int result_of(int report, pid_t child, struct clip_failure *failure)
{
	struct clip_failure received;
	ssize_t count;
	int status;

	do
		count = read(report, &received, sizeof(received));
	while (count < 0 && errno == EINTR);
	if (count == 1)
		return 0;
	if (count == sizeof(received)) {
		if (failure)
			*failure = received;
	} else {
		clip_fail(&received, ECHILD, "process", "the process of the jail has ended");
		if (failure)
			*failure = received;
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	errno = received.code;
	return -1;
}

int clip_jail_self(const struct clip_jail *jail, struct clip_failure *failure)
{
	sigset_t before;
	int report[2], result;
	pid_t child;

	if (check(jail, failure) < 0)
		return -1;
	if (pipe2(report, O_CLOEXEC) < 0)
		return clip_fail(failure, 0, "process", "make a pipe");
	sigprocmask(SIG_SETMASK, NULL, &before);
	clip_block_signals();
	child = fork();
	if (child == 0) {
		close(report[0]);
		go_on_as_program(jail, report[1], &before);
		return 0;
	}
	close(report[1]);
	result = child < 0 ? clip_fail(failure, 0, "process", "make a process") : result_of(report[0], child, failure);
	close(report[0]);
	if (result == 0)
		stand_in(child);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return -1;
}
