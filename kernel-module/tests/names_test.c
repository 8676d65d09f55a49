// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the names of entries
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../store/entry.h"
#include "../store/filesystem.h"
#include "../store/names.h"

static u32 sb;

static int names_init(struct kunit *test)
{
	sb = clip_sb_alloc(MKDEV(0, 96));
	return sb ? 0 : -ENOMEM;
}

static void names_exit(struct kunit *test)
{
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&clip_sb_find(sb)->usage), 1);
	clip_sb_put(sb);
}

static struct clip_entry *named(struct kunit *test, const char *path,
				const char *source, u32 line)
{
	const struct clip_file_id id = { .sb = sb, .ino = 1 };
	struct clip_name *name = clip_name_alloc(path, strlen(path), source,
						 strlen(source), line);
	struct clip_entry *entry;

	KUNIT_ASSERT_NOT_NULL(test, name);
	entry = clip_entry_alloc(&id, 32, NULL, name);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->path_hash = clip_path_hash(path, strlen(path));
	return entry;
}

/* A name needs its bytes, two zeroes and six bytes more, up to the next slab. */
static void name_of_every_length(struct kunit *test)
{
	static char path[300];

	for (size_t i = 1; i < sizeof(path) - 1; i++) {
		struct clip_name *name;

		memset(path, 'x', i);
		name = clip_name_alloc(path, i, "rules", 5, 77);
		KUNIT_ASSERT_NOT_NULL(test, name);
		KUNIT_EXPECT_STREQ(test, name->path, path);
		KUNIT_EXPECT_STREQ(test, name->path + name->source, "rules");
		KUNIT_EXPECT_EQ(test, name->line, 77);
		KUNIT_EXPECT_GE(test, ksize(name), i + 13);
		if (!IS_ENABLED(CONFIG_KASAN) && i + 13 > 32 && i + 13 <= 128)
			KUNIT_EXPECT_LT(test, ksize(name), i + 13 + 16);
		kfree(name);
	}
}

static void name_and_rights(struct kunit *test)
{
	const struct clip_file_id id = { .sb = sb, .ino = 1 };
	const struct clip_entry_rights rights = { 1, 2, 3, 4 };
	struct clip_name *name = clip_name_alloc("/a", 2, "", 0, 3);
	struct clip_entry *entry = clip_entry_alloc(&id, 20, &rights, name);
	u32 line;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	memset(entry->digest, 0xff, 20);
	KUNIT_EXPECT_MEMEQ(test, clip_entry_rights(entry), &rights,
			   sizeof(rights));
	scoped_guard(rcu)
		KUNIT_EXPECT_PTR_EQ(test, clip_entry_name(entry), name);
	/* Without a rule file there is nothing to copy, but the line is known. */
	KUNIT_EXPECT_NULL(test, clip_entry_source(entry, &line));
	KUNIT_EXPECT_EQ(test, line, 3);
	clip_entry_put(entry);
}

static void expect_name(struct kunit *test, const struct clip_entry *entry,
			const char *path, const char *source, u32 line)
{
	char *its_source __free(kfree) = NULL;
	u32 its_line;

	its_source = clip_entry_source(entry, &its_line);
	KUNIT_EXPECT_STREQ(test, its_source, source);
	KUNIT_EXPECT_EQ(test, its_line, line);
	guard(rcu)();
	KUNIT_EXPECT_STREQ(test, clip_entry_name(entry)->path, path);
}

static struct clip_entry *by_path(struct clip_table *table, const char *path)
{
	u32 from = 0;

	return clip_paths_next(&table->paths,
			       clip_path_hash(path, strlen(path)), &from);
}

static size_t name_size(const struct clip_entry *entry)
{
	return ksize(rcu_access_pointer(*clip_entry_name_slot(entry))) +
	       sizeof(struct clip_name *);
}

/* The memory of names is counted as long as their entries are in force. */
static void rename(struct kunit *test)
{
	static const char path[] = "/a/long/path/of/one/entry/that/is/renamed";
	struct clip_table table = {};
	struct clip_entry *entry = named(test, "/a", "first", 1);
	struct clip_entry *duplicate = named(test, path, "second", 2);

	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_table_reserve(&table, 1), 0);
		clip_table_add(&table, entry);
		clip_table_count(&table, entry);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&table.name_bytes),
				name_size(entry));
		clip_table_rename(&table, entry, duplicate);
		expect_name(test, entry, path, "second", 2);
		expect_name(test, duplicate, "/a", "first", 1);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&table.name_bytes),
				name_size(entry));
		KUNIT_EXPECT_NULL(test, by_path(&table, "/a"));
		KUNIT_EXPECT_PTR_EQ(test, by_path(&table, path), entry);
		KUNIT_EXPECT_TRUE(test, clip_table_drop(&table, entry));
		KUNIT_EXPECT_EQ(test, atomic_long_read(&table.name_bytes), 0);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&table.entry_bytes), 0);
		KUNIT_EXPECT_FALSE(test, clip_table_drop(&table, duplicate));
	}
	clip_entry_put(duplicate);
	clip_table_destroy(&table);
}

/* The goal of bench/limits, which a name and its pointer do not count to. */
static void entry_without_its_name(struct kunit *test)
{
	struct clip_entry *entry = named(test, "/a", "rules", 1);
	struct clip_table table = {};

	if (!IS_ENABLED(CONFIG_KASAN)) {
		clip_table_count(&table, entry);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&table.entry_bytes), 72);
	}
	clip_entry_put(entry);
}

static struct kunit_case names_test_cases[] = {
	KUNIT_CASE(name_of_every_length),
	KUNIT_CASE(name_and_rights),
	KUNIT_CASE(rename),
	KUNIT_CASE(entry_without_its_name),
	{}
};

static struct kunit_suite names_test_suite = {
	.name = "clip_names",
	.init = names_init,
	.exit = names_exit,
	.test_cases = names_test_cases,
};

kunit_test_suite(names_test_suite);
