/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting actors (programs/) and telling them what to do.
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

/* Where an actor that is started later reads and writes: its ends. */
struct actor_ends {
	int in, out;
};

int actor_pipes(struct actor *actor, struct actor_ends *ends);

/* The rest of a child's life. */
void actor_become(const char *path, struct actor_ends ends);
long actor_answer(const struct actor *actor);

/* Starts an actor as some user. It has answered 0 when this returns. */
int actor_start(struct actor *actor, const char *path, uid_t uid);

/* Starts an actor in a context. It has answered 0 when this returns. */
int actor_start_in(struct actor *actor, int fd, const char *path, uid_t uid);

__attribute__((format(printf, 2, 3)))
long ask(const struct actor *actor, const char *format, ...);

/* Nobody need have the right to kill it: it ends when its input does. */
void actor_stop(struct actor *actor);

#endif /* CLIP_TESTS_ACTOR_H */
