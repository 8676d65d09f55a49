// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: refuse_bench NAME PROGRAM FILE
 *
 * Prints what it costs to execute PROGRAM, which may run, as "NAME-good", and
 * to try FILE, which exec must refuse with EACCES, for the first time and again,
 * as "NAME-first" and "NAME-again".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define ROUNDS	31
#define AGAIN	3	/* a refusal may cost seconds */

/* Return: the time of one exec, or 0 if it did not end with @wanted. */
static uint64_t run(char *program, int wanted)
{
	char *const args[] = { program, NULL }, *const env[] = { NULL };
	const uint64_t begin = now();
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execve(program, args, env);
		_exit(errno == EACCES ? EACCES : 127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid ||
	    !WIFEXITED(status) || WEXITSTATUS(status) != wanted)
		return 0;
	return now() - begin;
}

static int time_of(const char *name, const char *what, int rounds,
		     char *program, int wanted)
{
	uint64_t times[ROUNDS];

	for (int i = 0; i < rounds; i++) {
		times[i] = run(program, wanted);
		if (!times[i]) {
			fprintf(stderr, "refuse_bench: %s: not status %d\n",
				program, wanted);
			return 1;
		}
	}
	printf("%s-%s=%lu\n", name, what, typical(times, rounds));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: refuse_bench NAME PROGRAM FILE\n");
		return 2;
	}
	return time_of(argv[1], "good", ROUNDS, argv[2], 0) ||
	       time_of(argv[1], "first", 1, argv[3], EACCES) ||
	       time_of(argv[1], "again", AGAIN, argv[3], EACCES);
}
