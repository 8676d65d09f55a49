// SPDX-License-Identifier: GPL-2.0-only
/*
 * chroot(2) (CH-01 to CH-05, PR-01, PT-01), and the latch kernel.clip.chroot,
 * which the first test leaves off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "holders.h"
#include "latch.h"

#include <sched.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/chroot"
#define JAIL	DIR "/jail"

#define CAPS	(1ULL << CAP_SYS_CHROOT | 1ULL << CAP_SYS_ADMIN)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_CHROOT), CAPS, false },
	{ DIR "/chroot", CLIP_PRIV_CHROOT, CAPS, false },
	{ DIR "/uncapable", CLIP_PRIV_CHROOT, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	int err = make_holders(DIR, holders, HOLDERS);

	if (!err && (mkdir(JAIL, 0755) || mkdir(JAIL "/inner", 0755)))
		err = errno;
	return err;
}

FIXTURE_WITH_LATCH(off, "chroot", false)

/* CH-02, CH-07: the latch makes the difference */
TEST_F(off, nothing_is_required)
{
	struct actor outside, actor;

	ASSERT_EQ(0, actor_start(&outside, DIR "/none", 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "keepdir " DIR));
	EXPECT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(0, ask(&outside, "keepdir " DIR));
	EXPECT_EQ(0, ask(&outside, "give"));
	EXPECT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(0, ask(&actor, "attach %d", outside.pid));
	actor_stop(&actor);
	actor_stop(&outside);
}

FIXTURE(chroot)
{
	struct actor outside;
};

FIXTURE_SETUP(chroot)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("chroot", "1"));
	ASSERT_EQ(0, actor_start(&self->outside, DIR "/none", 0));
}

FIXTURE_TEARDOWN(chroot)
{
	actor_stop(&self->outside);
	umount2(DIR, MNT_DETACH);
}

/* CH-01, PR-01: the four cells. */
TEST_F(chroot, open_directories)
{
	static const char * const kinds[] = { "keepdir", "keeppath" };

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool capable = !uids[h % 2] || holder->capabilities;
		const bool held = holder->privileges & CLIP_PRIV_CHROOT;

		for (size_t i = 0; i < 2; i++) {
			struct actor actor;

			ASSERT_EQ(0, actor_start(&actor, holder->path,
						 uids[h % 2]));
			ASSERT_EQ(0, ask(&actor, "%s " DIR, kinds[i]));
			EXPECT_EQ(held && capable ? 0 : EPERM,
				  ask(&actor, "chroot " JAIL));
			/* A refusal has left the root where it was. */
			EXPECT_EQ(held && capable ? ENOENT : 0,
				  ask(&actor, "open " JAIL "/inner"));
			ASSERT_EQ(0, ask(&actor, "close"));
			if (!held)
				EXPECT_EQ(capable ? 0 : EPERM,
					  ask(&actor, "chroot " JAIL));
			actor_stop(&actor);
		}
	}
}

/*
 * An open file or socket is not a directory, and the current directory does not
 * count.
 */
TEST_F(chroot, other_descriptors)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "chdir " DIR));
	EXPECT_EQ(0, ask(&actor, "keepfile " DIR "/none"));
	EXPECT_EQ(0, ask(&actor, "chroot " JAIL));
	actor_stop(&actor);
}

/*
 * A task that shares its root or its descriptors could be led out by the other
 * task.
 */
TEST_F(chroot, shared)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(EPERM, ask(&actor, "chrootshared %u " JAIL, CLONE_FS));
	EXPECT_EQ(EPERM, ask(&actor, "chrootshared %u " JAIL, CLONE_FILES));
	EXPECT_EQ(0, ask(&actor, "chrootshared 0 " JAIL));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/chroot", 0));
	EXPECT_EQ(0, ask(&actor, "chrootshared %u " JAIL, CLONE_FS));
	actor_stop(&actor);
}

/* CH-04: directories outside of the task's own root. */
TEST_F(chroot, received_directories)
{
	static const struct {
		const char *what;
		bool outside;
	} sent[] = {
		{ "keepdir " DIR, true }, { "keeppath /", true },
		{ "keepdir " JAIL, false }, { "keepdir " JAIL "/inner", false },
		{ "keepfile " DIR "/none", false },
	};

	for (size_t h = 0; h < HOLDERS; h++) {
		const bool held = holders[h].privileges & CLIP_PRIV_CHROOT;
		struct actor actor, free;

		ASSERT_EQ(0, actor_start(&actor, holders[h].path, 0));
		ASSERT_EQ(0, actor_start(&free, holders[h].path, 0));
		ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
		for (size_t i = 0; i < sizeof(sent) / sizeof(*sent); i++) {
			ASSERT_EQ(0, ask(&self->outside, "%s", sent[i].what));
			ASSERT_EQ(0, ask(&self->outside, "give"));
			EXPECT_EQ(sent[i].outside && !held ? ENOMSG : 0,
				  ask(&actor, "take")) {
				TH_LOG("%s by %s", sent[i].what,
				       holders[h].path);
			}
			ASSERT_EQ(0, ask(&self->outside, "give"));
			EXPECT_EQ(0, ask(&free, "take"));
		}
		actor_stop(&actor);
		actor_stop(&free);
	}
}

/*
 * CH-05, PT-01: the privilege does not help. A child has the same root as its
 * parent.
 */
TEST_F(chroot, tracing)
{
	for (size_t h = 0; h < HOLDERS; h++) {
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holders[h].path, 0));
		EXPECT_EQ(0, ask(&actor, "attach %d", self->outside.pid));
		EXPECT_EQ(0, ask(&actor, "chroot " JAIL));
		EXPECT_EQ(EPERM, ask(&actor, "attach %d", self->outside.pid));
		EXPECT_EQ(EPERM, ask(&actor, "attachfork %d",
				     self->outside.pid));
		actor_stop(&actor);
	}
}

/* Joining a mount namespace leads to its root. */
TEST_F(chroot, namespaces)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/others", 0));
	ASSERT_EQ(0, ask(&actor, "keepfile /proc/self/ns/mnt"));
	EXPECT_EQ(0, ask(&actor, "setnsfd"));
	EXPECT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(EPERM, ask(&actor, "setnsfd"));
	EXPECT_EQ(ENOENT, ask(&actor, "open " JAIL));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
