// SPDX-License-Identifier: GPL-2.0-only
#include "waiting.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* fork(2), into a cgroup if there is a descriptor of one. */
static pid_t fork_into(int group)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP, .cgroup = group,
		.exit_signal = SIGCHLD,
	};

	return group < 0 ? fork() :
			   (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

int waiting_start_in(int group, struct waiting *waiting, int (*prepare)(void))
{
	struct actor_ends ends;
	int fds[2], err;
	char byte;

	err = actor_pipes(&waiting->actor, &ends);
	if (err || pipe(fds))
		return err ?: errno;
	waiting->go = fds[1];
	waiting->actor.pid = fork_into(group);
	if (waiting->actor.pid < 0)
		return errno;
	if (waiting->actor.pid == 0) {
		dup2(ends.in, STDIN_FILENO);
		dup2(ends.out, STDOUT_FILENO);
		close(fds[1]);
		if (read(fds[0], &byte, 1) != 1 || (prepare && prepare()))
			_exit(126);
		actor_become(ACTOR, (struct actor_ends) { STDIN_FILENO,
							  STDOUT_FILENO });
	}
	close(fds[0]);
	close(ends.in);
	close(ends.out);
	return 0;
}

int waiting_start(struct waiting *waiting, int (*prepare)(void))
{
	return waiting_start_in(-1, waiting, prepare);
}

long waiting_go(struct waiting *waiting)
{
	if (write(waiting->go, "", 1) != 1)
		return NO_ANSWER;
	close(waiting->go);
	return actor_answer(&waiting->actor);
}
