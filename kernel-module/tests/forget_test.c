// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of entries whose file or filesystem goes, on a made-up file
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/sched.h>

#include "../core/superblock_blob.h"
#include "../store/context.h"
#include "../store/entry.h"
#include "../store/filesystem.h"
#include "../store/lookup.h"
#include "../store/transaction.h"

#define NUMBER	4243

struct forget_fixture {
	struct clip_context *ctx;
	struct inode *inode;
	u32 sb;
};

static int forget_init(struct kunit *test)
{
	struct forget_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct super_block *sb = kunit_kzalloc(test, sizeof(*sb), GFP_KERNEL);

	if (!f || !sb)
		return -ENOMEM;
	f->inode = kunit_kzalloc(test, sizeof(*f->inode), GFP_KERNEL);
	sb->s_security = kunit_kzalloc(test, clip_blob_sizes.lbs_superblock +
				       sizeof(struct clip_superblock), GFP_KERNEL);
	if (!f->inode || !sb->s_security)
		return -ENOMEM;
	f->inode->i_sb = sb;
	f->inode->i_ino = 9;
	f->sb = clip_sb_of(sb);
	f->ctx = clip_context_alloc(NUMBER);
	if (!f->sb || !f->ctx)
		return -ENOMEM;
	test->priv = f;
	guard(mutex)(&clip_store_lock);
	return clip_context_publish(f->ctx);
}

static void forget_exit(struct kunit *test)
{
	struct forget_fixture *f = test->priv;

	if (!f)
		return;
	/* The worker that destroys the context might be late. */
	clip_store_forget_sb(f->sb);
	scoped_guard(mutex, &clip_store_lock)
		clip_context_unpublish(f->ctx);
	clip_context_put(f->ctx);
	rcu_barrier();
	/* One is that of the superblock, and the other that of the fixture. */
	KUNIT_EXPECT_EQ(test, refcount_read(&clip_sb_find(f->sb)->usage), 2);
	clip_sb_put(f->sb);
	clip_sb_put(clip_superblock(f->inode->i_sb)->id);
	KUNIT_EXPECT_NULL(test, clip_sb_find(f->sb));
}

/* Lists files with numbers from 9 on, and the first of them twice. */
static void list(struct kunit *test, unsigned int count)
{
	struct forget_fixture *f = test->priv;
	struct clip_txn txn;

	lockdep_assert_held(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, count + 1, 0), 0);
	for (unsigned int i = 0; i <= count; i++) {
		const struct clip_file_id id = {
			.sb = f->sb, .ino = 9 + i % count,
		};
		struct clip_entry *entry = clip_entry_alloc(&id, 32, NULL, NULL);

		KUNIT_ASSERT_NOT_NULL(test, entry);
		entry->digest[0] = i;
		KUNIT_ASSERT_EQ(test, clip_txn_insert_beside(&txn, f->ctx, entry),
				0);
	}
	clip_txn_commit(&txn);
}

static void is_forgotten(struct kunit *test, unsigned int left)
{
	struct forget_fixture *f = test->priv;

	clip_store_forget_inode(f->inode);
	/* At once for readers; the worker waits for the lock. */
	KUNIT_EXPECT_FALSE(test, clip_store_names(f->inode));
	KUNIT_EXPECT_EQ(test, f->ctx->table.files.count, left + 2);
	clip_store_reap();
	KUNIT_EXPECT_EQ(test, f->ctx->table.files.count, left);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx->table.nr_entries), left);
}

static void file_is_deleted(struct kunit *test)
{
	guard(mutex)(&clip_store_lock);
	list(test, 20);
	is_forgotten(test, 19);
}

/* Without memory to note one of the two, or both. */
static void file_is_deleted_without_memory(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	guard(mutex)(&clip_store_lock);
	list(test, 20);
	current->fail_nth = 1;
	is_forgotten(test, 19);
	KUNIT_EXPECT_EQ(test, current->fail_nth, 0);
	current->fail_nth = 0;
#else
	kunit_skip(test, "no allocation fails on request");
#endif
}

static void filesystem_is_unmounted(struct kunit *test)
{
	struct forget_fixture *f = test->priv;

	scoped_guard(mutex, &clip_store_lock)
		list(test, 300);
	clip_store_forget_sb(f->sb + 1);
	KUNIT_EXPECT_EQ(test, f->ctx->table.files.count, 301);
	clip_store_forget_sb(f->sb);
	KUNIT_EXPECT_EQ(test, f->ctx->table.files.count, 0);
	KUNIT_EXPECT_EQ(test, clip_table_bytes(&f->ctx->table), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx->table.entry_bytes), 0);
}

static struct kunit_case forget_test_cases[] = {
	KUNIT_CASE(file_is_deleted),
	KUNIT_CASE(file_is_deleted_without_memory),
	KUNIT_CASE(filesystem_is_unmounted),
	{}
};

static struct kunit_suite forget_test_suite = {
	.name = "clip_forget",
	.init = forget_init,
	.exit = forget_exit,
	.test_cases = forget_test_cases,
};

kunit_test_suite(forget_test_suite);
