/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests on the descriptor of a context, and about the context of a task.
 * @reason may be NULL.
 */
#ifndef CLIP_TESTS_CONTROL_H
#define CLIP_TESTS_CONTROL_H

#include "device.h"

#include <sys/types.h>

/* Any request; the size of @args is its first field, the reason its second. */
int control_call(int fd, unsigned long request, void *args, size_t size,
		 uint32_t *reason);

int context_setup(int fd, uint32_t flags, uint32_t confidentiality,
		  uint64_t ns_cap_bound, uint32_t *reason);
int context_arm(int fd, pid_t pid, uint32_t flags, uint32_t *reason);
int context_bind(int fd, const char *cgroup, const char *child, uint32_t flags,
		 uint32_t *reason);
int context_kill(int fd, int signal, uint32_t *reached, uint32_t *reason);

/* All bits are set if it cannot be had. */
struct clip_context_info context_info(int fd);

/* Is the context empty now, or within @milliseconds? */
bool context_is_empty(int fd, int milliseconds);

/* The number of the context of a process, or of the other end of a socket. */
uint32_t context_of(pid_t pid);
uint32_t context_of_peer(int socket);

#endif /* CLIP_TESTS_CONTROL_H */
