// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: kill_at N COMMAND [ARGUMENT]...
 *
 * Runs COMMAND and kills it at the N-th beginning or end of a system call that
 * changes a file or a directory, as a power cut at that place would end it for
 * the files that it writes. The status is 137 then, and that of COMMAND if it
 * ended before. With N 0, COMMAND runs to its end, and the number of the places
 * is printed.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* Not together with sys/ptrace.h, which has the same names. */
struct call {
	unsigned char op, pad[3];
	unsigned int arch;
	unsigned long long instruction, stack, number, arguments[6];
};

#define BEGINS	1
#define GET_CALL	0x420e

/* Whether the call at whose beginning or end the child is changes a file. */
static int changes_files(pid_t child)
{
	static int changes;
	struct call call = { 0 };

	if (ptrace(GET_CALL, child, (void *)sizeof(call), &call) < 0)
		return 0;
	/* The end of a call does not say which one it is. */
	if (call.op != BEGINS)
		return changes;
	switch (call.number) {
	case SYS_open:
		return changes = (call.arguments[1] & O_ACCMODE) != O_RDONLY;
	case SYS_openat:
		return changes = (call.arguments[2] & O_ACCMODE) != O_RDONLY;
	case SYS_write:
	case SYS_fsync:
	case SYS_fchmod:
	case SYS_rename:
	case SYS_unlink:
	case SYS_mkdir:
		return changes = 1;
	}
	return changes = 0;
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	long wanted, places = 0;
	int status, signal;
	pid_t child;

	if (argc < 3) {
		fprintf(stderr, "usage: kill_at N COMMAND [ARGUMENT]...\n");
		return 125;
	}
	wanted = atol(argv[1]);
	child = fork();
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		perror("kill_at");
		return 125;
	}
	/* Without this option, a stop does not tell its system call. */
	if (WIFSTOPPED(status))
		ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	while (WIFSTOPPED(status)) {
		signal = 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (changes_files(child) && ++places == wanted)
				kill(child, SIGKILL);
		} else if (WSTOPSIG(status) != SIGTRAP) {
			signal = WSTOPSIG(status);
		}
		ptrace(PTRACE_SYSCALL, child, NULL, (void *)(long)signal);
		if (waitpid(child, &status, 0) < 0)
			return 125;
	}
	if (!wanted)
		printf("%ld\n", places);
	return status_of(status);
}
