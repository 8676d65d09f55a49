// SPDX-License-Identifier: GPL-2.0-only
/*
 * E-23: the latch for trusted paths without any other: hooks that sleep until something
 * checks code are awake once it is set, also where no context has been active. In a
 * program of its own, because nothing makes them sleep again.
 */
#include "tpe_fixture.h"

TEST(mappings_are_checked)
{
	ASSERT_EQ(0, setup());
	ASSERT_STREQ("0", read_line(LATCH));
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "prot", DIR "/own/probe"));
	ASSERT_EQ(0, write_text(LATCH, "1"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/own/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "prot", DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "mapr", DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/good/probe"));
	EXPECT_EQ(0, map_as(0, "map", DIR "/own/probe"));
	umount2(DIR, MNT_DETACH);
}

TEST_HARNESS_MAIN
