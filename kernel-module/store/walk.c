// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: walking over a table
 */
#include "core/common.h"

#include <linux/err.h>

#include "store/context.h"
#include "store/entry.h"
#include "store/walk.h"

/**
 * clip_walk_start - begin
 * @walk: the walk
 * @ctx: over whose table
 */
void clip_walk_start(struct clip_walk *walk, struct clip_context *ctx)
	__acquires(RCU)
{
	rhashtable_walk_enter(&ctx->table, &walk->iter);
	rhashtable_walk_start(&walk->iter);
}

/**
 * clip_walk_next - go on
 * @walk: the walk
 *
 * Return: an entry, in force or not; NULL at the end.
 */
struct clip_entry *clip_walk_next(struct clip_walk *walk)
{
	struct clip_entry *entry;

	do {
		entry = rhashtable_walk_next(&walk->iter);
		/* The only error is -EAGAIN: the table was resized. */
	} while (IS_ERR(entry));
	return entry;
}

/**
 * clip_walk_stop - end
 * @walk: the walk
 */
void clip_walk_stop(struct clip_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
	rhashtable_walk_exit(&walk->iter);
}

/**
 * clip_walk_enter - prepare a walk that can be paused
 * @walk: the walk
 * @ctx: over whose table; the caller keeps it from going away
 */
void clip_walk_enter(struct clip_walk *walk, struct clip_context *ctx)
{
	rhashtable_walk_enter(&ctx->table, &walk->iter);
}

/**
 * clip_walk_resume - begin, or go on where the walk was paused
 * @walk: the walk
 *
 * Takes the RCU read lock.
 *
 * Return: the entry that the walk is at, NULL at the end.
 */
struct clip_entry *clip_walk_resume(struct clip_walk *walk)
	__acquires(RCU)
{
	struct clip_entry *entry;

	rhashtable_walk_start(&walk->iter);
	entry = rhashtable_walk_peek(&walk->iter);
	return IS_ERR(entry) ? clip_walk_next(walk) : entry;
}

/**
 * clip_walk_pause - let the RCU read lock go
 * @walk: the walk
 */
void clip_walk_pause(struct clip_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}

/**
 * clip_walk_exit - end a walk that is paused
 * @walk: the walk
 */
void clip_walk_exit(struct clip_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}
