// SPDX-License-Identifier: GPL-2.0-only
/*
 * A commit that ends early changes nothing, neither what is in force nor what
 * the next commit does; and a failed look-up gives back only what it took.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/ended"
#define A	DIR "/a"
#define B	DIR "/b"
#define LINK	DIR "/link"
#define XID	4077

/* Two entries and an allow digest in a context of their own, in force. */
FIXTURE(ended)
{
	struct rule rules[3];
	struct store_state before;
};

FIXTURE_SETUP(ended)
{
	int fd = context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL);

	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, rule_for(&self->rules[0], A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&self->rules[1], B, CLIP_ENTRY_EXE));
	self->rules[2] = self->rules[0];
	self->rules[2].path = "";
	self->rules[2].flags = 0;
	for (int i = 0; i < 3; i++)
		self->rules[i].context = XID;
	ASSERT_EQ(0, commit_rules(self->rules, 3, CLIP_COMMIT_ADD, 0, NULL));
	self->before = store_state();
}

FIXTURE_TEARDOWN(ended)
{
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

#define EXPECT_UNCHANGED() do { \
	EXPECT_EQ(self->before.generation, store_state().generation); \
	EXPECT_EQ(self->before.entries, store_state().entries); \
} while (0)

/* The digests of all contexts; only this test's context has some. */
static long long digests(void)
{
	return status_value("digests");
}

/*
 * Replaces all three by the first, which stays as it is. A commit replaces the
 * caller's own context as well, so its entries are part of what is removed.
 */
#define EXPECT_REPLACED() do { \
	struct outcome outcome_; \
	const long long digests_ = digests(); \
	\
	ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE, 0, \
				  &outcome_)); \
	EXPECT_EQ(0, outcome_.commit.added); \
	EXPECT_EQ(1, outcome_.commit.unchanged); \
	EXPECT_EQ(self->before.entries, outcome_.commit.removed); \
	EXPECT_EQ(1, store_state().entries); \
	EXPECT_EQ(digests_ - 1, digests()); \
} while (0)

/* The twin: without an earlier attempt. */
TEST_F(ended, replace_removes_what_is_not_named)
{
	EXPECT_REPLACED();
}

/* Fault 11: a look at what a REPLACE would do takes nothing from the next. */
TEST_F(ended, replace_after_a_dry_run)
{
	struct outcome outcome;

	ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(self->before.entries, outcome.commit.removed);
	EXPECT_UNCHANGED();
	EXPECT_REPLACED();
}

TEST_F(ended, replace_after_two_dry_runs)
{
	struct outcome outcome;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE,
					  CLIP_COMMIT_DRY_RUN, &outcome));
		EXPECT_EQ(self->before.entries, outcome.commit.removed);
	}
	EXPECT_UNCHANGED();
	EXPECT_REPLACED();
}

/* It fails when the tables have been changed already: two rules for one file. */
TEST_F(ended, replace_after_a_duplicate)
{
	struct rule rules[2] = { self->rules[0], self->rules[0] };

	rules[1].flags |= CLIP_ENTRY_LIB;
	EXPECT_EQ(EEXIST, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_UNCHANGED();
	EXPECT_REPLACED();
}

/* It fails before the tables are touched. */
TEST_F(ended, replace_after_a_missing_file)
{
	struct rule rule = self->rules[0];

	rule.path = DIR "/missing";
	EXPECT_EQ(ENOENT, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_UNCHANGED();
	EXPECT_REPLACED();
}

/* A commit that is killed does all or nothing, and the next one does all. */
TEST_F(ended, replace_after_a_killed_one)
{
	enum { MANY = 400 };
	struct rule *rules = calloc(MANY, sizeof(*rules));
	char (*paths)[32] = calloc(MANY, sizeof(*paths));
	struct outcome outcome;

	for (int i = 0; i < MANY; i++) {
		snprintf(paths[i], sizeof(paths[i]), DIR "/many-%d", i);
		close(open(paths[i], O_CREAT | O_WRONLY, 0755));
		rules[i] = self->rules[0];
		rules[i].path = paths[i];
	}
	for (int delay = 0; delay < 24; delay++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(commit_rules(rules, MANY, CLIP_COMMIT_REPLACE, 0,
					   NULL));
		usleep(delay * 250);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		EXPECT_EQ(0, commit_rules(self->rules, 3, CLIP_COMMIT_REPLACE,
					  0, &outcome));
		EXPECT_EQ(2, store_state().entries);
	}
	self->before = store_state();
	EXPECT_REPLACED();
	free(rules);
	free(paths);
}

/* A context that is deleted after a dry run leaves nothing behind. */
TEST_F(ended, delete_after_a_dry_run)
{
	const long long before = digests();
	int fd;

	ASSERT_EQ(0, commit_rules(self->rules, 1, CLIP_COMMIT_REPLACE,
				  CLIP_COMMIT_DRY_RUN, NULL));
	ASSERT_EQ(0, context_delete(XID));
	EXPECT_EQ(self->before.entries - 2, store_state().entries);
	EXPECT_EQ(before - 1, digests());
	fd = context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL);
	EXPECT_LE(0, fd);
	close(fd);
}

/*
 * Fault 31: a symbolic link that leads nowhere. What is open below the mount
 * keeps it from being unmounted; a reference given back twice does not.
 */
TEST_F(ended, dangling_link_drops_no_reference)
{
	struct rule rules[2] = { self->rules[0], self->rules[0] };
	const int fd = open(A, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, symlink(DIR "/nowhere", LINK));
	rules[1].path = LINK;
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(ENOENT, commit_rules(rules + 1, 1, CLIP_COMMIT_ADD,
					       CLIP_COMMIT_DRY_RUN, NULL));
		EXPECT_EQ(EBUSY, umount(DIR) ? errno : 0);
	}
	EXPECT_EQ(ENOENT, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_EQ(EBUSY, umount(DIR) ? errno : 0);
	EXPECT_EQ(0, commit_rules(rules + 1, 1, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_SKIP_MISSING, NULL));
	EXPECT_EQ(EBUSY, umount(DIR) ? errno : 0);
	EXPECT_UNCHANGED();

	/* The twin: a link that leads to a file is followed, and no more. */
	ASSERT_EQ(0, unlink(LINK));
	ASSERT_EQ(0, symlink(A, LINK));
	EXPECT_EQ(0, commit_rules(rules + 1, 1, CLIP_COMMIT_ADD, 0, NULL));
	EXPECT_EQ(EBUSY, umount(DIR) ? errno : 0);
	close(fd);
	/* Nothing else holds it: the references that were taken are back. */
	EXPECT_EQ(0, umount(DIR));
}

/* The same by other failures of the second look-up. */
TEST_F(ended, failing_links_drop_no_reference)
{
	static const char *const targets[] = {
		LINK, "nowhere", "a/below", "../ended/nowhere", "/proc/1/none",
	};
	struct rule rule = self->rules[0];
	const int fd = open(A, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	rule.path = LINK;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		ASSERT_EQ(0, symlink(targets[i], LINK));
		EXPECT_NE(0, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, NULL));
		EXPECT_EQ(EBUSY, umount(DIR) ? errno : 0);
		ASSERT_EQ(0, unlink(LINK));
	}
	EXPECT_UNCHANGED();
	close(fd);
}

TEST_HARNESS_MAIN
