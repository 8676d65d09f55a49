// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to start a program.
 *
 * usage: exec_bench NAME fork|vfork|exit PROGRAM [ROUNDS]
 *
 * Prints "NAME=TIME", a typical one of fork or vfork, exec and exit; with "exit", of fork
 * and exit without exec.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

enum mode { FORK, VFORK, EXIT };

static const char *const modes[] = { "fork", "vfork", "exit" };

/* Return: the time of one round, or 0 if the program did not run. */
static uint64_t round_of(enum mode mode, char *program)
{
	char *const args[] = { program, NULL }, *const env[] = { NULL };
	const uint64_t begin = now();
	pid_t pid = mode == VFORK ? vfork() : fork();
	int status;

	if (pid == 0) {
		if (mode == EXIT)
			_exit(0);
		execve(program, args, env);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return 0;
	return now() - begin;
}

int main(int argc, char **argv)
{
	const int rounds = argc > 4 ? atoi(argv[4]) : 300;
	uint64_t *times;
	int mode = -1;

	for (int i = 0; argc > 3 && i < 3; i++)
		if (!strcmp(argv[2], modes[i]))
			mode = i;
	if (mode < 0 || rounds < 1) {
		fprintf(stderr, "usage: exec_bench NAME fork|vfork|exit PROGRAM [ROUNDS]\n");
		return 2;
	}
	times = calloc(rounds, sizeof(*times));
	for (int i = 0; times && i < rounds; i++) {
		times[i] = round_of(mode, argv[3]);
		if (!times[i]) {
			fprintf(stderr, "exec_bench: %s did not run\n", argv[3]);
			return 1;
		}
	}
	if (!times)
		return 1;
	printf("%s=%lu\n", argv[1], typical(times, rounds));
	return 0;
}
