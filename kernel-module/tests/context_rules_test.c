// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rules for administration (CX-06 to CX-19), and of the
 * index of contexts (CX-15, CX-17, ID-08)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/cleanup.h>

#include "../context/rules.h"
#include "../core/latch.h"
#include "../store/context.h"
#include "../store/entry.h"
#include "../store/filesystem.h"
#include "../store/lookup.h"
#include "../store/transaction.h"

/* The facts as bits. The tests try every combination of them. */
#define ADMIN		BIT(0)
#define WATCH		BIT(1)
#define UPDATE		BIT(2)
#define OWN		BIT(3)
#define ACTIVE		BIT(4)
#define ADMIN_ACTIVE	BIT(5)
#define INHERIT		BIT(6)
#define VERICTL		BIT(7)
#define CONTEXT		BIT(8)
#define SYS_ADMIN	BIT(9)
#define MAC_ADMIN	BIT(10)
#define FSETID		BIT(11)
#define NR_FACTS	12

static struct clip_caller caller_of(u32 facts)
{
	return (struct clip_caller) {
		.admin = facts & ADMIN,
		.watch = facts & WATCH,
		.update = facts & UPDATE,
		.own = facts & OWN,
		.active = facts & ACTIVE,
		.admin_active = facts & ADMIN_ACTIVE,
		.inherit = facts & INHERIT,
		.verictl = facts & VERICTL,
		.context = facts & CONTEXT,
		.sys_admin = facts & SYS_ADMIN,
		.mac_admin = facts & MAC_ADMIN,
		.fsetid = facts & FSETID,
	};
}

/*
 * One condition under which an act is allowed: the first facts hold, the second
 * do not, and all others are arbitrary.
 */
struct way {
	u32 with;
	u32 without;
};

struct rule_case {
	const char *name;
	bool (*rule)(const struct clip_caller *caller);
	struct way ways[4];
};

static const struct rule_case rule_cases[] = {
	{
		.name = "CX-10: load at all",
		.rule = clip_may_load_at_all,
		.ways = {
			{ ACTIVE | VERICTL, INHERIT },
			{ ACTIVE | VERICTL | FSETID, 0 },
			{ MAC_ADMIN, ACTIVE | INHERIT },
			{ MAC_ADMIN | FSETID, ACTIVE },
		},
	}, {
		.name = "CX-09, CX-19: load into a context",
		.rule = clip_may_load_into,
		.ways = {
			{ OWN, 0 }, { UPDATE, 0 }, { ADMIN | CONTEXT, 0 },
		},
	}, {
		.name = "CX-14: make, narrow and delete contexts",
		.rule = clip_may_make_contexts,
		.ways = {
			{ ADMIN | SYS_ADMIN | CONTEXT | VERICTL, 0 },
			{ ADMIN | SYS_ADMIN | CONTEXT, ADMIN_ACTIVE },
		},
	}, {
		.name = "CX-07: set the level",
		.rule = clip_may_set_level,
		.ways = {
			{ ADMIN | OWN | ADMIN_ACTIVE | VERICTL, 0 },
			{ ADMIN | OWN | MAC_ADMIN, ADMIN_ACTIVE },
			{ ADMIN | CONTEXT | ADMIN_ACTIVE | VERICTL, 0 },
			{ ADMIN | CONTEXT | MAC_ADMIN, ADMIN_ACTIVE },
		},
	}, {
		.name = "CX-08: read level and bounds",
		.rule = clip_may_see_context,
		.ways = {
			{ OWN, 0 }, { WATCH, 0 }, { ADMIN | CONTEXT, 0 },
		},
	},
};

KUNIT_ARRAY_PARAM_DESC(rule, rule_cases, name);

static void every_caller(struct kunit *test)
{
	const struct rule_case *c = test->param_value;
	u32 facts, allowed = 0;
	size_t i;

	for (facts = 0; facts < BIT(NR_FACTS); facts++) {
		const struct clip_caller caller = caller_of(facts);
		bool expected = false;

		for (i = 0; i < ARRAY_SIZE(c->ways) && c->ways[i].with; i++)
			expected |= !(c->ways[i].with & ~facts) &&
				    !(c->ways[i].without & facts);
		KUNIT_EXPECT_EQ_MSG(test, c->rule(&caller), expected,
				    "facts %#x", facts);
		allowed += expected;
	}
	/* The table has both results. */
	KUNIT_EXPECT_GT(test, allowed, 0);
	KUNIT_EXPECT_LT(test, allowed, BIT(NR_FACTS));
}

/* CX-12: Each bit excludes one class of callers, regardless of the others. */
static void entries_of_every_level(struct kunit *test)
{
	static const struct {
		u32 class;
		u32 bit;
	} bars[] = {
		{ OWN, CLIP_LEVEL_SELF_IMMUTABLE },
		{ ADMIN, CLIP_LEVEL_ADMIN_IMMUTABLE },
		{ UPDATE, CLIP_LEVEL_UPDATE_IMMUTABLE },
	};
	u32 facts, level;
	size_t i;

	for (facts = 0; facts < 8; facts++) {
		const u32 classes = (facts & 1 ? OWN : 0) |
				    (facts & 2 ? ADMIN : 0) |
				    (facts & 4 ? UPDATE : 0);
		const struct clip_caller caller = caller_of(classes);

		for (level = 0; level <= CLIP_LEVEL_ALL; level++) {
			bool expected = !(level & CLIP_LEVEL_SEAL);

			for (i = 0; i < ARRAY_SIZE(bars); i++)
				if ((classes & bars[i].class) &&
				    (level & bars[i].bit))
					expected = false;
			KUNIT_EXPECT_EQ_MSG(test,
					    clip_may_change_entries(&caller,
								    level),
					    expected, "classes %#x level %#x",
					    classes, level);
		}
	}
}

#define UNTOUCHED	0xdeadbeefU

static void expect_level(struct kunit *test, u32 old, u32 wanted,
			 enum clip_reason reason, u32 level)
{
	u32 next = UNTOUCHED;

	KUNIT_EXPECT_EQ_MSG(test, clip_level_change(old, wanted, &next), reason,
			    "from %#x to %#x", old, wanted);
	KUNIT_EXPECT_EQ_MSG(test, next,
			    reason == CLIP_REASON_NONE ? level : UNTOUCHED,
			    "from %#x to %#x", old, wanted);
}

/* CX-04: Other bits are refused, even if this kernel would ignore them. */
static void level_bits(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 32; i++) {
		const bool known = CLIP_LEVELS_ENFORCED & BIT(i);

		expect_level(test, 0, BIT(i), known ? CLIP_REASON_NONE :
			     CLIP_REASON_BAD_LEVEL, BIT(i));
		/* Refused beside valid bits too, and in any level. */
		if (known)
			continue;
		expect_level(test, 0, BIT(i) | CLIP_LEVEL_ACTIVE,
			     CLIP_REASON_BAD_LEVEL, 0);
		expect_level(test, CLIP_LEVEL_SEAL, BIT(i),
			     CLIP_REASON_BAD_LEVEL, 0);
	}
	KUNIT_EXPECT_EQ(test, CLIP_LEVELS_ENFORCED & ~CLIP_LEVEL_ALL, 0);
}

/* CX-06: Without LVL_IMMUTABLE, the level is replaced. */
static void level_replaced(struct kunit *test)
{
	u32 i, j;

	for (i = 0; i < 32; i++) {
		const u32 old = BIT(i) & CLIP_LEVELS_ENFORCED &
				~(CLIP_LEVEL_LVL_IMMUTABLE | CLIP_LEVEL_SEAL);

		for (j = 0; j < 32; j++) {
			const u32 wanted = BIT(j) & CLIP_LEVELS_ENFORCED;

			expect_level(test, old, wanted, CLIP_REASON_NONE,
				     wanted);
		}
	}
}

/*
 * CX-06: With LVL_IMMUTABLE, each bit becomes stricter or stays as it is.
 * PERMISSIVE is the bit that is strict when clear.
 */
static void level_immutable(struct kunit *test)
{
	const u32 lvl = CLIP_LEVEL_LVL_IMMUTABLE;
	u32 i;

	for (i = 0; i < 32; i++) {
		const u32 bit = BIT(i) & CLIP_LEVELS_ENFORCED;

		if (!bit || bit == CLIP_LEVEL_SEAL || bit == lvl)
			continue;
		expect_level(test, lvl, 0, CLIP_REASON_NONE, lvl);
		if (bit == CLIP_LEVEL_PERMISSIVE) {
			expect_level(test, lvl, bit, CLIP_REASON_IMMUTABLE, 0);
			expect_level(test, lvl | bit, 0, CLIP_REASON_NONE, lvl);
		} else {
			expect_level(test, lvl, bit, CLIP_REASON_NONE,
				     lvl | bit);
			expect_level(test, lvl | bit, 0, CLIP_REASON_NONE,
				     lvl | bit);
		}
		expect_level(test, lvl | bit, bit, CLIP_REASON_NONE, lvl | bit);
	}
	/* A stricter bit does not make up for a laxer one. */
	expect_level(test, lvl | CLIP_LEVEL_ACTIVE,
		     CLIP_LEVEL_SEAL | CLIP_LEVEL_PERMISSIVE,
		     CLIP_REASON_IMMUTABLE, 0);
	expect_level(test, lvl, CLIP_LEVEL_SEAL, CLIP_REASON_NONE,
		     lvl | CLIP_LEVEL_SEAL);
}

static void level_sealed(struct kunit *test)
{
	const u32 levels[] = {
		0, CLIP_LEVEL_SEAL, CLIP_LEVEL_SEAL | CLIP_LEVEL_ACTIVE,
		CLIP_LEVELS_ENFORCED,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		expect_level(test, CLIP_LEVEL_SEAL, levels[i],
			     CLIP_REASON_IMMUTABLE, 0);
		expect_level(test, CLIP_LEVEL_SEAL | CLIP_LEVEL_LVL_IMMUTABLE,
			     levels[i], CLIP_REASON_IMMUTABLE, 0);
	}
}

/* ID-01, CX-15 */
static void numbers(struct kunit *test)
{
	const u32 good[] = { 2, 3, 1000, 65534, 65535, 65536, BIT(31),
			     U32_MAX - 1 };
	size_t i;

	KUNIT_EXPECT_EQ(test, clip_context_number(0), CLIP_REASON_EXISTS);
	KUNIT_EXPECT_EQ(test, clip_context_number(1), CLIP_REASON_EXISTS);
	KUNIT_EXPECT_EQ(test, clip_context_number(U32_MAX),
			CLIP_REASON_NO_CONTEXT);
	for (i = 0; i < ARRAY_SIZE(good); i++)
		KUNIT_EXPECT_EQ(test, clip_context_number(good[i]),
				CLIP_REASON_NONE);
}

/* The index of contexts --------------------------------------------------- */

#define NUMBER	4000000001U	/* not used by tests in user space */

static int publish(struct clip_context *ctx)
{
	guard(mutex)(&clip_store_lock);
	return clip_context_publish(ctx);
}

static void unpublish(struct clip_context *ctx)
{
	guard(mutex)(&clip_store_lock);
	clip_context_unpublish(ctx);
}

/* Is this the context that is found, by its address? */
static bool found(const struct clip_context *ctx)
{
	struct clip_context *got __free(clip_context_put) =
		clip_context_find(NUMBER);

	return got == ctx;
}

static bool listed(const struct clip_context *wanted)
{
	struct clip_context *ctx;
	bool seen = false;

	guard(rcu)();
	clip_context_for_each_rcu(ctx)
		seen |= ctx == wanted;
	return seen;
}

static void list_of_those_from_boot(struct kunit *test)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_find(CLIP_CONTEXT_ADMIN);
	struct clip_context *watch __free(clip_context_put) =
		clip_context_find(CLIP_CONTEXT_WATCH);

	KUNIT_EXPECT_PTR_EQ(test, ctx, &clip_admin_context);
	KUNIT_ASSERT_NOT_NULL(test, watch);
	KUNIT_EXPECT_TRUE(test, clip_context_is_watch(watch));
	KUNIT_EXPECT_FALSE(test, clip_context_is_watch(ctx));
	KUNIT_EXPECT_FALSE(test, clip_context_is_watch(NULL));
	KUNIT_EXPECT_EQ(test, watch->priv_bound, 0);
	KUNIT_EXPECT_EQ(test, watch->cap_bound & BIT_ULL(CAP_SYS_ADMIN), 0);
	KUNIT_EXPECT_TRUE(test, listed(ctx) && listed(watch));
}

static void list_of_one_more(struct kunit *test)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	struct clip_context *twin __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	const u32 count = clip_context_count();

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_NOT_NULL(test, twin);
	KUNIT_EXPECT_TRUE(test, found(NULL));
	KUNIT_EXPECT_FALSE(test, listed(ctx));
	KUNIT_EXPECT_EQ(test, publish(ctx), 0);
	KUNIT_EXPECT_TRUE(test, found(ctx));
	KUNIT_EXPECT_TRUE(test, listed(ctx));
	KUNIT_EXPECT_EQ(test, clip_context_count(), count + 1);
	/* CX-15: A number is assigned only once. */
	KUNIT_EXPECT_EQ(test, publish(twin), -EEXIST);
	KUNIT_EXPECT_TRUE(test, found(ctx));
	KUNIT_EXPECT_FALSE(test, listed(twin));
	KUNIT_EXPECT_EQ(test, clip_context_count(), count + 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&twin->usage), 1);
	unpublish(ctx);
	KUNIT_EXPECT_TRUE(test, found(NULL));
	KUNIT_EXPECT_FALSE(test, listed(ctx));
	KUNIT_EXPECT_TRUE(test, ctx->deleted);
	KUNIT_EXPECT_EQ(test, clip_context_count(), count);
	/* The holder of a reference keeps it. */
	KUNIT_EXPECT_EQ(test, refcount_read(&ctx->usage), 1);
}

/* ID-08: The number can be used again, for a different context. */
static void list_and_a_second_life(struct kunit *test)
{
	struct clip_context *first __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	struct clip_context *second __free(clip_context_put) =
		clip_context_alloc(NUMBER);

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_ASSERT_EQ(test, publish(first), 0);
	unpublish(first);
	KUNIT_ASSERT_EQ(test, publish(second), 0);
	KUNIT_EXPECT_TRUE(test, found(second));
	KUNIT_EXPECT_FALSE(test, listed(first));
	KUNIT_EXPECT_NE(test, first->serial, second->serial);
	KUNIT_EXPECT_TRUE(test, first->deleted);
	KUNIT_EXPECT_FALSE(test, second->deleted);
	unpublish(second);
	KUNIT_EXPECT_TRUE(test, found(NULL));
}

/* Contexts are found in order of number, once each, and with a reference. */
static void list_in_order(struct kunit *test)
{
	struct clip_context *a __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	struct clip_context *b __free(clip_context_put) =
		clip_context_alloc(U32_MAX - 1);
	struct clip_context *ctx;
	u64 at = 0, last = 0;
	u32 seen = 0;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, publish(b), 0);
	KUNIT_ASSERT_EQ(test, publish(a), 0);
	while ((ctx = clip_context_next(&at))) {
		KUNIT_EXPECT_TRUE(test, !seen || ctx->xid > last);
		KUNIT_EXPECT_TRUE(test, ctx == &clip_admin_context ||
				  refcount_read(&ctx->usage) >= 2);
		last = ctx->xid;
		seen++;
		clip_context_put(ctx);
	}
	KUNIT_EXPECT_EQ(test, last, U32_MAX - 1);
	KUNIT_EXPECT_EQ(test, seen, clip_context_count());
	unpublish(a);
	unpublish(b);
}

static bool lists(const struct clip_context *wanted)
{
	struct clip_context *ctx;
	bool seen = false;

	guard(rcu)();
	clip_context_for_each_listing_rcu(ctx)
		seen |= ctx == wanted;
	return seen;
}

/* Lists a file in a context, or takes it back; and may abort that. */
static void change(struct kunit *test, struct clip_context *ctx,
		   u32 sb, u64 ino, bool insert, bool abort)
{
	const struct clip_file_id id = { .sb = sb, .ino = ino };
	struct clip_txn txn;

	guard(mutex)(&clip_store_lock);
	KUNIT_ASSERT_EQ(test, clip_txn_begin(&txn, 1, 1), 0);
	if (insert)
		KUNIT_ASSERT_EQ(test, clip_txn_insert(&txn, ctx,
						      clip_entry_alloc(&id, 32,
								       NULL, NULL)),
				0);
	else
		KUNIT_ASSERT_EQ(test, clip_txn_remove(&txn, ctx, &id), 0);
	if (abort)
		clip_txn_abort(&txn);
	else
		clip_txn_commit(&txn);
}

/* Questions over all contexts pass over those without entries. */
static void list_of_those_with_entries(struct kunit *test)
{
	struct clip_context *ctx __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	struct clip_context *next __free(clip_context_put) =
		clip_context_alloc(NUMBER);
	const u32 sb = clip_sb_alloc(MKDEV(0, 98));

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_NOT_NULL(test, next);
	KUNIT_ASSERT_NE(test, sb, 0);
	KUNIT_ASSERT_EQ(test, publish(ctx), 0);
	KUNIT_EXPECT_FALSE(test, lists(ctx));
	change(test, ctx, sb, 1, true, true);
	KUNIT_EXPECT_FALSE(test, lists(ctx));
	change(test, ctx, sb, 1, true, false);
	KUNIT_EXPECT_TRUE(test, lists(ctx));
	change(test, ctx, sb, 2, true, false);
	change(test, ctx, sb, 1, false, false);
	KUNIT_EXPECT_TRUE(test, lists(ctx));
	change(test, ctx, sb, 2, false, true);
	KUNIT_EXPECT_TRUE(test, lists(ctx));
	change(test, ctx, sb, 2, false, false);
	KUNIT_EXPECT_FALSE(test, lists(ctx));
	/* Nor those of a deleted context count for one with its number. */
	change(test, ctx, sb, 1, true, false);
	unpublish(ctx);
	KUNIT_ASSERT_EQ(test, publish(next), 0);
	KUNIT_EXPECT_FALSE(test, lists(next));
	change(test, next, sb, 1, true, false);
	change(test, ctx, sb, 1, false, false);
	KUNIT_EXPECT_TRUE(test, lists(next));
	KUNIT_EXPECT_FALSE(test, lists(ctx));
	/* An unmounted filesystem. */
	clip_store_forget_sb(sb);
	KUNIT_EXPECT_FALSE(test, lists(next));
	unpublish(next);
	clip_sb_put(sb);
}

static struct kunit_case ctxrules_test_cases[] = {
	KUNIT_CASE_PARAM(every_caller, rule_gen_params),
	KUNIT_CASE(entries_of_every_level),
	KUNIT_CASE(level_bits),
	KUNIT_CASE(level_replaced),
	KUNIT_CASE(level_immutable),
	KUNIT_CASE(level_sealed),
	KUNIT_CASE(numbers),
	KUNIT_CASE(list_of_those_from_boot),
	KUNIT_CASE(list_of_one_more),
	KUNIT_CASE(list_and_a_second_life),
	KUNIT_CASE(list_in_order),
	KUNIT_CASE(list_of_those_with_entries),
	{}
};

static struct kunit_suite ctxrules_test_suite = {
	.name = "clip_ctxrules",
	.test_cases = ctxrules_test_cases,
};

kunit_test_suite(ctxrules_test_suite);
