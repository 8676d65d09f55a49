// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the sizes beside allow digests
 *
 * A size may only ever exclude files that no digest allows. The tests compare
 * each answer with a search through all digests.
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "../store/allowlist.h"
#include "../store/context.h"
#include "../store/entry.h"
#include "../store/transaction.h"

#define MANY	3000

/* Digests and sizes, as they lie in a block of an image. */
struct model {
	u32 count;
	u8 digests[MANY][32];
	__le32 sizes[MANY];
};

static struct model *make_model(struct kunit *test, u32 count,
				struct rnd_state *random)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, model);
	model->count = count;
	for (i = 0; i < count; i++) {
		prandom_bytes_state(random, model->digests[i], 32);
		/* The first bytes are different in each. */
		put_unaligned_le32(i + 1, model->digests[i]);
		/* Most programs are small, and sizes repeat. */
		model->sizes[i] = cpu_to_le32(prandom_u32_state(random) >>
					      (12 + i % 16));
	}
	return model;
}

static struct clip_allow_batch all_of(const struct model *model, u16 algorithm)
{
	return (struct clip_allow_batch) {
		.algorithm = algorithm,
		.count = model->count,
		.digests = &model->digests[0][0],
		.sizes = model->sizes,
	};
}

static struct clip_allow *make_set(struct kunit *test, const struct model *model,
				   u16 algorithm)
{
	const struct clip_allow_batch batch = all_of(model, algorithm);
	u32 counts[CLIP_ALGO_COUNT] = {};
	struct clip_allow_tally tally = {};
	struct clip_allow *set;

	counts[algorithm] = model->count;
	set = clip_allow_alloc(NULL, counts);
	KUNIT_ASSERT_NOT_NULL(test, set);
	clip_allow_add(set, NULL, &batch, &tally);
	KUNIT_EXPECT_EQ(test, tally.added, model->count);
	KUNIT_EXPECT_FALSE(test, tally.resized);
	return set;
}

static bool model_has(const struct model *model, u64 size)
{
	u32 i;

	for (i = 0; i < model->count; i++)
		if (le32_to_cpu(model->sizes[i]) == size)
			return true;
	return false;
}

/* No size of a digest is excluded, and nearly all others are. */
static void sizes_exact(struct kunit *test)
{
	struct rnd_state random;
	struct model *model;
	struct clip_allow *set;
	u32 i, size, taken = 0, others = 0, largest = 0;

	prandom_seed_state(&random, 20261201);
	model = make_model(test, MANY, &random);
	set = make_set(test, model, CLIP_ALGO_SHA256);
	/* Before the set is complete, nothing is excluded. */
	KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256, U64_MAX));
	clip_allow_seal(set);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
							     le32_to_cpu(model->sizes[i])));
	for (i = 0; i < 20000; i++) {
		size = i < 10000 ? i : prandom_u32_state(&random) >> i % 20;
		if (size == CLIP_SIZE_UNKNOWN || model_has(model, size))
			continue;
		others++;
		taken += !clip_allow_excludes(set, CLIP_ALGO_SHA256, size);
	}
	KUNIT_EXPECT_GT(test, others, 10000);
	KUNIT_EXPECT_LT(test, taken, others / 100);
	/* The filter lets none pass that is larger than all. */
	for (i = 0; i < MANY; i++)
		largest = max(largest, le32_to_cpu(model->sizes[i]));
	for (i = 1; i <= 10000; i++)
		KUNIT_ASSERT_TRUE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
							    (u64)largest + i));
	/* No digest has a size of more than 32 bits. */
	KUNIT_EXPECT_TRUE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
						    CLIP_SIZE_UNKNOWN));
	KUNIT_EXPECT_TRUE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
						    BIT_ULL(32) + le32_to_cpu(model->sizes[0])));
	KUNIT_EXPECT_LE(test, set->bytes, MANY * 48);
	clip_allow_free(set);
}

/* One digest without a size is enough to exclude nothing of its algorithm. */
static void sizes_unknown(struct kunit *test)
{
	struct rnd_state random;
	struct model *model;
	struct clip_allow *set;
	u32 unknown;

	prandom_seed_state(&random, 7);
	for (unknown = 0; unknown < 100; unknown += 33) {
		model = make_model(test, 100, &random);
		model->sizes[unknown] = cpu_to_le32(CLIP_SIZE_UNKNOWN);
		set = make_set(test, model, CLIP_ALGO_SHA256);
		clip_allow_seal(set);
		KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
							     U64_MAX));
		/* Without it, the others exclude again. */
		clip_allow_remove(set, CLIP_ALGO_SHA256, model->digests[unknown]);
		clip_allow_seal(set);
		KUNIT_EXPECT_TRUE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256,
							    U64_MAX));
		clip_allow_free(set);
	}
}

/* Each algorithm is judged alone, and fs-verity has nothing to exclude. */
static void sizes_algorithms(struct kunit *test)
{
	static const u8 digest[CLIP_DIGEST_MAX] = { 1 };
	static const __le32 small = cpu_to_le32(5);
	const u16 verity = CLIP_ALGO_FSVERITY_SHA256;
	u32 counts[CLIP_ALGO_COUNT] = {};
	struct clip_allow_batch batch = { .count = 1, .digests = digest };
	struct clip_allow_tally tally = {};
	struct clip_allow *set;

	counts[CLIP_ALGO_SHA256] = 1;
	counts[CLIP_ALGO_SHA512] = 1;
	counts[verity] = 1;
	set = clip_allow_alloc(NULL, counts);
	KUNIT_ASSERT_NOT_NULL(test, set);
	batch.algorithm = CLIP_ALGO_SHA512;
	clip_allow_add(set, NULL, &batch, &tally);
	batch.sizes = &small;
	batch.algorithm = CLIP_ALGO_SHA256;
	clip_allow_add(set, NULL, &batch, &tally);
	batch.algorithm = verity;
	clip_allow_add(set, NULL, &batch, &tally);
	clip_allow_seal(set);
	KUNIT_EXPECT_TRUE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256, 6));
	KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA256, 5));
	KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA512, 6));
	KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, verity, 6));
	/* An algorithm without digests has nothing to exclude. */
	KUNIT_EXPECT_FALSE(test, clip_allow_excludes(set, CLIP_ALGO_SHA384, 6));
	clip_allow_free(set);
}

/* Removing and copying move digests with their sizes. */
static void sizes_moved(struct kunit *test)
{
	static const u32 none[CLIP_ALGO_COUNT] = {};
	struct rnd_state random;
	struct model *model;
	struct clip_allow *set, *copy;
	u32 i, taken = 0;

	prandom_seed_state(&random, 9);
	model = make_model(test, MANY, &random);
	set = make_set(test, model, CLIP_ALGO_SHA256);
	for (i = 0; i < MANY; i += 2) {
		KUNIT_EXPECT_TRUE(test, clip_allow_remove(set, CLIP_ALGO_SHA256,
							  model->digests[i]));
		/* What stays is what is compared. */
		model->sizes[i] = model->sizes[1];
	}
	copy = clip_allow_alloc(set, none);
	clip_allow_free(set);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	clip_allow_seal(copy);
	KUNIT_EXPECT_EQ(test, clip_allow_count(copy), MANY / 2);
	for (i = 1; i < MANY; i += 2) {
		KUNIT_EXPECT_TRUE(test, clip_allow_has(copy, CLIP_ALGO_SHA256,
						       model->digests[i]));
		KUNIT_EXPECT_FALSE(test, clip_allow_excludes(copy, CLIP_ALGO_SHA256,
							     le32_to_cpu(model->sizes[i])));
	}
	/* Sizes of no more than 20 bits were made. */
	for (i = 0; i < 1000; i++)
		taken += !clip_allow_excludes(copy, CLIP_ALGO_SHA256, BIT(24) + i);
	KUNIT_EXPECT_LT(test, taken, 10);
	clip_allow_free(copy);
}

/* Replaces the digests of a context, or adds to them; returns whether anything changed. */
static bool change(struct kunit *test, struct clip_context *ctx,
		   const struct model *model, bool replaces, bool commit)
{
	const struct clip_allow_batch batch = all_of(model, CLIP_ALGO_SHA256);
	struct clip_allow_change *changed;
	struct clip_txn txn;
	bool changes;

	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 0), 0);
	if (replaces)
		KUNIT_ASSERT_EQ(test, clip_txn_empty(&txn, ctx), 0);
	changed = clip_txn_allow(&txn, ctx);
	KUNIT_ASSERT_NOT_NULL(test, changed);
	changed->more[CLIP_ALGO_SHA256] = model->count;
	KUNIT_ASSERT_EQ(test, clip_txn_allow_make(&txn), 0);
	clip_txn_allow_add(changed, &batch);
	changes = clip_txn_changes(&txn);
	if (commit)
		clip_txn_commit(&txn);
	else
		clip_txn_abort(&txn);
	return changes;
}

static bool must_be_read(const struct clip_context *ctx, u64 size)
{
	return clip_allow_algorithms_for(&ctx->allow, size) & BIT(CLIP_ALGO_SHA256);
}

/* The sizes count from the same moment as the digests. */
static void sizes_transactions(struct kunit *test)
{
	struct clip_context *ctx = clip_context_alloc(4245);
	struct rnd_state random;
	struct model *model;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	prandom_seed_state(&random, 11);
	model = make_model(test, 2, &random);
	model->sizes[0] = cpu_to_le32(100);
	model->sizes[1] = cpu_to_le32(200);
	/* Nothing is allowed, and nothing is hashed. */
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 100));
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, true, false));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 100));
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, true, true));
	KUNIT_EXPECT_TRUE(test, must_be_read(ctx, 100));
	KUNIT_EXPECT_TRUE(test, must_be_read(ctx, 200));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 300));
	KUNIT_EXPECT_FALSE(test, change(test, ctx, model, true, true));
	KUNIT_EXPECT_FALSE(test, change(test, ctx, model, false, true));

	/* Only a size differs. An abort leaves the one before in force. */
	model->sizes[1] = cpu_to_le32(300);
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, true, false));
	KUNIT_EXPECT_TRUE(test, must_be_read(ctx, 200));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 300));
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, false, true));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 200));
	KUNIT_EXPECT_TRUE(test, must_be_read(ctx, 300));

	/* Adding without a size keeps it; replacing takes it away. */
	model->sizes[1] = cpu_to_le32(CLIP_SIZE_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, change(test, ctx, model, false, true));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 200));
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, true, true));
	KUNIT_EXPECT_TRUE(test, must_be_read(ctx, 200));
	model->sizes[1] = cpu_to_le32(300);
	KUNIT_EXPECT_TRUE(test, change(test, ctx, model, false, true));
	KUNIT_EXPECT_FALSE(test, must_be_read(ctx, 200));
	clip_context_put(ctx);
}

static struct kunit_case sizes_test_cases[] = {
	KUNIT_CASE(sizes_exact),
	KUNIT_CASE(sizes_unknown),
	KUNIT_CASE(sizes_algorithms),
	KUNIT_CASE(sizes_moved),
	KUNIT_CASE(sizes_transactions),
	{}
};

static struct kunit_suite sizes_test_suite = {
	.name = "clip_allow_sizes",
	.test_cases = sizes_test_cases,
};

kunit_test_suite(sizes_test_suite);
