// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is writable or executable: the latch kernel.clip.wx_memory (M-*), for
 * all contexts, this test's own included.
 */
#include "active.h"
#include "acts.h"
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "place.h"
#include "process.h"

#include <sys/mman.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define XID	501

#define OTHER	502

/* Descriptors of a permissive context and of an inactive one. */
static int permissive = -1, inactive = -1;

/* Made before context 0 is active, when it takes no privilege. */
__attribute__((constructor(101))) static void make_contexts(void)
{
	permissive = context_create(XID, CLIP_LEVEL_ACTIVE |
				    CLIP_LEVEL_PERMISSIVE, ALL_CAPS,
				    CLIP_PRIV_ALL);
	inactive = context_create(OTHER, 0, ALL_CAPS, CLIP_PRIV_ALL);
}

FIXTURE(latch) {};

FIXTURE_SETUP(latch)
{
	ASSERT_LE(0, permissive);
	ASSERT_LE(0, inactive);
	ASSERT_EQ(0, make_place());
	ASSERT_EQ(0, list_file(JIT, CLIP_CONTEXT_ADMIN, JIT_FLAGS, 0, 0));
	ASSERT_EQ(0, list_file(JIT, OTHER, JIT_FLAGS, 0, 0));
	ASSERT_EQ(0, write_text("/proc/sys/vm/nr_hugepages", "8"));
}

FIXTURE_TEARDOWN(latch)
{
	umount2(DIR, MNT_DETACH);
}

/* Maps the page at 0, which takes CAP_SYS_RAWIO; 0 or the error. */
static int map_low(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

static int map_low_enough(void)
{
	void *at = mmap((void *)0x10000, 4096, PROT_READ | PROT_WRITE,
			MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

TEST_F(latch, nothing_is_refused_before)
{
	EXPECT_EQ(0, map_low());
	ASSERT_EQ(0, latch("wx_memory"));
	EXPECT_STREQ("anon=0/1 ", says(-1, PLAIN, "anon", "-"));
	EXPECT_STREQ("anon=0/1 ", says(permissive, PLAIN, "anon", "-"));
	EXPECT_STREQ("anon=0/1 ", says(inactive, PLAIN, "anon", "-"));
}

TEST_F(latch, latch_stays_set)
{
	ASSERT_EQ(0, set_latch("wx_memory", "1"));
	EXPECT_EQ(1, latch("wx_memory"));
	EXPECT_EQ(0, set_latch("wx_memory", "0"));
	EXPECT_EQ(1, latch("wx_memory"));
}

/* M-02, M-03, M-06 to M-12, M-14 to M-19, M-22, M-23 */
TEST_F(latch, acts_are_refused)
{
	EXPECT_ACTS(-1, PLAIN, true);
	/* permissive is a word of the context and does not affect the latch. */
	EXPECT_STREQ("anon=13/0 ", says(permissive, PLAIN, "anon", "-"));
}

TEST_F(latch, exempt_acts_work)
{
	EXPECT_ACTS(-1, JIT, false);
	/* The entry counts in context 0 only. */
	EXPECT_STREQ("anon=13/0 ", says(permissive, JIT, "anon", "-"));
}

/* WX-05: the lowest pages cannot be mapped, and those right above them can. */
TEST_F(latch, low_addresses)
{
	EXPECT_EQ(EPERM, map_low());
	/* There is no mapping. */
	EXPECT_EQ(-1, madvise(NULL, 4096, MADV_NORMAL));
	EXPECT_EQ(ENOMEM, errno);
	EXPECT_EQ(0, map_low_enough());
}

/* M-04 */
TEST_F(latch, headers)
{
	for (size_t i = 0; i < WXELFS; i++) {
		const struct wxelf *elf = &wxelfs[i];
		const char *name = wxelf_path(elf, false);

		ASSERT_EQ(0, wxelf_make_loader(elf));
		ASSERT_EQ(0, wxelf_make(elf, name));
		EXPECT_EQ(elf->error, exec_in_child((void *)name)) {
			TH_LOG("%s", elf->name);
		}
		ASSERT_EQ(0, list_file(name, CLIP_CONTEXT_ADMIN, JIT_FLAGS, 0, 0));
		EXPECT_EQ(0, exec_in_child((void *)name)) {
			TH_LOG("%s, exempt", elf->name);
		}
		ASSERT_EQ(0, unload(name));
	}
}

/*
 * In an inactive context entries do not count, so that there is no exemption.
 */
TEST_F(latch, inactive_context)
{
	EXPECT_STREQ("anon=13/0 ", says(inactive, JIT, "anon", "-"));
	EXPECT_STREQ("file=0/1 ", says(inactive, JIT, "file", CODE));
}

TEST_HARNESS_MAIN
