// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd does not fill executable memory (fault 8a) once a latch that is
 * about code is set; no context has a level here.
 */
#include "device.h"
#include "files.h"
#include "fill.h"
#include "latch.h"
#include "place.h"

#include <sys/mman.h>

#include "kselftest_harness.h"

#define R	PROT_READ
#define W	PROT_WRITE
#define X	PROT_EXEC

static int protection(const struct fill *fill)
{
	return fill->how == MOVE ? R | W | X : R | X;
}

TEST(before)
{
	bool ran;

	ASSERT_EQ(0, make_place());
	ASSERT_EQ(0, write_text("/proc/sys/vm/nr_hugepages", "4"));
	for (int i = 0; i < FILLS; i++)
		EXPECT_EQ(0, fill_memory(&fills[i], protection(&fills[i]), &ran,
					 NULL));
}

TEST(nothing_is_filled)
{
	bool ran;

	ASSERT_EQ(0, make_place());
	ASSERT_EQ(0, set_latch("exec_permission", "1"));
	/* The file of the private mappings may be executed. */
	ASSERT_EQ(0, chmod(CODE, 0755));
	for (int i = 0; i < FILLS; i++) {
		EXPECT_EQ(EACCES, fill_memory(&fills[i], protection(&fills[i]),
					      &ran, NULL)) {
			TH_LOG("%s", fills[i].name);
		}
		EXPECT_EQ(0, fill_memory(&fills[i], R | W, &ran, NULL));
	}
}

TEST_HARNESS_MAIN
