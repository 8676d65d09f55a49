// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rules for the flags of mounts (MT-06, MT-11, N-07, N-22)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <uapi/linux/clip.h>
#include <uapi/linux/mount.h>

#include "../mount/rules.h"

#define ALL_SAFE	(MNT_NOSUID | MNT_NODEV | MNT_NOEXEC)
#define W		CLIP_DEVICE_WRITE
#define R		CLIP_DEVICE_READ
#define D		CLIP_DEVICE_DEV
#define X		CLIP_DEVICE_EXEC
#define S		CLIP_DEVICE_SUID

struct call_case {
	const char *name;
	unsigned long flags;
	enum clip_mount_call call;
};

static const struct call_case call_cases[] = {
	{ "new", MS_NOSUID | MS_NOEXEC, CLIP_MOUNT_NEW },
	{ "unknown bits", 1UL << 40 | MS_I_VERSION, CLIP_MOUNT_NEW },
	{ "remount", MS_REMOUNT, CLIP_MOUNT_CHANGE },
	{ "of the mount alone", MS_REMOUNT | MS_BIND, CLIP_MOUNT_CHANGE },
	{ "recursive", MS_REMOUNT | MS_BIND | MS_REC, CLIP_MOUNT_CHANGE },
	{ "remount and move", MS_REMOUNT | MS_MOVE, CLIP_MOUNT_CHANGE },
	{ "remount and share", MS_REMOUNT | MS_SHARED, CLIP_MOUNT_CHANGE },
	{ "bind", MS_BIND | MS_REC, CLIP_MOUNT_BIND },
	{ "bind and move", MS_BIND | MS_MOVE, CLIP_MOUNT_BIND },
	{ "share", MS_SHARED | MS_REC, CLIP_MOUNT_PROPAGATE },
	{ "private and move", MS_PRIVATE | MS_MOVE, CLIP_MOUNT_PROPAGATE },
	{ "move", MS_MOVE, CLIP_MOUNT_MOVE },
};

KUNIT_ARRAY_PARAM_DESC(call, call_cases, name);

static void call(struct kunit *test)
{
	const struct call_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->call, clip_mountrules_call(c->flags));
}

static const struct {
	unsigned int mnt;
	unsigned long ms;
	u64 attr;
} flags[] = {
	{ MNT_READONLY, MS_RDONLY, MOUNT_ATTR_RDONLY },
	{ MNT_NOSUID, MS_NOSUID, MOUNT_ATTR_NOSUID },
	{ MNT_NODEV, MS_NODEV, MOUNT_ATTR_NODEV },
	{ MNT_NOEXEC, MS_NOEXEC, MOUNT_ATTR_NOEXEC },
	{ MNT_NODIRATIME, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME },
	{ MNT_NOSYMFOLLOW, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW },
	{ MNT_NOLOCK, MS_NOLOCK, MOUNT_ATTR_NOLOCK },
};

/* Each flag alone is kept, lost and gained, by both system calls. */
static void each_flag(struct kunit *test)
{
	for (int i = 0; i < ARRAY_SIZE(flags); i++) {
		const unsigned int mnt = flags[i].mnt;
		const struct mount_attr clear = { .attr_clr = flags[i].attr };
		const struct mount_attr set = { .attr_set = flags[i].attr };
		const struct mount_attr both = {
			.attr_set = flags[i].attr, .attr_clr = flags[i].attr,
		};

		/* A flag for access times, so that those are not preserved. */
		unsigned int then = clip_mountrules_remounted(mnt, MS_RELATIME);

		KUNIT_EXPECT_EQ(test, mnt, clip_mountrules_lost(mnt, then));
		then = clip_mountrules_remounted(mnt, MS_RELATIME |
						 flags[i].ms);
		KUNIT_EXPECT_EQ(test, 0, clip_mountrules_lost(mnt, then));
		KUNIT_EXPECT_EQ(test, mnt,
				clip_mountrules_remounted(0, flags[i].ms));
		then = clip_mountrules_changed(mnt, &clear);
		KUNIT_EXPECT_EQ(test, mnt, clip_mountrules_lost(mnt, then));
		then = clip_mountrules_changed(mnt, &both);
		KUNIT_EXPECT_EQ(test, 0, clip_mountrules_lost(mnt, then));
		KUNIT_EXPECT_EQ(test, mnt, clip_mountrules_changed(0, &set));
		KUNIT_EXPECT_EQ(test, CLIP_MOUNT_KEPT & ~mnt,
				clip_mountrules_changed(CLIP_MOUNT_KEPT,
							&clear));
	}
	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_lost(~CLIP_MOUNT_KEPT, 0));
}

static void access_times(struct kunit *test)
{
	const struct mount_attr relatime = {
		.attr_clr = MOUNT_ATTR__ATIME, .attr_set = MOUNT_ATTR_RELATIME,
	};
	const struct mount_attr noatime = {
		.attr_clr = MOUNT_ATTR__ATIME, .attr_set = MOUNT_ATTR_NOATIME,
	};
	const struct mount_attr strict = {
		.attr_clr = MOUNT_ATTR__ATIME,
		.attr_set = MOUNT_ATTR_STRICTATIME,
	};
	const unsigned int no = MNT_NOATIME;

	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_changed(no, &relatime));
	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_changed(no, &strict));
	KUNIT_EXPECT_EQ(test, no, clip_mountrules_changed(no, &noatime));
	KUNIT_EXPECT_EQ(test, no, clip_mountrules_changed(0, &noatime));
	KUNIT_EXPECT_EQ(test, no, clip_mountrules_remounted(no, 0));
	KUNIT_EXPECT_EQ(test, MNT_NODIRATIME,
			clip_mountrules_remounted(MNT_NODIRATIME, 0));
	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_remounted(0, 0));
	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_remounted(no, MS_RELATIME));
	KUNIT_EXPECT_EQ(test, MNT_NODIRATIME,
			clip_mountrules_remounted(no, MS_NODIRATIME));
	KUNIT_EXPECT_EQ(test, 0, clip_mountrules_remounted(no, MS_STRICTATIME));
	KUNIT_EXPECT_EQ(test, 0,
			clip_mountrules_remounted(no, MS_NOATIME |
						  MS_STRICTATIME));
}

struct missing_case {
	const char *name;
	unsigned int flags;
	u32 permissions;
	bool rdonly;
	unsigned int missing;
};

static const struct missing_case missing_cases[] = {
	{ "no device, no flag", 0, 0, false, ALL_SAFE },
	{ "no device, all flags", ALL_SAFE, 0, false, 0 },
	{ "no device, two flags", MNT_NOSUID | MNT_NODEV, 0, false,
	  MNT_NOEXEC },
	{ "no device, read-only", MNT_READONLY, 0, true, ALL_SAFE },
	{ "plain device", 0, R | W, false, ALL_SAFE },
	{ "plain device, all flags", ALL_SAFE, R | W, false, 0 },
	{ "all permissions, writable", 0, R | W | D | X | S, false,
	  MNT_READONLY },
	{ "all permissions, noexec", MNT_NOEXEC, R | W | D | X | S, false, 0 },
	{ "all permissions, read-only", MNT_READONLY, R | W | D | X | S, true,
	  0 },
	{ "another mount can write", MNT_READONLY, R | W | D | X | S, false,
	  MNT_READONLY },
	{ "the mount is not read-only", 0, R | D | X | S, true, MNT_READONLY },
	{ "x alone", MNT_READONLY, R | X, true, MNT_NOSUID | MNT_NODEV },
	{ "s alone", MNT_NOEXEC, R | W | S, false, MNT_NODEV },
	{ "d alone", MNT_NOEXEC, R | W | D, false, MNT_NOSUID },
};

KUNIT_ARRAY_PARAM_DESC(missing, missing_cases, name);

static void missing(struct kunit *test)
{
	const struct missing_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->missing,
			clip_mountrules_missing(c->flags, c->permissions,
						c->rdonly));
}

static void words(struct kunit *test)
{
	char text[CLIP_MOUNT_TEXT_MAX];

	clip_mountrules_spell(text, 0);
	KUNIT_EXPECT_STREQ(test, "", text);
	clip_mountrules_spell(text, MNT_NOEXEC);
	KUNIT_EXPECT_STREQ(test, "noexec", text);
	clip_mountrules_spell(text, ~0U);
	KUNIT_EXPECT_STREQ(test, "ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow,nolock",
			   text);
}

static struct kunit_case mountrules_cases[] = {
	KUNIT_CASE_PARAM(call, call_gen_params),
	KUNIT_CASE(each_flag),
	KUNIT_CASE(access_times),
	KUNIT_CASE_PARAM(missing, missing_gen_params),
	KUNIT_CASE(words),
	{}
};

static struct kunit_suite mountrules_suite = {
	.name = "clip_mountrules",
	.test_cases = mountrules_cases,
};

kunit_test_suite(mountrules_suite);
