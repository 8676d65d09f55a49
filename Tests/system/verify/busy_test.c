// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is being written does not run, and what runs is not written: the error,
 * before the old program is gone, the line in the log, and the count
 * (fault 20a).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/busy"
#define MNT	DIR "/mnt"
#define A	MNT "/a"
#define UPPER	DIR "/upper/a"
#define PLAIN	DIR "/plain"
#define XID	3140
#define TINY	"/usr/lib/clip/tests/tiny"
#define BUSY	"refused.being-written"
#define IN_USE	"refused.in-use"

FIXTURE(busy)
{
	int fd;
};

FIXTURE_SETUP(busy)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(DIR "/lower", 0755));
	ASSERT_EQ(0, mkdir(DIR "/upper", 0755));
	ASSERT_EQ(0, mkdir(DIR "/work", 0755));
	ASSERT_EQ(0, mkdir(MNT, 0755));
	ASSERT_EQ(0, mount("o", MNT, "overlay", 0, "lowerdir=" DIR
			   "/lower,upperdir=" DIR "/upper,workdir=" DIR
			   "/work"));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, copy_file(TINY, PLAIN, 0755));
	self->fd = context_create(XID, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				  CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(busy)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(MNT, MNT_DETACH);
	umount2(DIR, MNT_DETACH);
}

static long long count(const char *key)
{
	const long long value = status_value(key);

	return value < 0 ? 0 : value;
}

static int map_a(void *unused)
{
	return map_executable(A);
}

/* Each level that checks what is mapped; the layer is open for writing. */
TEST_F(busy, the_layer_is_being_written)
{
	const uint32_t levels[] = {
		CLIP_LEVEL_ENFORCE_EXEC, CLIP_LEVEL_ENFORCE_LIB,
		CLIP_LEVEL_WX_MEMORY,
		CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_ENFORCE_LIB |
		CLIP_LEVEL_WX_MEMORY,
	};

	ASSERT_EQ(0, allow(A, XID));
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		const bool maps = levels[i] != CLIP_LEVEL_ENFORCE_EXEC;
		const bool execs = levels[i] != CLIP_LEVEL_ENFORCE_LIB;
		long long before;
		int fd;

		/* A seal of the last round ends here. */
		ASSERT_EQ(0, disallow(A, XID));
		fd = open(UPPER, O_WRONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, allow(A, XID));
		ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | levels[i]));
		before = count(BUSY);
		if (execs)
			EXPECT_EQ(ETXTBSY, exec_in_context(self->fd, A)) {
				TH_LOG("exec at level %#x", levels[i]);
			}
		if (maps)
			EXPECT_EQ(ETXTBSY, do_in_context(self->fd, map_a, NULL)) {
				TH_LOG("map at level %#x", levels[i]);
			}
		EXPECT_EQ(before + maps + execs, count(BUSY));
		close(fd);
		EXPECT_EQ(0, exec_in_context(self->fd, A));
		EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
		ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	}
}

/* The entry of the file below, in a context that checks nothing else. */
TEST_F(busy, the_listed_layer_is_being_written)
{
	int fd;

	ASSERT_EQ(0, list_file(UPPER, XID, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, allow(PLAIN, XID));
	fd = open(UPPER, O_WRONLY | O_CLOEXEC);
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(ETXTBSY, exec_in_context(self->fd, A));
	EXPECT_EQ(ETXTBSY, exec_in_context(self->fd, UPPER));
	close(fd);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, exec_in_context(self->fd, UPPER));
}

/*
 * A memfd under wx_memory: refused before the old program is gone. It is the third
 * program of the context; the first one lies below its root in any case. The status
 * is that of the shell.
 */
static int exec_memfd(void *unused)
{
	char *const arguments[] = { "memfd", PLAIN, "/bin/sh", "-c",
				    "exec \"$0\"", NULL };

	execv("/usr/lib/clip/tests/memfd", arguments);
	return errno;
}

TEST_F(busy, exec_of_a_memfd)
{
	const long long before = count("refused.wx-memory");

	EXPECT_EQ(0, do_in_context(self->fd, exec_memfd, NULL));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY));
	EXPECT_EQ(126, do_in_context(self->fd, exec_memfd, NULL));
	EXPECT_EQ(before + 1, count("refused.wx-memory"));
}

/* A library that is being written: a line with the path of the merged tree. */
static int map_busy(void *data)
{
	const int *fd = data;

	return do_in_context(*fd, map_a, NULL);
}

TEST_F(busy, a_busy_library_is_logged)
{
	const char *parts[] = { "refused map: reason=8 (being-written)",
				"errno=26", "path=\"" A "\"", NULL };
	int fd;

	ASSERT_EQ(0, allow(A, XID));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB));
	fd = open(A, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(log_shows(map_busy, &self->fd, ETXTBSY, parts));
	close(fd);
	EXPECT_EQ(0, map_busy(&self->fd));
}

static int open_sealed(void *path)
{
	return try_open(path, O_WRONLY);
}

/* A sealed file that is opened for writing, and truncated. */
TEST_F(busy, a_seal_is_logged_and_counted)
{
	const char *parts[] = { "refused open for writing: reason=50 (in-use)",
				"errno=26", "path=\"" PLAIN "\"", NULL };
	const char *over[] = { "refused open for writing: reason=50 (in-use)",
			       "path=\"" A "\"", NULL };
	long long before;

	ASSERT_EQ(0, allow(PLAIN, XID));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB));
	EXPECT_EQ(0, open_sealed(PLAIN));
	EXPECT_EQ(0, exec_in_context(self->fd, PLAIN));
	before = count(IN_USE);
	EXPECT_EQ(ETXTBSY, open_sealed(PLAIN));
	EXPECT_EQ(ETXTBSY, truncate(PLAIN, 10) ? errno : 0);
	EXPECT_EQ(before + 2, count(IN_USE));
	EXPECT_TRUE(log_shows(open_sealed, PLAIN, ETXTBSY, parts));
	/* On an overlay the seal is of the layer, and the path is not. */
	EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
	EXPECT_TRUE(log_shows(open_sealed, A, ETXTBSY, over));
	/* Reading is no refusal, and without the rule there is none. */
	before = count(IN_USE);
	EXPECT_EQ(0, try_open(PLAIN, O_RDONLY));
	ASSERT_EQ(0, disallow(PLAIN, XID));
	EXPECT_EQ(0, open_sealed(PLAIN));
	EXPECT_EQ(before, count(IN_USE));
}

TEST_HARNESS_MAIN
