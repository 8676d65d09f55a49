// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: command_bench NAME RUNS COMMAND [ARGUMENT]...
 *
 * Prints "NAME=TIME", what COMMAND typically costs from fork to its end, in
 * nanoseconds, after one run that does not count.
 */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define MAX_RUNS	100

/* Return: the time of one run, or 0 if it failed. */
static uint64_t run(char **command)
{
	const uint64_t begin = now();
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execv(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return 0;
	return now() - begin;
}

int main(int argc, char **argv)
{
	uint64_t times[MAX_RUNS];
	const int runs = argc > 3 ? atoi(argv[2]) : 0;

	if (runs < 1 || runs > MAX_RUNS) {
		fprintf(stderr, "usage: command_bench NAME RUNS COMMAND [ARGUMENT]...\n");
		return 2;
	}
	if (!run(argv + 3))
		return 1;
	for (int i = 0; i < runs; i++) {
		times[i] = run(argv + 3);
		if (!times[i])
			return 1;
	}
	printf("%s=%lu\n", argv[1], typical(times, runs));
	return 0;
}
