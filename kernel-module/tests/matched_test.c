// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the entry that a file has matched
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "../core/inode_blob.h"
#include "../store/context.h"
#include "../store/entry.h"
#include "../verify/matched.h"

static struct clip_entry *find(const struct inode *inode,
			       const struct clip_context *ctx)
{
	guard(rcu)();
	return clip_matched_find(inode, ctx);
}

static void keep(const struct inode *inode, struct clip_entry *entry,
		 u64 generation)
{
	clip_matched_keep(inode, &clip_admin_context, entry, generation,
			  clip_inode_writes(inode));
}

/* It counts no longer than what it depends on stays as it was. */
static void found_while_nothing_changes(struct kunit *test)
{
	struct clip_context *other = kunit_kzalloc(test, sizeof(*other),
						   GFP_KERNEL);
	struct clip_entry *entry = kunit_kzalloc(test, sizeof(*entry),
						 GFP_KERNEL);
	struct file *root = filp_open("/", O_RDONLY | O_DIRECTORY, 0);
	const u64 now = clip_store_generation();
	struct inode *inode;

	KUNIT_ASSERT_TRUE(test, entry && other);
	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	inode = file_inode(root);
	refcount_set(&entry->usage, 1);
	entry->dies = CLIP_ALIVE;
	other->serial = clip_admin_context.serial + 1;

	keep(inode, entry, now - 1);
	KUNIT_EXPECT_NULL(test, find(inode, &clip_admin_context));
	/* The second object replaces the first, and its reference. */
	keep(inode, entry, now);
	KUNIT_EXPECT_PTR_EQ(test, entry, find(inode, &clip_admin_context));
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&entry->usage));
	/* While it is of use, it stays. */
	keep(inode, entry, now);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&entry->usage));
	KUNIT_EXPECT_NULL(test, find(inode, other));

	/* The entry of a file that is gone ends within a generation. */
	entry->dies = CLIP_DEAD;
	KUNIT_EXPECT_NULL(test, find(inode, &clip_admin_context));
	entry->dies = now;
	KUNIT_EXPECT_NULL(test, find(inode, &clip_admin_context));
	entry->dies = CLIP_ALIVE;
	KUNIT_EXPECT_PTR_EQ(test, entry, find(inode, &clip_admin_context));

	/* A writer that has come and gone. */
	atomic64_inc(&clip_inode(inode)->writes);
	KUNIT_EXPECT_NULL(test, find(inode, &clip_admin_context));

	clip_matched_forget(inode);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&entry->usage));
	fput(root);
}

static struct kunit_case matched_cases[] = {
	KUNIT_CASE(found_while_nothing_changes),
	{}
};

static struct kunit_suite matched_suite = {
	.name = "clip_matched",
	.test_cases = matched_cases,
};

kunit_test_suite(matched_suite);
