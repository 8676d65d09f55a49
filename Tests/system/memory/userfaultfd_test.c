// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd does not fill executable memory (fault 8a) where a context
 * checks which code runs: such a level in any context counts for all tasks.
 * Tests without a fixture run first, and show that all of it was possible
 * before.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "fill.h"
#include "place.h"

#include <sys/mman.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define XID	501
#define R	PROT_READ
#define W	PROT_WRITE
#define X	PROT_EXEC

/* Only memory that is writable gets a moved page. */
static int executable(const struct fill *fill)
{
	return fill->how == MOVE ? R | W | X : R | X;
}

static bool brings_code(const struct fill *fill)
{
	return fill->how != ZEROPAGE && fill->how != POISON;
}

#define EXPECT_FILLED() do { \
	for (int i_ = 0; i_ < FILLS; i_++) { \
		bool ran_; \
		\
		EXPECT_EQ(0, fill_memory(&fills[i_], executable(&fills[i_]), \
					 &ran_, NULL)) { \
			TH_LOG("%s", fills[i_].name); \
		} \
		EXPECT_EQ(brings_code(&fills[i_]), ran_) { \
			TH_LOG("%s", fills[i_].name); \
		} \
	} \
} while (0)

/* The refusal, and its twin: the same page in memory that is not executable. */
#define EXPECT_REFUSED() do { \
	for (int i_ = 0; i_ < FILLS; i_++) { \
		bool ran_; \
		\
		EXPECT_EQ(EACCES, fill_memory(&fills[i_], \
					      executable(&fills[i_]), &ran_, \
					      NULL)) { \
			TH_LOG("%s", fills[i_].name); \
		} \
		EXPECT_FALSE(ran_ && fills[i_].kind != SHARED) { \
			TH_LOG("%s", fills[i_].name); \
		} \
		EXPECT_EQ(0, fill_memory(&fills[i_], R | W, &ran_, NULL)) { \
			TH_LOG("%s", fills[i_].name); \
		} \
	} \
} while (0)

TEST(everything_was_filled)
{
	ASSERT_EQ(0, make_place());
	ASSERT_EQ(0, write_text("/proc/sys/vm/nr_hugepages", "4"));
	EXPECT_FILLED();
}

/* Levels that are not in force, that report only, or check something else. */
TEST(levels_that_check_no_code)
{
	const uint32_t levels[] = {
		CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_WX_MEMORY,
		CLIP_LEVEL_ACTIVE,
		CLIP_LEVEL_ACTIVE | CLIP_LEVEL_PERMISSIVE |
		CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_WX_MEMORY,
	};

	ASSERT_EQ(0, make_place());
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		int fd = context_create(XID, levels[i], ALL_CAPS,
					 CLIP_PRIV_ALL);

		ASSERT_LE(0, fd);
		EXPECT_FILLED();
		close(fd);
		EXPECT_EQ(0, context_delete(XID));
	}
}

FIXTURE(level)
{
	int fd;
};

FIXTURE_VARIANT(level)
{
	uint32_t word;
};

FIXTURE_VARIANT_ADD(level, enforce_exec) { .word = CLIP_LEVEL_ENFORCE_EXEC };
FIXTURE_VARIANT_ADD(level, enforce_lib) { .word = CLIP_LEVEL_ENFORCE_LIB };
FIXTURE_VARIANT_ADD(level, wx_memory) { .word = CLIP_LEVEL_WX_MEMORY };

FIXTURE_SETUP(level)
{
	ASSERT_EQ(0, make_place());
	self->fd = context_create(XID, CLIP_LEVEL_ACTIVE | variant->word,
				   ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(level)
{
	close(self->fd);
	context_delete(XID);
	umount2(DIR, MNT_DETACH);
}

TEST_F(level, nothing_is_filled)
{
	const long long before = status_value("refused.wx-memory");

	EXPECT_REFUSED();
	EXPECT_EQ((before < 0 ? 0 : before) + FILLS,
		  status_value("refused.wx-memory"));
}

/* Memory of a task does not lose what was checked when it was mapped. */
TEST_F(level, nothing_is_filled_after_the_context_is_gone)
{
	EXPECT_EQ(0, context_delete(XID));
	EXPECT_REFUSED();
}

/* Fills a mapping while it is not executable. */
static int fill_then_protect(void *data)
{
	const struct fill *fill = data;
	void *at = NULL;
	bool ran;
	int err = fill_memory(fill, R, &ran, &at);

	if (err)
		return 200;
	return mprotect(at, 4096, R | X) ? errno : 0;
}

/* A page of another content stays out of code, also if it comes first. */
TEST_F(level, filled_before_it_becomes_executable)
{
	const int wanted = variant->word == CLIP_LEVEL_ENFORCE_EXEC ? 0 :
								     EACCES;

	/* enforce_exec alone does not check mappings. */
	EXPECT_EQ(wanted, do_in_context(self->fd, fill_then_protect,
				      (void *)&fills[0]));
	EXPECT_EQ(wanted, do_in_context(self->fd, fill_then_protect,
				      (void *)&fills[4]));
	EXPECT_EQ(0, fill_then_protect((void *)&fills[0]));
}

TEST_HARNESS_MAIN
