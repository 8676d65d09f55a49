// SPDX-License-Identifier: GPL-2.0-only
/*
 * Updates without a gap: of files that are allowed by their digest, and of
 * files with two entries.
 */
#include "allow_fixture.h"
#include "contexts.h"
#include "files.h"
#include "image.h"

#include "kselftest_harness.h"

/*
 * The digest of the new file is allowed before the file is put in place by
 * rename.
 */
TEST_F(allow, update_by_rename)
{
	ASSERT_EQ(0, allow(A, XID));
	ASSERT_EQ(0, allow(B, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, rename(B, A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/* An entry follows its file through a rename over another. */
TEST_F(allow, update_by_rename_with_entries)
{
	struct rule rule;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, rule_for(&rule, B, CLIP_ENTRY_EXE));
	rule.context = XID;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, rename(B, A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/*
 * Two entries for a file that is overwritten: the old and the new content run,
 * no other does.
 */
TEST_F(allow, update_in_place)
{
	struct outcome outcome;
	struct rule old, new, third;

	ASSERT_EQ(0, rule_for(&old, A, CLIP_ENTRY_EXE));
	old.context = XID;
	ASSERT_EQ(0, load(&old));
	ASSERT_EQ(0, rule_for(&new, B, CLIP_ENTRY_EXE));
	new.context = XID;
	new.path = A;
	EXPECT_EQ(EEXIST, load(&new));
	ASSERT_EQ(0, commit_rules(&new, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	/*
	 * Adding it twice has no effect. A third entry is refused, and so is
	 * the same digest.
	 */
	ASSERT_EQ(0, commit_rules(&new, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.unchanged);
	third = new;
	third.digest[5] ^= 1;
	EXPECT_EQ(EEXIST, commit_rules(&third, 1, CLIP_COMMIT_ADD,
				       CLIP_COMMIT_BESIDE, NULL));
	third = old;
	third.flags |= CLIP_ENTRY_NEEDROOT;
	EXPECT_EQ(EEXIST, commit_rules(&third, 1, CLIP_COMMIT_ADD,
				       CLIP_COMMIT_BESIDE, NULL));

	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, truncate(A, lseek(open(B, O_RDONLY), 0, SEEK_END)));
	EXPECT_EQ(0, exec_in_context(self->fd, A));

	/*
	 * The old entry is removed by its digest; without BESIDE both would be.
	 */
	ASSERT_EQ(0, commit_rules(&old, 1, CLIP_COMMIT_REMOVE,
				  CLIP_COMMIT_BESIDE, &outcome));
	EXPECT_EQ(1, context_get(XID).entries);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(ENOENT, commit_rules(&old, 1, CLIP_COMMIT_REMOVE,
				       CLIP_COMMIT_BESIDE, NULL));
	ASSERT_EQ(0, commit_rules(&old, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE,
				  NULL));
	ASSERT_EQ(0, commit_rules(&old, 1, CLIP_COMMIT_REMOVE, 0, &outcome));
	EXPECT_EQ(0, context_get(XID).entries);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

/* A file that is overwritten with an allowed content runs, without a grant. */
TEST_F(allow, update_in_place_by_digest)
{
	struct rule rule;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, allow(B, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(CLIP_STATE_ALLOWED,
		  probe_says(self->fd, A, CLIP_QUERY_VERIFY));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(CLIP_STATE_REFUSED,
		  probe_says(self->fd, A, CLIP_QUERY_VERIFY));
}

/* A file with two entries is deleted: neither entry remains. */
TEST_F(allow, deleted_with_two_entries)
{
	struct rule rule;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	ASSERT_EQ(0, load(&rule));
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE,
				  NULL));
	ASSERT_EQ(0, unlink(A));
	for (int i = 0; i < 100 && context_get(XID).entries; i++)
		usleep(20000);
	EXPECT_EQ(0, context_get(XID).entries);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

TEST_HARNESS_MAIN
