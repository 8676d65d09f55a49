// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault 10a: taking a rule back by its path takes back every entry that a rule
 * for this path has made, wherever the files are meanwhile; and no other entry.
 * What that has to do with contexts is in interface/unload_test.c.
 */
#include "exec_fixture.h"

#define B	DIR "/b"
#define MOVED	DIR "/moved"
#define HELD	DIR "/held"
#define SUB	DIR "/sub"

/* HELD is a mount of the file itself: it stays when its names go. */
static int hold(const char *path)
{
	int fd = open(HELD, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);

	if (fd < 0)
		return errno;
	close(fd);
	return mount(path, HELD, NULL, MS_BIND, NULL) ? errno : 0;
}

static int remove_rule(const struct rule *rule, uint32_t flags,
		       struct outcome *outcome)
{
	return commit_rules(rule, 1, CLIP_COMMIT_REMOVE, flags, outcome);
}

#define EXPECT_TAKEN_BACK(count, call) do { \
	struct outcome outcome; \
	const struct store_state before_ = store_state(); \
	\
	EXPECT_EQ(0, (call)); \
	EXPECT_EQ(count, outcome.commit.removed); \
	EXPECT_EQ(before_.entries - (count), store_state().entries); \
} while (0)

#define EXPECT_NOT_THERE(error, call) do { \
	struct outcome outcome; \
	const struct store_state before_ = store_state(); \
	\
	EXPECT_EQ(error, (call)); \
	EXPECT_EQ(0, outcome.commit.removed); \
	EXPECT_EQ(before_.entries, store_state().entries); \
	EXPECT_EQ(before_.generation, store_state().generation); \
} while (0)

TEST_F(exec, after_a_rename)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, rename(A, MOVED));
	/* The twin: the entry stays with its file. */
	EXPECT_GRANTED(probe_run(MOVED, USER_ID));
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule, 0, &outcome));
	EXPECT_PLAIN(probe_run(MOVED, USER_ID));
	EXPECT_NOT_THERE(ENOENT, remove_rule(&self->rule, 0, &outcome));
}

/* As a package upgrade does: rename, unload by path, load. */
TEST_F(exec, another_file_has_the_path)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, hold(A));
	ASSERT_EQ(0, copy_file(PROBE, MOVED, 0755));
	ASSERT_EQ(0, rename(MOVED, A));
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule, 0, &outcome));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_GRANTED(probe_run(A, USER_ID));
	EXPECT_PLAIN(probe_run(HELD, USER_ID));
	umount2(HELD, MNT_DETACH);
}

/* Loaded before it is unloaded: the path has made two entries. */
TEST_F(exec, both_files_of_a_path)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, rename(A, MOVED));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_GRANTED(probe_run(A, USER_ID));
	EXPECT_GRANTED(probe_run(MOVED, USER_ID));
	EXPECT_TAKEN_BACK(2, remove_rule(&self->rule, 0, &outcome));
	EXPECT_PLAIN(probe_run(A, USER_ID));
	EXPECT_PLAIN(probe_run(MOVED, USER_ID));
}

TEST_F(exec, after_unlink)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, hold(A));
	ASSERT_EQ(0, unlink(A));
	EXPECT_GRANTED(probe_run(HELD, USER_ID));
	/* A dry run finds it, and leaves it. */
	{
		const struct store_state before = store_state();
		struct outcome outcome;

		EXPECT_EQ(0, remove_rule(&self->rule, CLIP_COMMIT_DRY_RUN,
					 &outcome));
		EXPECT_EQ(1, outcome.commit.removed);
		EXPECT_EQ(before.entries, store_state().entries);
		EXPECT_EQ(before.generation, store_state().generation);
		EXPECT_GRANTED(probe_run(HELD, USER_ID));
	}
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule,
					 CLIP_COMMIT_SKIP_MISSING, &outcome));
	EXPECT_PLAIN(probe_run(HELD, USER_ID));
	umount2(HELD, MNT_DETACH);
}

/* Held by a descriptor only. */
TEST_F(exec, a_descriptor_of_a_deleted_file)
{
	char path[64];
	int fd = open(A, O_RDONLY);

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, unlink(A));
	EXPECT_EQ(BIND, probe_run(path, USER_ID).permitted);
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule, 0, &outcome));
	EXPECT_EQ(0, probe_run(path, USER_ID).permitted);
	close(fd);
}

/* The ways in which a path can lead to nothing that could be listed. */
TEST_F(exec, the_path_leads_elsewhere)
{
	struct rule rule = self->rule;

	rule.path = SUB "/a";
	for (int way = 0; way < 7; way++) {
		ASSERT_EQ(0, mkdir(SUB, 0755));
		ASSERT_EQ(0, link(A, rule.path));
		ASSERT_EQ(0, load(&rule));
		EXPECT_GRANTED(probe_run(A, USER_ID));
		switch (way) {
		case 0:		/* a directory */
			ASSERT_EQ(0, unlink(rule.path));
			ASSERT_EQ(0, mkdir(rule.path, 0755));
			break;
		case 1:		/* a link that leads nowhere */
			ASSERT_EQ(0, unlink(rule.path));
			ASSERT_EQ(0, symlink("none", rule.path));
			break;
		case 2:		/* a link that leads to itself */
			ASSERT_EQ(0, unlink(rule.path));
			ASSERT_EQ(0, symlink("a", rule.path));
			break;
		case 3:		/* no such directory */
			ASSERT_EQ(0, rename(SUB, MOVED));
			break;
		case 4:		/* the directory is a file */
			ASSERT_EQ(0, rename(SUB, MOVED));
			ASSERT_EQ(0, copy_file(PROBE, SUB, 0755));
			break;
		case 5:		/* a file of a filesystem without entries */
			ASSERT_EQ(0, unlink(rule.path));
			ASSERT_EQ(0, symlink("/proc/version", rule.path));
			break;
		default:	/* a mount covers the directory */
			ASSERT_EQ(0, mount("none", SUB, "tmpfs", 0, NULL));
			break;
		}
		EXPECT_TAKEN_BACK(1, remove_rule(&rule, 0, &outcome));
		EXPECT_PLAIN(probe_run(A, USER_ID));
		EXPECT_NE(0, remove_rule(&rule, 0, NULL));
		umount2(SUB, MNT_DETACH);
		unlink(rule.path);
		rmdir(rule.path);
		unlink(SUB);
		rmdir(SUB);
		unlink(MOVED "/a");
		rmdir(MOVED);
	}
}

/* More files than a chain of the tables has. */
TEST_F(exec, many_files_of_a_path)
{
	enum { MANY = 40 };
	char name[64];

	for (int i = 0; i < MANY; i++) {
		ASSERT_EQ(0, load(&self->rule));
		snprintf(name, sizeof(name), DIR "/old-%d", i);
		ASSERT_EQ(0, rename(A, name));
		ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	}
	EXPECT_GRANTED(probe_run(DIR "/old-7", USER_ID));
	EXPECT_TAKEN_BACK(MANY, remove_rule(&self->rule, 0, &outcome));
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), DIR "/old-%d", i);
		EXPECT_PLAIN(probe_run(name, USER_ID));
	}
}

TEST_F(exec, other_paths_stay)
{
	static const char *const others[] = { A "a", DIR "/", "/tmp/exec//a" };
	struct rule b = self->rule;

	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	b.path = B;
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, load(&b));
	ASSERT_EQ(0, rename(A, MOVED));
	/* A longer, a shorter and an equal path that no rule has. */
	for (int i = 0; i < 3; i++) {
		struct rule other = self->rule;

		other.path = others[i];
		EXPECT_NE(0, remove_rule(&other, 0, NULL));
		EXPECT_GRANTED(probe_run(MOVED, USER_ID));
	}
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule, 0, &outcome));
	EXPECT_PLAIN(probe_run(MOVED, USER_ID));
	EXPECT_GRANTED(probe_run(B, USER_ID));
}

/* The file of the path, and what a rule for the path has made earlier. */
TEST_F(exec, only_the_digest_that_is_named)
{
	struct rule fresh;

	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, rename(A, MOVED));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, append_byte(A));
	ASSERT_EQ(0, rule_for(&fresh, A, CLIP_ENTRY_EXE));
	fresh.effective = BIND;
	fresh.permitted = BIND;
	ASSERT_EQ(0, load(&fresh));
	EXPECT_TAKEN_BACK(1, remove_rule(&self->rule, CLIP_COMMIT_BESIDE,
					 &outcome));
	EXPECT_PLAIN(probe_run(MOVED, USER_ID));
	EXPECT_GRANTED(probe_run(A, USER_ID));
	EXPECT_NOT_THERE(ENOENT, remove_rule(&self->rule, CLIP_COMMIT_BESIDE,
					     &outcome));
	EXPECT_TAKEN_BACK(1, remove_rule(&fresh, CLIP_COMMIT_BESIDE, &outcome));
	EXPECT_PLAIN(probe_run(A, USER_ID));
}

/* A removal that is refused as a whole takes nothing back. */
TEST_F(exec, all_or_nothing)
{
	struct rule rules[2] = { self->rule, self->rule };

	rules[1].path = DIR "/never";
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, rename(A, MOVED));
	EXPECT_NOT_THERE(ENOENT, commit_rules(rules, 2, CLIP_COMMIT_REMOVE, 0,
					      &outcome));
	EXPECT_GRANTED(probe_run(MOVED, USER_ID));
	EXPECT_TAKEN_BACK(1, commit_rules(rules, 2, CLIP_COMMIT_REMOVE,
					  CLIP_COMMIT_SKIP_MISSING, &outcome));
	EXPECT_PLAIN(probe_run(MOVED, USER_ID));
}

TEST_HARNESS_MAIN
