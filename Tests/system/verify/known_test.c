// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a file after it was refused, or was mapped as code: it is
 * read once, its writers search for mappings once, and neither lasts longer
 * than it is true.
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <pthread.h>
#include <sys/mman.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/known"
#define A	DIR "/a"
#define B	DIR "/b"
#define XID	3151
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
		 CLIP_LEVEL_ENFORCE_LIB)

FIXTURE(known)
{
	int fd;
	long long size;
};

FIXTURE_SETUP(known)
{
	struct stat st;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, append_byte(A));
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, stat(A, &st));
	self->size = st.st_size;
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	/* Where no digest is allowed, a file is refused unread. */
	ASSERT_EQ(0, allow(B, XID));
}

FIXTURE_TEARDOWN(known)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

static int map_a(void *unused)
{
	return map_executable(A);
}

TEST_F(known, what_is_refused_is_read_once)
{
	const long long hashed = status_value("hashed_bytes");
	const struct store_state state = store_state();

	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	EXPECT_EQ(state.generation, store_state().generation);

	/* The digest is compared anew each time, and with what is in force. */
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	ASSERT_EQ(0, disallow(A, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
}

/* A writer can make good what was refused, and the other way round. */
TEST_F(known, until_a_writer_comes)
{
	const long long hashed = status_value("hashed_bytes");

	/* Where libraries are enforced too, a program that ran is sealed. */
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	close(open(A, O_WRONLY));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(hashed + 2 * self->size, status_value("hashed_bytes"));
	ASSERT_EQ(0, truncate(A, self->size - 1));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

/* The same for a file that is not as its entry says. */
TEST_F(known, a_mismatch_is_read_once)
{
	const long long hashed = status_value("hashed_bytes");
	struct rule rule;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(hashed + self->size, status_value("hashed_bytes"));
}

static int hide_byte(off_t size, char byte)
{
	int fd = open(A, O_RDWR | O_CLOEXEC);
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  size & ~4095LL);

	close(fd);
	if (page == MAP_FAILED)
		return errno;
	page[4095] = byte;
	return munmap(page, 4096) ? errno : 0;
}

/*
 * A byte behind the end of the file is not covered by its digest. What was
 * refused with it must not be known afterwards, when the digest is allowed.
 */
TEST_F(known, a_hidden_tail_is_never_known)
{
	ASSERT_EQ(0, hide_byte(self->size, 0x90));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
	/* Without the byte, its digest admits the file. */
	ASSERT_EQ(0, hide_byte(self->size, 0));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

#define WX_XID	3152
#define WX	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY)

FIXTURE(code)
{
	int fd;
};

FIXTURE_SETUP(code)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	self->fd = context_create(WX_XID, WX, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(code)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(WX_XID));
	umount2(DIR, MNT_DETACH);
}

static void *map_code(void)
{
	int fd = open(A, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	close(fd);
	return map;
}

/* The first writer after a mapping takes the mark away, the next one sets it. */
static int marks(void *unused)
{
	for (int i = 0; i < 3; i++) {
		void *map = map_code(), *data;
		int fd;

		if (map == MAP_FAILED)
			return 1;
		if (try_open(A, O_WRONLY) != ETXTBSY || !truncate(A, 8))
			return 2;
		munmap(map, 4096);
		if (try_open(A, O_WRONLY) || try_open(A, O_WRONLY))
			return 3;
		/* Data that becomes code. */
		fd = open(A, O_RDONLY | O_CLOEXEC);
		data = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		close(fd);
		if (data == MAP_FAILED || try_open(A, O_WRONLY))
			return 4;
		if (mprotect(data, 4096, PROT_READ | PROT_EXEC))
			return 5;
		if (try_open(A, O_WRONLY) != ETXTBSY)
			return 6;
		munmap(data, 4096);
		if (try_open(A, O_WRONLY))
			return 7;
		/* A writer keeps the file from becoming code. */
		fd = open(A, O_WRONLY | O_CLOEXEC);
		if (map_code() != MAP_FAILED || errno != ETXTBSY)
			return 8;
		close(fd);
	}
	return 0;
}

TEST_F(code, writers_after_the_last_mapping)
{
	EXPECT_EQ(0, do_in_context(self->fd, marks, NULL));
}

static volatile bool stop;
static int opened;

static void *open_again_and_again(void *unused)
{
	while (!stop) {
		int fd = open(A, O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		opened++;
		close(fd);
	}
	return NULL;
}

/* Whenever a mapping was made, no writer comes until it is gone. */
static int race(void *unused)
{
	pthread_t thread;
	int mapped = 0;

	if (pthread_create(&thread, NULL, open_again_and_again, NULL))
		return 1;
	for (int i = 0; i < 3000; i++) {
		void *map = map_code();

		if (map == MAP_FAILED)
			continue;
		mapped++;
		if (try_open(A, O_WRONLY) != ETXTBSY)
			return 2;
		munmap(map, 4096);
	}
	stop = true;
	pthread_join(thread, NULL);
	return mapped && opened ? 0 : 3;
}

TEST_F(code, writers_in_a_race_with_mappings)
{
	EXPECT_EQ(0, do_in_context(self->fd, race, NULL));
}

TEST_HARNESS_MAIN
