// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fork + exec + exit of a small static program costs.
 *
 * usage: exec_bench PROGRAM [ROUNDS]
 *
 * Prints the first, smallest, median and largest duration.
 */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

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
