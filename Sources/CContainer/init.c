// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: process 1 of a PID namespace
 *
 * It takes over the orphans of the jail and ends with the program, or with the
 * last process. It runs no program of the tree, so that a context in which only
 * listed files run needs no entry for it. It passes signals on, which it would
 * otherwise not receive at all.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	syscall(SYS_capset, &header, none);
}

/* Reaps what has ended. Returns 0 once no child is left. */
static int reap(pid_t program, int *result, int *ended)
{
	for (;;) {
		int status;
		const pid_t child = waitpid(-1, &status, WNOHANG);

		if (child == program && program > 0) {
			*result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			*ended = 1;
		}
		if (child == 0)
			return 1;
		if (child < 0 && errno != EINTR)
			return 0;
	}
}

/* Whether another process is in the namespace: a child, or one that has joined it. */
static int has_others(void)
{
	return kill(-1, 0) == 0 || errno != ESRCH;
}

void clip_run_init(const struct clip_jail *jail, pid_t program)
{
	int result = 0, ended = 0, waits_for_visitors = program == 0;
	/* Those that have joined are no children, so that no signal reports their end. */
	const struct timespec second = { .tv_sec = 1 };
	sigset_t set;

	prctl(PR_SET_NAME, "init");
	close_range(0, ~0U, 0);
	drop_capabilities();
	/* Without a handler, process 1 receives signals only if they are blocked. */
	clip_held_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (;;) {
		const int children = reap(program, &result, &ended);
		int received;
		siginfo_t info;

		if (ended && (jail->flags & CLIP_JAIL_END_WITH_PROGRAM))
			_exit(result);
		/* An empty jail without a program is kept until it is stopped, or asked to end. */
		if (!children && !waits_for_visitors && !has_others())
			_exit(result);
		received = sigtimedwait(&set, &info, children || waits_for_visitors ? NULL : &second);
		/* It has the user of the program, to be permitted to. */
		if (received > 0 && received != SIGCHLD && program > 0 && !ended)
			kill(program, received);
		else if (received == SIGUSR1)
			waits_for_visitors = 0;
	}
}
