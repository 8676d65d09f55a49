/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting actors (actor.c) and telling them what to do.
 */
#ifndef CLIP_TESTS_ACTOR_H
#define CLIP_TESTS_ACTOR_H

#include "common.h"

#include <signal.h>
#include <stdarg.h>

#define ACTOR		"/usr/lib/clip/tests/actor"
#define NO_ANSWER	(-1000)

struct actor {
	pid_t pid;
	int in, out;	/* our ends: commands go in, answers come out */
};

/* Where an actor that is started later reads and writes: its ends. */
struct actor_ends {
	int in, out;
};

static inline int actor_pipes(struct actor *actor, struct actor_ends *ends)
{
	int commands[2], answers[2];

	if (pipe2(commands, O_CLOEXEC) || pipe2(answers, O_CLOEXEC))
		return errno;
	*actor = (struct actor) { -1, commands[1], answers[0] };
	*ends = (struct actor_ends) { commands[0], answers[1] };
	return 0;
}

/* The rest of a child's life. */
static inline void actor_become(const char *path, struct actor_ends ends)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { NULL };

	dup2(ends.in, STDIN_FILENO);
	dup2(ends.out, STDOUT_FILENO);
	execve(path, argv, envp);
	dprintf(STDOUT_FILENO, "%d\n", errno);
	_exit(127);
}

static inline long actor_answer(const struct actor *actor)
{
	char line[64] = "";
	size_t used = 0;

	while (used < sizeof(line) - 1 &&
	       read(actor->out, line + used, 1) == 1)
		if (line[used++] == '\n')
			return strtol(line, NULL, 10);
	return NO_ANSWER;
}

/* Starts an actor as some user. It has answered 0 when this returns. */
static inline int actor_start(struct actor *actor, const char *path, uid_t uid)
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

static inline long __attribute__((format(printf, 2, 3)))
ask(const struct actor *actor, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(actor->in, format, args);
	va_end(args);
	dprintf(actor->in, "\n");
	return actor_answer(actor);
}

/* Nobody need have the right to kill it: it ends when its input does. */
static inline void actor_stop(struct actor *actor)
{
	if (actor->pid <= 0)
		return;
	close(actor->in);
	close(actor->out);
	waitpid(actor->pid, NULL, 0);
	actor->pid = -1;
}

#endif /* CLIP_TESTS_ACTOR_H */
