// SPDX-License-Identifier: GPL-2.0-only
/*
 * A filesystem that was forced to be read-only still has its writers, and gets
 * no executable mount until the last of them is gone (fault 8). Each test has a
 * filesystem of its own, because none becomes writable again. Tests without a
 * fixture run first.
 */
#include "device.h"
#include "files.h"
#include "loop.h"
#include "mounts.h"
#include "process.h"

#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/readonly"
#define M	DIR "/m"
#define LATCH	"/proc/sys/kernel/clip/mount"
#define MAJOR_OF_LOOP	7
#define ALL	(CLIP_DEVICE_READ | CLIP_DEVICE_WRITE | CLIP_DEVICE_DEV | \
		 CLIP_DEVICE_EXEC | CLIP_DEVICE_SUID)

/*
 * What holds the file open for writing when its filesystem is forced. There is
 * one loop device for each.
 */
enum holder { NO_HOLDER, DESCRIPTOR, MAPPING, OTHER_MOUNT, DETACHED, HOLDERS };

static const char *name_of(const char *what, int number)
{
	static char paths[4][64];
	static int last;

	last = (last + 1) % 4;
	snprintf(paths[last], sizeof(paths[last]), DIR "/%s%d", what, number);
	return paths[last];
}

static const char *probe_of(int number)
{
	static char path[80];

	snprintf(path, sizeof(path), "%s/probe", name_of("fs", number));
	return path;
}

static struct {
	int fd;
	char *map;
} held[HOLDERS];

static int hold(int number, enum holder holder)
{
	held[number].fd = -1;
	held[number].map = MAP_FAILED;
	if (holder == NO_HOLDER)
		return 0;
	if (holder == OTHER_MOUNT &&
	    (mkdir(name_of("bind", number), 0755) ||
	     mount(name_of("fs", number), name_of("bind", number), NULL, MS_BIND,
		   NULL)))
		return errno;
	held[number].fd = open(holder == OTHER_MOUNT ?
			       strcat(strcpy((char[80]) {},
					     name_of("bind", number)),
				      "/probe") :
			       probe_of(number), O_RDWR | O_CLOEXEC);
	if (held[number].fd < 0)
		return errno;
	if (holder == DETACHED)
		return umount2(name_of("fs", number), MNT_DETACH) ? errno : 0;
	if (holder != MAPPING)
		return 0;
	held[number].map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
				held[number].fd, 0);
	close(held[number].fd);
	held[number].fd = -1;
	return held[number].map == MAP_FAILED ? errno : 0;
}

static void let_go(int number)
{
	if (held[number].fd >= 0)
		close(held[number].fd);
	if (held[number].map != MAP_FAILED)
		munmap(held[number].map, 4096);
	held[number].fd = -1;
	held[number].map = MAP_FAILED;
}

static int mount_ext4(int number, unsigned long flags)
{
	return mount_by(1, "ext4", loop_node(number), M, flags, NULL, NULL);
}

/* ------------------------------------------------------ before the lock */

static struct clip_device_rule table[HOLDERS];

static int load_table(void)
{
	struct clip_device_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_REPLACE,
		.rules = (uintptr_t)table, .rule_size = sizeof(*table),
		.rules_count = HOLDERS,
	};
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	int err = ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit) ? errno : 0;

	close(fd);
	return err;
}

TEST(filesystems_are_mounted_writable)
{
	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	mkdir(M, 0755);
	for (int i = 0; i < HOLDERS; i++) {
		ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img",
				       name_of("image", i), 0600));
		ASSERT_EQ(0, bind_loop(i, name_of("image", i), 0));
		ASSERT_EQ(0, mkdir(name_of("fs", i), 0755));
		ASSERT_EQ(0, mount(loop_node(i), name_of("fs", i), "ext4",
				   MS_NOEXEC, "errors=remount-ro"));
		ASSERT_EQ(0, copy_file(PROBE, probe_of(i), 0755));
		table[i] = (struct clip_device_rule) {
			.major = MAJOR_OF_LOOP, .minor = i, .priority = 2,
			.permissions = ALL,
		};
	}
	ASSERT_EQ(0, load_table());
}

static bool is_forced(int number)
{
	struct statvfs st;

	return !statvfs(name_of("fs", number), &st) &&
	       (st.f_flag & ST_RDONLY);
}

/*
 * The harness runs each test in a process of its own, so one test does it all,
 * in which the writers live on.
 */
TEST(no_executable_mount_while_there_are_writers)
{
	for (int i = NO_HOLDER; i < HOLDERS; i++)
		ASSERT_EQ(0, hold(i, i));
	ASSERT_EQ(0, write_text(LATCH, "0"));
	ASSERT_FALSE(is_forced(NO_HOLDER));
	/* The magic key: the kernel does it later, in a thread of its own. */
	ASSERT_EQ(0, write_text("/proc/sysrq-trigger", "u"));
	for (int tries = 0; tries < 500 && !is_forced(NO_HOLDER); tries++)
		usleep(10000);
	for (int tries = 0; tries < 500 && !is_forced(OTHER_MOUNT); tries++)
		usleep(10000);
	for (int i = 0; i < HOLDERS; i++) {
		const bool has_writer = i != NO_HOLDER;
		char *before = all_mounts(), *after;

		EXPECT_EQ(has_writer ? EPERM : 0, mount_ext4(i, MS_RDONLY)) {
			TH_LOG("filesystem %d", i);
		}
		if (!has_writer) {
			free(before);
			EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
			EXPECT_EQ(EROFS, try_open(M "/probe", O_WRONLY));
			EXPECT_EQ(0, umount(M));
			continue;
		}
		after = all_mounts();
		EXPECT_STREQ(before, after);
		free(before);
		free(after);
		/* Where nothing can be executed it may be mounted. */
		EXPECT_EQ(0, mount_ext4(i, MS_RDONLY | MS_NOEXEC));
		EXPECT_EQ(EACCES, probe_run(M "/probe", USER_ID).error);
		EXPECT_EQ(EROFS, try_open(M "/probe", O_WRONLY));
		EXPECT_EQ(0, umount(M));
		/* The last writer goes, and none can come. */
		let_go(i);
		EXPECT_EQ(0, mount_ext4(i, MS_RDONLY)) {
			TH_LOG("filesystem %d", i);
		}
		EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
		EXPECT_EQ(EROFS, try_open(M "/probe", O_WRONLY));
		EXPECT_EQ(0, umount(M));
	}
}

TEST_HARNESS_MAIN
