/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors in context 0, in two contexts A and B, and in WATCH.
 *
 * All tasks are uid 0 with all capabilities and share all namespaces, so that
 * neither user ids nor namespaces separate them. Each refusal has a twin that
 * is allowed: the same act within a context, or by context 0.
 */
#ifndef CLIP_TESTS_REACH_FIXTURE_H
#define CLIP_TESTS_REACH_FIXTURE_H

#include "actor.h"
#include "contexts.h"
#include "files.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/reach"
#define LISTED	DIR "/listed"
#define SENDER	DIR "/sender"
#define FULL	DIR "/full"
#define A	2001
#define B	2002

FIXTURE(reach)
{
	int fd_a, fd_b, fd_watch;
	/* One of context 0, two of A, one of B, one of WATCH; and a spare. */
	struct actor host, a, a2, b, watch, other;
};

FIXTURE_SETUP(reach)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	self->fd_a = context_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				    CLIP_PRIV_ALL);
	self->fd_b = context_create(B, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				    CLIP_PRIV_ALL);
	self->fd_watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->fd_a);
	ASSERT_LE(0, self->fd_b);
	ASSERT_LE(0, self->fd_watch);
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a, self->fd_a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a2, self->fd_a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->b, self->fd_b, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->watch, self->fd_watch, ACTOR, 0));
}

FIXTURE_TEARDOWN(reach)
{
	actor_stop(&self->host);
	actor_stop(&self->a);
	actor_stop(&self->a2);
	actor_stop(&self->b);
	actor_stop(&self->watch);
	actor_stop(&self->other);
	close(self->fd_a);
	close(self->fd_b);
	close(self->fd_watch);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

/* An actor, its target, and whether the target is within reach. */
struct pair {
	const struct actor *actor, *target;
	bool reach;		/* to act */
	bool see;		/* to look, with the capability for it */
};

/* @p goes through all pairs; the last one has no actor. */
#define FOR_EACH_PAIR(p) \
	for (const struct pair pairs_[] = { \
		{ &self->a, &self->a2, true, true }, \
		{ &self->a, &self->b, false, false }, \
		{ &self->b, &self->a, false, false }, \
		{ &self->a, &self->host, false, false }, \
		{ &self->a, &self->watch, false, false }, \
		{ &self->watch, &self->a, false, true }, \
		{ &self->watch, &self->host, false, true }, \
		{ &self->host, &self->a, true, true }, \
		{ &self->host, &self->watch, true, true }, \
		{}, \
	}, *(p) = pairs_; (p)->actor; (p)++)

#endif /* CLIP_TESTS_REACH_FIXTURE_H */
