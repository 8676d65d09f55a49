// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the index by path; the entries in it are made up
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>

#include "../store/entry.h"
#include "../store/names.h"

#define PATHS	700

static unsigned int count_path(const struct clip_slots *paths, u64 path_hash)
{
	struct clip_entry *entry;
	unsigned int count = 0;
	u32 from = 0;

	while ((entry = clip_paths_next(paths, path_hash, &from)))
		count += entry->path_hash == path_hash;
	return count;
}

/* Fault 10a: entries are found by the path of their rule. */
static void paths_find(struct kunit *test)
{
	struct clip_slots slots = {}, *paths = &slots;
	struct clip_entry *entries, *last;
	unsigned int i;

	entries = kunit_kcalloc(test, PATHS, sizeof(*entries), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, entries);
	guard(mutex)(&clip_store_lock);
	/* Seven entries for each path; the first 100 paths differ in one bit. */
	for (i = 0; i < PATHS; i++) {
		entries[i].path_hash = 1 + i / 7;
		KUNIT_ASSERT_EQ(test, clip_paths_reserve(paths, 1), 0);
		clip_paths_add(paths, &entries[i]);
	}
	KUNIT_EXPECT_EQ(test, paths->count, PATHS);
	for (i = 1; i <= PATHS / 7; i++)
		KUNIT_ASSERT_EQ(test, count_path(paths, i), 7);
	KUNIT_EXPECT_EQ(test, count_path(paths, PATHS), 0);
	KUNIT_EXPECT_EQ(test, count_path(paths, 1ULL << 32 | 1), 0);
	/* Removing twice, or without a path, has no effect. */
	last = &entries[PATHS - 1];
	clip_paths_remove(paths, last);
	clip_paths_remove(paths, last);
	KUNIT_EXPECT_EQ(test, count_path(paths, PATHS / 7), 6);
	last->path_hash = 0;
	clip_paths_add(paths, last);
	clip_paths_remove(paths, last);
	KUNIT_EXPECT_EQ(test, paths->count, PATHS - 1);
	last->path_hash = 5;
	clip_paths_add(paths, last);
	KUNIT_EXPECT_EQ(test, count_path(paths, 5), 8);
	for (i = 0; i < PATHS; i++)
		clip_paths_remove(paths, &entries[i]);
	KUNIT_EXPECT_EQ(test, paths->count, 0);
	KUNIT_EXPECT_EQ(test, count_path(paths, 6), 0);
	clip_slots_destroy(paths);
}

/* An entry whose path changes needs no more room, even in a full index. */
static void paths_move_without_memory(struct kunit *test)
{
	struct clip_slots slots = {}, *paths = &slots;
	struct clip_entry *entries;
	size_t bytes;

	entries = kunit_kcalloc(test, PATHS, sizeof(*entries), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, entries);
	guard(mutex)(&clip_store_lock);
	for (unsigned int i = 0; i < PATHS; i++) {
		entries[i].path_hash = clip_path_hash((char *)&i, sizeof(i));
		KUNIT_ASSERT_EQ(test, clip_paths_reserve(paths, PATHS - i), 0);
		clip_paths_add(paths, &entries[i]);
	}
	bytes = clip_slots_bytes(paths);
	for (unsigned int i = 0; i < 20 * PATHS; i++) {
		struct clip_entry *entry = &entries[i % PATHS];

		clip_paths_remove(paths, entry);
		entry->path_hash = clip_path_hash((char *)&i, sizeof(i));
		clip_paths_add(paths, entry);
	}
	KUNIT_EXPECT_EQ(test, paths->count, PATHS);
	KUNIT_EXPECT_EQ(test, paths->used, PATHS);
	KUNIT_EXPECT_EQ(test, clip_slots_bytes(paths), bytes);
	for (unsigned int i = 0; i < PATHS; i++)
		KUNIT_ASSERT_EQ(test, count_path(paths, entries[i].path_hash), 1);
	clip_slots_destroy(paths);
}

static void path_hash(struct kunit *test)
{
	const u64 hash = clip_path_hash("/a/b", 4);

	KUNIT_EXPECT_NE(test, hash, 0);
	KUNIT_EXPECT_EQ(test, hash, clip_path_hash("/a/bc", 4));
	KUNIT_EXPECT_NE(test, hash, clip_path_hash("/a/bc", 5));
	KUNIT_EXPECT_NE(test, hash, clip_path_hash("/a/c", 4));
}

static struct kunit_case paths_test_cases[] = {
	KUNIT_CASE(paths_find),
	KUNIT_CASE(paths_move_without_memory),
	KUNIT_CASE(path_hash),
	{}
};

static struct kunit_suite paths_test_suite = {
	.name = "clip_paths",
	.test_cases = paths_test_cases,
};

kunit_test_suite(paths_test_suite);
