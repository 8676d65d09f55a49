// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: kill_at_call NUMBER COMMAND [ARGUMENT]...
 *
 * Runs COMMAND and ends it with SIGKILL instead of its system call NUMBER, counted
 * from 1 and behind its execve(2). Its children are left alone. The exit status is
 * that of COMMAND, 137 if it was killed.
 *
 * With the number 0 it is not killed: the program prints the number of the first
 * flock(2) and how many calls there were.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static long call_of(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return -1;
	return (long)info.entry.nr;
}

int main(int argc, char **argv)
{
	const long wanted = argc > 2 ? atol(argv[1]) : -1;
	long calls = 0, locks = 0;
	int status, deliver = 0;
	pid_t pid;

	if (wanted < 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(127);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	/* The first stop is that of execve(2). */
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		return 127;
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, deliver) < 0 && errno != ESRCH)
			return 127;
		if (waitpid(pid, &status, 0) != pid)
			return 127;
		if (!WIFSTOPPED(status))
			break;
		deliver = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (!deliver) {
			const long call = call_of(pid);

			if (call < 0)
				continue;
			calls++;
			if (call == SYS_flock && !locks)
				locks = calls;
			/* The call is not made: the signal comes first. */
			if (calls == wanted)
				kill(pid, SIGKILL);
		}
	}
	if (!wanted)
		printf("%ld %ld\n", locks, calls);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
