/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting actors (programs/) and giving them commands.
 */
#ifndef CLIP_TESTS_ACTOR_H
#define CLIP_TESTS_ACTOR_H

#include <sys/types.h>

#define ACTOR		"/usr/lib/clip/tests/task_actor"
#define NO_ANSWER	(-1000)

struct actor {
	pid_t pid;
	int in, out;	/* our ends: commands go in, answers come out */
};

/* The ends of an actor that is started later. */
struct actor_ends {
	int in, out;
};

int actor_pipes(struct actor *actor, struct actor_ends *ends);

/* Turns a child into an actor. Does not return. */
void actor_become(const char *path, struct actor_ends ends);
long actor_answer(const struct actor *actor);

/* Starts an actor as some user. It has answered 0 when this returns. */
int actor_start(struct actor *actor, const char *path, uid_t uid);

/* Starts an actor in a context. It has answered 0 when this returns. */
int actor_start_in(struct actor *actor, int fd, const char *path, uid_t uid);

__attribute__((format(printf, 2, 3)))
long ask(const struct actor *actor, const char *format, ...);

/* Ends an actor by closing its input, which needs no right to kill it. */
void actor_stop(struct actor *actor);

#endif /* CLIP_TESTS_ACTOR_H */
