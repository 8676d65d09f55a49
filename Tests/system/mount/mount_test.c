// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags and places of mounts, which stay once kernel.clip.mount is locked
 * (MT-06 to MT-10, N-05 to N-19). The lock cannot be undone: tests without a
 * fixture run first, and show that all of it was allowed before.
 */
#include "files.h"
#include "latch.h"
#include "mounts.h"
#include "process.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/mounts"
#define M	DIR "/m"
#define UNDER	M "/under"
#define OTHER	DIR "/other"

/* ------------------------------------------------------ before the lock */

TEST(everything_was_allowed)
{
	int status;
	pid_t pid;

	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	for (size_t i = 0; i < MOUNT_FLAGS; i++) {
		const unsigned long flag = mount_flags[i].ms;

		for (enum way way = 0; way < WAYS; way++) {
			ASSERT_EQ(0, mount_fresh(M, SAFE | flag));
			EXPECT_TRUE(strstr(options_of(M),
					   mount_flags[i].name));
			EXPECT_EQ(0, change_flags(way, M, SAFE | flag,
					    SAFE & ~flag));
			EXPECT_FALSE(strstr(options_of(M),
					    mount_flags[i].name));
			ASSERT_EQ(0, umount(M));
		}
	}
	ASSERT_EQ(0, mount_fresh(M, SAFE | MS_RDONLY));
	EXPECT_EQ(0, pick_rw(M));
	/* Moves, by either interface, and other acts that are refused later. */
	mkdir(OTHER, 0755);
	EXPECT_EQ(0, mount(M, OTHER, NULL, MS_MOVE, NULL));
	EXPECT_EQ(0, move_mount(AT_FDCWD, OTHER, AT_FDCWD, M, 0));
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_SHARED, NULL));
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_PRIVATE, NULL));
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, 0, 0, 0, MS_SHARED));
	ASSERT_EQ(0, umount(M));
	/* MT-10: the request reaches the kernel. */
	ASSERT_EQ(0, mount_fresh(M, SAFE));
	mkdir(M "/old", 0755);
	pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_pivot_root, M, M "/old") ? errno : 0);
	waitpid(pid, &status, 0);
	EXPECT_EQ(EINVAL, WEXITSTATUS(status));
	ASSERT_EQ(0, umount(M));
	/* For later tests: a mount that is shared already. */
	ASSERT_EQ(0, mount_fresh(DIR "/shared", SAFE));
	ASSERT_EQ(0, mount(NULL, DIR "/shared", NULL, MS_SHARED, NULL));
}

TEST(idmapping_was_allowed)
{
	EXPECT_EQ(0, idmap_mount(DIR));
}

TEST(lock)
{
	ASSERT_EQ(0, set_latch("mount", "0 empty"));
}

/* ---------------------------------------------------------- after it */

FIXTURE(locked)
{
	char *before;
};

/* MT-17: neither the namespace nor the user makes a difference. */
FIXTURE_VARIANT(locked)
{
	int namespaces;
};

FIXTURE_VARIANT_ADD(locked, here) { .namespaces = 0 };
FIXTURE_VARIANT_ADD(locked, in_a_mount_namespace) {
	.namespaces = CLONE_NEWNS,
};
FIXTURE_VARIANT_ADD(locked, in_a_user_namespace) {
	.namespaces = CLONE_NEWUSER | CLONE_NEWNS,
};

FIXTURE_SETUP(locked)
{
	if (variant->namespaces & CLONE_NEWUSER) {
		ASSERT_EQ(0, become_namespace_root(CLONE_NEWNS));
	} else if (variant->namespaces) {
		ASSERT_EQ(0, unshare(variant->namespaces));
	}
	mkdir(M, 0755);
	mkdir(OTHER, 0755);
}

FIXTURE_TEARDOWN(locked)
{
	free(self->before);
	umount2(OTHER, MNT_DETACH);
	umount2(M, MNT_DETACH);
}

#define REMEMBER() do { \
	free(self->before); \
	self->before = all_mounts(); \
} while (0)

/* MT-06, N-06: each flag, each way. */
TEST_F(locked, no_flag_is_lost)
{
	for (size_t i = 0; i < MOUNT_FLAGS; i++) {
		const unsigned long flag = mount_flags[i].ms;

		ASSERT_EQ(0, mount_fresh(M, SAFE | flag));
		REMEMBER();
		for (enum way way = 0; way < WAYS; way++) {
			EXPECT_EQ(EPERM, change_flags(way, M, SAFE | flag,
						SAFE & ~flag)) {
				TH_LOG("%s, way %d", mount_flags[i].name, way);
			}
		}
		if (flag == MS_RDONLY)
			EXPECT_EQ(EPERM, pick_rw(M));
		EXPECT_UNCHANGED();
		ASSERT_EQ(0, umount(M));
	}
}

TEST_F(locked, flags_can_be_added)
{
	for (size_t i = 0; i < MOUNT_FLAGS; i++) {
		const unsigned long flag = mount_flags[i].ms;

		for (enum way way = 0; way < WAYS; way++) {
			ASSERT_EQ(0, mount_fresh(M, SAFE));
			EXPECT_EQ(0, change_flags(way, M, SAFE, SAFE | flag));
			EXPECT_TRUE(strstr(options_of(M),
					   mount_flags[i].name));
			ASSERT_EQ(0, umount(M));
		}
	}
}

/*
 * N-05: setting and clearing in one call, and access times, which are not bits.
 */
TEST_F(locked, setattr_of_both_kinds)
{
	const uint64_t noexec = MOUNT_ATTR_NOEXEC;

	ASSERT_EQ(0, mount_fresh(M, SAFE | MS_NOATIME));
	REMEMBER();
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, 0, noexec, noexec, 0));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, 0, MOUNT_ATTR_RDONLY, noexec,
				  0));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, 0, MOUNT_ATTR_RELATIME,
				  MOUNT_ATTR__ATIME, 0));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, 0, MOUNT_ATTR_STRICTATIME,
				  MOUNT_ATTR__ATIME, 0));
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, 0, MOUNT_ATTR_NOATIME,
			      MOUNT_ATTR__ATIME, 0));
	EXPECT_EQ(EINVAL, set_attr(AT_FDCWD, M, 0, 0, MOUNT_ATTR_NOATIME, 0));
	EXPECT_UNCHANGED();
}

/* N-07 */
TEST_F(locked, odd_flags_do_not_help)
{
	const unsigned long odd[] = {
		MS_MGC_VAL, MS_SILENT, MS_REC, 1UL << 25, 1UL << 23,
		MS_MOVE, MS_SHARED, MS_STRICTATIME, MS_RELATIME,
	};

	ASSERT_EQ(0, mount_fresh(M, SAFE | MS_NOATIME));
	REMEMBER();
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		const unsigned long flags = MS_REMOUNT | odd[i];

		EXPECT_EQ(-1, mount(NULL, M, NULL, flags, NULL));
		EXPECT_EQ(EPERM, errno);
		EXPECT_EQ(-1, mount(NULL, M, NULL, flags | MS_BIND, NULL));
		EXPECT_EQ(EPERM, errno);
		EXPECT_EQ(-1, mount(NULL, M, NULL,
				    flags | MS_NOSUID | MS_NODEV, NULL));
		EXPECT_EQ(EPERM, errno);
	}
	/* The kernel itself refuses bits of the upper half. */
	EXPECT_EQ(-1, mount(NULL, M, NULL, MS_REMOUNT | 1UL << 40, NULL));
	EXPECT_EQ(EINVAL, errno);
	/* A request that does not mention access times keeps them. */
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | SAFE, NULL));
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | MS_BIND | SAFE, NULL));
	EXPECT_UNCHANGED();
}

/* N-05: all or nothing. */
TEST_F(locked, a_tree_keeps_all_or_nothing_changes)
{
	const uint64_t rdonly = MOUNT_ATTR_RDONLY;

	ASSERT_EQ(0, mount_fresh(M, SAFE));
	ASSERT_EQ(0, mount_fresh(UNDER, SAFE));
	ASSERT_EQ(0, mount_fresh(M "/last", SAFE | MS_RDONLY));
	mkdir(UNDER "/deep", 0755);
	ASSERT_EQ(0, mount_fresh(UNDER "/deep", SAFE | MS_NOSYMFOLLOW));
	REMEMBER();
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, AT_RECURSIVE, 0, rdonly, 0));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, AT_RECURSIVE,
				  MOUNT_ATTR_NOATIME,
				  MOUNT_ATTR__ATIME | MOUNT_ATTR_NOSYMFOLLOW,
				  0));
	/* Clearing the flag is allowed where no mount has it. */
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, 0, 0, rdonly, 0));
	EXPECT_EQ(0, set_attr(AT_FDCWD, UNDER, AT_RECURSIVE, 0, rdonly, 0));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, AT_RECURSIVE, rdonly, 0, 0));
	EXPECT_TRUE(strstr(options_of(UNDER "/deep"), "ro"));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, UNDER, AT_RECURSIVE, 0, rdonly, 0));
}

/* MT-06: the error of a path that is not a mount is unchanged. */
TEST_F(locked, a_path_that_is_no_mount_is_invalid)
{
	ASSERT_EQ(0, mount_fresh(M, SAFE | MS_NOATIME));
	mkdir(M "/dir", 0755);
	for (enum way way = 0; way < WAYS; way++)
		EXPECT_EQ(EINVAL, change_flags(way, M "/dir", SAFE, 0));
	EXPECT_EQ(EINVAL, set_attr(AT_FDCWD, M "/dir", AT_RECURSIVE, 0,
				   MOUNT_ATTR_NOEXEC, 0));
	EXPECT_EQ(-1, mount(NULL, M "/dir", NULL, MS_SHARED, NULL));
	EXPECT_EQ(EINVAL, errno);
}

/*
 * MT-07, MT-08, N-06, N-09: a copy has the flags of its source, whatever is
 * requested.
 */
TEST_F(locked, copies_have_the_flags_of_their_source)
{
	const unsigned long flags = SAFE | MS_NOATIME | MS_NOSYMFOLLOW |
				    MS_NOLOCK;
	int mnt;

	ASSERT_EQ(0, mount_fresh(M, flags));
	ASSERT_EQ(0, mount_fresh(UNDER, flags | MS_RDONLY));
	ASSERT_EQ(0, mount(M, OTHER, NULL, MS_BIND, NULL));
	EXPECT_STREQ("rw,nosuid,nodev,noexec,noatime,nosymfollow,nolock",
		     options_of(OTHER));
	EXPECT_EQ(EPERM, change_flags(REMOUNT_BIND, OTHER, flags, 0));
	EXPECT_EQ(EPERM, change_flags(SETATTR, OTHER, flags, 0));
	ASSERT_EQ(0, umount(OTHER));
	/* A name that used to be an exception. */
	ASSERT_EQ(0, mount(M, OTHER, NULL, MS_BIND | MS_REC, NULL));
	EXPECT_STREQ("ro,nosuid,nodev,noexec,noatime,nosymfollow,nolock",
		     options_of(OTHER "/under"));
	EXPECT_EQ(0, mount(OTHER "/under", OTHER "/under", NULL,
			   MS_BIND | MS_REC, NULL));
	EXPECT_STREQ("ro,nosuid,nodev,noexec,noatime,nosymfollow,nolock",
		     options_of(OTHER "/under"));
	EXPECT_EQ(EPERM, change_flags(REMOUNT_BIND, OTHER "/under",
				flags | MS_RDONLY, flags));
	ASSERT_EQ(0, umount2(OTHER, MNT_DETACH));
	/* N-03: a mount that is never attached. */
	mnt = open_tree(AT_FDCWD, M, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			AT_RECURSIVE);
	ASSERT_LE(0, mnt);
	EXPECT_EQ(EPERM, set_attr(mnt, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_NOEXEC,
				  0));
	EXPECT_EQ(EPERM, set_attr(mnt, "", AT_EMPTY_PATH | AT_RECURSIVE, 0,
				  MOUNT_ATTR_RDONLY, 0));
	EXPECT_EQ(0, set_attr(mnt, "", AT_EMPTY_PATH, MOUNT_ATTR_NODIRATIME, 0,
			      0));
	EXPECT_EQ(0, attach_mount(mnt, OTHER));
	EXPECT_TRUE(strstr(options_of(OTHER "/under"), "noexec"));
	close(mnt);
}

/* Possible bypass: from open_tree(2) to a program that runs despite noexec. */
TEST_F(locked, a_detached_copy_runs_nothing)
{
	char *const none[] = { NULL };
	int mnt, fd;

	ASSERT_EQ(0, mount_fresh(M, SAFE));
	ASSERT_EQ(0, copy_file(PROBE, M "/probe", 0755));
	mnt = open_tree(AT_FDCWD, M, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ASSERT_LE(0, mnt);
	EXPECT_EQ(EPERM, set_attr(mnt, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_NOEXEC,
				  0));
	fd = openat(mnt, "probe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, syscall(SYS_execveat, fd, "", none, none,
			      AT_EMPTY_PATH));
	EXPECT_EQ(EACCES, errno);
	close(fd);
	close(mnt);
}

/* MT-09 */
TEST_F(locked, nothing_moves)
{
	char path[64];
	int mnt;

	ASSERT_EQ(0, mount_fresh(M, SAFE));
	REMEMBER();
	EXPECT_EQ(-1, mount(M, OTHER, NULL, MS_MOVE, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, move_mount(AT_FDCWD, M, AT_FDCWD, OTHER, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, move_mount(AT_FDCWD, M, AT_FDCWD, OTHER,
				 MOVE_MOUNT_BENEATH));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, move_mount(AT_FDCWD, DIR "/shared", AT_FDCWD, M,
				 MOVE_MOUNT_SET_GROUP));
	EXPECT_EQ(EPERM, errno);
	EXPECT_UNCHANGED();
	/* A mount that is not attached yet may be attached once. */
	mnt = make_detached("tmpfs", "fresh", SAFE, NULL, NULL);
	ASSERT_LE(0, mnt);
	REMEMBER();
	EXPECT_EQ(-1, move_mount(mnt, "", AT_FDCWD, M,
				 MOVE_MOUNT_F_EMPTY_PATH |
				 MOVE_MOUNT_SET_GROUP));
	EXPECT_EQ(EPERM, errno);
	/* By name, the old call cannot distinguish it from other mounts. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", mnt);
	EXPECT_EQ(-1, mount(path, OTHER, NULL, MS_MOVE, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, attach_mount(mnt, OTHER));
	EXPECT_EQ(EPERM, attach_mount(mnt, M));
	close(mnt);
	ASSERT_EQ(0, umount(OTHER));
	mnt = open_tree(AT_FDCWD, M, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	EXPECT_EQ(0, attach_mount(mnt, OTHER));
	close(mnt);
	/* MT-16 */
	EXPECT_EQ(0, umount(OTHER));
	EXPECT_EQ(0, umount2(M, MNT_DETACH));
}

/* MT-10, N-13 */
TEST_F(locked, the_root_stays)
{
	ASSERT_EQ(0, mount_fresh(M, SAFE));
	mkdir(M "/old", 0755);
	REMEMBER();
	EXPECT_EQ(-1, syscall(SYS_pivot_root, M, M "/old"));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, chdir(M));
	EXPECT_EQ(-1, syscall(SYS_pivot_root, ".", "."));
	EXPECT_EQ(EPERM, errno);
	EXPECT_UNCHANGED();
}

/* N-14 */
TEST_F(locked, nothing_becomes_shared)
{
	const unsigned long others[] = { MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE };

	ASSERT_EQ(0, mount_fresh(M, SAFE));
	ASSERT_EQ(0, mount_fresh(UNDER, SAFE));
	REMEMBER();
	EXPECT_EQ(-1, mount(NULL, M, NULL, MS_SHARED, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, mount(NULL, M, NULL, MS_SHARED | MS_REC | MS_SILENT,
			    NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, 0, 0, 0, MS_SHARED));
	EXPECT_EQ(EPERM, set_attr(AT_FDCWD, M, AT_RECURSIVE, 0, 0, MS_SHARED));
	EXPECT_UNCHANGED();
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, mount(NULL, M, NULL, others[i] | MS_REC, NULL));
		EXPECT_EQ(0, set_attr(AT_FDCWD, M, AT_RECURSIVE, 0, 0,
				      others[i]));
	}
}

/*
 * A shared mount may be made shared again, except in a user namespace, where it
 * is a slave.
 */
TEST_F(locked, what_is_shared_stays_so)
{
	const bool shared = !(variant->namespaces & CLONE_NEWUSER);

	EXPECT_EQ(shared ? 0 : EPERM,
		  mount(NULL, DIR "/shared", NULL, MS_SHARED, NULL) ?
		  errno : 0);
	EXPECT_EQ(shared ? 0 : EPERM,
		  set_attr(AT_FDCWD, DIR "/shared", 0, 0, 0, MS_SHARED));
}

/* MF-02: a flag of the kernel itself, which can no longer be cleared. */
TEST_F(locked, nosymfollow_holds)
{
	ASSERT_EQ(0, mount_fresh(M, SAFE | MS_NOSYMFOLLOW));
	mkdir(M "/dir", 0755);
	close(open(M "/dir/file", O_CREAT | O_CLOEXEC, 0600));
	ASSERT_EQ(0, symlink("dir", M "/link"));
	ASSERT_EQ(0, symlink("dir/file", M "/last"));
	EXPECT_EQ(EPERM, change_flags(SETATTR, M, MS_NOSYMFOLLOW, 0));
	EXPECT_EQ(-1, open(M "/link/file", O_RDONLY));
	EXPECT_EQ(ELOOP, errno);
	EXPECT_EQ(-1, open(M "/last", O_RDONLY));
	EXPECT_EQ(ELOOP, errno);
	EXPECT_EQ(0, access(M "/dir/file", F_OK));
	EXPECT_EQ(3, readlink(M "/link", (char[8]){}, 8));
}

/*
 * N-17: the kernel itself also protects mounts from before the user namespace.
 */
TEST_F(locked, inherited_mounts)
{
	REMEMBER();
	EXPECT_EQ(EPERM, change_flags(REMOUNT_BIND, DIR "/shared", SAFE, 0));
	EXPECT_EQ(EPERM, change_flags(SETATTR, DIR "/shared", SAFE, 0));
	EXPECT_UNCHANGED();
}

TEST_HARNESS_MAIN
