// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files inside of a chroot(2) that lead outside (fault 16): interfaces of the
 * kernel, and programs with a set-user-id or set-group-id bit. And what is
 * open or at work before a chroot.
 */
#include "active.h"
#include "actor.h"
#include "files.h"
#include "holders.h"
#include "latch.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/chroot_actor"
#define DIR	"/tmp/inside"
#define JAIL	DIR "/jail"

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_CHROOT), 0, false },
	{ DIR "/chroot", CLIP_PRIV_CHROOT, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

HOLDERS_RUN(PROGRAM)

/* The acts, and their answers where nothing forbids them. */
static const struct {
	const char *command;
	int usual;
} acts[] = {
	{ "openw /proc/sysrq-trigger", 0 },
	{ "openw /sys/module/kernel/parameters/panic", 0 },
	{ "openw /misc/register", 0 },
	{ "openw /suid", 0 },
	{ "openw /group", 0 },
	{ "setacl /group", 0 },
	{ "swapon /file", EINVAL },
};

FIXTURE(inside)
{
	struct actor actor;
};

FIXTURE_SETUP(inside)
{
	static const char *const types[] = { "proc", "sys", "misc" };
	static const char *const names[] = { "proc", "sysfs", "binfmt_misc" };
	char path[64];

	ASSERT_EQ(0, make_holders(DIR, holders, HOLDERS));
	ASSERT_EQ(0, mkdir(JAIL, 0755));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		snprintf(path, sizeof(path), JAIL "/%s", types[i]);
		ASSERT_EQ(0, mkdir(path, 0755));
		ASSERT_EQ(0, mount(names[i], path, names[i], 0, NULL));
	}
	ASSERT_EQ(0, copy_file("/proc/version", JAIL "/file", 0600));
	ASSERT_EQ(0, copy_file("/proc/version", JAIL "/suid", 04755));
	ASSERT_EQ(0, copy_file("/proc/version", JAIL "/group", 02755));
	ASSERT_EQ(0, copy_file("/proc/version", JAIL "/data", 02644));
}

FIXTURE_TEARDOWN(inside)
{
	actor_stop(&self->actor);
	umount2(DIR, MNT_DETACH);
}

TEST_F(inside, files_that_lead_outside)
{
	struct stat before, after;

	/* Before the latch, and for a holder of CHROOT after it. */
	for (int latched = 0; latched < 2; latched++) {
		for (size_t h = 0; h < HOLDERS; h++) {
			const bool free = !latched || h == 2;

			ASSERT_EQ(0, actor_start(&self->actor, holders[h].path,
						 0));
			ASSERT_EQ(0, ask(&self->actor, "chroot " JAIL));
			ASSERT_EQ(0, stat(JAIL "/group", &before));
			for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
				EXPECT_EQ(free ? acts[i].usual : EPERM,
					  ask(&self->actor, "%s",
					      acts[i].command)) {
					TH_LOG("%zu %s", h, acts[i].command);
				}
			}
			ASSERT_EQ(0, stat(JAIL "/group", &after));
			if (!free) {
				EXPECT_EQ(before.st_mode, after.st_mode);
			}
			EXPECT_EQ(0, ask(&self->actor, "openw /file"));
			EXPECT_EQ(0, ask(&self->actor, "openw /data"));
			EXPECT_EQ(0, ask(&self->actor, "setacl /file"));
			EXPECT_EQ(0, ask(&self->actor, "open /suid"));
			actor_stop(&self->actor);
			ASSERT_EQ(0, chmod(JAIL "/group", 02755));
		}
		ASSERT_EQ(0, set_latch("chroot", "1"));
	}
}

TEST_HARNESS_MAIN
