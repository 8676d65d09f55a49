// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of a permissive context (fault 19): each file comes once, with the
 * digest of its content, however often it is executed and however slowly the
 * listener reads.
 */
#include "contexts.h"
#include "device.h"
#include "digest.h"
#include "events.h"
#include "files.h"
#include "loop.h"
#include "process.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define DIR	"/opt/learn"
#define TINY	"/usr/lib/clip/tests/tiny"
#define XID	3001
#define OTHER	3002
#define FILES	30
#define ROUNDS	10
#define LEVEL	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
		 CLIP_LEVEL_PERMISSIVE)

static const char *name_of(int file)
{
	static char name[64];

	snprintf(name, sizeof(name), DIR "/file%d", file);
	return name;
}

/* A listener with the buffer that every socket has. */
static int listen_plainly(void)
{
	int fd = genl_socket();
	struct family family;

	if (fd < 0 || family_get(fd, &family) || join_group(fd, family.events))
		return -1;
	/* Events from the moment of joining may come twice. */
	usleep(400000);
	return fd;
}

FIXTURE(learn)
{
	int fd, other, listener;
	long long permitted;
};

FIXTURE_SETUP(learn)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	for (int i = 0; i < FILES; i++) {
		ASSERT_EQ(0, copy_file(TINY, name_of(i), 0755));
		for (int k = 0; k <= i; k++)
			ASSERT_EQ(0, append_byte(name_of(i)));
	}
	self->fd = context_create(XID, LEVEL, ALL_CAPS, CLIP_PRIV_ALL);
	self->other = context_create(OTHER, LEVEL, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	self->listener = listen_plainly();
	ASSERT_LE(0, self->listener);
	self->permitted = status_value("permitted");
}

FIXTURE_TEARDOWN(learn)
{
	close(self->listener);
	close(self->fd);
	close(self->other);
	EXPECT_EQ(0, context_delete(XID));
	EXPECT_EQ(0, context_delete(OTHER));
	for (int i = 0; i < FILES; i++)
		unlink(name_of(i));
	rmdir(DIR);
}

/* Executes files of a number of rounds, in the context that it is in. */
static int execute(void *rounds)
{
	for (int round = 0; round < *(int *)rounds; round++)
		for (int i = 0; i < FILES; i++)
			if (exec_in_child((void *)name_of(i)))
				return 1;
	return 0;
}

/* Maps it as a library twice. */
static int map_twice(void *path)
{
	return map_executable(path) ?: map_executable(path);
}

/* The next refusal that was not enforced; an errno value. */
static int next_permitted(int fd, struct event *event)
{
	int err;

	while (!(err = event_read(fd, event, 3000)))
		if (event_number(event, CLIP_EVENT_A_ENFORCED) == 0)
			return 0;
	return err;
}

#define EXPECT_LEARNED(event, kind, path) do { \
	uint8_t digest_[32]; \
	\
	EXPECT_EQ(kind, event_number(event, CLIP_EVENT_A_KIND)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_PATH, path)); \
	ASSERT_EQ(0, sha256_file(path, digest_)); \
	EXPECT_EQ(CLIP_ALGO_SHA256, \
		  event_number(event, CLIP_EVENT_A_ALGORITHM)); \
	EXPECT_TRUE(event_bytes_are(event, CLIP_EVENT_A_FOUND, digest_, 32)); \
	EXPECT_EQ(CLIP_REASON_NOT_ALLOWED, \
		  event_number(event, CLIP_EVENT_A_REASON)); \
	EXPECT_EQ(0, event_number(event, CLIP_EVENT_A_DROPPED)); \
} while (0)

/* 300 execs of 30 files, and a listener that reads only afterwards. */
TEST_F(learn, each_file_comes_once)
{
	const long long dropped = status_value("events_dropped");
	struct event event;
	int rounds = ROUNDS;

	EXPECT_EQ(0, do_in_context(self->fd, execute, &rounds));
	EXPECT_EQ(self->permitted + FILES * ROUNDS, status_value("permitted"));
	for (int i = 0; i < FILES; i++) {
		ASSERT_EQ(0, next_permitted(self->listener, &event));
		EXPECT_LEARNED(&event, CLIP_EVENT_EXEC, name_of(i));
		EXPECT_EQ(XID, event_number(&event, CLIP_EVENT_A_CONTEXT));
	}
	EXPECT_EQ(EAGAIN, next_permitted(self->listener, &event));
	EXPECT_EQ(dropped, status_value("events_dropped"));
}

/* Another content, another context and another listener need it again. */
TEST_F(learn, what_is_new_comes_again)
{
	const char *const path = DIR "/file0";
	struct event event;
	int second, rounds = 1;

	EXPECT_EQ(0, do_in_context(self->fd, execute, &rounds));
	for (int i = 0; i < FILES; i++)
		ASSERT_EQ(0, next_permitted(self->listener, &event));

	ASSERT_EQ(0, append_byte(path));
	EXPECT_EQ(0, do_in_context(self->fd, execute, &rounds));
	ASSERT_EQ(0, next_permitted(self->listener, &event));
	EXPECT_LEARNED(&event, CLIP_EVENT_EXEC, path);
	/* It was opened for writing and has its old content. */
	close(open(DIR "/file1", O_WRONLY));
	EXPECT_EQ(0, do_in_context(self->fd, execute, &rounds));
	EXPECT_EQ(EAGAIN, next_permitted(self->listener, &event));

	EXPECT_EQ(0, do_in_context(self->other, execute, &rounds));
	for (int i = 0; i < FILES; i++) {
		ASSERT_EQ(0, next_permitted(self->listener, &event));
		EXPECT_EQ(OTHER, event_number(&event, CLIP_EVENT_A_CONTEXT));
	}

	second = listen_plainly();
	ASSERT_LE(0, second);
	EXPECT_EQ(0, do_in_context(self->fd, execute, &rounds));
	for (int i = 0; i < FILES; i++) {
		ASSERT_EQ(0, next_permitted(second, &event));
		EXPECT_LEARNED(&event, CLIP_EVENT_EXEC, name_of(i));
	}
	EXPECT_EQ(EAGAIN, next_permitted(second, &event));
	close(second);
}

TEST_F(learn, mappings_have_a_digest)
{
	struct event event;

	ASSERT_EQ(0, set_level(XID, LEVEL | CLIP_LEVEL_ENFORCE_LIB));
	EXPECT_EQ(0, do_in_context(self->fd, map_twice, DIR "/file2"));
	EXPECT_EQ(self->permitted + 2, status_value("permitted"));
	ASSERT_EQ(0, next_permitted(self->listener, &event));
	EXPECT_LEARNED(&event, CLIP_EVENT_MAP, DIR "/file2");
	EXPECT_EQ(EAGAIN, next_permitted(self->listener, &event));
}

/* A refusal that is enforced comes each time, and does not read the file. */
TEST_F(learn, enforced_refusals_come_each_time)
{
	struct event event;

	ASSERT_EQ(0, set_level(XID, LEVEL & ~CLIP_LEVEL_PERMISSIVE));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EACCES, exec_in_context(self->fd, DIR "/file3"));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, event_wait(self->listener, &event,
					CLIP_EVENT_EXEC));
		EXPECT_EQ(1, event_number(&event, CLIP_EVENT_A_ENFORCED));
		EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_FOUND));
	}
	EXPECT_EQ(self->permitted, status_value("permitted"));
}

#define DISK	DIR "/disk"

/*
 * What the kernel knows of an inode ends with it, and a writer may come before the
 * file is looked at again.
 */
TEST_F(learn, written_after_eviction)
{
	const char *const path = DISK "/file";
	struct event event;
	char device[32];
	int loop;

	ASSERT_EQ(0, mkdir(DISK, 0755));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", DIR "/img",
			       0600));
	loop = loop_attach(DIR "/img", device, sizeof(device));
	ASSERT_LE(0, loop);
	ASSERT_EQ(0, mount(device, DISK, "ext4", 0, NULL));
	ASSERT_EQ(0, copy_file(TINY, path, 0755));

	EXPECT_EQ(0, exec_in_context(self->fd, path));
	ASSERT_EQ(0, next_permitted(self->listener, &event));
	EXPECT_LEARNED(&event, CLIP_EVENT_EXEC, path);
	EXPECT_EQ(0, exec_in_context(self->fd, path));
	EXPECT_EQ(EAGAIN, next_permitted(self->listener, &event));

	/* The same content, and then another one. */
	sync();
	ASSERT_EQ(0, write_text("/proc/sys/vm/drop_caches", "3"));
	EXPECT_EQ(0, exec_in_context(self->fd, path));
	EXPECT_EQ(EAGAIN, next_permitted(self->listener, &event));
	sync();
	ASSERT_EQ(0, write_text("/proc/sys/vm/drop_caches", "3"));
	ASSERT_EQ(0, append_byte(path));
	EXPECT_EQ(0, exec_in_context(self->fd, path));
	ASSERT_EQ(0, next_permitted(self->listener, &event));
	EXPECT_LEARNED(&event, CLIP_EVENT_EXEC, path);

	ASSERT_EQ(0, umount(DISK));
	close(loop);
	unlink(DIR "/img");
	rmdir(DISK);
}

TEST_HARNESS_MAIN
