// SPDX-License-Identifier: GPL-2.0-only
/*
 * On an overlay, the content that was judged is the content that is executed
 * (fault 1).
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define TOP	"/tmp/overlay"
#define LOWER	TOP "/lower/a"
#define A	TOP "/mnt/a"
#define GOOD	TOP "/good"
#define XID	3103
#define FILES	"/usr/lib/clip/tests"
#define TINY	FILES "/tiny"
#define LIBS	"/tmp/lib"	/* where the dynamic program has its loader */
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
	umount2(LIBS, MNT_DETACH);
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

/* A dynamic program, its loader and its library, all on an overlay. */
static int dynamic_files(void)
{
	int err = copy_file(FILES "/dynamic", TOP "/lower/dynamic", 0755) ?:
		  copy_file(FILES "/ld.so", TOP "/lower/ld.so", 0755) ?:
		  copy_file(FILES "/libc.so.6", TOP "/lower/libc.so.6", 0755);

	mkdir(LIBS, 0755);
	return err ?: mount("o", LIBS, "overlay", 0, "lowerdir=" TOP
			    "/lower,upperdir=" TOP "/upper,workdir=" TOP
			    "/work") ? errno : 0;
}

static int enforce_exec_only(void)
{
	struct clip_context_args args = {
		.xid = XID, .level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC,
	};

	return context_call(CLIP_IOC_SET_LEVEL, &args);
}

/* 0, or what a shell would say. */
static int start_dynamic(void *unused)
{
	const pid_t pid = fork();
	int status = -1;

	if (!pid) {
		execl(LIBS "/dynamic", "dynamic", "-", "-", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int run_dynamic(int fd)
{
	return do_in_context(fd, start_dynamic, NULL);
}

/*
 * Exec maps the loader beside the program. Where only exec is enforced, no
 * check of libraries has read it before.
 */
TEST_F(overlay, dynamic_program_with_allowed_loader)
{
	ASSERT_EQ(0, dynamic_files());
	ASSERT_EQ(0, enforce_exec_only());
	ASSERT_EQ(0, allow(FILES "/dynamic", XID));
	ASSERT_EQ(0, allow(FILES "/ld.so", XID));
	EXPECT_EQ(0, run_dynamic(self->fd));
	/* With a cached verdict. */
	EXPECT_EQ(0, run_dynamic(self->fd));
	/* The loader is above now, and is read again. */
	ASSERT_EQ(0, chmod(LIBS "/ld.so", 0755));
	EXPECT_EQ(0, run_dynamic(self->fd));
}

/* The twins: a loader that is not allowed, and one that was changed. */
TEST_F(overlay, dynamic_program_with_other_loader)
{
	const long long before = status_value("refused.not-allowed");

	ASSERT_EQ(0, dynamic_files());
	ASSERT_EQ(0, enforce_exec_only());
	ASSERT_EQ(0, allow(FILES "/dynamic", XID));
	EXPECT_LT(128, run_dynamic(self->fd));
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.not-allowed"));
	ASSERT_EQ(0, allow(FILES "/ld.so", XID));
	EXPECT_EQ(0, run_dynamic(self->fd));
	ASSERT_EQ(0, append_byte(LIBS "/ld.so"));
	EXPECT_LT(128, run_dynamic(self->fd));
	/* The file below is as it was. */
	umount2(LIBS, MNT_DETACH);
	EXPECT_EQ(0, exec_in_context(self->fd, GOOD));
}

TEST_HARNESS_MAIN
