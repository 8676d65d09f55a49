// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of entries by themselves
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/string.h>

#include "../store/entry.h"
#include "../store/filesystem.h"

static int entry_init(struct kunit *test)
{
	const u32 sb = clip_sb_alloc(MKDEV(0, 97));

	test->priv = (void *)(uintptr_t)sb;
	return sb ? 0 : -ENOMEM;
}

static void entry_exit(struct kunit *test)
{
	rcu_barrier();
	clip_sb_put((uintptr_t)test->priv);
}

/* What an entry grants lies behind its digest, whatever its size; or nowhere. */
static void entry_rights(struct kunit *test)
{
	const struct clip_file_id id = {
		.sb = (uintptr_t)test->priv, .ino = 1,
	};
	const struct clip_entry_rights rights = { 1, 2, 3, 4 }, none = {};
	static const u8 sizes[] = { 16, 20, 32, 48, 64 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct clip_entry *a __free(clip_entry_put) =
			clip_entry_alloc(&id, sizes[i], &rights, NULL);
		struct clip_entry *b __free(clip_entry_put) =
			clip_entry_alloc(&id, sizes[i], &none, NULL);

		KUNIT_ASSERT_NOT_NULL(test, a);
		KUNIT_ASSERT_NOT_NULL(test, b);
		KUNIT_EXPECT_FALSE(test, clip_entry_same_rule(a, b));
		memset(a->digest, 0xff, sizes[i]);
		memset(b->digest, 0xff, sizes[i]);
		KUNIT_EXPECT_FALSE(test, clip_entry_same_rule(a, b));
		KUNIT_EXPECT_MEMEQ(test, clip_entry_rights(a), &rights,
				   sizeof(rights));
		KUNIT_EXPECT_MEMEQ(test, clip_entry_rights(b), &none,
				   sizeof(none));
		KUNIT_EXPECT_TRUE(test, a->has_rights && !b->has_rights);
	}
}

static struct kunit_case entry_test_cases[] = {
	KUNIT_CASE(entry_rights),
	{}
};

static struct kunit_suite entry_test_suite = {
	.name = "clip_entry",
	.init = entry_init,
	.exit = entry_exit,
	.test_cases = entry_test_cases,
};

kunit_test_suite(entry_test_suite);
