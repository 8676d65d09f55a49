// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the device table (DV-01 to DV-06, DV-12)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "../context/rules.h"
#include "../device/rules.h"

#define R	CLIP_DEVICE_READ
#define W	CLIP_DEVICE_WRITE
#define D	CLIP_DEVICE_DEV
#define X	CLIP_DEVICE_EXEC
#define S	CLIP_DEVICE_SUID

struct check_case {
	const char *name;
	struct clip_device_rule rule;
	enum clip_reason reason;
};

/* DV-03 */
static const struct check_case check_cases[] = {
	{ "all zero", { 0 }, CLIP_REASON_NONE },
	{ "greatest major", { 4095, 0, 0, 1, R }, CLIP_REASON_NONE },
	{ "major too great", { 4096, 0, 0, 1, R }, CLIP_REASON_BAD_DEVICE },
	{ "greatest minor", { 8, 1048575, 0, 1, R }, CLIP_REASON_NONE },
	{ "minor too great", { 8, 1048576, 0, 1, R }, CLIP_REASON_BAD_DEVICE },
	{ "all minors", { 8, 0, 1048575, 1, R }, CLIP_REASON_NONE },
	{ "one too many", { 8, 1, 1048575, 1, R }, CLIP_REASON_BAD_DEVICE },
	{ "wraps around", { 8, 10, 0xfffffffb, 1, R },
	  CLIP_REASON_BAD_DEVICE },
	{ "all permissions", { 8, 0, 0, 1, R | W | D | X | S },
	  CLIP_REASON_NONE },
	{ "unknown permission", { 8, 0, 0, 1, 4 }, CLIP_REASON_BAD_FLAGS },
	{ "reserved", { 8, 0, 0, 1, R, 1 }, CLIP_REASON_BAD_DEVICE },
};

KUNIT_ARRAY_PARAM_DESC(check, check_cases, name);

static void check(struct kunit *test)
{
	const struct check_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->reason, clip_device_rule_check(&c->rule));
}

static struct clip_devtable *change(struct kunit *test,
				    struct clip_devtable *old,
				    struct clip_devchange *change, u32 mode,
				    const struct clip_device_rule *rules,
				    u32 count)
{
	*change = (struct clip_devchange) {
		.mode = mode,
		.rules = rules,
		.count = count,
		.results = kunit_kcalloc(test, count + 1,
					 sizeof(struct clip_result),
					 GFP_KERNEL),
		.room = count,
	};
	KUNIT_ASSERT_NOT_NULL(test, change->results);
	return clip_devtable_make(old, change);
}

/* DV-15: The rules that the original shipped. */
static const struct clip_device_rule shipped[] = {
	{ 253, 0, 254, 1, R | W },
	{ 8, 0, 15, 1, R | D | X | S },
	{ 8, 1, 0, 2, 0 },
	{ 8, 0, 0, 2, 0 },
	{ 253, 1, 0, 2, R | D | X | S },
	{ 253, 2, 0, 3, 0 },
	{ 9, 0, 15, 0, 0 },
};

struct look_case {
	const char *name;
	u32 major, minor;
	u32 lax, strict;
};

static const struct look_case look_cases[] = {
	{ "root partition", 8, 2, R | D | X | S, R | D | X | S },
	{ "last of the range", 8, 15, R | D | X | S, R | D | X | S },
	{ "behind the range", 8, 16, R | W, 0 },
	{ "boot partition", 8, 1, 0, 0 },
	{ "whole disk", 8, 0, 0, 0 },
	{ "mapper known at boot", 253, 1, R | D | X | S, R | D | X | S },
	{ "swap", 253, 2, 0, 0 },
	{ "other mapper", 253, 254, R | W, R | W },
	{ "no such rule", 253, 255, R | W, 0 },
	{ "other major", 7, 1, R | W, 0 },
	{ "priority 0 never matches", 9, 0, R | W, 0 },
};

KUNIT_ARRAY_PARAM_DESC(look, look_cases, name);

/* DV-01, DV-02, DV-05, DV-06 */
static void look(struct kunit *test)
{
	const struct look_case *c = test->param_value;
	struct clip_devtable *table;
	struct clip_devchange args;

	table = change(test, NULL, &args, CLIP_COMMIT_ADD, shipped,
		       ARRAY_SIZE(shipped));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(shipped), args.added);
	KUNIT_EXPECT_EQ(test, c->lax,
			clip_devtable_permissions(table, c->major, c->minor,
						  false));
	KUNIT_EXPECT_EQ(test, c->strict,
			clip_devtable_permissions(table, c->major, c->minor,
						  true));
	kvfree(table);
}

static void look_in_no_table(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, R | W,
			clip_devtable_permissions(NULL, 8, 0, false));
	KUNIT_EXPECT_EQ(test, 0, clip_devtable_permissions(NULL, 8, 0, true));
}

static bool is_mapper(u32 major)
{
	return major == 253;
}

static bool is_nothing(u32 major)
{
	return false;
}

/* A rule that another one overrides counts; a rule with priority 0 does not. */
static void grants(struct kunit *test)
{
	static const struct clip_device_rule more[] = {
		{ 253, 0, 7, 9, R | W }, { 253, 8, 0, 0, X },
		{ 253, 0, 3, 1, S },
	};
	struct clip_devtable *table;
	struct clip_devchange args;

	table = change(test, NULL, &args, CLIP_COMMIT_ADD, shipped,
		       ARRAY_SIZE(shipped));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	KUNIT_EXPECT_TRUE(test, clip_devtable_grants(table, X, is_mapper));
	KUNIT_EXPECT_FALSE(test, clip_devtable_grants(table, X, is_nothing));
	KUNIT_EXPECT_FALSE(test, clip_devtable_grants(NULL, X, is_mapper));
	kvfree(table);
	table = change(test, NULL, &args, CLIP_COMMIT_ADD, more, 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	KUNIT_EXPECT_FALSE(test, clip_devtable_grants(table, D | X | S,
						      is_mapper));
	kvfree(table);
	table = change(test, NULL, &args, CLIP_COMMIT_ADD, more, 3);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	KUNIT_EXPECT_TRUE(test, clip_devtable_grants(table, D | X | S,
						     is_mapper));
	KUNIT_EXPECT_FALSE(test, clip_devtable_grants(table, X, is_mapper));
	kvfree(table);
}

struct conflict_case {
	const char *name;
	struct clip_device_rule second;
	enum clip_reason reason;	/* if added to "8 4 3 5 r" */
};

/* DV-04, DV-05: The order of loading has no effect. */
static const struct conflict_case conflict_cases[] = {
	{ "the same", { 8, 4, 3, 5, R }, CLIP_REASON_DUPLICATE },
	{ "other permissions", { 8, 4, 3, 5, W }, CLIP_REASON_EXISTS },
	{ "other priority", { 8, 4, 3, 6, R }, CLIP_REASON_EXISTS },
	{ "inside, tied", { 8, 5, 0, 5, W }, CLIP_REASON_DEVICE_TIE },
	{ "around, tied", { 8, 0, 15, 5, W }, CLIP_REASON_DEVICE_TIE },
	{ "last, tied", { 8, 7, 9, 5, W }, CLIP_REASON_DEVICE_TIE },
	{ "first, tied", { 8, 0, 4, 5, W }, CLIP_REASON_DEVICE_TIE },
	{ "tied with the same permissions", { 8, 7, 9, 5, R },
	  CLIP_REASON_DEVICE_TIE },
	{ "before", { 8, 0, 3, 5, W }, CLIP_REASON_NONE },
	{ "behind", { 8, 8, 9, 5, W }, CLIP_REASON_NONE },
	{ "inside, higher", { 8, 5, 0, 6, W }, CLIP_REASON_NONE },
	{ "inside, priority 0", { 8, 5, 0, 0, W }, CLIP_REASON_NONE },
	{ "other major", { 9, 4, 3, 5, W }, CLIP_REASON_NONE },
};

KUNIT_ARRAY_PARAM_DESC(conflict, conflict_cases, name);

static void conflict(struct kunit *test)
{
	const struct conflict_case *c = test->param_value;
	const struct clip_device_rule rules[] = {
		{ 8, 4, 3, 5, R }, c->second,
	};
	struct clip_devtable *first, *table;
	struct clip_devchange args;

	/* Both rules are added in one request. */
	table = change(test, NULL, &args, CLIP_COMMIT_ADD, rules, 2);
	KUNIT_EXPECT_EQ(test, c->reason, args.reason);
	KUNIT_EXPECT_EQ(test, c->reason != CLIP_REASON_NONE, IS_ERR(table));
	if (args.noted)
		KUNIT_EXPECT_EQ(test, 1, args.results[0].index);
	if (!IS_ERR(table))
		kvfree(table);
	/* They are added in two requests. An identical rule may be repeated. */
	first = change(test, NULL, &args, CLIP_COMMIT_ADD, rules, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	table = change(test, first, &args, CLIP_COMMIT_ADD, rules + 1, 1);
	KUNIT_EXPECT_EQ(test, c->reason == CLIP_REASON_DUPLICATE ?
			CLIP_REASON_NONE : c->reason, args.reason);
	KUNIT_EXPECT_EQ(test, c->reason == CLIP_REASON_DUPLICATE,
			args.unchanged);
	if (!IS_ERR(table))
		kvfree(table);
	kvfree(first);
}

static void every_fault_is_noted(struct kunit *test)
{
	static const struct clip_device_rule rules[] = {
		{ 4096, 0, 0, 1, R }, { 8, 0, 0, 1, R }, { 8, 0, 0, 1, 4 },
		{ 8, 0, 3, 1, W },
	};
	struct clip_devchange args;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR(change(test, NULL, &args, CLIP_COMMIT_ADD,
				       rules, 4)));
	KUNIT_EXPECT_EQ(test, CLIP_REASON_BAD_DEVICE, args.reason);
	KUNIT_ASSERT_EQ(test, 3, args.noted);
	KUNIT_EXPECT_EQ(test, 0, args.results[0].index);
	KUNIT_EXPECT_EQ(test, 2, args.results[1].index);
	KUNIT_EXPECT_EQ(test, CLIP_REASON_BAD_FLAGS, args.results[1].reason);
	KUNIT_EXPECT_EQ(test, EINVAL, args.results[1].error);
	KUNIT_EXPECT_EQ(test, 3, args.results[2].index);
	KUNIT_EXPECT_EQ(test, CLIP_REASON_DEVICE_TIE, args.results[2].reason);
}

static void replace_and_remove(struct kunit *test)
{
	static const struct clip_device_rule next[] = {
		{ 8, 1, 0, 2, 0 }, { 7, 0, 7, 1, R },
	};
	/* DV-12: Removal ignores the permissions, but not the priority. */
	static const struct clip_device_rule gone[] = {
		{ 8, 1, 0, 2, R | W }, { 7, 0, 7, 2, R },
	};
	struct clip_devtable *first, *second, *third;
	struct clip_devchange args;

	first = change(test, NULL, &args, CLIP_COMMIT_ADD, shipped,
		       ARRAY_SIZE(shipped));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	KUNIT_EXPECT_EQ(test, 1, first->generation);
	second = change(test, first, &args, CLIP_COMMIT_REPLACE, next, 2);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, second);
	KUNIT_EXPECT_EQ(test, 2, second->count);
	KUNIT_EXPECT_EQ(test, 2, second->generation);
	KUNIT_EXPECT_EQ(test, 1, args.added);
	KUNIT_EXPECT_EQ(test, 1, args.unchanged);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(shipped) - 1, args.removed);
	/* The old table is unchanged. */
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(shipped), first->count);

	KUNIT_EXPECT_EQ(test, -ENOENT,
			PTR_ERR(change(test, second, &args,
				       CLIP_COMMIT_REMOVE, gone, 2)));
	KUNIT_EXPECT_EQ(test, 1, args.noted);
	KUNIT_EXPECT_EQ(test, 1, args.results[0].index);
	third = change(test, second, &args, CLIP_COMMIT_REMOVE, gone, 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, third);
	KUNIT_EXPECT_EQ(test, 1, args.removed);
	KUNIT_EXPECT_EQ(test, 1, third->count);
	KUNIT_EXPECT_EQ(test, 7, third->rules[0].major);
	kvfree(third);
	kvfree(second);
	kvfree(first);
}

static void order(struct kunit *test)
{
	struct clip_devtable *table;
	struct clip_devchange args;

	table = change(test, NULL, &args, CLIP_COMMIT_ADD, shipped,
		       ARRAY_SIZE(shipped));
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	for (u32 i = 1; i < table->count; i++)
		KUNIT_EXPECT_GE(test, table->rules[i - 1].priority,
				table->rules[i].priority);
	KUNIT_EXPECT_EQ(test, 3, table->rules[0].priority);
	KUNIT_EXPECT_EQ(test, 0, table->rules[table->count - 1].priority);
	kvfree(table);
}

static void bounded(struct kunit *test)
{
	struct clip_device_rule *rules;
	struct clip_devtable *table;
	struct clip_devchange args;
	const u32 most = CLIP_DEVICE_RULES_MAX;

	rules = kunit_kcalloc(test, most + 1, sizeof(*rules), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rules);
	for (u32 i = 0; i <= most; i++)
		rules[i] = (struct clip_device_rule) { 8, i, 0, 1, R };
	table = change(test, NULL, &args, CLIP_COMMIT_ADD, rules, most);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, table);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR(change(test, table, &args, CLIP_COMMIT_ADD,
				       rules + most, 1)));
	kvfree(table);
}

/* DV-11; Fault 33: no privilege, whether context 0 is active or not. */
static void who_may_change(struct kunit *test)
{
	for (int bits = 0; bits < 16; bits++) {
		const struct clip_caller caller = {
			.admin = bits & 1,
			.sys_admin = bits & 2,
			.verictl = bits & 4,
			.admin_active = bits & 8,
		};

		KUNIT_EXPECT_EQ(test, (bits & 3) == 3,
				clip_may_change_devices(&caller));
	}
}

static struct kunit_case clip_devtable_cases[] = {
	KUNIT_CASE_PARAM(check, check_gen_params),
	KUNIT_CASE_PARAM(look, look_gen_params),
	KUNIT_CASE(look_in_no_table),
	KUNIT_CASE(grants),
	KUNIT_CASE_PARAM(conflict, conflict_gen_params),
	KUNIT_CASE(every_fault_is_noted),
	KUNIT_CASE(replace_and_remove),
	KUNIT_CASE(order),
	KUNIT_CASE(bounded),
	KUNIT_CASE(who_may_change),
	{}
};

static struct kunit_suite clip_devtable_suite = {
	.name = "clip_devtable",
	.test_cases = clip_devtable_cases,
};

kunit_test_suite(clip_devtable_suite);
