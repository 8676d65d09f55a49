// SPDX-License-Identifier: GPL-2.0-only
/*
 * The acts that kernel.clip.require leaves free: all of them while it is 0, and
 * with some of its bits those of other privileges.
 */
#include "active.h"
#include "actor.h"
#include "latch.h"
#include "surface.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

HOLDERS_RUN(PROGRAM)

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, make_pairs());
}

FIXTURE_TEARDOWN(off)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(off, nothing_is_required)
{
	ASSERT_EQ(0, required());
	EXPECT_EQ(0, status_value("privileges_required"));
	for (size_t i = 0; i < ACTS; i++)
		EXPECT_FREE(DIR "/none", &acts[i]);
	for (size_t i = 0; i < FREE_ACTS; i++)
		EXPECT_FREE(DIR "/none", &free_acts[i]);
}

/* SY-02, SY-04: a bit stays set, and requires its privilege and no other. */
TEST_F(off, one_bit_requires_one_privilege)
{
	EXPECT_EQ(EINVAL, set_latch("require", "1"));
	EXPECT_EQ(EINVAL, require(ALL_NEW + 1));
	EXPECT_EQ(EINVAL, require(CLIP_PRIV_PERF | CLIP_PRIV_UNSHARE));
	EXPECT_EQ(EINVAL, set_latch("require", "perf"));
	EXPECT_EQ(0, required());
	ASSERT_EQ(0, require(CLIP_PRIV_PERF));
	EXPECT_EQ(CLIP_PRIV_PERF, required());
	EXPECT_EQ(CLIP_PRIV_PERF, status_value("privileges_required"));
	for (size_t i = 0; i < ACTS; i++) {
		if (acts[i].privilege == CLIP_PRIV_PERF)
			EXPECT_REFUSED(DIR "/none", &acts[i]);
		else
			EXPECT_FREE(DIR "/none", &acts[i]);
	}
	ASSERT_EQ(0, require(CLIP_PRIV_BPF));
	EXPECT_EQ(CLIP_PRIV_PERF | CLIP_PRIV_BPF, required());
	ASSERT_EQ(0, require(0));
	EXPECT_EQ(CLIP_PRIV_PERF | CLIP_PRIV_BPF, required());
	EXPECT_EQ(0600, ({
		struct stat st;

		stat(LATCHES "require", &st);
		st.st_mode & 0777;
	}));
}

TEST_HARNESS_MAIN
