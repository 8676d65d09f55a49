// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filesystems in user space (PR-18), and the latch kernel.clip.fuse, which the
 * first tests leave off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "holders.h"
#include "latch.h"

#include <linux/securebits.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/fuse"
#define ADMIN	(1ULL << CAP_SYS_ADMIN)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_FUSE), 0, false },
	{ DIR "/admin", 0, ADMIN, false },
	{ DIR "/fuse", CLIP_PRIV_FUSE, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };
#define SAFE	(MS_NOSUID | MS_NODEV)

HOLDERS_RUN(PROGRAM)

static const char *place_of(uid_t uid)
{
	return uid ? DIR "/place1000" : DIR "/place0";
}

static int setup(void)
{
	int err = make_holders(DIR, holders, HOLDERS);

	for (size_t i = 0; i < 2 && !err; i++)
		if (mkdir(place_of(uids[i]), 0700) ||
		    chown(place_of(uids[i]), uids[i], uids[i]))
			err = errno;
	if (!err && (chmod("/dev/fuse", 0666) || mkdir(DIR "/open", 0777) ||
		     chmod(DIR "/open", 0777)))
		err = errno;
	return err;
}

/* Returns the number of mounts of type fuse. */
static int mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "r");
	char line[1024];
	int count = 0;

	while (file && fgets(line, sizeof(line), file))
		count += !!strstr(line, " - fuse test ");
	if (file)
		fclose(file);
	return file ? count : -1;
}

static long mount_as(struct actor *actor, const char *place, unsigned int flags,
		     uid_t uid, const char *more)
{
	return ask(actor, "mountfuse %s fuse %u user_id=%u,group_id=%u%s",
		   place, flags, uid, uid, more);
}

static void four_cells(struct __test_metadata *_metadata, bool latched)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const uid_t uid = uids[h % 2];
		const char *place = place_of(uid);
		const bool held = holder->privileges & CLIP_PRIV_FUSE;
		const long may_open = held || !latched ? 0 : EPERM;
		const long may_mount =
			held || (!latched && holder->capabilities) ? 0 : EPERM;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
		EXPECT_EQ(may_open, ask(&actor, "openrw /dev/fuse"));
		if (!may_open)
			ASSERT_EQ(0, ask(&actor, "keep /dev/fuse"));
		EXPECT_EQ(may_open ? may_open : may_mount,
			  may_open ? ask(&actor, "keep /dev/fuse") :
			  mount_as(&actor, place, SAFE, uid, "")) {
			TH_LOG("%s, uid %u", holder->path, uid);
		}
		EXPECT_EQ(!may_mount, mounts());
		if (!may_mount)
			EXPECT_EQ(0, ask(&actor, "umount %s", place));
		EXPECT_EQ(0, mounts());
		actor_stop(&actor);
	}
}

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, latch("fuse"));
	ASSERT_EQ(0, disable_root_capabilities());
}

FIXTURE_TEARDOWN(off)
{
	umount2(DIR, MNT_DETACH);
}

/* MT-01, MT-04, MT-05: before the latch */
TEST_F(off, mounts_need_privilege_or_capability)
{
	four_cells(_metadata, false);
}

/* The conditions that the set-uid helper would check. */
TEST_F(off, only_own_mounts)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/fuse", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keep /dev/fuse"));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), MS_NOSUID, USER_ID,
				  ""));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), MS_NODEV, USER_ID,
				  ""));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), SAFE, 0, ""));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), SAFE, USER_ID,
				  ",user_id=0"));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), SAFE, USER_ID,
				  ",allow_other"));
	EXPECT_EQ(EPERM, mount_as(&actor, "/mnt", SAFE, USER_ID, ""));
	EXPECT_EQ(EPERM, mount_as(&actor, DIR "/open", SAFE, USER_ID, ""));
	EXPECT_EQ(0, mounts());
	EXPECT_EQ(0, mount_as(&actor, place_of(USER_ID), SAFE, USER_ID,
			      ",default_permissions"));
	EXPECT_EQ(1, mounts());
	EXPECT_EQ(0, ask(&actor, "umount %s", place_of(USER_ID)));
	actor_stop(&actor);
}

static const char * const beyond[] = {
	"other hostname", "other swapon", "other fanotify", "other opentree",
	"other fsopen", "other pivot", "other tmpfs", "other bind",
	"other private", "other remount", "other umount", "unshare 0x04000000",
	"umount /tmp", "umount " DIR, "mount none /mnt proc 6",
	"mount none /mnt overlay 6", "mount /dev/null /mnt fuseblk 6",
	"mount none /mnt fusectl 6", "mount none /mnt fuse 4102",
	"mount none /mnt fuse 38",
};

/* MT-03: CAP_SYS_ADMIN does many things. */
TEST_F(off, nothing_besides)
{
	for (size_t h = 0; h < 2; h++) {
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, DIR "/fuse", uids[h]));
		ASSERT_EQ(0, ask(&actor, "keep /dev/fuse"));
		for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
			EXPECT_EQ(EPERM, ask(&actor, "%s", beyond[i])) {
				TH_LOG("%s, uid %u", beyond[i], uids[h]);
			}
		}
		/*
		 * The mount leaves nothing behind that would permit another
		 * one.
		 */
		EXPECT_EQ(0, mount_as(&actor, place_of(uids[h]), SAFE, uids[h],
				      ""));
		EXPECT_EQ(EPERM, ask(&actor, "other tmpfs"));
		EXPECT_EQ(0, ask(&actor, "umount %s", place_of(uids[h])));
		actor_stop(&actor);
	}
}

/* MT-02: every user may unmount its own mounts. */
TEST_F(off, umount)
{
	struct actor own, other;

	ASSERT_EQ(0, actor_start(&own, DIR "/fuse", USER_ID));
	ASSERT_EQ(0, actor_start(&other, DIR "/fuse", USER_ID + 1));
	ASSERT_EQ(0, ask(&own, "keep /dev/fuse"));
	ASSERT_EQ(0, mount_as(&own, place_of(USER_ID), SAFE, USER_ID, ""));
	EXPECT_LT(0, ask(&other, "umount %s", place_of(USER_ID)));
	EXPECT_EQ(1, mounts());
	EXPECT_EQ(0, ask(&own, "umount %s", place_of(USER_ID)));
	EXPECT_EQ(0, mounts());
	actor_stop(&own);
	actor_stop(&other);
}

FIXTURE(fuse) {};

FIXTURE_SETUP(fuse)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("fuse", "1"));
	ASSERT_EQ(0, disable_root_capabilities());
}

FIXTURE_TEARDOWN(fuse)
{
	umount2(DIR, MNT_DETACH);
}

/* MT-01, MT-02, MT-04, MT-05: with the latch */
TEST_F(fuse, mounts_need_the_privilege)
{
	four_cells(_metadata, true);
}

/* A descriptor from a holder of the privilege gives no right to mount. */
TEST_F(fuse, passed_on_descriptors)
{
	struct actor holder, actor;

	ASSERT_EQ(0, actor_start(&holder, DIR "/fuse", USER_ID));
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	ASSERT_EQ(0, ask(&holder, "keep /dev/fuse"));
	ASSERT_EQ(0, ask(&holder, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, mount_as(&actor, place_of(USER_ID), SAFE, USER_ID, ""));
	/* The descriptor still works for the holder. */
	EXPECT_EQ(0, mount_as(&holder, place_of(USER_ID), SAFE, USER_ID, ""));
	EXPECT_EQ(0, ask(&holder, "umount %s", place_of(USER_ID)));
	ASSERT_EQ(0, ask(&holder, "keep /dev/fuse"));
	ASSERT_EQ(0, ask(&holder, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "newmount fuse %d", USER_ID));
	EXPECT_EQ(0, mounts());
	/* Other filesystems are not affected. */
	EXPECT_EQ(0, ask(&actor, "mount none /mnt tmpfs 0"));
	actor_stop(&actor);
	actor_stop(&holder);
}

TEST_HARNESS_MAIN
