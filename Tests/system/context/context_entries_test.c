// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of contexts: which callers may change them, from outside, from
 * inside, and from the update context (CX-09 to CX-13, CX-18 to CX-20).
 */
#include "context_fixture.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

/* ------------------------------------------------------------- entries */

#define EXPECT_LOADS(caller, xid) do { \
	EXPECT_DONE(request_file(caller, "add", xid, FILE_1)); \
	EXPECT_DONE(request_file(caller, "remove", xid, FILE_1)); \
} while (0)

/* The commit is refused before the image is read. */
#define EXPECT_NO_LOADER(caller, xid) do { \
	EXPECT_REFUSED(EPERM, NONE, CLIP_REASON_PERMISSION, \
		       request_file(caller, "add", xid, FILE_1)); \
	EXPECT_REFUSED(EPERM, NONE, CLIP_REASON_PERMISSION, \
		       request_file(caller, "replace", xid, FILE_1)); \
} while (0)

/* The caller may load entries, but not into this context. */
#define EXPECT_NOT_INTO(caller, xid) do { \
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION, \
		       request_file(caller, "add", xid, FILE_1)); \
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION, \
		       request_file(caller, "remove", xid, FILE_2)); \
} while (0)

/* CX-09, CX-10, CX-11, CX-20 */
TEST_F(context, who_loads_while_inactive)
{
	const struct caller no_mac = { PLAIN, -1, without_mac_admin };
	const struct caller no_mac_in_a = { PLAIN, self->a, without_mac_admin };

	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, request_file(&self->root, "add", B, FILE_2).err);
	EXPECT_LOADS(&self->root, 0);
	EXPECT_LOADS(&self->root, OWN);
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&no_mac, 0);
	EXPECT_NO_LOADER(&no_mac, A);
	/*
	 * The caller may change its own context and no other, and may not find
	 * out whether another one exists.
	 */
	EXPECT_LOADS(&self->in_a, A);
	EXPECT_LOADS(&self->in_a, OWN);
	EXPECT_NOT_INTO(&self->in_a, B);
	EXPECT_NOT_INTO(&self->in_a, 0);
	EXPECT_NOT_INTO(&self->in_a, ABSENT);
	EXPECT_NO_LOADER(&no_mac_in_a, A);
	EXPECT_NO_LOADER(&self->in_watch, A);
	EXPECT_NO_LOADER(&self->in_watch, 1);
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_file(&self->root, "add", ABSENT, FILE_1));
	EXPECT_DONE(request_file(&self->in_a, "add", OWN, FILE_1));
	EXPECT_EQ(3, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
}

/* PR-02 */
TEST_F(context, who_loads_while_active)
{
	const struct caller listed_in_a = { INSIDE, self->a, NULL };

	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, request_file(&self->root, "add", B, FILE_2).err);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	/*
	 * The level of the caller's own context counts: 0 is still inactive, A
	 * is active.
	 */
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&self->in_a, A);
	EXPECT_LOADS(&listed_in_a, A);
	EXPECT_NOT_INTO(&listed_in_a, B);
	EXPECT_NOT_INTO(&listed_in_a, 0);
	ACTIVATE(0);
	EXPECT_NO_LOADER(&self->root, 0);
	EXPECT_NO_LOADER(&self->root, A);
	EXPECT_LOADS(&self->full, 0);
	EXPECT_LOADS(&self->full, A);
	/* The caller has VERICTL and no CONTEXT. */
	EXPECT_LOADS(&self->bare, 0);
	EXPECT_NOT_INTO(&self->bare, B);
	EXPECT_LOADS(&self->in_b, B);
}

/* CX-10: the word enforce_inherit of the caller's own context counts. */
TEST_F(context, enforce_inherit_requires_fsetid)
{
	const struct caller heir = { PLAIN, -1, with_fsetid };
	const struct caller heir_in_a = { PLAIN, self->a, with_fsetid };
	const struct caller listed_heir = { FULL, -1, with_fsetid };

	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ENFORCE_INHERIT));
	EXPECT_NO_LOADER(&self->root, 0);
	EXPECT_NO_LOADER(&self->root, A);
	EXPECT_LOADS(&heir, 0);
	EXPECT_LOADS(&heir, A);
	EXPECT_LOADS(&self->in_a, A);
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ENFORCE_INHERIT |
			       CLIP_LEVEL_ACTIVE));
	EXPECT_NO_LOADER(&self->full, 0);
	EXPECT_LOADS(&listed_heir, 0);
	EXPECT_NO_LOADER(&heir, 0);
	EXPECT_DONE(request_level(&self->full, 0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ENFORCE_INHERIT));
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&self->in_a, A);
	EXPECT_LOADS(&heir_in_a, A);
}

/*
 * CX-13: entries of a file on a read-only mount or filesystem cannot be
 * changed.
 */
TEST_F(context, enforce_mntro_keeps_entries_of_read_only_mounts)
{
	const struct caller *root = &self->root;
	const char *const mounted = DIR "/mounted", *const file =
		DIR "/mounted/file";

	ASSERT_EQ(0, mkdir(mounted, 0755));
	ASSERT_EQ(0, mount("t", mounted, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, copy_file(PROBE, file, 0755));
	ASSERT_EQ(0, request_file(root, "add", B, file).err);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ENFORCE_MNTRO));
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(request_file(root, "add", A, file));
	EXPECT_DONE(request_file(root, "remove", A, file));
	for (int superblock = 0; superblock < 2; superblock++) {
		ASSERT_EQ(0, mount(NULL, mounted, NULL, MS_REMOUNT | MS_RDONLY |
				   (superblock ? 0 : MS_BIND), NULL));
		EXPECT_REFUSED(EROFS, CLIP_REASON_READ_ONLY,
			       CLIP_REASON_READ_ONLY,
			       request_file(root, "add", A, file));
		EXPECT_REFUSED(EROFS, CLIP_REASON_READ_ONLY,
			       CLIP_REASON_READ_ONLY,
			       request_file(root, "remove", B, file));
		/* Other files and other contexts are not affected. */
		EXPECT_LOADS(root, A);
		EXPECT_DONE(request_file(root, "add", 0, file));
		EXPECT_DONE(request_file(root, "remove", 0, file));
		ASSERT_EQ(0, mount(NULL, mounted, NULL, MS_REMOUNT |
				   (superblock ? 0 : MS_BIND), NULL));
	}
	EXPECT_DONE(request_file(root, "remove", B, file));
	umount2(mounted, MNT_DETACH);
}

/*
 * One entry that is refused because of its context refuses the entries of all
 * others.
 */
TEST_F(context, one_commit_for_many_contexts)
{
	struct rule rules[3];
	struct outcome outcome;

	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, rule_for(&rules[i], FILE_1, CLIP_ENTRY_EXE));
	rules[0].context = 0;
	rules[1].context = A;
	rules[2].context = B;
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_ADMIN_IMMUTABLE));
	EXPECT_EQ(EPERM, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, outcome.commit.reason);
	EXPECT_EQ(1, outcome.commit.results_count);
	EXPECT_EQ(2, outcome.results[0].index);
	EXPECT_EQ(1, get(A).entries);
	rules[2].context = ABSENT;
	EXPECT_EQ(ENOENT, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, outcome.commit.reason);
	EXPECT_EQ(1, get(A).entries);
	/* The commit succeeds if the caller asks for skipping. */
	EXPECT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_SKIP_CONTEXTS, &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_EQ(1, outcome.commit.skipped);
	EXPECT_EQ(2, get(A).entries);
	EXPECT_EQ(0, unload(FILE_1));
}

/* REPLACE affects the contexts of the image and the caller's own. */
TEST_F(context, replace_is_for_the_contexts_of_the_image)
{
	struct clip_context_args args = { .xid = A };
	const long long others = get(0).entries;

	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, request_file(&self->root, "add", B, FILE_2).err);
	/* From inside A, it affects A only. */
	EXPECT_DONE(request_file(&self->in_a, "replace", OWN, FILE_1));
	EXPECT_EQ(1, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(others, get(0).entries);
	/*
	 * SELF_IMMUTABLE of context 0 keeps its entries, so that the whole
	 * commit is refused.
	 */
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_SELF_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_file(&self->root, "replace", A, FILE_2));
	ASSERT_EQ(0, set_level(0, 0));
	EXPECT_DONE(request_file(&self->root, "replace", A, FILE_2));
	EXPECT_EQ(0, get(0).entries);
	EXPECT_EQ(1, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(0, context_call(CLIP_IOC_CONTEXT_GET, &args));
}

/* --------------------------------------- what is once for the whole boot */

/* CX-18 */
TEST_F(context, update_is_declared_once)
{
	const struct caller *root = &self->root;
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	ASSERT_EQ(0, info.update_context);
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "update", 0));
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "update", 1));
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "update", OWN));
	/* The number is checked before the rights. */
	EXPECT_REFUSED(EINVAL, NONE, NONE,
		       request_xid(&self->in_a, "update", 0));
	ACTIVATE(0);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_xid(root, "update", UPDATE_CONTEXT));
	/* The context need not exist yet. */
	EXPECT_DONE(request_xid(&self->full, "update", UPDATE_CONTEXT));
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(UPDATE_CONTEXT, info.update_context);
	EXPECT_EQ(UPDATE_CONTEXT, status_value("update_context"));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(&self->full, "update", ABSENT));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(&self->full, "update", UPDATE_CONTEXT));
	EXPECT_DONE(request_level(&self->full, 0, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(root, "update", ABSENT));
}

/* Makes the update context, for the tests below. */
static int update_make(void)
{
	struct clip_context_args args = { .xid = UPDATE_CONTEXT };
	struct clip_info info;
	int fd = context_create(UPDATE_CONTEXT, 0, ALL_CAPS, PRIVS);

	context_call(CLIP_IOC_SET_UPDATE, &args);
	return get_info(&info) || info.update_context != UPDATE_CONTEXT ?
	       -1 : fd;
}

/* CX-09, CX-19 */
TEST_F(context, update_loads_and_nothing_else)
{
	const struct caller update = { PLAIN, update_make(), NULL };
	const struct caller no_mac = { PLAIN, update.fd, without_mac_admin };
	int fd;

	ASSERT_LE(0, update.fd);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	ACTIVATE(0);
	EXPECT_LOADS(&update, 0);
	EXPECT_LOADS(&update, A);
	EXPECT_LOADS(&update, OWN);
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_file(&update, "add", ABSENT, FILE_1));
	EXPECT_NO_LOADER(&no_mac, A);
	EXPECT_NO_MAKER(&update);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&update, A, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&update, OWN, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_xid(&update, "get", A));
	/*
	 * CX-10: once the update context is active itself, it requires VERICTL
	 * too.
	 */
	EXPECT_DONE(request_level(&self->full, UPDATE_CONTEXT,
				  CLIP_LEVEL_ACTIVE));
	EXPECT_NO_LOADER(&update, A);
	EXPECT_DONE(request_level(&self->full, UPDATE_CONTEXT, 0));
	EXPECT_DONE(request_level(&self->full, 0, 0));

	/* A task of a deleted update context has no special rights. */
	EXPECT_EQ(0, context_delete(UPDATE_CONTEXT));
	fd = context_create(UPDATE_CONTEXT, 0, ALL_CAPS, PRIVS);
	ASSERT_LE(0, fd);
	EXPECT_EQ(254, request_file(&update, "add", A, FILE_1).err);
	close(update.fd);
	close(fd);
	EXPECT_EQ(0, context_delete(UPDATE_CONTEXT));
}

/*
 * CX-12, the intent: each bit excludes its own class of callers, and no other.
 */
TEST_F(context, each_bit_bars_one_class)
{
	static const uint32_t bits[] = {
		0, CLIP_LEVEL_SELF_IMMUTABLE, CLIP_LEVEL_ADMIN_IMMUTABLE,
		CLIP_LEVEL_UPDATE_IMMUTABLE,
	};
	const struct caller update = { PLAIN, update_make(), NULL };
	const struct caller *const callers[] = {
		NULL, &self->in_a, &self->root, &update,
	};

	ASSERT_LE(0, update.fd);
	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_2).err);
	for (int bit = 0; bit < 4; bit++) {
		ASSERT_EQ(0, set_level(A, bits[bit]));
		for (int i = 1; i < 4; i++) {
			if (i != bit) {
				EXPECT_LOADS(callers[i], A);
				continue;
			}
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       request_file(callers[i], "add", A,
						    FILE_1));
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       request_file(callers[i], "remove", A,
						    FILE_2));
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       request_file(callers[i], "replace", A,
						    FILE_1));
		}
	}
	/* A caller that is in two classes is excluded by either bit. */
	for (int bit = 1; bit < 4; bit++) {
		ASSERT_EQ(0, set_level(0, bits[bit]));
		ASSERT_EQ(0, set_level(UPDATE_CONTEXT, bits[bit]));
		if (bit == 3)
			EXPECT_LOADS(&self->root, 0);
		else
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       request_file(&self->root, "add", 0,
						    FILE_1));
		if (bit == 2)
			EXPECT_LOADS(&update, OWN);
		else
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       request_file(&update, "add", OWN,
						    FILE_1));
	}
	close(update.fd);
	EXPECT_EQ(0, context_delete(UPDATE_CONTEXT));
}

TEST_HARNESS_MAIN
