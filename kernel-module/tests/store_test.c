// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the store, on contexts and superblocks of their own
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/kthread.h>

#include "../store/context.h"
#include "../store/entry.h"
#include "../store/filesystem.h"
#include "../store/transaction.h"

struct store_fixture {
	struct clip_context ctx;
	u32 sb;
};

static int store_init(struct kunit *test)
{
	struct store_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->sb = clip_sb_alloc(MKDEV(0, 99));
	if (!f->sb)
		return -ENOMEM;
	clip_context_setup(&f->ctx, 4242);
	test->priv = f;
	return 0;
}

static void store_exit(struct kunit *test)
{
	struct store_fixture *f = test->priv;

	if (!f)
		return;
	clip_table_destroy(&f->ctx.table);
	rcu_barrier();
	/* Every entry has dropped its reference to the superblock. */
	KUNIT_EXPECT_EQ(test, refcount_read(&clip_sb_find(f->sb)->usage), 1);
	clip_sb_put(f->sb);
}

static struct clip_file_id file(struct store_fixture *f, u64 ino)
{
	return (struct clip_file_id) { .sb = f->sb, .ino = ino,
				       .generation = 7 };
}

static struct clip_entry *new_entry(struct kunit *test, u64 ino, u8 mark)
{
	const struct clip_file_id id = file(test->priv, ino);
	struct clip_entry *entry = clip_entry_alloc(&id, 32, NULL, NULL);

	KUNIT_ASSERT_NOT_NULL(test, entry);
	entry->digest[0] = mark;
	return entry;
}

/* Returns the mark of the entry in force for a file; -1 without an entry. */
static int mark_of(struct store_fixture *f, u64 ino)
{
	const struct clip_file_id id = file(f, ino);
	struct clip_entry *entry __free(clip_entry_put) =
		clip_store_lookup(&f->ctx.table, &id);

	return entry ? entry->digest[0] : -1;
}

static void add(struct kunit *test, u64 ino, u8 mark)
{
	struct store_fixture *f = test->priv;
	struct clip_txn txn;

	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 0), 0);
	KUNIT_ASSERT_EQ(test, clip_txn_insert(&txn, &f->ctx,
					      new_entry(test, ino, mark)), 0);
	clip_txn_commit(&txn);
}

static long in_table(struct store_fixture *f)
{
	return f->ctx.table.files.count;
}

static void store_lookup(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_file_id id = file(f, 1);
	const u32 other = clip_sb_alloc(MKDEV(0, 99));

	KUNIT_EXPECT_EQ(test, mark_of(f, 1), -1);
	add(test, 1, 0x11);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 0x11);
	KUNIT_EXPECT_EQ(test, mark_of(f, 2), -1);
	/* ST-18: The same inode number, with another generation ... */
	id.generation++;
	KUNIT_EXPECT_NULL(test, clip_store_lookup(&f->ctx.table, &id));
	/* ... or on another filesystem with the same device number. */
	id = file(f, 1);
	id.sb = other;
	KUNIT_EXPECT_NULL(test, clip_store_lookup(&f->ctx.table, &id));
	clip_sb_put(other);
}

static void store_invisible_until_commit(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	const u64 before = clip_store_generation();
	struct clip_txn txn;

	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx,
					      new_entry(test, 1, 1)), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx,
					      new_entry(test, 2, 2)), 0);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), -1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 2), -1);
	KUNIT_EXPECT_EQ(test, clip_store_generation(), before);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, clip_store_generation(), before + 1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 2), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx.table.nr_entries), 2);
}

static void store_abort_changes_nothing(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	const struct clip_file_id one = file(f, 1);
	u64 before;
	struct clip_txn txn;

	add(test, 1, 0x11);
	before = clip_store_generation();
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 1), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &one), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx,
						      new_entry(test, 1, 2)),
				0);
		/* Readers still see the old entry. */
		KUNIT_EXPECT_EQ(test, mark_of(f, 1), 0x11);
		clip_txn_abort(&txn);
	}
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 0x11);
	KUNIT_EXPECT_EQ(test, clip_store_generation(), before);
	KUNIT_EXPECT_EQ(test, in_table(f), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx.table.nr_entries), 1);
}

static void store_replace(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_txn txn;
	u64 i;

	for (i = 1; i <= 10; i++)
		add(test, i, 1);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 5, 10), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
		for (i = 6; i <= 10; i++)
			KUNIT_EXPECT_EQ(test,
					clip_txn_insert(&txn, &f->ctx,
							new_entry(test, i, 2)),
					0);
		KUNIT_EXPECT_EQ(test, mark_of(f, 3), 1);
		KUNIT_EXPECT_EQ(test, mark_of(f, 8), 1);
		clip_txn_commit(&txn);
	}
	for (i = 1; i <= 5; i++)
		KUNIT_EXPECT_EQ(test, mark_of(f, i), -1);
	for (i = 6; i <= 10; i++)
		KUNIT_EXPECT_EQ(test, mark_of(f, i), 2);
	KUNIT_EXPECT_EQ(test, in_table(f), 5);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx.table.nr_entries), 5);
}

/* Fault 12: what is in the old set and in the new one stays as it is. */
static void store_keep(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_entry *same = new_entry(test, 1, 1);
	struct clip_entry *other = new_entry(test, 2, 3);
	struct clip_entry *old;
	struct clip_entry *first;
	struct clip_txn txn;

	add(test, 1, 1);
	add(test, 2, 2);
	add(test, 3, 3);
	guard(mutex)(&clip_store_lock);
	/* Nothing is kept that was not removed. */
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 3), 0);
	KUNIT_EXPECT_NULL(test, clip_txn_keep(&txn, &f->ctx, same));
	KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
	old = clip_txn_keep(&txn, &f->ctx, same);
	KUNIT_ASSERT_NOT_NULL(test, old);
	first = old;
	/* Nor is anything kept twice, or by another rule. */
	KUNIT_EXPECT_NULL(test, clip_txn_keep(&txn, &f->ctx, same));
	KUNIT_EXPECT_NULL(test, clip_txn_keep(&txn, &f->ctx, other));
	KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx, same), -EEXIST);
	KUNIT_EXPECT_TRUE(test, clip_txn_changes(&txn));
	clip_txn_abort(&txn);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 2), 2);
	KUNIT_EXPECT_EQ(test, in_table(f), 3);

	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 3), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
	old = clip_txn_keep(&txn, &f->ctx, same);
	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_EXPECT_PTR_EQ(test, old, first);
	KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx, other), 0);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 2), 3);
	KUNIT_EXPECT_EQ(test, mark_of(f, 3), -1);
	KUNIT_EXPECT_EQ(test, in_table(f), 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->ctx.table.nr_entries), 2);
	clip_entry_put(same);
}

/* A transaction that keeps all that it removed changes nothing. */
static void store_keep_all(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_entry *same = new_entry(test, 1, 1);
	struct clip_txn txn;

	add(test, 1, 1);
	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
	KUNIT_EXPECT_TRUE(test, clip_txn_changes(&txn));
	KUNIT_EXPECT_NOT_NULL(test, clip_txn_keep(&txn, &f->ctx, same));
	KUNIT_EXPECT_FALSE(test, clip_txn_changes(&txn));
	clip_txn_abort(&txn);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
	clip_entry_put(same);
}

/* An entry is in the index exactly as long as it is in the table. */
static void store_paths_of_a_transaction(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_entry *entry;
	struct clip_txn txn;
	int i;

	guard(mutex)(&clip_store_lock);
	for (i = 0; i < 2; i++) {
		entry = new_entry(test, 1, 1);
		entry->path_hash = 77;
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 0), 0);
		KUNIT_ASSERT_EQ(test, clip_txn_insert(&txn, &f->ctx, entry), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_count_path(&f->ctx, 77), 1);
		if (i)
			clip_txn_commit(&txn);
		else
			clip_txn_abort(&txn);
		KUNIT_EXPECT_EQ(test, clip_txn_count_path(&f->ctx, 77), i);
	}
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, clip_txn_count_path(&f->ctx, 77), 0);
}

/* An aborted transaction does not affect the next one. */
static void store_empty_after_abort(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_txn txn;
	int i;

	add(test, 1, 1);
	guard(mutex)(&clip_store_lock);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
		/* A second call in one transaction has no effect. */
		KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
		KUNIT_EXPECT_EQ(test, txn.nr_dying, 1);
		clip_txn_abort(&txn);
		KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
	}
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), -1);
}

/* ST-04: A file has one entry, as seen from the next generation. */
static void store_duplicate(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_entry *second = new_entry(test, 1, 2);
	struct clip_txn txn;

	add(test, 1, 1);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 0), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx, second),
				-EEXIST);
		clip_txn_abort(&txn);
	}
	clip_entry_put(second);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
}

/* ST-13: Removing a missing entry, or removing one twice, is an error. */
static void store_remove(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	const struct clip_file_id one = file(f, 1), two = file(f, 2);
	struct clip_txn txn;

	add(test, 1, 1);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 3), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &two),
				-ENOENT);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &one), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &one),
				-ENOENT);
		KUNIT_EXPECT_EQ(test, mark_of(f, 1), 1);
		clip_txn_commit(&txn);
	}
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), -1);
	KUNIT_EXPECT_EQ(test, in_table(f), 0);
}

/* A reader that keeps an entry can use it after its removal. */
static void store_reference_outlives_removal(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	const struct clip_file_id one = file(f, 1);
	struct clip_entry *kept;
	struct clip_txn txn;

	add(test, 1, 0x77);
	kept = clip_store_lookup(&f->ctx.table, &one);
	KUNIT_ASSERT_NOT_NULL(test, kept);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &one), 0);
		clip_txn_commit(&txn);
	}
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, kept->digest[0], 0x77);
	clip_entry_put(kept);
}

static void store_dead_file(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	const struct clip_file_id one = file(f, 1);
	struct clip_entry *entry;
	struct clip_txn txn;

	add(test, 1, 1);
	entry = clip_store_lookup(&f->ctx.table, &one);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 1), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_remove(&txn, &f->ctx, &one), 0);
		/* The file is deleted while the transaction is open ... */
		WRITE_ONCE(entry->dies, CLIP_DEAD);
		clip_txn_abort(&txn);
	}
	/* ... and aborting the transaction does not bring it back. */
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), -1);
	clip_entry_put(entry);
}

/*
 * No entry could say that it dies in the generation after the last one, so that they
 * begin anew. What was in force stays, and can be replaced.
 */
static void store_last_generation(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_txn txn;
	u64 now;

	add(test, 1, 10);
	guard(mutex)(&clip_store_lock);
	now = clip_store_generation();
	clip_store_publish(CLIP_ALIVE - 2);
	KUNIT_EXPECT_EQ(test, clip_txn_begin(&txn, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, txn.next, CLIP_ALIVE - 1);
	clip_txn_abort(&txn);
	clip_store_publish(CLIP_ALIVE - 1);
	/* The context of the test is not one of those that are walked over. */
	clip_table_age(&f->ctx.table);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 10);
	KUNIT_EXPECT_EQ(test, clip_txn_begin(&txn, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, txn.next, 1);
	KUNIT_EXPECT_EQ(test, clip_store_generation(), BIT_ULL(32));
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 10);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, clip_store_generation(), BIT_ULL(32) + 1);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 10);
	clip_store_publish(now);
	KUNIT_EXPECT_EQ(test, mark_of(f, 1), 10);
}

/* A reader who pauses after each entry sees all that stay, and each once. */
static void store_walk(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct clip_entry *entry;
	struct clip_walk walk;
	u32 seen[40] = {};
	u64 more = 1000;

	for (u64 i = 0; i < ARRAY_SIZE(seen); i++)
		add(test, i, 1);
	clip_walk_begin(&walk, &f->ctx.table);
	entry = clip_walk_resume(&walk);
	while (entry) {
		const u64 ino = entry->file.ino;

		if (ino < ARRAY_SIZE(seen))
			seen[ino]++;
		clip_walk_pause(&walk);
		if (more < 1100)
			add(test, more++, 1);
		/* It stands where it stood, and then goes on. */
		KUNIT_EXPECT_PTR_EQ(test, clip_walk_resume(&walk), entry);
		entry = clip_walk_next(&walk);
	}
	clip_walk_pause(&walk);
	for (u64 i = 0; i < ARRAY_SIZE(seen); i++)
		KUNIT_EXPECT_EQ(test, seen[i], 1);
	KUNIT_EXPECT_NULL(test, clip_walk_resume(&walk));
	clip_walk_pause(&walk);
}

#define MANY	20000

static void store_many(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	unsigned int found = 0;
	struct clip_txn txn;
	u64 i;

	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, MANY, 0), 0);
		for (i = 0; i < MANY; i++)
			KUNIT_ASSERT_EQ(test,
					clip_txn_insert(&txn, &f->ctx,
							new_entry(test, i, 1)),
					0);
		clip_txn_commit(&txn);
	}
	for (i = 0; i < MANY; i++)
		found += mark_of(f, i) == 1;
	KUNIT_EXPECT_EQ(test, found, MANY);
	KUNIT_EXPECT_GT(test, clip_table_bytes(&f->ctx.table),
			MANY * sizeof(void *));
}

/* At any moment, readers see all of a transaction or nothing of it. */
struct reader {
	struct store_fixture *f;
	unsigned int mixed;
	unsigned int missing;
	u64 rounds;
	struct completion running;
};

static int read_pairs(void *data)
{
	struct reader *r = data;

	while (!kthread_should_stop()) {
		struct clip_file_id one = file(r->f, 1), two = file(r->f, 2);
		struct clip_entry *a, *b;

		scoped_guard(rcu) {
			const u64 at = clip_store_generation();

			a = clip_store_lookup_at(&r->f->ctx.table, &one, at);
			b = clip_store_lookup_at(&r->f->ctx.table, &two, at);
			if (!a || !b)
				r->missing++;
			else if (a->digest[0] != b->digest[0])
				r->mixed++;
		}
		if (!r->rounds++)
			complete(&r->running);
		cond_resched();
	}
	return 0;
}

static void store_atomic_for_readers(struct kunit *test)
{
	struct store_fixture *f = test->priv;
	struct reader reader = { .f = f };
	struct task_struct *task;
	struct clip_txn txn;
	unsigned int i;

	add(test, 1, 0);
	scoped_guard(mutex, &clip_store_lock) {
		KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 0), 0);
		KUNIT_ASSERT_EQ(test, clip_txn_insert(&txn, &f->ctx,
						      new_entry(test, 2, 0)),
				0);
		clip_txn_commit(&txn);
	}
	init_completion(&reader.running);
	task = kthread_run(read_pairs, &reader, "clip_reader");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	/* On a busy machine, the changes could be over before it starts. */
	wait_for_completion(&reader.running);
	for (i = 1; i < 50; i++) {
		guard(mutex)(&clip_store_lock);
		KUNIT_EXPECT_EQ(test, clip_txn_begin(&txn, 2, 2), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_empty(&txn, &f->ctx), 0);
		KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx,
						      new_entry(test, 1, i)),
				0);
		KUNIT_EXPECT_EQ(test, clip_txn_insert(&txn, &f->ctx,
						      new_entry(test, 2, i)),
				0);
		clip_txn_commit(&txn);
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, reader.mixed, 0);
	KUNIT_EXPECT_EQ(test, reader.missing, 0);
	KUNIT_EXPECT_GT(test, reader.rounds, 0);
}

static struct kunit_case store_test_cases[] = {
	KUNIT_CASE(store_lookup),
	KUNIT_CASE(store_invisible_until_commit),
	KUNIT_CASE(store_abort_changes_nothing),
	KUNIT_CASE(store_replace),
	KUNIT_CASE(store_keep),
	KUNIT_CASE(store_keep_all),
	KUNIT_CASE(store_paths_of_a_transaction),
	KUNIT_CASE(store_empty_after_abort),
	KUNIT_CASE(store_duplicate),
	KUNIT_CASE(store_remove),
	KUNIT_CASE(store_reference_outlives_removal),
	KUNIT_CASE(store_dead_file),
	KUNIT_CASE(store_last_generation),
	KUNIT_CASE(store_walk),
	KUNIT_CASE(store_many),
	KUNIT_CASE(store_atomic_for_readers),
	{}
};

static struct kunit_suite store_test_suite = {
	.name = "clip_store",
	.init = store_init,
	.exit = store_exit,
	.test_cases = store_test_cases,
};

kunit_test_suite(store_test_suite);
