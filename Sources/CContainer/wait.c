// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: waiting for a process on behalf of which signals are received */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static const int passed_on[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };

void clip_held_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++)
		sigaddset(set, passed_on[i]);
}

void clip_block_signals(void)
{
	sigset_t set;

	/* SIGCHLD must not be ignored, or the status of a child would be lost. */
	signal(SIGCHLD, SIG_DFL);
	clip_held_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void clip_hold_signals(void)
{
	clip_block_signals();
}

void clip_reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int clip_relay(pid_t process)
{
	sigset_t set;

	clip_held_signals(&set);
	for (;;) {
		int status;
		const pid_t ended = waitpid(process, &status, WNOHANG);
		siginfo_t info;

		if (ended == process)
			return status;
		if (ended < 0 && errno != EINTR)
			return -1;
		/* SIGCHLD is blocked, so it stays pending if the process ends here. */
		if (sigwaitinfo(&set, &info) > 0 && info.si_signo != SIGCHLD)
			kill(process, info.si_signo);
	}
}

int clip_jail_wait(pid_t process, struct clip_failure *failure)
{
	sigset_t set, before;
	int status;

	clip_held_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	status = clip_relay(process);
	if (status < 0)
		clip_fail(failure, 0, "wait", "wait for process %d", (int)process);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (status < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
