// SPDX-License-Identifier: GPL-2.0-only
/*
 * The level word permissive for some time: the kernel removes it by itself.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/stat.h>

#include "kselftest_harness.h"

#define DIR	"/opt/permissive"
#define A	DIR "/a"
#define XID	3201
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(permissive)
{
	int fd;
};

FIXTURE_SETUP(permissive)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(permissive)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	unlink(A);
	rmdir(DIR);
}

static int permissive_for(uint32_t seconds)
{
	struct clip_permissive args = {
		.size = sizeof(args), .context = XID, .seconds = seconds,
	};

	return device_call(CLIP_IOC_PERMISSIVE, &args);
}

static uint32_t level(void)
{
	struct clip_context_args args = { .xid = XID };

	return context_call(CLIP_IOC_CONTEXT_GET, &args) ? 0 : args.level;
}

/* Waits until the word is gone, for six seconds at most. */
static void wait_for_end(void)
{
	for (int i = 0; i < 600 && (level() & CLIP_LEVEL_PERMISSIVE); i++)
		usleep(10000);
}

TEST_F(permissive, ends_by_itself)
{
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, permissive_for(1));
	EXPECT_EQ(ENFORCE | CLIP_LEVEL_PERMISSIVE, level());
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	wait_for_end();
	EXPECT_EQ(ENFORCE, level());
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

TEST_F(permissive, can_be_ended)
{
	ASSERT_EQ(0, permissive_for(60));
	ASSERT_EQ(0, permissive_for(0));
	EXPECT_EQ(ENFORCE, level());
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

TEST_F(permissive, gets_a_new_end)
{
	ASSERT_EQ(0, permissive_for(1));
	ASSERT_EQ(0, permissive_for(60));
	usleep(1500000);
	EXPECT_EQ(ENFORCE | CLIP_LEVEL_PERMISSIVE, level());
	ASSERT_EQ(0, permissive_for(0));
}

/*
 * A tool that changes other words writes this one back as well. Only a level without
 * it takes the end away.
 */
TEST_F(permissive, a_level_keeps_the_end)
{
	ASSERT_EQ(0, permissive_for(1));
	ASSERT_EQ(0, set_level(XID, ENFORCE | CLIP_LEVEL_PERMISSIVE));
	wait_for_end();
	EXPECT_EQ(ENFORCE, level());
	ASSERT_EQ(0, permissive_for(1));
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	ASSERT_EQ(0, set_level(XID, ENFORCE | CLIP_LEVEL_PERMISSIVE));
	usleep(1500000);
	EXPECT_EQ(ENFORCE | CLIP_LEVEL_PERMISSIVE, level());
}

/* The end is that of a context, and not of its number. */
TEST_F(permissive, the_end_comes_after_a_deletion)
{
	ASSERT_EQ(0, permissive_for(1));
	close(self->fd);
	ASSERT_EQ(0, context_delete(XID));
	self->fd = context_create(XID, ENFORCE | CLIP_LEVEL_PERMISSIVE, ALL_CAPS,
				  CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	usleep(1500000);
	/* The new context with this number is another one. */
	EXPECT_EQ(ENFORCE | CLIP_LEVEL_PERMISSIVE, level());
}

TEST_F(permissive, not_against_the_level)
{
	struct clip_permissive args = {
		.size = sizeof(args), .context = XID, .seconds = 60,
	};

	ASSERT_EQ(0, set_level(XID, ENFORCE | CLIP_LEVEL_LVL_IMMUTABLE));
	EXPECT_NE(0, device_call(CLIP_IOC_PERMISSIVE, &args));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, args.reason);
	EXPECT_EQ(ENFORCE | CLIP_LEVEL_LVL_IMMUTABLE, level());
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

static int ask_as_user(int context)
{
	struct clip_permissive args = {
		.size = sizeof(args), .context = XID, .seconds = 60,
	};
	const int fd = device_open();

	if (setuid(USER_ID))
		return 255;
	return ioctl(fd, CLIP_IOC_PERMISSIVE, &args) ?
	       (args.reason == CLIP_REASON_PERMISSION ? errno : 254) : 0;
}

TEST_F(permissive, takes_the_right_to_set_the_level)
{
	struct clip_permissive args = {
		.size = sizeof(args), .context = 77777, .seconds = 60,
	};

	EXPECT_EQ(EPERM, in_child(self->fd, ask_as_user));
	EXPECT_EQ(ENFORCE, level());
	EXPECT_NE(0, device_call(CLIP_IOC_PERMISSIVE, &args));
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, args.reason);
	EXPECT_EQ(EINVAL, permissive_for(CLIP_EXCEPTION_SECONDS_MAX + 1));
	EXPECT_EQ(ENFORCE, level());
}

TEST_HARNESS_MAIN
