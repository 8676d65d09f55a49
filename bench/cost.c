// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: cost RUNS COMMAND [ARGUMENT]...
 *
 * Runs COMMAND, whose output is thrown away, RUNS times and prints the smallest
 * of each: "elapsed" and "processor" time in microseconds, "memory" at its peak in KiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define NONE	UINT64_MAX

static uint64_t elapsed = NONE, processor = NONE, memory = NONE;

static void keep_least(uint64_t *least, uint64_t value)
{
	if (value < *least)
		*least = value;
}

static int run(char **command)
{
	const uint64_t begin = now();
	struct rusage used;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid || status)
		return 1;
	keep_least(&elapsed, (now() - begin) / 1000);
	keep_least(&processor,
		   (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000ULL +
		   used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	keep_least(&memory, used.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	const int runs = argc > 2 ? atoi(argv[1]) : 0;

	if (runs < 1) {
		fprintf(stderr, "usage: cost RUNS COMMAND [ARGUMENT]...\n");
		return 2;
	}
	for (int i = 0; i < runs; i++)
		if (run(argv + 2)) {
			fprintf(stderr, "cost: %s failed\n", argv[2]);
			return 1;
		}
	printf("elapsed=%lu\nprocessor=%lu\nmemory=%lu\n", elapsed, processor,
	       memory);
	return 0;
}
