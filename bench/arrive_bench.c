// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: arrive_bench NAME RUNS FILE COMMAND... [-- AFTER...]
 *
 * Prints "NAME=TIME", the nanoseconds from vfork(2) for COMMAND, which starts the
 * program "arrive" somewhere, to the first instruction of that program, which writes
 * the time to FILE. The output of COMMAND goes there as well. AFTER, if given, cleans
 * up behind each run. The first run does not count.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define MAX_RUNS	100

static int run(char **command, const char *output)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		const int file = output ? open(output, O_WRONLY | O_APPEND) : -1;

		if (output && dup2(file, STDOUT_FILENO) < 0)
			_exit(127);
		execv(command[0], command);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, &status, 0) != pid ? 127 : status;
}

/* The time in the file, once it is there; 0 if it does not come. */
static uint64_t arrival(const char *file)
{
	for (int tries = 0; tries < 1000; tries++) {
		uint64_t time[2];
		const int handle = open(file, O_RDONLY);
		const ssize_t count = read(handle, time, sizeof(time));

		close(handle);
		if (count == sizeof(time))
			return time[0] * 1000000000ULL + time[1];
		usleep(1000);
	}
	return 0;
}

/* Return: the time of one run, or 0 if it failed. */
static uint64_t once(char **command, char **after, const char *file)
{
	const int handle = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	uint64_t begin, end;

	close(handle);
	begin = now();
	if (run(command, file))
		return 0;
	end = arrival(file);
	if (after && run(after, NULL))
		return 0;
	return end > begin ? end - begin : 0;
}

int main(int argc, char **argv)
{
	uint64_t times[MAX_RUNS];
	const int runs = argc > 4 ? atoi(argv[2]) : 0;
	char **after = NULL;

	if (runs < 1 || runs > MAX_RUNS) {
		fprintf(stderr, "usage: arrive_bench NAME RUNS FILE COMMAND... [-- AFTER...]\n");
		return 2;
	}
	for (int i = 4; i < argc && !after; i++)
		if (!strcmp(argv[i], "--")) {
			argv[i] = NULL;
			after = argv + i + 1;
		}
	if (!once(argv + 4, after, argv[3]))
		return 1;
	for (int i = 0; i < runs; i++) {
		times[i] = once(argv + 4, after, argv[3]);
		if (!times[i])
			return 1;
	}
	printf("%s=%lu\n", argv[1], typical(times, runs));
	return 0;
}
