// SPDX-License-Identifier: GPL-2.0-only
/*
 * On an overlay, the content that was judged is the content that is executed
 * (fault 1).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"

#include <sys/mman.h>

#include "kselftest_harness.h"

#define TOP	"/tmp/overlay"
#define LOWER	TOP "/lower/a"
#define A	TOP "/mnt/a"
#define GOOD	TOP "/good"
#define XID	3103
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
		 CLIP_LEVEL_ENFORCE_LIB)

FIXTURE(overlay)
{
	int fd;
};

FIXTURE_SETUP(overlay)
{
	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(TOP "/lower", 0755));
	ASSERT_EQ(0, mkdir(TOP "/upper", 0755));
	ASSERT_EQ(0, mkdir(TOP "/work", 0755));
	ASSERT_EQ(0, mkdir(TOP "/mnt", 0755));
	ASSERT_EQ(0, copy_file(TINY, GOOD, 0755));
	ASSERT_EQ(0, copy_file(TINY, LOWER, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, allow(GOOD, XID));
}

FIXTURE_TEARDOWN(overlay)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(TOP "/mnt", MNT_DETACH);
	umount2(TOP, MNT_DETACH);
}

static int mount_overlay(void)
{
	return mount("o", TOP "/mnt", "overlay", 0, "lowerdir=" TOP
		     "/lower,upperdir=" TOP "/upper,workdir=" TOP "/work") ?
	       errno : 0;
}

static int map_a(void *unused)
{
	return map_executable(A);
}

static int map_lower(void *unused)
{
	return map_executable(LOWER);
}

/* The twin: content that is allowed runs and is mapped, above and below. */
TEST_F(overlay, allowed_content_runs)
{
	ASSERT_EQ(0, mount_overlay());
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ(0, exec_in_context(self->fd, LOWER));
}

/* Content that is not allowed is refused, before and after a copy-up. */
TEST_F(overlay, other_content_is_refused)
{
	ASSERT_EQ(0, append_byte(LOWER));
	ASSERT_EQ(0, mount_overlay());
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
	ASSERT_EQ(0, chmod(A, 0700));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
}

/*
 * The descriptor leads to the file below, which is not allowed. A copy-up puts
 * an allowed file above it: that one is read, and the other is mapped.
 */
static int map_after_copy_up(void *unused)
{
	const int old = open(A, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char good[65536];
	int fd, in, err;
	ssize_t size;
	void *at;

	in = open(GOOD, O_RDONLY | O_CLOEXEC);
	size = read(in, good, sizeof(good));
	close(in);
	fd = open(A, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (old < 0 || fd < 0 || write(fd, good, size) != size)
		return 200;
	close(fd);
	if (fstat(old, &st) || st.st_size != size)
		return 201;
	/* The twin: a descriptor that is opened now leads to the file above. */
	if (map_executable(A))
		return 202;
	at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, old, 0);
	err = at == MAP_FAILED ? errno : 0;
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, old, 0);
	if (at == MAP_FAILED || !mprotect(at, 4096, PROT_READ | PROT_EXEC))
		return 203;
	return err;
}

TEST_F(overlay, mapped_is_what_was_read)
{
	ASSERT_EQ(0, append_byte(LOWER));
	ASSERT_EQ(0, mount_overlay());
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_after_copy_up, NULL));
	/* No verdict stays with the file below, and its own name says no. */
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LOWER));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_lower, NULL));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/* Fault 2: no entry refers to a file of an overlay. */
TEST_F(overlay, no_entry_refers_to_a_file)
{
	struct rule rule;

	ASSERT_EQ(0, mount_overlay());
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	EXPECT_EQ(EOPNOTSUPP, load(&rule));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	/* The twin: the file below it. */
	rule.path = LOWER;
	EXPECT_EQ(0, load(&rule));
	EXPECT_EQ(0, unload(LOWER));
}

TEST_HARNESS_MAIN
