// SPDX-License-Identifier: GPL-2.0-only
#include "actor.h"

#include "contexts.h"
#include "process.h"

#include <stdarg.h>
#include <sys/wait.h>

int actor_pipes(struct actor *actor, struct actor_ends *ends)
{
	int commands[2], answers[2];

	if (pipe2(commands, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
		return errno;
	*actor = (struct actor) { -1, commands[1], answers[0] };
	*ends = (struct actor_ends) { commands[0], answers[1] };
	return 0;
}

void actor_become(const char *path, struct actor_ends ends)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { NULL };

	dup2(ends.in, STDIN_FILENO);
	dup2(ends.out, STDOUT_FILENO);
	execve(path, argv, envp);
	dprintf(STDOUT_FILENO, "%d\n", errno);
	_exit(127);
}

long actor_answer(const struct actor *actor)
{
	char line[64] = "";
	size_t used = 0;

	while (used < sizeof(line) - 1 &&
	       read(actor->out, line + used, 1) == 1)
		if (line[used++] == '\n')
			return strtol(line, NULL, 10);
	return NO_ANSWER;
}

int actor_start(struct actor *actor, const char *path, uid_t uid)
{
	struct actor_ends ends = { -1, -1 };
	int err = actor_pipes(actor, &ends);

	if (err)
		return err;
	actor->pid = fork();
	if (actor->pid == 0) {
		if (uid && (setgid(uid) || setuid(uid)))
			_exit(126);
		actor_become(path, ends);
	}
	close(ends.in);
	close(ends.out);
	return actor_answer(actor);
}

int actor_start_in(struct actor *actor, int fd, const char *path, uid_t uid)
{
	struct actor_ends ends = { -1, -1 };
	int err = actor_pipes(actor, &ends);

	if (err)
		return err;
	actor->pid = fork();
	if (actor->pid == 0) {
		dup2(ends.in, STDIN_FILENO);
		dup2(ends.out, STDOUT_FILENO);
		keep_only(fd);
		if (context_enter(fd) || (uid && (setgid(uid) || setuid(uid))))
			_exit(126);
		actor_become(path, (struct actor_ends) { STDIN_FILENO,
							 STDOUT_FILENO });
	}
	close(ends.in);
	close(ends.out);
	return actor_answer(actor);
}

long ask(const struct actor *actor, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(actor->in, format, args);
	va_end(args);
	dprintf(actor->in, "\n");
	return actor_answer(actor);
}

void actor_stop(struct actor *actor)
{
	if (actor->pid <= 0)
		return;
	close(actor->in);
	close(actor->out);
	waitpid(actor->pid, NULL, 0);
	actor->pid = -1;
}
