// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes that could be executed and that no digest covers: behind the end of the
 * file, and in pages that are pinned (faults 5 and 6).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "loop.h"

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"

#define TOP	"/tmp/pages"
#define DIR	TOP "/mnt"
#define A	DIR "/a"
#define XID	3101
#define TINY	"/usr/lib/clip/tests/tiny"
#define EXT4	"/usr/lib/clip/tests/ext4.img"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
		 CLIP_LEVEL_ENFORCE_LIB)

FIXTURE(pages)
{
	int fd, loop;
};

FIXTURE_VARIANT(pages)
{
	bool ext4;
};

FIXTURE_VARIANT_ADD(pages, tmpfs) { .ext4 = false };
FIXTURE_VARIANT_ADD(pages, ext4) { .ext4 = true };

FIXTURE_SETUP(pages)
{
	char device[32];

	self->loop = -1;
	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(DIR, 0755));
	if (variant->ext4) {
		ASSERT_EQ(0, copy_file(EXT4, TOP "/img", 0600));
		self->loop = loop_attach(TOP "/img", device, sizeof(device));
		ASSERT_LE(0, self->loop);
		ASSERT_EQ(0, mount(device, DIR, "ext4", 0, NULL));
	} else {
		ASSERT_EQ(0, mount("t", DIR, "tmpfs", 0, "mode=755"));
	}
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(pages)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
	if (self->loop >= 0)
		close(self->loop);
	umount2(TOP, MNT_DETACH);
}

static int map_a(void *unused)
{
	return map_executable(A);
}

/* Writes one byte behind the end of the file, which stays as long as it is. */
static int hide_byte(const char *path, char byte)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;
	struct stat st;
	char *page;

	if (fd < 0 || fstat(fd, &st) || st.st_size % 4096 == 0)
		return EINVAL;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    st.st_size & ~4095L);
	close(fd);
	if (page == MAP_FAILED)
		return errno;
	page[4095] = byte;
	if (munmap(page, 4096))
		err = errno;
	return err;
}

TEST_F(pages, a_clean_tail_runs_and_is_mapped)
{
	ASSERT_EQ(0, hide_byte(A, 0));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
}

TEST_F(pages, a_hidden_tail_is_refused)
{
	const long long before = status_value("refused.hidden-tail");
	uint8_t digest[32], after[32];

	ASSERT_EQ(0, sha256_file(A, digest));
	ASSERT_EQ(0, hide_byte(A, 0x90));
	ASSERT_EQ(0, sha256_file(A, after));
	ASSERT_EQ(0, memcmp(digest, after, 32));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ((before < 0 ? 0 : before) + 2,
		  status_value("refused.hidden-tail"));

	/* The byte that made the difference is taken back. */
	ASSERT_EQ(0, hide_byte(A, 0));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/* The same for a file with an entry. */
TEST_F(pages, a_hidden_tail_matches_no_entry)
{
	struct clip_query answer;
	struct rule rule;

	ASSERT_EQ(0, hide_byte(A, 0x90));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(CLIP_REASON_HIDDEN_TAIL, answer.reason);
	ASSERT_EQ(0, hide_byte(A, 0));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));
	EXPECT_EQ(0, unload(A));
}

/* The file is unmapped and closed; the ring keeps its first page. */
static int pin_page(const char *path)
{
	struct io_uring_params params = {};
	int fd = open(path, O_RDWR | O_CLOEXEC), ring;
	struct iovec buffer = { .iov_len = 4096 };
	int err;

	buffer.iov_base = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			       fd, 0);
	close(fd);
	if (buffer.iov_base == MAP_FAILED)
		return -errno;
	ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		return -errno;
	err = syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS,
		      &buffer, 1) ? errno : 0;
	munmap(buffer.iov_base, 4096);
	if (!err)
		return ring;
	close(ring);
	return -err;
}

/*
 * The kernel pins no page of ext4 for longer than a call; of tmpfs it does, and
 * a request of the ring could write to it while the program runs.
 */
TEST_F(pages, a_pinned_page_is_a_writer)
{
	int ring, tries = 100, err;

	/* Before the first mapping seals the file. */
	ring = pin_page(A);
	if (variant->ext4) {
		EXPECT_EQ(-EFAULT, ring);
		return;
	}
	ASSERT_LE(0, ring);
	EXPECT_EQ(0, allow(A, XID));
	EXPECT_EQ(ETXTBSY, exec_in_context(self->fd, A));
	EXPECT_EQ(ETXTBSY, do_in_context(self->fd, map_a, NULL));
	close(ring);
	do {
		err = exec_in_context(self->fd, A);
	} while (err == ETXTBSY && --tries && !usleep(20000));
	EXPECT_EQ(0, err);
}

TEST_HARNESS_MAIN
