/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the kernel's caches take.
 */
#ifndef CLIP_TESTS_SLAB_H
#define CLIP_TESTS_SLAB_H

#include <stdbool.h>

/*
 * All of it, in kilobytes, once what is freed some time after its last use is freed and what
 * is only cached is dropped.
 */
long slab_settled(void);

/*
 * Whether that says what is still in use: KASAN keeps for a while what was freed. Where it
 * does, kmemleak searches for what was lost, at the end of the guest.
 */
bool slab_is_exact(void);

/* What each cache takes, to name those that have grown. */
struct slab_cache {
	char name[48];
	unsigned long objects, size;
};

#define SLAB_CACHES	400

/* Fills in SLAB_CACHES of them at most, and returns how many there are. */
int slab_caches(struct slab_cache *caches);

/* Prints the caches that have grown by 32 kB and more. */
void slab_print_grown(const struct slab_cache *before, int count);

#endif /* CLIP_TESTS_SLAB_H */
