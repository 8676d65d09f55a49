/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.clip.require has all its bits set.
 */
#ifndef CLIP_TESTS_SURFACE_FIXTURE_H
#define CLIP_TESTS_SURFACE_FIXTURE_H

#include "active.h"
#include "surface.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

HOLDERS_RUN(PROGRAM)

FIXTURE(surface) {};

FIXTURE_SETUP(surface)
{
	ASSERT_EQ(0, make_pairs());
	ASSERT_EQ(0, require(ALL_NEW));
	ASSERT_EQ(ALL_NEW, required());
}

FIXTURE_TEARDOWN(surface)
{
	umount2(DIR, MNT_DETACH);
}

#endif /* CLIP_TESTS_SURFACE_FIXTURE_H */
