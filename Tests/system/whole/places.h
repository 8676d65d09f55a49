/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places where the tasks of a context are: in the namespaces of all, or in new ones.
 */
#ifndef CLIP_TESTS_PLACES_H
#define CLIP_TESTS_PLACES_H

#include "actor.h"

#include <sched.h>
#include <stdint.h>

/* Everything that a container usually has of its own. */
#define PRIVATE	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

/* What another context would like to reach. The numbers are those of the host. */
struct target {
	pid_t pid;
	int shm;	/* System V shared memory */
	int32_t key;
	uint32_t xid;	/* its names: see name_of() */
};

/* A server with a target; the actor is a task_actor. */
struct server {
	struct actor actor;
	struct target target;
};

/* Puts the calling child into new namespaces, where there is /proc and the loopback. */
int make_namespaces(int namespaces);

/*
 * Runs @act in the context of @fd, or in context 0 if that is -1, in new namespaces,
 * and returns its status. What @data points to is on the stack, or constant. The
 * descriptor stays open.
 */
int inside(int fd, int namespaces, int (*act)(const void *data), const void *data);

/* The same below a root directory. */
int below(const char *root, int fd, int namespaces, int (*act)(const void *data),
	  const void *data);

/* Makes the objects of a target in the current context; 0 or an errno. */
int make_objects(struct target *target);

int server_start(struct server *server, int fd, uint32_t xid, int namespaces);
void server_stop(struct server *server);

/* Connects to the UNIX socket of a target; 0 or the errno. */
int connect_to_abstract(const struct target *target);
int connect_to_path(const struct target *target);

#endif /* CLIP_TESTS_PLACES_H */
