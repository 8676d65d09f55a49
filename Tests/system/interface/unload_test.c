// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault 10a: a rule that is taken back by its path, and contexts.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/unload"
#define A	DIR "/a"
#define MOVED	DIR "/moved"
#define XID	4081
#define OTHER	4082

FIXTURE(unload)
{
	struct rule rule;
};

FIXTURE_SETUP(unload)
{
	context_delete(XID);
	context_delete(OTHER);
	close(context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL));
	close(context_create(OTHER, 0, ALL_CAPS, CLIP_PRIV_ALL));
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.context = XID;
}

FIXTURE_TEARDOWN(unload)
{
	EXPECT_EQ(0, context_delete(XID));
	EXPECT_EQ(0, context_delete(OTHER));
	umount2(DIR, MNT_DETACH);
}

static int state_in(uint32_t xid, const char *path)
{
	struct clip_query args = {
		.size = sizeof(args), .context = xid,
		.fd = open(path, O_RDONLY | O_CLOEXEC),
	};
	int err = device_call(CLIP_IOC_QUERY, &args);

	close(args.fd);
	return err ? -err : (int)args.state;
}

/* Removes the rule, and returns how many entries that has removed, or -errno. */
static int taken_back(const struct rule *rule)
{
	struct outcome outcome;
	int err = commit_rules(rule, 1, CLIP_COMMIT_REMOVE, 0, &outcome);

	return err ? -err : (int)outcome.commit.removed;
}

#define EXPECT_KEPT(error, rule) do { \
	const struct store_state before_ = store_state(); \
	\
	EXPECT_EQ(-(error), taken_back(rule)); \
	EXPECT_EQ(before_.entries, store_state().entries); \
	EXPECT_EQ(before_.generation, store_state().generation); \
} while (0)

TEST_F(unload, other_contexts_keep_theirs)
{
	struct rule other = self->rule;

	other.context = OTHER;
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, load(&other));
	ASSERT_EQ(0, rename(A, MOVED));
	EXPECT_EQ(1, taken_back(&self->rule));
	EXPECT_EQ(CLIP_STATE_UNLISTED, state_in(XID, MOVED));
	EXPECT_EQ(CLIP_STATE_LISTED, state_in(OTHER, MOVED));
	EXPECT_KEPT(ENOENT, &self->rule);
	EXPECT_EQ(1, taken_back(&other));
	EXPECT_EQ(CLIP_STATE_UNLISTED, state_in(OTHER, MOVED));
}

/* The level of the context decides, as for a path that leads to the file. */
TEST_F(unload, immutable_contexts_keep_theirs)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, rename(A, MOVED));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ADMIN_IMMUTABLE));
	EXPECT_KEPT(EPERM, &self->rule);
	ASSERT_EQ(0, set_level(XID, 0));
	EXPECT_EQ(1, taken_back(&self->rule));
}

/*
 * CX-13: with enforce_mntro, a file that cannot be written keeps its entry, also
 * if its path is made to lead elsewhere.
 */
TEST_F(unload, enforce_mntro_keeps_what_cannot_be_written)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ENFORCE_MNTRO));
	ASSERT_EQ(0, mount("none", DIR, NULL, MS_REMOUNT | MS_RDONLY, NULL));
	EXPECT_KEPT(EROFS, &self->rule);
	/* Covered: by nothing, by another file, and by none of its directory. */
	ASSERT_EQ(0, mount("none", DIR, "tmpfs", 0, NULL));
	EXPECT_KEPT(ENOENT, &self->rule);
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	EXPECT_KEPT(ENOENT, &self->rule);
	ASSERT_EQ(0, umount(DIR));
	/* The same filesystem, by a mount of it that is read-only. */
	ASSERT_EQ(0, mount("none", DIR, NULL, MS_REMOUNT, NULL));
	ASSERT_EQ(0, rename(A, MOVED));
	ASSERT_EQ(0, mount("none", DIR, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
			   NULL));
	EXPECT_KEPT(ENOENT, &self->rule);
	/* The twins: it can be written. First lost, then where it was. */
	ASSERT_EQ(0, mount("none", DIR, NULL, MS_REMOUNT | MS_BIND, NULL));
	EXPECT_EQ(1, taken_back(&self->rule));
	ASSERT_EQ(0, rename(MOVED, A));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(1, taken_back(&self->rule));
	/* The twin: without the word, it is taken back wherever it is. */
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, mount("none", DIR, "tmpfs", 0, NULL));
	EXPECT_KEPT(ENOENT, &self->rule);
	ASSERT_EQ(0, set_level(XID, 0));
	EXPECT_EQ(1, taken_back(&self->rule));
	ASSERT_EQ(0, umount(DIR));
}

TEST_HARNESS_MAIN
