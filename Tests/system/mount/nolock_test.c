// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mount flag nolock (MF-01, MF-03, MF-05, N-19), with kernel.clip.mount
 * locked or not: locks, leases and watches are refused through such a mount,
 * and allowed on the same files through another one.
 */
#include "device.h"
#include "files.h"
#include "mounts.h"
#include "process.h"

#include <sched.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/nolock"
#define FILES	DIR "/files"	/* a mount without the flag */
#define M	DIR "/m"	/* one of the same superblock, with it */

FIXTURE(nolock)
{
	int fd;		/* of a file by the mount with the flag */
	int plain;	/* of the same file by the other one */
};

FIXTURE_VARIANT(nolock)
{
	int api;
};

FIXTURE_VARIANT_ADD(nolock, old_interface) { .api = 0 };
FIXTURE_VARIANT_ADD(nolock, new_interface) { .api = 1 };

static int set_nolock(int api, bool on)
{
	const uint64_t flag = MOUNT_ATTR_NOLOCK;

	if (api)
		return set_attr(AT_FDCWD, M, 0, on ? flag : 0, on ? 0 : flag,
				0);
	return mount(NULL, M, NULL,
		     MS_REMOUNT | MS_BIND | (on ? MS_NOLOCK : 0), NULL) ?
	       errno : 0;
}

FIXTURE_SETUP(nolock)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	mkdir(FILES, 0755);
	mkdir(M, 0755);
	ASSERT_EQ(0, mount(FILES, M, NULL, MS_BIND, NULL));
	ASSERT_EQ(0, set_nolock(variant->api, true));
	self->fd = open(M "/file", O_CREAT | O_RDWR | O_CLOEXEC, 0644);
	ASSERT_LE(0, self->fd);
	self->plain = open(FILES "/file", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->plain);
}

FIXTURE_TEARDOWN(nolock)
{
	close(self->fd);
	close(self->plain);
	umount2(DIR, MNT_DETACH);
}

static int lock_by(int fd, int request, int type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, request, &lock) ? errno : 0;
}

static int flock_by(int fd, int operation)
{
	return flock(fd, operation) ? errno : 0;
}

/* MF-01 */
TEST_F(nolock, flag_is_shown_in_mountinfo)
{
	int mnt;

	EXPECT_STREQ("rw,relatime,nolock", options_of(M));
	EXPECT_STREQ("rw,relatime", options_of(DIR));
	/* A new mount can have the flag from the start. */
	ASSERT_EQ(0, umount2(M, MNT_DETACH));
	mnt = make_detached("tmpfs", "x", MS_NOLOCK, NULL, NULL);
	ASSERT_LE(0, mnt);
	ASSERT_EQ(0, attach_mount(mnt, M));
	close(mnt);
	EXPECT_TRUE(strstr(options_of(M), "nolock"));
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, mount("x", M, "tmpfs", MS_NOLOCK, NULL));
	EXPECT_TRUE(strstr(options_of(M), "nolock"));
}

/* MF-03: locks of each kind, and unlocking. */
TEST_F(nolock, locks)
{
	const int posix[] = { F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW };
	const int types[] = { F_RDLCK, F_WRLCK, F_UNLCK };
	const int flocks[] = { LOCK_SH, LOCK_EX | LOCK_NB, LOCK_UN };
	long long before;

	EXPECT_EQ(EPERM, flock_by(self->fd, LOCK_EX));
	before = status_value("refused.mount");
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(EPERM, flock_by(self->fd, flocks[i]));
		EXPECT_EQ(0, flock_by(self->plain, flocks[i]));
		for (int k = 0; k < 4; k++) {
			EXPECT_EQ(EPERM, lock_by(self->fd, posix[k], types[i]));
			EXPECT_EQ(0, lock_by(self->plain, posix[k], types[i]));
			/* Locks of a process and of an open file conflict. */
			EXPECT_EQ(0, lock_by(self->plain, posix[k], F_UNLCK));
		}
	}
	/* The mount does not reveal the locks of other tasks either. */
	EXPECT_EQ(EPERM, lock_by(self->fd, F_GETLK, F_WRLCK));
	EXPECT_EQ(EPERM, lock_by(self->fd, F_OFD_GETLK, F_WRLCK));
	EXPECT_EQ(0, lock_by(self->plain, F_GETLK, F_WRLCK));
	EXPECT_EQ(17, status_value("refused.mount") - before);
	/* Everything else still works. */
	EXPECT_EQ(1, write(self->fd, "x", 1));
	EXPECT_EQ(0, fsync(self->fd));
}

TEST_F(nolock, leases)
{
	const int fd = open(M "/file", O_RDONLY | O_CLOEXEC);
	const int plain = open(FILES "/file", O_RDONLY | O_CLOEXEC);

	close(self->fd);
	close(self->plain);
	EXPECT_EQ(-1, fcntl(fd, F_SETLEASE, F_RDLCK));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, fcntl(fd, F_GETLEASE));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, fcntl(plain, F_SETLEASE, F_RDLCK));
	EXPECT_EQ(-1, fcntl(fd, F_SETLEASE, F_UNLCK));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(F_RDLCK, fcntl(plain, F_GETLEASE));
	EXPECT_EQ(0, fcntl(plain, F_SETLEASE, F_UNLCK));
	close(fd);
	close(plain);
	self->fd = open(M "/file", O_RDWR | O_CLOEXEC);
	self->plain = open(FILES "/file", O_RDWR | O_CLOEXEC);
}

TEST_F(nolock, inotify)
{
	const int fd = inotify_init1(IN_CLOEXEC);

	EXPECT_EQ(-1, inotify_add_watch(fd, M "/file", IN_OPEN));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, inotify_add_watch(fd, M, IN_ALL_EVENTS));
	EXPECT_EQ(EPERM, errno);
	EXPECT_LE(0, inotify_add_watch(fd, FILES "/file", IN_OPEN));
	EXPECT_LE(0, inotify_add_watch(fd, FILES, IN_ALL_EVENTS));
	close(fd);
}

static int mark(unsigned int what, const char *path)
{
	const int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
	int err = fanotify_mark(fd, FAN_MARK_ADD | what, FAN_OPEN, AT_FDCWD,
				path) ? errno : 0;

	close(fd);
	return err;
}

TEST_F(nolock, fanotify)
{
	const unsigned int kinds[] = {
		FAN_MARK_INODE, FAN_MARK_MOUNT, FAN_MARK_FILESYSTEM,
	};

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(EPERM, mark(kinds[i], M));
		EXPECT_EQ(0, mark(kinds[i], FILES));
	}
}

/* MF-05: the flag can be taken off again until the lock. */
TEST_F(nolock, flag_can_be_cleared_until_the_lock)
{
	EXPECT_EQ(EPERM, flock_by(self->fd, LOCK_EX));
	ASSERT_EQ(0, set_nolock(variant->api, false));
	EXPECT_EQ(0, flock_by(self->fd, LOCK_EX));
	EXPECT_EQ(EWOULDBLOCK, flock_by(self->plain, LOCK_EX | LOCK_NB));
}

static int lock_64(int fd)
{
	int result;

	/* fcntl64 of a 32-bit program, with F_GETLK64. */
	asm volatile("int $0x80" : "=a" (result)
		     : "a" (221), "b" (fd), "c" (12), "d" (0) : "memory");
	return -result;
}

/* A query by a 32-bit call is refused as well, before it reads its argument. */
TEST_F(nolock, queries_by_32_bit_calls)
{
	EXPECT_EQ(EPERM, lock_64(self->fd));
	EXPECT_EQ(EFAULT, lock_64(self->plain));
}

/*
 * The flag of a mount that comes from a more privileged namespace stays, like
 * nosuid: on the mount, on a copy of it, and by either interface.
 */
TEST_F(nolock, flag_stays_in_a_user_namespace)
{
	ASSERT_EQ(0, mkdir(DIR "/copy", 0755));
	ASSERT_EQ(0, mkdir(DIR "/own", 0755));
	ASSERT_EQ(0, become_namespace_root(CLONE_NEWNS));
	EXPECT_EQ(EPERM, set_nolock(variant->api, false));
	EXPECT_TRUE(strstr(options_of(M), "nolock"));
	ASSERT_EQ(0, mount(M, DIR "/copy", NULL, MS_BIND, NULL));
	EXPECT_TRUE(strstr(options_of(DIR "/copy"), "nolock"));
	EXPECT_EQ(EPERM, mount(NULL, DIR "/copy", NULL, MS_REMOUNT | MS_BIND,
			       NULL) ? errno : 0);
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, DIR "/copy", 0, 0,
				  MOUNT_ATTR_NOLOCK, 0));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, DIR, AT_RECURSIVE, 0,
				  MOUNT_ATTR_NOLOCK, 0));
	EXPECT_TRUE(strstr(options_of(DIR "/copy"), "nolock"));
	EXPECT_EQ(EPERM, flock_by(self->fd, LOCK_EX));
	/* Other changes that keep it are allowed. */
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | MS_BIND | MS_NOLOCK |
			   MS_NOSUID, NULL) ? errno : 0);
	EXPECT_TRUE(strstr(options_of(M), "nosuid"));
	EXPECT_TRUE(strstr(options_of(M), "nolock"));
	/* The twin: a flag of a mount that the namespace made itself. */
	ASSERT_EQ(0, mount("x", DIR "/own", "tmpfs", MS_NOLOCK, NULL));
	EXPECT_EQ(0, mount(NULL, DIR "/own", NULL, MS_REMOUNT | MS_BIND, NULL) ?
		     errno : 0);
	EXPECT_FALSE(strstr(options_of(DIR "/own"), "nolock"));
	/* And one of a mount from outside that did not have it before. */
	EXPECT_EQ(0, set_attr(AT_FDCWD, DIR, 0, MOUNT_ATTR_NOLOCK, 0, 0));
	EXPECT_EQ(0, set_attr(AT_FDCWD, DIR, 0, 0, MOUNT_ATTR_NOLOCK, 0));
}

/*
 * The flag belongs to the mount: neither to the files nor to descriptors from
 * before.
 */
TEST_F(nolock, flag_belongs_to_the_mount)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EPERM, flock_by(fd, LOCK_SH));
	close(fd);
	fd = dup(self->plain);
	EXPECT_EQ(0, flock_by(fd, LOCK_SH));
	close(fd);
}

TEST_HARNESS_MAIN
