// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: twice_bench PROGRAM CONTEXT
 *
 * Prints what it costs to execute PROGRAM in the context of the caller ("own"),
 * in a new context CONTEXT ("other"), in which PROGRAM is listed too, and in both
 * in turns ("turns": the mean of the two).
 *
 * The context is made active here, by a caller that may do so, and its rules are
 * loaded by the command that the environment variable LOAD names.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/clip.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define ROUNDS	31

static char *program;
static int own, other;	/* sockets to the tasks that execute */

/* Return: the time of one exec, or 0 if the program did not run. */
static uint64_t run(void)
{
	char *const args[] = { program, NULL }, *const env[] = { NULL };
	const uint64_t begin = now();
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execve(program, args, env);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return 0;
	return now() - begin;
}

/* Executes the program for each byte that it receives, and answers the time. */
static void serve(int request, int context)
{
	uint64_t took;
	char byte;

	if (context >= 0 && ioctl(context, CLIP_IOC_ENTER)) {
		perror("enter");
		_exit(1);
	}
	while (read(request, &byte, 1) == 1) {
		took = run();
		if (write(request, &took, sizeof(took)) != sizeof(took))
			break;
	}
	_exit(0);
}

static int start(int context)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	if (fork() == 0) {
		close(pair[0]);
		serve(pair[1], context);
	}
	close(pair[1]);
	return pair[0];
}

static uint64_t ask(int task)
{
	uint64_t took = 0;

	if (write(task, "x", 1) != 1 ||
	    read(task, &took, sizeof(took)) != sizeof(took))
		return 0;
	return took;
}

static int time_of(const char *name, int first, int second)
{
	uint64_t times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		const uint64_t a = ask(first), b = ask(second);

		if (!a || !b) {
			fprintf(stderr, "twice_bench: %s did not run\n", program);
			return 1;
		}
		times[i] = (a + b) / 2;
	}
	printf("%s=%lu\n", name, typical(times, ROUNDS));
	return 0;
}

int main(int argc, char **argv)
{
	struct clip_context_args args = {
		.size = sizeof(args), .level = CLIP_LEVEL_ACTIVE,
	};
	int device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC), context;

	if (argc != 3 || device < 0 || !getenv("LOAD")) {
		fprintf(stderr, "usage: LOAD=COMMAND twice_bench PROGRAM CONTEXT\n");
		return 2;
	}
	program = argv[1];
	args.xid = atoi(argv[2]);
	context = ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args);
	if (context < 0) {
		perror("a context");
		return 1;
	}
	if (system(getenv("LOAD")))
		return 1;
	close(device);
	own = start(-1);
	other = start(context);
	return time_of("own", own, own) || time_of("other", other, other) ||
	       time_of("turns", own, other);
}
