// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the indexes of entries, against a model; the entries are none
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/prandom.h>

#include "../store/entry.h"
#include "../store/slots.h"

#define MANY	600

struct slots_fixture {
	struct clip_slots slots;
	struct clip_entry *entries;
	bool in[MANY];
	struct rnd_state random;
};

/* What stands for a path is the hash here. */
static u32 hash_of(const struct clip_entry *entry)
{
	return entry->path_hash;
}

static const struct clip_slots_kind kinds[] = {
	{ .hash = hash_of, .full = 44, .shared = true },
	{ .hash = hash_of, .full = 54 },
};

static bool is_it(const struct clip_entry *entry, const void *key)
{
	return entry == key;
}

static int slots_init(struct kunit *test)
{
	struct slots_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->entries = kunit_kcalloc(test, MANY, sizeof(*f->entries), GFP_KERNEL);
	if (!f->entries)
		return -ENOMEM;
	prandom_seed_state(&f->random, 7);
	test->priv = f;
	return 0;
}

static void slots_exit(struct kunit *test)
{
	struct slots_fixture *f = test->priv;

	if (f)
		clip_slots_destroy(&f->slots);
}

/*
 * Hashes of three sorts: some that differ, some that are the same, and some that
 * all lead to the end of the array, so that the search goes on at its start.
 */
static void choose_hashes(struct slots_fixture *f)
{
	for (u32 i = 0; i < MANY; i++)
		f->entries[i].path_hash = i % 3 == 0 ? prandom_u32_state(&f->random) :
					  i % 3 == 1 ? i / 30 * 0x10000001 :
						       U32_MAX - i;
}

static bool is_found(struct slots_fixture *f, const struct clip_entry *entry)
{
	guard(rcu)();
	return clip_slots_find(rcu_dereference(f->slots.array), hash_of(entry),
			       is_it, entry);
}

static bool is_next(struct slots_fixture *f, const struct clip_entry *entry)
{
	const struct clip_entry *other;
	u32 from = 0;

	while ((other = clip_slots_next(&f->slots, hash_of(entry), &from)))
		if (other == entry)
			return true;
	return false;
}

static void compare(struct kunit *test, const struct clip_slots_kind *kind)
{
	struct slots_fixture *f = test->priv;
	u32 count = 0, from = 0, walked = 0, used = 0;
	const struct clip_slot_array *array;

	for (u32 i = 0; i < MANY; i++) {
		count += f->in[i];
		KUNIT_ASSERT_EQ(test, f->in[i], is_found(f, &f->entries[i]));
		KUNIT_ASSERT_EQ(test, f->in[i], is_next(f, &f->entries[i]));
	}
	KUNIT_ASSERT_EQ(test, f->slots.count, count);
	while (clip_slots_at(&f->slots, &from))
		walked++;
	KUNIT_ASSERT_EQ(test, walked, count);
	array = rcu_dereference_protected(f->slots.array, true);
	for (u32 i = 0; array && i < array->size; i++)
		used += array->slot[i] != 0;
	KUNIT_ASSERT_EQ(test, f->slots.used, used);
	if (!array)
		return;
	KUNIT_ASSERT_LE(test, used * 64, array->size * kind->full);
	if (!kind->shared)
		KUNIT_ASSERT_EQ(test, used, count);
}

/* Adds an entry, or removes it, whichever is possible. */
static void toggle(struct kunit *test, const struct clip_slots_kind *kind, u32 i)
{
	struct slots_fixture *f = test->priv;

	if (f->in[i]) {
		KUNIT_ASSERT_TRUE(test, clip_slots_remove(&f->slots, kind,
							  &f->entries[i]));
		KUNIT_ASSERT_FALSE(test, clip_slots_remove(&f->slots, kind,
							   &f->entries[i]));
	} else {
		KUNIT_ASSERT_EQ(test, clip_slots_reserve(&f->slots, kind, 1), 0);
		clip_slots_add(&f->slots, kind, &f->entries[i]);
	}
	f->in[i] = !f->in[i];
}

static void slots_like_the_model(struct kunit *test)
{
	struct slots_fixture *f = test->priv;

	guard(mutex)(&clip_store_lock);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		choose_hashes(f);
		memset(f->in, 0, sizeof(f->in));
		for (u32 n = 1; n <= 6000; n++) {
			/* Few entries are concerned first, and all of them later. */
			const u32 some = min(n / 5 + 5, MANY);

			toggle(test, &kinds[k],
			       prandom_u32_state(&f->random) % some);
			if (n % 40 == 0)
				clip_slots_settle(&f->slots, &kinds[k]);
			if (n % 50 == 0)
				compare(test, &kinds[k]);
		}
		for (u32 i = 0; i < MANY; i++)
			if (f->in[i])
				toggle(test, &kinds[k], i);
		compare(test, &kinds[k]);
		clip_slots_settle(&f->slots, &kinds[k]);
		KUNIT_EXPECT_EQ(test, clip_slots_bytes(&f->slots), 0);
	}
}

/* What is removed and added again and again takes no more room. */
static void slots_stay_small(struct kunit *test)
{
	struct slots_fixture *f = test->priv;

	guard(mutex)(&clip_store_lock);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		size_t most = 0;

		choose_hashes(f);
		memset(f->in, 0, sizeof(f->in));
		for (u32 n = 0; n < 100 * MANY; n++) {
			toggle(test, &kinds[k], n / 2 % MANY);
			most = max(most, clip_slots_bytes(&f->slots));
		}
		KUNIT_EXPECT_LE(test, most, 256);
		KUNIT_EXPECT_EQ(test, f->slots.count, 0);
		clip_slots_destroy(&f->slots);
	}
}

/* One commit of many entries takes little more than their addresses. */
static void slots_are_dense(struct kunit *test)
{
	struct slots_fixture *f = test->priv;
	const u32 count = 50000;
	struct clip_entry *entries;

	entries = kvcalloc(count, sizeof(*entries), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, entries);
	scoped_guard(mutex, &clip_store_lock) {
		size_t bytes = 0;

		for (u32 i = 0; i < count; i++)
			entries[i].path_hash = prandom_u32_state(&f->random);
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			for (u32 i = 0; i < count; i++) {
				if (clip_slots_reserve(&f->slots, &kinds[k],
						       count - i))
					break;
				clip_slots_add(&f->slots, &kinds[k], &entries[i]);
			}
			KUNIT_EXPECT_EQ(test, f->slots.count, count);
			bytes += clip_slots_bytes(&f->slots);
			clip_slots_destroy(&f->slots);
		}
		KUNIT_EXPECT_GT(test, bytes, 16UL * count);
		KUNIT_EXPECT_LT(test, bytes, 22UL * count);
	}
	kvfree(entries);
}

static void slots_full(struct kunit *test)
{
	struct slots_fixture *f = test->priv;

	guard(mutex)(&clip_store_lock);
	f->slots.count = BIT(26);
	f->slots.used = BIT(26);
	KUNIT_EXPECT_EQ(test, clip_slots_reserve(&f->slots, &kinds[0], 1),
			-ENOMEM);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(f->slots.array));
	f->slots = (struct clip_slots) {};
}

/* Even entries stay, and the walk finds each of them once and in order. */
static void walk_while_all_changes(struct kunit *test)
{
	struct slots_fixture *f = test->priv;
	const struct clip_slots_kind *kind = &kinds[0];
	u32 *found = kunit_kcalloc(test, MANY, sizeof(*found), GFP_KERNEL);
	unsigned long address = 0;
	u32 hash = 0;

	KUNIT_ASSERT_NOT_NULL(test, found);
	guard(mutex)(&clip_store_lock);
	choose_hashes(f);
	for (u32 i = 0; i < MANY; i += 2)
		toggle(test, kind, i);
	for (;;) {
		struct clip_entry *entry;

		scoped_guard(rcu)
			entry = clip_slots_following(&f->slots, kind, hash,
						     address);
		if (!entry)
			break;
		KUNIT_ASSERT_GE(test, hash_of(entry), hash);
		KUNIT_ASSERT_TRUE(test, f->in[entry - f->entries]);
		found[entry - f->entries]++;
		hash = hash_of(entry);
		address = (unsigned long)entry + 1;
		for (int n = 0; n < 20; n++)
			toggle(test, kind,
			       prandom_u32_state(&f->random) % MANY | 1);
		clip_slots_settle(&f->slots, kind);
	}
	for (u32 i = 0; i < MANY; i++) {
		if (i % 2)
			KUNIT_EXPECT_LE(test, found[i], 1);
		else
			KUNIT_EXPECT_EQ(test, found[i], 1);
	}
}

struct slots_reader {
	struct slots_fixture *f;
	struct completion running;
	unsigned int missing;
	unsigned int rounds;
};

static int look_for_even_ones(void *data)
{
	struct slots_reader *r = data;

	while (!kthread_should_stop()) {
		for (u32 i = 0; i < MANY; i += 2)
			r->missing += !is_found(r->f, &r->f->entries[i]);
		if (!r->rounds++)
			complete(&r->running);
		cond_resched();
	}
	return 0;
}

static void readers_find_what_stays(struct kunit *test)
{
	struct slots_fixture *f = test->priv;
	struct slots_reader reader = { .f = f };
	struct task_struct *task;

	choose_hashes(f);
	scoped_guard(mutex, &clip_store_lock)
		for (u32 i = 0; i < MANY; i += 2)
			toggle(test, &kinds[0], i);
	init_completion(&reader.running);
	task = kthread_run(look_for_even_ones, &reader, "clip_slots_reader");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&reader.running);
	for (u32 n = 0; n < 40000; n++) {
		guard(mutex)(&clip_store_lock);
		toggle(test, &kinds[0],
		       prandom_u32_state(&f->random) % MANY | 1);
		if (n % 100 == 0)
			clip_slots_settle(&f->slots, &kinds[0]);
		if (n % 1000 == 0)
			cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, reader.missing, 0);
	KUNIT_EXPECT_GT(test, reader.rounds, 0);
}

static struct kunit_case slots_test_cases[] = {
	KUNIT_CASE(slots_like_the_model),
	KUNIT_CASE(slots_stay_small),
	KUNIT_CASE(slots_are_dense),
	KUNIT_CASE(slots_full),
	KUNIT_CASE(walk_while_all_changes),
	KUNIT_CASE(readers_find_what_stays),
	{}
};

static struct kunit_suite slots_test_suite = {
	.name = "clip_slots",
	.init = slots_init,
	.exit = slots_exit,
	.test_cases = slots_test_cases,
};

kunit_test_suite(slots_test_suite);
