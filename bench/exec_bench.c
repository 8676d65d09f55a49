// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fork + exec + exit of a small static program costs.
 *
 * usage: exec_bench PROGRAM [ROUNDS]
 *
 * Prints the first, smallest, median and largest duration in nanoseconds of
 * CLOCK_MONOTONIC. Under "tools/vm --icount" one nanosecond is one guest
 * instruction, kernel and user together.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	const int rounds = argc > 2 ? atoi(argv[2]) : 300;
	uint64_t *times, first;

	if (argc < 2 || rounds < 1) {
		fprintf(stderr, "usage: exec_bench PROGRAM [ROUNDS]\n");
		return 2;
	}
	times = calloc(rounds, sizeof(*times));
	if (!times)
		return 1;
	for (int i = 0; i < rounds; i++) {
		char *const args[] = { argv[1], NULL }, *const env[] = { NULL };
		const uint64_t begin = now();
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			execve(argv[1], args, env);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "exec_bench: %s did not run\n", argv[1]);
			return 1;
		}
		times[i] = now() - begin;
	}
	first = times[0];
	qsort(times, rounds, sizeof(*times), by_size);
	printf("first=%lu min=%lu median=%lu max=%lu rounds=%d\n", first,
	       times[0], times[rounds / 2], times[rounds - 1], rounds);
	return 0;
}
