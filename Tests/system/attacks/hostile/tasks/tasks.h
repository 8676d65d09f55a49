/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Acts of one task on another one. Each returns 0 or errno; @what is "victim",
 * "own" for a child of this task, or the path of a copy of this program, which
 * is executed to be acted on.
 */
#ifndef CLIP_TESTS_HOSTILE_TASKS_H
#define CLIP_TESTS_HOSTILE_TASKS_H

#include "../hostile.h"

/* A process as the words above say. */
pid_t target(const char *what);

int by_kill(const char *what);
int by_kill_0(const char *what);
int by_tkill(const char *what);
int by_tgkill(const char *what);
int by_pidfd(const char *what);
int by_queue(const char *what);
int ask_namespace(const char *what);
int join_by_pidfd(const char *what);
int robust_list(const char *what);
int change_attributes(const char *what);
int by_seize(const char *what);
int take_descriptor(const char *what);
int read_memory(const char *what);
int change_priority(const char *what);
int change_affinity(const char *what);
int change_scheduler(const char *what);
int change_limit(const char *what);
int change_io_priority(const char *what);
int by_attach(const char *what);
int write_memory(const char *what);
int compare_objects(const char *what);
int write_score(const char *what);
int look_at_group(const char *what);
int look_at_session(const char *what);
int look_at_scheduler(const char *what);
int look_at_io_priority(const char *what);
int look_at_limits(const char *what);
int open_memory(const char *what);
int open_environment(const char *what);
int open_score(const char *what);
int open_status(const char *what);
int open_map(const char *what);
int open_descriptors(const char *what);
int open_root(const char *what);

#endif /* CLIP_TESTS_HOSTILE_TASKS_H */
