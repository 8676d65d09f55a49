/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contexts, and running things in one.
 *
 * While context 0 is inactive, plain root may make contexts and load into them.
 * Once it is active, entries are changed by a holder of VERICTL, or from the
 * update context. The tests do the latter, because what they run must not
 * descend from a task with a privilege: active.h.
 */
#ifndef CLIP_TESTS_CONTEXTS_H
#define CLIP_TESTS_CONTEXTS_H

#include "device.h"

#define UPDATE_CONTEXT	4001	/* from where the tests change entries */
#define ALL_CAPS	(~0ULL >> 23 | 1ULL << 63)
#define LINUX_CAPS(caps)	((caps) & ~(1ULL << 63))

int context_call(unsigned long request, struct clip_context_args *args);

/* Returns a descriptor; -1, with errno, if there is none. */
int context_fd(unsigned long request, struct clip_context_args *args);
int set_level(uint32_t xid, uint32_t level);

/*
 * Makes context 0 active, and the update context for commit_image(). Called by
 * active.h before main().
 */
void activate_context_0(void);

/* A descriptor to enter the update context, or -1 if there is none. */
extern int update_context_fd;

/* Write and read all of @data, through a pipe. */
bool send_all(int out, const void *data, size_t size);
bool receive_all(int in, void *data, size_t size);

/*
 * Runs @act in a child in the update context, and copies the @size bytes of
 * @data back from it.
 */
int in_update_context(int (*act)(void *), void *data, size_t size);

/* A descriptor of a new context; -1, with errno, if it cannot be made. */
int context_create(uint32_t xid, uint32_t level, uint64_t cap_bound,
		   uint64_t priv_bound);
int context_delete(uint32_t xid);

/*
 * CLIP_ADDRESS_* for an address as "10.0.0.5/32"; on the descriptor of a context.
 * The second one gives it every address there is.
 */
int context_address(int fd, int operation, const char *text);
int context_any_address(int fd);

/* Runs @act in the context of @fd, and returns what it returns, 0 to 254. */
int do_in_context(int fd, int (*act)(void *), void *data);

/* The same, and copies the @size bytes of @data back from the child. */
int confined_get(int fd, int (*act)(void *), void *data, size_t size);

/* errno of executing a program in the context of @fd that ends with 0. */
int exec_in_context(int fd, const char *path);
int context_enter(int fd);

/*
 * Returns the number of the caller's context. The first function needs no right
 * to open the device.
 */
uint32_t context_by(int device);
uint32_t context_now(void);

#endif /* CLIP_TESTS_CONTEXTS_H */
