/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The common part of the actors in programs/. An actor for sockets or other
 * descriptors holds one of them at a time. It can pass it to another actor, and
 * keeps it across exec.
 */
#ifndef CLIP_TESTS_SOCKET_ACTOR_H
#define CLIP_TESTS_SOCKET_ACTOR_H

#include "answers.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The descriptor that this actor holds, or -1. */
extern int held;

/* 0, or the errno of a system call that returned @value. */
long result(long value);

/* Holds @fd from now on; the errno if it is none. */
long use(int fd);

/* Takes a descriptor out of a process; NO_PROCESS + errno if there is none. */
long take_fd(pid_t pid, int fd);

/* Passes the descriptor to another actor, or takes one from another actor. */
long give(void);
long take(void);

/* Reads all answers on the socket; ANSWERED + the first error in them. */
long netlink_error(void);

/* The commands that all actors with a descriptor have; -1 for others. */
long run_shared(const char *verb, const char *rest);

/*
 * The life of an actor: says 0, then reads commands, one in each line, and
 * prints the answer to each. "VERB REST" goes to @run.
 */
int obey(long (*run)(const char *verb, const char *rest));

#endif /* CLIP_TESTS_SOCKET_ACTOR_H */
