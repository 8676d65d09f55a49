// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images of allow digests that are refused or skipped in part, in both forms.
 */
#include "kselftest_harness.h"

#include <stdbool.h>

FIXTURE_VARIANT(allow)
{
	bool blocks;
};

#define ALLOW_BLOCKS	(variant->blocks)
#include "allow_fixture.h"

FIXTURE_VARIANT_ADD(allow, entries)
{
	.blocks = false,
};

FIXTURE_VARIANT_ADD(allow, blocks)
{
	.blocks = true,
};

/*
 * One digest that is refused, behind others or before them, keeps all of them
 * out. Its number is returned, and the same without it is accepted.
 */
TEST_F(allow, one_bad_digest_keeps_all_out)
{
	struct store_state before = store_state();
	struct outcome outcome;
	struct rule rules[3];

	for (int bad = 0; bad < 3; bad++) {
		ASSERT_EQ(0, allow_rule(&rules[0], A, XID));
		ASSERT_EQ(0, allow_rule(&rules[1], B, XID));
		ASSERT_EQ(0, allow_rule(&rules[2], TINY, XID));
		rules[2].digest[5] ^= 1;
		memset(rules[bad].digest, 0, sizeof(rules[bad].digest));
		EXPECT_EQ(EINVAL, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
		EXPECT_EQ(CLIP_REASON_BAD_DIGEST, outcome.commit.reason);
		EXPECT_EQ(1, outcome.commit.results_count);
		EXPECT_EQ(bad, (int)outcome.results[0].index);
		EXPECT_EQ(EINVAL, (int)outcome.results[0].error);
		EXPECT_EQ(0, context_get(XID).digests);
		EXPECT_EQ(before.generation, store_state().generation);
		EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	}
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_ADD, 0, NULL));
	EXPECT_EQ(2, context_get(XID).digests);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/* A context that is missing is skipped on request, and refused otherwise. */
TEST_F(allow, digests_of_a_missing_context)
{
	struct store_state before = store_state();
	struct outcome outcome;
	struct rule rules[3];

	ASSERT_EQ(0, allow_rule(&rules[0], A, OTHER));
	ASSERT_EQ(0, allow_rule(&rules[1], A, XID));
	ASSERT_EQ(0, allow_rule(&rules[2], B, OTHER));
	EXPECT_EQ(ENOENT, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, outcome.commit.reason);
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(0, context_get(XID).digests);
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, CLIP_COMMIT_SKIP_CONTEXTS,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	EXPECT_EQ(2, outcome.commit.skipped);
	EXPECT_EQ(2, outcome.commit.results_count);
	EXPECT_EQ(0, (int)outcome.results[0].index);
	EXPECT_EQ(2, (int)outcome.results[1].index);
	EXPECT_EQ(CLIP_RESULT_SKIPPED, (int)outcome.results[1].flags);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/* Digests of both forms in one image; those in blocks are numbered behind. */
TEST_F(allow, entries_and_digests_in_one_image)
{
	struct outcome outcome;
	struct rule rules[3];

	ASSERT_EQ(0, allow_rule(&rules[0], A, XID));
	ASSERT_EQ(0, rule_for(&rules[1], B, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, allow_rule(&rules[2], TINY, OTHER));
	rules[1].context = XID;
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, CLIP_COMMIT_SKIP_CONTEXTS,
				  &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_EQ(2, (int)outcome.results[0].index);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, exec_in_context(self->fd, B));
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REMOVE, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.removed);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
}

TEST_HARNESS_MAIN
