// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault 12: replacing rules touches only what differs, and reaches every
 * context where that is asked for.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/reload"
#define A	DIR "/a"
#define B	DIR "/b"
#define C	DIR "/c"
#define LINK	DIR "/link"
#define XID	4078
#define OTHER	4079
#define ALL	CLIP_COMMIT_ALL_CONTEXTS
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(reload)
{
	struct rule rules[4];	/* for A, B, and the digests of A and B */
	int fd, other;
	struct store_state before;
};

FIXTURE_VARIANT(reload)
{
	bool blocks;
};

/* The same in both forms of an image. */
FIXTURE_VARIANT_ADD(reload, entries)
{
	.blocks = false,
};

FIXTURE_VARIANT_ADD(reload, blocks)
{
	.blocks = true,
};

FIXTURE_SETUP(reload)
{
	image_blocks = variant->blocks;
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	/* Of a test that has failed. */
	context_delete(XID);
	context_delete(OTHER);
	self->fd = context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->other = context_create(OTHER, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	ASSERT_EQ(0, copy_file(PROBE, C, 0755));
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, append_byte(C));
	ASSERT_EQ(0, append_byte(C));
	/* The context of the caller has no entries, so it does not matter. */
	ASSERT_EQ(0, commit_rules(NULL, 0, CLIP_COMMIT_REPLACE, 0, NULL));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, rule_for(&self->rules[i], i % 2 ? B : A,
				      i < 2 ? CLIP_ENTRY_EXE : 0));
		self->rules[i].context = XID;
		if (i >= 2)
			self->rules[i].path = "";
	}
	ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_ADD, 0, NULL));
	self->before = store_state();
}

FIXTURE_TEARDOWN(reload)
{
	set_level(XID, 0);
	set_level(OTHER, 0);
	context_delete(XID);
	context_delete(OTHER);
	close(self->fd);
	close(self->other);
	umount2(DIR, MNT_DETACH);
	image_blocks = false;
}

#define EXPECT_UNCHANGED() do { \
	EXPECT_EQ(self->before.generation, store_state().generation); \
	EXPECT_EQ(self->before.entries, store_state().entries); \
} while (0)

/* Looks at a file, and returns how many bytes were hashed for that. */
static long long hashed_for(const char *path, int state)
{
	const long long before = status_value("hashed_bytes");
	struct clip_query args = {
		.size = sizeof(args), .context = XID, .flags = CLIP_QUERY_VERIFY,
		.fd = open(path, O_RDONLY | O_CLOEXEC),
	};
	const int err = device_call(CLIP_IOC_QUERY, &args);

	close(args.fd);
	if (err || (int)args.state != state)
		return -1;
	return status_value("hashed_bytes") - before;
}

static struct clip_context_args get(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	if (context_call(CLIP_IOC_CONTEXT_GET, &args))
		memset(&args, 0xff, sizeof(args));
	return args;
}

/* Is there a line in the list of entries for the context with this text? */
static bool entries_tell(const char *text)
{
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/entries", "r");
	char line[1024];
	bool found = false;

	while (file && fgets(line, sizeof(line), file))
		found |= strstr(line, "context=4078 ") && strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

TEST_F(reload, the_same_rules_change_nothing)
{
	struct outcome outcome;

	ASSERT_LT(0, hashed_for(A, CLIP_STATE_VERIFIED));
	ASSERT_LT(0, hashed_for(B, CLIP_STATE_VERIFIED));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_REPLACE,
					  i ? ALL : 0, &outcome));
		EXPECT_EQ(0, outcome.commit.added);
		EXPECT_EQ(0, outcome.commit.removed);
		EXPECT_EQ(4, outcome.commit.unchanged);
		EXPECT_EQ(self->before.generation, outcome.commit.generation);
		EXPECT_UNCHANGED();
		EXPECT_EQ(2, get(XID).digests);
	}
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_VERIFIED));
	EXPECT_EQ(0, hashed_for(B, CLIP_STATE_VERIFIED));
}

TEST_F(reload, what_differs_is_all_that_changes)
{
	struct outcome outcome;

	ASSERT_LT(0, hashed_for(A, CLIP_STATE_VERIFIED));
	ASSERT_LT(0, hashed_for(B, CLIP_STATE_VERIFIED));
	self->rules[1].flags |= CLIP_ENTRY_NEEDROOT;
	ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_REPLACE, 0,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	EXPECT_EQ(1, outcome.commit.removed);
	EXPECT_EQ(3, outcome.commit.unchanged);
	EXPECT_EQ(self->before.generation + 1, store_state().generation);
	EXPECT_EQ(self->before.entries, store_state().entries);
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_VERIFIED));
	/* The digest belongs to the content, and not to the rule. */
	EXPECT_EQ(0, hashed_for(B, CLIP_STATE_VERIFIED));
}

/* Each field of a rule makes a difference. */
TEST_F(reload, every_field_counts)
{
	struct outcome outcome;

	for (int field = 0; field < 6; field++) {
		struct rule *rule = &self->rules[0];

		rule->flags |= field == 0 ? CLIP_ENTRY_LIB : 0;
		rule->effective |= field == 1 ? 1 << 10 : 0;
		rule->permitted |= field == 2 ? 1 << 10 : 0;
		rule->inheritable |= field == 3 ? 1 << 10 : 0;
		rule->privileges |= field == 4 ? CLIP_PRIV_NETCLIENT : 0;
		rule->digest[0] ^= field == 5;
		ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_REPLACE,
					  0, &outcome));
		EXPECT_EQ(1, outcome.commit.added);
		EXPECT_EQ(1, outcome.commit.removed);
		EXPECT_EQ(3, outcome.commit.unchanged);
		EXPECT_EQ(self->before.entries, store_state().entries);
	}
}

/* A rule that is gone and comes again is a new one, for content that is known. */
TEST_F(reload, gone_and_back)
{
	ASSERT_LT(0, hashed_for(A, CLIP_STATE_VERIFIED));
	ASSERT_EQ(0, commit_rules(self->rules + 1, 1, CLIP_COMMIT_REPLACE, 0,
				  NULL));
	EXPECT_EQ(self->before.entries - 1, store_state().entries);
	ASSERT_EQ(0, commit_rules(self->rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_VERIFIED));
}

TEST_F(reload, a_dry_run_keeps_and_changes_nothing)
{
	struct outcome outcome;

	ASSERT_LT(0, hashed_for(A, CLIP_STATE_VERIFIED));
	ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(0, outcome.commit.added);
	EXPECT_EQ(3, outcome.commit.removed);
	EXPECT_EQ(1, outcome.commit.unchanged);
	EXPECT_UNCHANGED();
	EXPECT_EQ(2, get(XID).digests);
	/* The same after a refusal that comes when one was kept already. */
	self->rules[2] = self->rules[0];
	self->rules[2].flags |= CLIP_ENTRY_LIB;
	EXPECT_EQ(EEXIST, commit_rules(self->rules, 3, CLIP_COMMIT_REPLACE, 0,
				       &outcome));
	EXPECT_EQ(CLIP_REASON_DUPLICATE, outcome.commit.reason);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_VERIFIED));
	/* The real thing. */
	ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE, 0,
				  &outcome));
	EXPECT_EQ(3, outcome.commit.removed);
	EXPECT_EQ(1, store_state().entries);
	EXPECT_EQ(0, get(XID).digests);
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_VERIFIED));
}

/* The same rule by another path: what is kept is known by that path then. */
TEST_F(reload, the_name_follows)
{
	struct outcome outcome;

	ASSERT_EQ(0, link(A, LINK));
	EXPECT_TRUE(entries_tell("path=" A " "));
	self->rules[0].path = LINK;
	ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_REPLACE,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_TRUE(entries_tell("path=" A " "));
	ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_REPLACE, 0,
				  &outcome));
	EXPECT_EQ(4, outcome.commit.unchanged);
	EXPECT_UNCHANGED();
	EXPECT_TRUE(entries_tell("path=" LINK " "));
	EXPECT_FALSE(entries_tell("path=" A " "));
	/* Fault 10a: so it is taken back by this path, and by no other. */
	ASSERT_EQ(0, rename(A, DIR "/moved"));
	ASSERT_EQ(0, rename(LINK, DIR "/moved-too"));
	EXPECT_EQ(ENOENT, commit_rules(&(struct rule) { .path = A,
				       .context = XID }, 1,
				       CLIP_COMMIT_REMOVE, 0, NULL));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REMOVE, 0,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.removed);
}

/* Only rules for digests: C is allowed by its own. */
TEST_F(reload, digests_keep_their_verdicts)
{
	struct rule rules[3] = { self->rules[2], self->rules[3] };
	struct outcome outcome;

	ASSERT_EQ(0, allow_rule(&rules[2], C, XID));
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	ASSERT_LT(0, hashed_for(A, CLIP_STATE_ALLOWED));
	self->before = store_state();
	/* The same digests. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.unchanged);
	EXPECT_EQ(0, outcome.commit.added + outcome.commit.removed);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_ALLOWED));
	/* One more. */
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.unchanged);
	EXPECT_EQ(1, outcome.commit.added);
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_ALLOWED));
	EXPECT_LT(0, hashed_for(C, CLIP_STATE_ALLOWED));
	/* One less: what is known of A is not allowed any more. */
	ASSERT_EQ(0, commit_rules(rules + 1, 2, CLIP_COMMIT_REPLACE, 0,
				  &outcome));
	EXPECT_EQ(2, outcome.commit.unchanged);
	EXPECT_EQ(1, outcome.commit.removed);
	EXPECT_EQ(2, get(XID).digests);
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_REFUSED));
	EXPECT_EQ(0, hashed_for(C, CLIP_STATE_ALLOWED));
}

/* An unchanged context keeps its set although another one is changed. */
TEST_F(reload, digests_of_another_context)
{
	struct rule rules[2] = { self->rules[2], self->rules[3] };

	rules[1].context = OTHER;
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	ASSERT_LT(0, hashed_for(A, CLIP_STATE_ALLOWED));
	ASSERT_EQ(0, allow_rule(&rules[1], C, OTHER));
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_EQ(0, hashed_for(A, CLIP_STATE_ALLOWED));
	EXPECT_EQ(1, get(XID).digests);
	EXPECT_EQ(1, get(OTHER).digests);
}

/* ------------------------------------------------------- all contexts */

static struct rule own_rule(void)
{
	struct rule rule;

	rule_for(&rule, C, CLIP_ENTRY_EXE);
	return rule;
}

TEST_F(reload, all_contexts_are_replaced)
{
	const struct rule rule = own_rule();
	struct outcome outcome;

	/* The twin: without the flag, a context that is not named stays. */
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(0, outcome.commit.removed);
	EXPECT_EQ(2, get(XID).entries);
	EXPECT_EQ(2, get(XID).digests);
	/* A dry run says what would be. */
	self->before = store_state();
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE,
				  ALL | CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(4, outcome.commit.removed);
	EXPECT_UNCHANGED();
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, ALL,
				  &outcome));
	EXPECT_EQ(4, outcome.commit.removed);
	EXPECT_EQ(1, outcome.commit.unchanged);
	EXPECT_EQ(0, get(XID).entries);
	EXPECT_EQ(0, get(XID).digests);
	EXPECT_EQ(1, get(0).entries);
	EXPECT_EQ(self->before.generation + 1, store_state().generation);
	/* No entry at all. */
	ASSERT_EQ(0, commit_rules(self->rules, 4, CLIP_COMMIT_ADD, 0, NULL));
	ASSERT_EQ(0, commit_rules(NULL, 0, CLIP_COMMIT_REPLACE, ALL, &outcome));
	EXPECT_EQ(5, outcome.commit.removed);
	EXPECT_EQ(0, store_state().entries);
	EXPECT_EQ(0, status_value("digests"));
}

TEST_F(reload, all_contexts_needs_replace)
{
	EXPECT_EQ(EINVAL, commit_rules(self->rules, 1, CLIP_COMMIT_ADD, ALL,
				       NULL));
	EXPECT_EQ(EINVAL, commit_rules(self->rules, 1, CLIP_COMMIT_REMOVE, ALL,
				       NULL));
	EXPECT_EQ(EINVAL, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE,
				       ALL << 1, NULL));
	EXPECT_UNCHANGED();
}

/* A task that may not change a context may not empty it without naming it. */
TEST_F(reload, all_contexts_takes_the_right_to_each)
{
	const struct rule rule = own_rule();
	struct outcome outcome;

	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ADMIN_IMMUTABLE));
	/* The level of an empty context says nothing. */
	ASSERT_EQ(0, set_level(OTHER, CLIP_LEVEL_ADMIN_IMMUTABLE));
	EXPECT_EQ(EPERM, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, ALL,
				      &outcome));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, outcome.commit.reason);
	EXPECT_EQ(0, outcome.commit.added + outcome.commit.removed);
	EXPECT_UNCHANGED();
	EXPECT_EQ(2, get(XID).digests);
	/* As if it were named. */
	EXPECT_EQ(EPERM, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE, 0,
				      &outcome));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, outcome.commit.reason);
	EXPECT_UNCHANGED();
	ASSERT_EQ(0, set_level(XID, 0));
	EXPECT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, ALL,
				  &outcome));
	EXPECT_EQ(4, outcome.commit.removed);
}

struct inside {
	uint32_t flags, reason;
};

static int replace_inside(void *data)
{
	const struct inside *wanted = data;
	struct outcome outcome;
	int err;

	err = commit_rules(NULL, 0, CLIP_COMMIT_REPLACE, wanted->flags,
			   &outcome);
	return outcome.commit.reason == wanted->reason ? err : 200;
}

/* From inside a context, the others cannot be reached, and are not. */
TEST_F(reload, all_contexts_from_inside_one)
{
	struct inside all = { ALL, CLIP_REASON_PERMISSION };
	struct inside own = { 0, CLIP_REASON_NONE };

	EXPECT_EQ(EPERM, do_in_context(self->other, replace_inside, &all));
	EXPECT_UNCHANGED();
	EXPECT_EQ(2, get(XID).digests);
	EXPECT_EQ(0, do_in_context(self->fd, replace_inside, &own));
	EXPECT_EQ(self->before.entries - 2, store_state().entries);
	/* Nothing is left elsewhere that would take a right. */
	all.reason = CLIP_REASON_NONE;
	EXPECT_EQ(0, do_in_context(self->other, replace_inside, &all));
}

/* A file goes, and its context right after it. */
TEST_F(reload, names_go_with_their_entries)
{
	enum { MANY = 64, ROUNDS = 40 };
	struct rule rules[MANY];
	char paths[MANY][64];
	long long before, after;

	ASSERT_EQ(0, context_delete(XID));
	before = status_value("name_bytes");
	for (int round = 0; round < ROUNDS; round++) {
		int fd = context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL);

		ASSERT_LE(0, fd);
		close(fd);
		for (int i = 0; i < MANY; i++) {
			snprintf(paths[i], sizeof(paths[i]), DIR "/%d-%d",
				 round, i);
			close(open(paths[i], O_CREAT | O_WRONLY, 0755));
			rules[i] = self->rules[0];
			rules[i].path = paths[i];
		}
		ASSERT_EQ(0, commit_rules(rules, MANY, CLIP_COMMIT_ADD, 0,
					  NULL));
		for (int i = 0; i < MANY; i++)
			unlink(paths[i]);
		ASSERT_EQ(0, context_delete(XID));
	}
	/* What the worker and the grace periods have not freed yet. */
	for (int i = 0; i < 100; i++) {
		after = status_value("name_bytes");
		if (after <= before)
			break;
		usleep(100000);
	}
	EXPECT_EQ(before, after);
}

TEST_HARNESS_MAIN
