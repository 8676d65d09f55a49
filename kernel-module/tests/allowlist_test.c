// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of sets of allow digests
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "../store/allowlist.h"
#include "../store/context.h"
#include "../store/entry.h"
#include "../store/lookup.h"
#include "../store/transaction.h"

#define MANY	3000

static void number_digest(u8 digest[CLIP_DIGEST_MAX], u32 number)
{
	memset(digest, 0, CLIP_DIGEST_MAX);
	/* Only the last bytes differ: all searches start at the same slot. */
	put_unaligned_le32(number + 1, digest + 28);
}

static struct clip_allow *make_set(struct kunit *test,
				   const struct clip_allow *old, u16 algorithm,
				   u32 more)
{
	u32 counts[CLIP_ALGO_COUNT] = {};
	struct clip_allow *set;

	counts[algorithm] = more;
	set = clip_allow_alloc(old, counts);
	KUNIT_ASSERT_NOT_NULL(test, set);
	return set;
}

static bool add_one(struct clip_allow *set, u16 algorithm, const u8 *digest)
{
	const struct clip_allow_batch batch = {
		.algorithm = algorithm, .count = 1, .digests = digest,
	};
	struct clip_allow_tally tally = {};

	clip_allow_add(set, NULL, &batch, &tally);
	return tally.added == 1;
}

static void allow_empty(struct kunit *test)
{
	struct clip_allow *set = make_set(test, NULL, CLIP_ALGO_SHA256, 0);
	u8 digest[CLIP_DIGEST_MAX];

	number_digest(digest, 1);
	KUNIT_EXPECT_EQ(test, clip_allow_count(NULL), 0);
	KUNIT_EXPECT_EQ(test, clip_allow_count(set), 0);
	KUNIT_EXPECT_FALSE(test, clip_allow_has(NULL, CLIP_ALGO_SHA256, digest));
	KUNIT_EXPECT_FALSE(test, clip_allow_has(set, CLIP_ALGO_SHA256, digest));
	KUNIT_EXPECT_FALSE(test, clip_allow_remove(set, CLIP_ALGO_SHA256,
						   digest));
	clip_allow_free(set);
}

/* Tests the worst case: all digests hash to the same slot. */
static void allow_colliding(struct kunit *test)
{
	const u16 algorithm = CLIP_ALGO_SHA256;
	struct clip_allow *set = make_set(test, NULL, algorithm, 100);
	u8 digest[CLIP_DIGEST_MAX];
	u32 i;

	for (i = 0; i < 100; i++) {
		number_digest(digest, i);
		KUNIT_EXPECT_TRUE(test, add_one(set, algorithm, digest));
		KUNIT_EXPECT_FALSE(test, add_one(set, algorithm, digest));
	}
	/* Removes every third digest. The others must still be found. */
	for (i = 0; i < 100; i += 3) {
		number_digest(digest, i);
		KUNIT_EXPECT_TRUE(test, clip_allow_remove(set, algorithm,
							  digest));
		KUNIT_EXPECT_FALSE(test, clip_allow_remove(set, algorithm,
							   digest));
	}
	for (i = 0; i < 100; i++) {
		number_digest(digest, i);
		KUNIT_EXPECT_EQ(test, clip_allow_has(set, algorithm, digest),
				i % 3 != 0);
	}
	KUNIT_EXPECT_EQ(test, clip_allow_count(set), 66);
	clip_allow_free(set);
}

/* Sets grow by copying. No digest is lost, and each takes under 64 bytes. */
static void allow_copies(struct kunit *test)
{
	const u16 algorithm = CLIP_ALGO_SHA256;
	struct clip_allow *set = NULL, *next;
	u8 digest[CLIP_DIGEST_MAX] = {};
	u32 i, round;

	for (round = 0; round < 3; round++) {
		next = make_set(test, set, algorithm, MANY);
		for (i = 0; i < MANY; i++) {
			put_unaligned_le32(round * MANY + i + 1, digest);
			KUNIT_ASSERT_TRUE(test, add_one(next, algorithm, digest));
		}
		clip_allow_free(set);
		set = next;
	}
	for (i = 0; i < 3 * MANY; i++) {
		put_unaligned_le32(i + 1, digest);
		KUNIT_ASSERT_TRUE(test, clip_allow_has(set, algorithm, digest));
	}
	KUNIT_EXPECT_LE(test, set->bytes, 3 * MANY * 48);
	clip_allow_free(set);
}

static void allow_algorithms_apart(struct kunit *test)
{
	u32 counts[CLIP_ALGO_COUNT] = {};
	u8 digest[CLIP_DIGEST_MAX];
	struct clip_allow *set;

	counts[CLIP_ALGO_SHA256] = 1;
	counts[CLIP_ALGO_FSVERITY_SHA256] = 1;
	counts[CLIP_ALGO_SHA512] = 1;
	set = clip_allow_alloc(NULL, counts);
	KUNIT_ASSERT_NOT_NULL(test, set);
	number_digest(digest, 5);
	KUNIT_EXPECT_TRUE(test, add_one(set, CLIP_ALGO_SHA256, digest));
	KUNIT_EXPECT_FALSE(test, clip_allow_has(set, CLIP_ALGO_FSVERITY_SHA256,
						digest));
	KUNIT_EXPECT_FALSE(test, clip_allow_has(set, CLIP_ALGO_SHA512, digest));
	digest[63] = 9;
	KUNIT_EXPECT_TRUE(test, add_one(set, CLIP_ALGO_SHA512, digest));
	KUNIT_EXPECT_TRUE(test, clip_allow_has(set, CLIP_ALGO_SHA512, digest));
	digest[63] = 8;
	KUNIT_EXPECT_FALSE(test, clip_allow_has(set, CLIP_ALGO_SHA512, digest));
	KUNIT_EXPECT_EQ(test, clip_allow_count(set), 2);
	clip_allow_free(set);
}

/* Adds one digest to a context in a transaction, and commits or aborts it. */
static void change_one(struct kunit *test, struct clip_context *ctx, u32 number,
		       bool commit)
{
	u8 digest[CLIP_DIGEST_MAX];
	const struct clip_allow_batch batch = {
		.algorithm = CLIP_ALGO_SHA256, .count = 1, .digests = digest,
	};
	struct clip_allow_change *change;
	struct clip_txn txn;

	number_digest(digest, number);
	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 0), 0);
	change = clip_txn_allow(&txn, ctx);
	KUNIT_ASSERT_NOT_NULL(test, change);
	KUNIT_EXPECT_PTR_EQ(test, clip_txn_allow(&txn, ctx), change);
	change->more[CLIP_ALGO_SHA256] = 1;
	KUNIT_ASSERT_EQ(test, clip_txn_allow_make(&txn), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_allow_add(change, &batch), 1);
	KUNIT_EXPECT_EQ(test, clip_txn_allow_add(change, &batch), 0);
	/* Readers do not see it yet. */
	KUNIT_EXPECT_FALSE(test, clip_allow_find(&ctx->allow, CLIP_ALGO_SHA256,
						 digest));
	if (commit)
		clip_txn_commit(&txn);
	else
		clip_txn_abort(&txn);
	KUNIT_EXPECT_EQ(test, clip_allow_find(&ctx->allow, CLIP_ALGO_SHA256,
					      digest), commit);
}

static void allow_transactions(struct kunit *test)
{
	struct clip_context *ctx = clip_context_alloc(4243);
	u8 digest[CLIP_DIGEST_MAX];

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_EXPECT_EQ(test, clip_allow_algorithms(&ctx->allow), 0);
	change_one(test, ctx, 1, false);
	KUNIT_EXPECT_EQ(test, clip_allow_algorithms(&ctx->allow), 0);
	change_one(test, ctx, 1, true);
	KUNIT_EXPECT_EQ(test, clip_allow_algorithms(&ctx->allow),
			BIT(CLIP_ALGO_SHA256));
	change_one(test, ctx, 2, false);
	change_one(test, ctx, 2, true);
	number_digest(digest, 1);
	KUNIT_EXPECT_TRUE(test, clip_allow_find(&ctx->allow, CLIP_ALGO_SHA256,
						digest));
	/* The context is not published. */
	KUNIT_EXPECT_FALSE(test, clip_allow_anywhere(CLIP_ALGO_SHA256, digest));
	clip_context_put(ctx);
}

/* The digests 0 to @count - 1, as they lie in a block of an image. */
static u8 *many_digests(struct kunit *test, u32 count)
{
	u8 *digests = kunit_kzalloc(test, count * 32, GFP_KERNEL);
	u8 digest[CLIP_DIGEST_MAX];
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, digests);
	for (i = 0; i < count; i++) {
		number_digest(digest, i);
		memcpy(digests + i * 32, digest, 32);
	}
	return digests;
}

/* Empties the context if @replaces, and adds the digests 0 to @count - 1. */
static void add_many(struct kunit *test, struct clip_context *ctx, u32 count,
		     bool replaces, u32 added, u64 removed)
{
	const struct clip_allow_batch batch = {
		.algorithm = CLIP_ALGO_SHA256, .count = count,
		.digests = many_digests(test, count),
	};
	struct clip_allow_change *change;
	struct clip_txn txn;

	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 0, 0), 0);
	if (replaces)
		KUNIT_ASSERT_EQ(test, clip_txn_empty(&txn, ctx), 0);
	change = clip_txn_allow(&txn, ctx);
	KUNIT_ASSERT_NOT_NULL(test, change);
	change->more[CLIP_ALGO_SHA256] = count;
	KUNIT_ASSERT_EQ(test, clip_txn_allow_make(&txn), 0);
	KUNIT_EXPECT_EQ(test, clip_txn_allow_add(change, &batch), added);
	KUNIT_EXPECT_EQ(test, clip_txn_allow_removed(change), removed);
	KUNIT_EXPECT_EQ(test, clip_txn_changes(&txn), added || removed);
	clip_txn_commit(&txn);
	KUNIT_EXPECT_EQ(test, clip_allow_count(clip_allow_in_force(&ctx->allow)),
			replaces || added ? count : 10);
}

/* What was in force before does not count as added, however it is said. */
static void allow_many(struct kunit *test)
{
	struct clip_context *ctx = clip_context_alloc(4244);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	add_many(test, ctx, 10, false, 10, 0);
	add_many(test, ctx, 4, false, 0, 0);
	add_many(test, ctx, 15, false, 5, 0);
	add_many(test, ctx, 20, true, 5, 0);
	add_many(test, ctx, 20, true, 0, 0);
	add_many(test, ctx, 10, true, 0, 10);
	add_many(test, ctx, 0, true, 0, 10);
	clip_context_put(ctx);
}

/* A digest is zero only if each of its words is, at any size. */
static void allow_zero(struct kunit *test)
{
	static const u8 sizes[] = { 16, 20, 32, 48, 64 };
	u8 digest[CLIP_DIGEST_MAX + 1] = {};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_EXPECT_TRUE(test, clip_allow_is_zero(digest, sizes[i]));
		KUNIT_EXPECT_TRUE(test, clip_allow_is_zero(digest + 1, sizes[i]));
		for (k = 0; k < CLIP_DIGEST_MAX; k++) {
			digest[k] = 1;
			KUNIT_EXPECT_EQ(test, clip_allow_is_zero(digest, sizes[i]),
					k >= sizes[i]);
			digest[k] = 0;
		}
	}
}

/* Digests that differ in a word only, wherever it is, are all found. */
static void allow_similar(struct kunit *test)
{
	const u16 algorithm = CLIP_ALGO_SHA1;
	struct clip_allow *set = make_set(test, NULL, algorithm, 20 * 255);
	u8 digest[CLIP_DIGEST_MAX] = {};
	unsigned int i, value;

	for (i = 0; i < 20; i++)
		for (value = 1; value < 256; value++) {
			digest[i] = value;
			KUNIT_EXPECT_FALSE(test, clip_allow_has(set, algorithm, digest));
			KUNIT_EXPECT_TRUE(test, add_one(set, algorithm, digest));
			KUNIT_EXPECT_TRUE(test, clip_allow_has(set, algorithm, digest));
			digest[i] = 0;
		}
	KUNIT_EXPECT_EQ(test, clip_allow_count(set), 20 * 255);
	/* A free slot is no digest. */
	KUNIT_EXPECT_FALSE(test, clip_allow_has(set, algorithm, digest));
	KUNIT_EXPECT_FALSE(test, clip_allow_remove(set, algorithm, digest));
	clip_allow_free(set);
}

static struct kunit_case allow_test_cases[] = {
	KUNIT_CASE(allow_empty),
	KUNIT_CASE(allow_colliding),
	KUNIT_CASE(allow_copies),
	KUNIT_CASE(allow_algorithms_apart),
	KUNIT_CASE(allow_transactions),
	KUNIT_CASE(allow_many),
	KUNIT_CASE(allow_zero),
	KUNIT_CASE(allow_similar),
	{}
};

static struct kunit_suite allow_test_suite = {
	.name = "clip_allow",
	.test_cases = allow_test_cases,
};

kunit_test_suite(allow_test_suite);
