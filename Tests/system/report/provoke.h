/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Provoking refusals and grants that are reported.
 */
#ifndef CLIP_TESTS_PROVOKE_H
#define CLIP_TESTS_PROVOKE_H

#include "actor.h"
#include "image.h"

#define DIR	"/tmp/events"
#define RAISED	DIR "/raised"	/* a listed actor */
#define COMM	"a \"\x1b\xff="

/* Loads a rule as the tool does: with the name of its file, and the line. */
int load_from(const struct rule *rule, const char *source, uint32_t line);

/* Runs a program with two user ids and an odd name; the errno of its exec. */
int run_oddly(const char *path, const char *const *args, pid_t *pid);

/* Starts an actor that NET_BIND_SERVICE raises. */
int start_raised(struct actor *actor);

/*
 * Sends signals that are refused. Returns the pid of the sender, or 0 if they
 * were not refused. When one of these events arrives, all earlier events have
 * arrived too.
 */
int refused_signal(pid_t target, int times);

#endif /* CLIP_TESTS_PROVOKE_H */
