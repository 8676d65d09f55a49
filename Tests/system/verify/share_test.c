// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was read of a file is known to all contexts, and to entries that come
 * later (fault 4).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include "kselftest_harness.h"

#define DIR	"/tmp/share"
#define A	DIR "/a"

FIXTURE(share)
{
	int first, second;
	long long size;
};

#define FIRST	3121
#define SECOND	3122

FIXTURE_SETUP(share)
{
	const uint32_t level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC;
	struct stat st;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", A, 0755));
	ASSERT_EQ(0, stat(A, &st));
	self->size = st.st_size;
	self->first = context_create(FIRST, level, ALL_CAPS, 0);
	ASSERT_LE(0, self->first);
	self->second = context_create(SECOND, level, ALL_CAPS, 0);
	ASSERT_LE(0, self->second);
}

FIXTURE_TEARDOWN(share)
{
	close(self->first);
	close(self->second);
	EXPECT_EQ(0, context_delete(FIRST));
	EXPECT_EQ(0, context_delete(SECOND));
	umount2(DIR, MNT_DETACH);
}

TEST_F(share, contexts_share_what_was_read)
{
	long long hashed, cached;

	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, list_file(A, SECOND, CLIP_ENTRY_EXE, 0, 0));
	hashed = status_value("hashed_bytes");
	cached = status_value("cached");
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(0, exec_in_context(self->first, A));
		EXPECT_EQ(0, exec_in_context(self->second, A));
	}
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	EXPECT_EQ(cached + 7, status_value("cached"));

	/* After a writer the file is read once more, and not twice. */
	close(open(A, O_WRONLY));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, exec_in_context(self->second, A));
		EXPECT_EQ(0, exec_in_context(self->first, A));
	}
	EXPECT_EQ(hashed + 2 * self->size, status_value("hashed_bytes"));
}

/* An allow digest in one, an entry in the other. */
TEST_F(share, allow_digests_share_it_too)
{
	long long hashed;

	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, allow(A, SECOND));
	hashed = status_value("hashed_bytes");
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, exec_in_context(self->first, A));
		EXPECT_EQ(0, exec_in_context(self->second, A));
	}
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	/* The digest is known; whether it is allowed is looked up each time. */
	ASSERT_EQ(0, disallow(A, SECOND));
	EXPECT_EQ(EACCES, exec_in_context(self->second, A));
	EXPECT_EQ(0, exec_in_context(self->first, A));
}

/* What is known is compared: another digest is refused, the same one is not. */
TEST_F(share, each_entry_compares_for_itself)
{
	long long hashed;
	struct rule rule;

	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = SECOND;
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, exec_in_context(self->first, A));
	EXPECT_EQ(EACCES, exec_in_context(self->second, A));
	EXPECT_EQ(0, exec_in_context(self->first, A));

	/* An entry that comes later finds it known. */
	hashed = status_value("hashed_bytes");
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, exec_in_context(self->second, A));
	EXPECT_EQ(hashed, status_value("hashed_bytes"));

	/* A changed file is known to none. */
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->first, A));
	EXPECT_EQ(EACCES, exec_in_context(self->second, A));
	EXPECT_LT(hashed, status_value("hashed_bytes"));
}

/* Two algorithms: each reads the file once, and then both digests are known. */
TEST_F(share, algorithms_are_known_apart)
{
	struct rule rule = { .path = A, .context = SECOND,
			     .flags = CLIP_ENTRY_EXE,
			     .algorithm = CLIP_ALGO_SHA512, .digest_size = 64 };
	struct clip_query answer;
	long long hashed;

	hashed = status_value("hashed_bytes");
	/* The kernel says the digest that the file has, and remembers it. */
	rule.context = 0;
	rule.digest[0] = 1;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, &answer));
	ASSERT_EQ(0, unload(A));
	memcpy(rule.digest, answer.found, 64);
	rule.context = SECOND;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, exec_in_context(self->first, A));
		EXPECT_EQ(0, exec_in_context(self->second, A));
	}
	EXPECT_EQ(hashed + 2 * self->size, status_value("hashed_bytes"));
}

/* The entry that one context has matched says nothing to another one. */
TEST_F(share, each_context_has_its_own_entry)
{
	const uint32_t level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC;

	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, exec_in_context(self->first, A));
		EXPECT_EQ(EACCES, exec_in_context(self->second, A));
	}
	/* A new context with the same number is another one. */
	close(self->first);
	ASSERT_EQ(0, context_delete(FIRST));
	self->first = context_create(FIRST, level, ALL_CAPS, 0);
	ASSERT_LE(0, self->first);
	EXPECT_EQ(EACCES, exec_in_context(self->first, A));
	ASSERT_EQ(0, list_file(A, FIRST, CLIP_ENTRY_EXE, 0, 0));
	EXPECT_EQ(0, exec_in_context(self->first, A));
}

TEST_HARNESS_MAIN
