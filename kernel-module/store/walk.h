/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: walking over a table
 */
#ifndef _SECURITY_CLIP_STORE_WALK_H
#define _SECURITY_CLIP_STORE_WALK_H

#include <linux/rhashtable.h>

struct clip_context;
struct clip_entry;

/**
 * struct clip_walk - a place in a context's table
 * @iter: rhashtable's own place
 *
 * Between start and stop the RCU read lock is held. A table that is resized
 * meanwhile is begun anew: entries can come up more than once, none is missed.
 */
struct clip_walk {
	struct rhashtable_iter iter;
};

void clip_walk_start(struct clip_walk *walk, struct clip_context *ctx);
struct clip_entry *clip_walk_next(struct clip_walk *walk);
void clip_walk_stop(struct clip_walk *walk);

/* The same in pieces, for a reader that sleeps in between. */
void clip_walk_enter(struct clip_walk *walk, struct clip_context *ctx);
struct clip_entry *clip_walk_resume(struct clip_walk *walk);
void clip_walk_pause(struct clip_walk *walk);
void clip_walk_exit(struct clip_walk *walk);

#endif /* _SECURITY_CLIP_STORE_WALK_H */
