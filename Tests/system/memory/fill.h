/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that userfaultfd installs in memory of several kinds.
 */
#ifndef CLIP_TESTS_FILL_H
#define CLIP_TESTS_FILL_H

#include <stdbool.h>

/* What fills the memory, and which memory it is. */
struct fill {
	const char *name;
	enum { COPY, ZEROPAGE, CONTINUE, POISON, MOVE } how;
	enum { PRIVATE, SHARED, ANONYMOUS, HUGE } kind;
};

#define FILLS	9

extern const struct fill fills[FILLS];

/*
 * Maps such memory with the protection @prot, and fills a page with code that
 * returns 42. Returns 0 or the errno of that. *@ran: the code was executed.
 * *@at: the memory, which stays mapped; may be NULL.
 */
int fill_memory(const struct fill *fill, int prot, bool *ran, void **at);

#endif /* CLIP_TESTS_FILL_H */
