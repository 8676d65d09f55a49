/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libclip share. */
#ifndef LIBCLIP_INTERNAL_H
#define LIBCLIP_INTERNAL_H

#include "libclip.h"

#include <signal.h>

#define CLIP_LOCAL __attribute__((visibility("hidden")))

/*
 * Describe a failure: errno, or `code` if it is not 0, happened in `step`.
 * `format` says what was attempted. Returns -1. Async-signal-safe but for
 * vsnprintf(), which allocates nothing for the conversions that are used.
 */
CLIP_LOCAL int clip_fail(struct clip_failure *failure, int code, const char *step, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The word of a reason of the kernel; NULL if there is none. */
CLIP_LOCAL const char *clip_reason_word(unsigned int reason);

/* Make the tree of files, and the root directory of the process; see mounts.c. */
CLIP_LOCAL int clip_build_tree(const struct clip_jail *jail, struct clip_failure *failure);

/* The steps after the namespaces exist and before the context is entered; see steps.c. */
CLIP_LOCAL int clip_join_namespaces(const struct clip_jail *jail, struct clip_failure *failure);
CLIP_LOCAL int clip_settle_inside(const struct clip_jail *jail, struct clip_failure *failure);
CLIP_LOCAL int clip_take_ids(const struct clip_jail *jail, struct clip_failure *failure);
CLIP_LOCAL int clip_become_user(const struct clip_jail *jail, struct clip_failure *failure);

/* The process 1 of a PID namespace: reap until the end; see init.c. */
CLIP_LOCAL void clip_run_init(const struct clip_jail *jail, pid_t program) __attribute__((noreturn));

/* The signals that are passed on, and SIGCHLD; and blocking them. See wait.c. */
CLIP_LOCAL void clip_held_signals(sigset_t *set);
CLIP_LOCAL void clip_block_signals(void);
/* All signals have their default action and none is blocked. */
CLIP_LOCAL void clip_reset_signals(void);
/* Waits for a process, passing signals on; returns its raw status, or -1. */
CLIP_LOCAL int clip_relay(pid_t process);

#endif /* LIBCLIP_INTERNAL_H */
