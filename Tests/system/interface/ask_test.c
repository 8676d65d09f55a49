// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every user may ask: whether exec of a file would fail, and why.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define DIR	"/opt/ask"
#define A	DIR "/a"
#define XID	3101
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(ask)
{
	int fd;
};

FIXTURE_SETUP(ask)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(ask)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	unlink(A);
	rmdir(DIR);
}

/* The request that the child sends. A child has a copy of it. */
static unsigned long request = CLIP_IOC_ASK;

/*
 * Asks as an ordinary user, who opens the device himself. Returns the reason, 100
 * plus the error of the request, or more for what must not happen.
 */
static int ask_as_user(void)
{
	struct clip_ask ask = { .size = sizeof(ask) };
	int device;

	if (setgid(USER_ID) || setuid(USER_ID))
		return 241;
	if (open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC) >= 0)
		return 242;
	device = open(CLIP_DEVICE_PATH, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		return 243;
	ask.fd = open(A, O_RDONLY);
	if (ask.fd < 0)
		return 244;
	if (ioctl(device, request, &ask))
		return 100 + errno;
	/* Where it is not enforced, there is no error. */
	if (ask.error && ask.reason == CLIP_REASON_NONE)
		return 245;
	return ask.reason;
}

static int ask_inside(int fd)
{
	return context_enter(fd) ? 240 : ask_as_user();
}

static int ask_outside(int fd)
{
	return ask_as_user();
}

TEST_F(ask, a_file_that_is_not_allowed)
{
	EXPECT_EQ(CLIP_REASON_NOT_ALLOWED, in_child(self->fd, ask_inside));
	/* In another context it would run. */
	EXPECT_EQ(0, in_child(self->fd, ask_outside));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, in_child(self->fd, ask_inside));
	EXPECT_EQ(0, disallow(A, XID));
}

TEST_F(ask, a_file_with_another_content)
{
	ASSERT_EQ(0, list_file(A, XID, CLIP_ENTRY_EXE, 0, 0));
	EXPECT_EQ(0, in_child(self->fd, ask_inside));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(CLIP_REASON_DIGEST_MISMATCH, in_child(self->fd, ask_inside));
}

/* The question takes what exec takes. */
TEST_F(ask, a_file_that_may_be_read_but_not_executed)
{
	ASSERT_EQ(0, chmod(A, 0744));
	EXPECT_EQ(100 + EACCES, in_child(self->fd, ask_inside));
	EXPECT_EQ(100 + EACCES, in_child(self->fd, ask_outside));
	ASSERT_EQ(0, chmod(A, 0755));
	EXPECT_EQ(0, in_child(self->fd, ask_outside));
}

/* The device answers nothing else to a reader. */
TEST_F(ask, other_requests_take_a_writer)
{
	static const unsigned long requests[] = {
		CLIP_IOC_COMMIT, CLIP_IOC_QUERY, CLIP_IOC_CONTEXT_CREATE,
		CLIP_IOC_CONTEXT_OPEN, CLIP_IOC_CONTEXT_GET,
		CLIP_IOC_CONTEXT_NARROW, CLIP_IOC_CONTEXT_DELETE,
		CLIP_IOC_SET_LEVEL, CLIP_IOC_SET_UPDATE, CLIP_IOC_EXCEPTION,
		CLIP_IOC_PERMISSIVE, CLIP_IOC_RUN_ALLOWED,
	};
	const struct store_state before = store_state();

	for (unsigned int i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		request = requests[i];
		EXPECT_EQ(100 + EBADF, in_child(self->fd, ask_outside));
	}
	request = CLIP_IOC_ASK;
	EXPECT_EQ(0, in_child(self->fd, ask_outside));
	EXPECT_EQ(before.generation, store_state().generation);
}

TEST_F(ask, descriptors_that_are_no_question)
{
	struct clip_ask ask = { .size = sizeof(ask), .fd = -1 };
	int pipes[2];

	EXPECT_EQ(EBADF, device_call(CLIP_IOC_ASK, &ask));
	ASSERT_EQ(0, pipe(pipes));
	ask.fd = pipes[0];
	EXPECT_EQ(EINVAL, device_call(CLIP_IOC_ASK, &ask));
	ask.fd = open(A, O_WRONLY);
	EXPECT_EQ(EBADF, device_call(CLIP_IOC_ASK, &ask));
	close(ask.fd);
	ask.fd = open(A, O_PATH);
	EXPECT_EQ(EBADF, device_call(CLIP_IOC_ASK, &ask));
	close(ask.fd);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_HARNESS_MAIN
