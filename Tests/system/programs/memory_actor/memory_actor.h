/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two sources of the program memory_actor share.
 */
#ifndef CLIP_TESTS_MEMORY_ACTOR_H
#define CLIP_TESTS_MEMORY_ACTOR_H

#include <stdbool.h>
#include <sys/mman.h>

#define PAGE	4096
#define R	PROT_READ
#define W	PROT_WRITE
#define X	PROT_EXEC
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

extern const char *verb, *path;

/* What a call of this address returns, in a child; 0 if it dies of it. */
int call(const void *at);

/* Prints the answer to the verb. */
void say(int err, bool ran);

/* Writes code there that returns 42. */
void *put(void *at);

/* Makes the page executable by mprotect(2), then calls it. */
void change_to(void *at, int prot);
void map_and_call(int fd, int prot, int flags);

/* Like the system calls, but the program ends if they fail. */
void *must_map(int fd, int prot, int flags);
int must(int result);

/* The acts on files: files.c. */
void file(void);
void file_shared(void);
void file_prot(void);
void file_wx(void);
void file_dirty(void);
void relocation(void);
void file_rdwr(void);
void file_twice(void);
void file_twice_prot(void);
void grow(void);
void move_over(void);
void discard(void);
void remap(void);
void hold(void);

#endif /* CLIP_TESTS_MEMORY_ACTOR_H */
