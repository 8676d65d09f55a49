// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: steps COMMAND [ARGUMENT]...
 *
 * Runs a static program instruction by instruction, and prints the offsets at which it
 * executed some, each once: those from the start of its file's mapping, in hexadecimal.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Larger than any of the programs. */
#define SIZE	(64UL << 20)

static unsigned char seen[SIZE];

/* The first address of the first mapping that has a file. */
static unsigned long start_of(pid_t pid)
{
	char name[64], line[512];
	unsigned long start = 0;
	FILE *maps;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "r");
	while (maps && !start && fgets(line, sizeof(line), maps))
		if (strchr(line, '/'))
			start = strtoul(line, NULL, 16);
	if (maps)
		fclose(maps);
	return start;
}

static void become(char **command)
{
	const int nowhere = open("/dev/null", O_WRONLY);

	dup2(nowhere, 1);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		execv(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct user_regs_struct registers;
	unsigned long start, offset;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: steps COMMAND [ARGUMENT]...\n");
		return 2;
	}
	pid = fork();
	if (pid == 0)
		become(argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 1;
	start = start_of(pid);
	while (WIFSTOPPED(status)) {
		if (ptrace(PTRACE_GETREGS, pid, NULL, &registers))
			return 1;
		offset = registers.rip - start;
		if (offset < SIZE)
			seen[offset] = 1;
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
			return 1;
	}
	for (offset = 0; offset < SIZE; offset++)
		if (seen[offset])
			printf("%lx\n", offset);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
