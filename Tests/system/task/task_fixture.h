/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors on plain and on raised tasks. Most tests have four cells: the actor
 * with too little and the actor with enough, on a raised target and on a plain
 * one.
 */
#ifndef CLIP_TESTS_TASK_FIXTURE_H
#define CLIP_TESTS_TASK_FIXTURE_H

#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"

#include <linux/capability.h>
#include <linux/ioprio.h>
#include <signal.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/task"
#define PLAIN	DIR "/plain"	/* never listed */
#define A	DIR "/a"	/* listed by most tests, the target */
#define B	DIR "/b"	/* listed by some, the actor */

#define CAP(name)	(1ULL << CAP_##name)
#define CONTEXT		(1ULL << CLIP_CAP_CONTEXT)
#define ALL		0x1ffffffffffLL
#define BEST_EFFORT	(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)
#define IDLE		(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)

/* Lists a copy of the actor. A task that executes it is raised. */
static int list(const char *path, uint64_t caps, uint64_t inherit,
		uint64_t privileges)
{
	struct rule rule;
	int err = rule_for(&rule, path, CLIP_ENTRY_EXE);

	rule.effective = caps;
	rule.permitted = caps;
	rule.inheritable = inherit;
	rule.privileges = privileges;
	if (inherit)
		rule.flags |= CLIP_ENTRY_INHERIT;
	return err ?: load(&rule);
}

FIXTURE(task)
{
	struct actor user, root;	/* plain, uid 1000 and uid 0 */
	struct actor raised, plain;	/* targets */
	struct actor other;		/* as a test likes */
};

FIXTURE_SETUP(task)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ACTOR, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(ACTOR, A, 0755));
	ASSERT_EQ(0, copy_file(ACTOR, B, 0755));
	ASSERT_EQ(0, actor_start(&self->user, PLAIN, USER_ID));
	ASSERT_EQ(0, actor_start(&self->root, PLAIN, 0));
	ASSERT_EQ(0, actor_start(&self->plain, PLAIN, USER_ID));
}

FIXTURE_TEARDOWN(task)
{
	actor_stop(&self->user);
	actor_stop(&self->root);
	actor_stop(&self->raised);
	actor_stop(&self->plain);
	actor_stop(&self->other);
	umount2(DIR, MNT_DETACH);
}

#define LIST_AND_START(which, path, uid, caps, inherit, privileges) do { \
	ASSERT_EQ(0, list(path, caps, inherit, privileges)); \
	ASSERT_EQ(0, actor_start(&self->which, path, uid)); \
} while (0)

/* The signal arrived, or left the target as it was. */
#define EXPECT_SIGNAL(error, actor, target) do { \
	const long before = ask(&(target), "signals"); \
	EXPECT_EQ(error, ask(&(actor), "kill %d %d", (target).pid, SIGUSR1)); \
	EXPECT_EQ(before + !(error), ask(&(target), "signals")); \
} while (0)

#define LACK_MAC_ADMIN(actor) \
	ASSERT_EQ(0, ask(&(actor), "setcaps %lld %lld 0", \
			 ALL & ~CAP(MAC_ADMIN), ALL & ~CAP(MAC_ADMIN)))

#endif /* CLIP_TESTS_TASK_FIXTURE_H */
