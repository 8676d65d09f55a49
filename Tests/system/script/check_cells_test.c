// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two tables that an interpreter of Linux 6.14 relies on, cell by cell
 * (script-execution.md 1.5): which descriptors may be executed, on mounts that
 * do and do not allow it, asked with and without capabilities; and which
 * securebits a process may set, with and without CAP_SETPCAP, which of them its
 * programs inherit, and what a lock holds.
 */
#include "files.h"
#include "interpret.h"
#include "process.h"

#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/cells"
#define AT(name)	PLACE "/" name

#ifndef MFD_EXEC
#define MFD_NOEXEC_SEAL	0x0008U
#define MFD_EXEC	0x0010U
#endif

FIXTURE(access) { };

FIXTURE_VARIANT(access)
{
	unsigned long mount;
	mode_t mode;
	int error;	/* of a regular file */
};

FIXTURE_VARIANT_ADD(access, mount_exec_file_exec) { 0, 0755, 0 };
FIXTURE_VARIANT_ADD(access, mount_exec_file_noexec) { 0, 0644, EACCES };
FIXTURE_VARIANT_ADD(access, mount_noexec_file_exec) { MS_NOEXEC, 0755, EACCES };
FIXTURE_VARIANT_ADD(access, mount_noexec_file_noexec) { MS_NOEXEC, 0644, EACCES };

FIXTURE_SETUP(access)
{
	ASSERT_EQ(0, mkdir(PLACE, 0755));
	ASSERT_EQ(0, mount("tmpfs", PLACE, "tmpfs", variant->mount, NULL));
}

FIXTURE_TEARDOWN(access)
{
	umount2(PLACE, MNT_DETACH);
	rmdir(PLACE);
}

static int drop_caps(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = {};

	return syscall(SYS_capset, &head, none) ? errno : 0;
}

/* The answer for @fd; 1000 if it depends on the capabilities of who asks. */
static int answer(int fd)
{
	const int with = ask_exec(fd);
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(drop_caps() ? 255 : ask_exec(fd));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == with ? with : 1000;
}

static int answer_for_path(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 2000 + errno;
	err = answer(fd);
	close(fd);
	return err;
}

/* Makes a file: nothing in it, or a program. */
static int make(const char *path, mode_t mode, bool program)
{
	const int err = program ? copy_file("/proc/self/exe", path, mode) :
				  put_file(path, "", 0);

	return err ?: chmod(path, mode) ? errno : 0;
}

TEST_F(access, regular_file_empty)
{
	ASSERT_EQ(0, make(AT("file"), variant->mode, false));
	EXPECT_EQ(variant->error, answer_for_path(AT("file"), O_RDONLY));
}

TEST_F(access, regular_file_elf)
{
	ASSERT_EQ(0, make(AT("file"), variant->mode, true));
	EXPECT_EQ(variant->error, answer_for_path(AT("file"), O_RDONLY));
}

static int answer_for_memory(mode_t mode, bool program)
{
	const int fd = memfd_create("cells", MFD_CLOEXEC |
				    (mode & 0100 ? MFD_EXEC : MFD_NOEXEC_SEAL));
	int err;

	if (fd < 0 || (program && dprintf(fd, "\177ELF") != 4))
		return 2000 + errno;
	err = answer(fd);
	close(fd);
	return err;
}

/* A file in memory is on no mount that could forbid it. */
TEST_F(access, memfd_empty)
{
	EXPECT_EQ(variant->mode & 0100 ? 0 : EACCES,
		  answer_for_memory(variant->mode, false));
}

TEST_F(access, memfd_elf)
{
	EXPECT_EQ(variant->mode & 0100 ? 0 : EACCES,
		  answer_for_memory(variant->mode, true));
}

/* The mode of what is no regular file never makes it executable. */
TEST_F(access, files_that_are_not_regular)
{
	int pair[2];

	ASSERT_EQ(0, mkdir(AT("directory"), variant->mode | 0111));
	EXPECT_EQ(EACCES, answer_for_path(AT("directory"), O_RDONLY));
	ASSERT_EQ(0, mknod(AT("block"), S_IFBLK | variant->mode, makedev(7, 0)));
	EXPECT_EQ(EACCES, answer_for_path(AT("block"), O_PATH));
	ASSERT_EQ(0, mknod(AT("null"), S_IFCHR | variant->mode, makedev(1, 3)));
	EXPECT_EQ(EACCES, answer_for_path(AT("null"), O_RDONLY));
	ASSERT_EQ(0, mkfifo(AT("fifo"), variant->mode));
	EXPECT_EQ(EACCES, answer_for_path(AT("fifo"), O_RDONLY | O_NONBLOCK));
	ASSERT_EQ(0, mknod(AT("socket"), S_IFSOCK | variant->mode, 0));
	EXPECT_EQ(EACCES, answer_for_path(AT("socket"), O_PATH));
	ASSERT_EQ(0, pipe(pair));
	EXPECT_EQ(EACCES, answer(pair[0]));
	close(pair[0]);
	close(pair[1]);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	EXPECT_EQ(EACCES, answer(pair[0]));
	close(pair[0]);
	close(pair[1]);
}

/* --- the securebits */

FIXTURE(secbits) { };

FIXTURE_VARIANT(secbits)
{
	bool privileged;
};

FIXTURE_VARIANT_ADD(secbits, with_setpcap) { true };
FIXTURE_VARIANT_ADD(secbits, without_setpcap) { false };

FIXTURE_SETUP(secbits)
{
	if (!variant->privileged) {
		ASSERT_EQ(0, drop_caps());
	}
	ASSERT_EQ(0, prctl(PR_GET_SECUREBITS));
}

FIXTURE_TEARDOWN(secbits) { }

static int set_bits(unsigned long bits)
{
	return prctl(PR_SET_SECUREBITS, bits) ? errno : 0;
}

/* Without the capability, a call that changes nothing is refused as ever. */
TEST_F(secbits, nothing_changes)
{
	EXPECT_EQ(variant->privileged ? 0 : EPERM, set_bits(0));
	EXPECT_EQ(0, prctl(PR_GET_SECUREBITS));
}

/* The bits of a child that has set @bits, seen after fork. */
static int inherited(unsigned long bits)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (set_bits(bits))
			_exit(255);
		pid = fork();
		if (pid == 0)
			_exit(prctl(PR_GET_SECUREBITS) >> 8);
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 254);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status) << 8;
}

TEST_F(secbits, bits_are_inherited)
{
	EXPECT_EQ(SECBIT_EXEC_RESTRICT_FILE,
		  inherited(SECBIT_EXEC_RESTRICT_FILE));
	EXPECT_EQ(SECBIT_EXEC_DENY_INTERACTIVE,
		  inherited(SECBIT_EXEC_DENY_INTERACTIVE));
	EXPECT_EQ(SECBITS_EXEC, inherited(SECBITS_EXEC));
}

/* Sets @bit, clears it again, and locks it as it is; then it stays so. */
static int lock(unsigned long bit, bool set)
{
	const unsigned long locked = (set ? bit : 0) | bit << 1;

	MUST(0, set_bits(bit));
	MUST((int)bit, prctl(PR_GET_SECUREBITS));
	MUST(0, set_bits(locked));
	MUST(EPERM, set_bits(locked ^ bit));
	MUST(EPERM, set_bits(set ? bit : 0));
	MUST(EPERM, set_bits(bit ^ (set ? bit : 0)));
	MUST((int)locked, prctl(PR_GET_SECUREBITS));
	return 0;
}

#define IN_CHILD(expression) ({ \
	int status_; \
	pid_t pid_ = fork(); \
	if (pid_ == 0) \
		_exit(expression); \
	waitpid(pid_, &status_, 0); \
	WIFEXITED(status_) ? WEXITSTATUS(status_) : 255; \
})

TEST_F(secbits, restrict_file_locked_set)
{
	EXPECT_EQ(0, IN_CHILD(lock(SECBIT_EXEC_RESTRICT_FILE, true)));
}

TEST_F(secbits, restrict_file_locked_unset)
{
	EXPECT_EQ(0, IN_CHILD(lock(SECBIT_EXEC_RESTRICT_FILE, false)));
}

TEST_F(secbits, deny_interactive_locked_set)
{
	EXPECT_EQ(0, IN_CHILD(lock(SECBIT_EXEC_DENY_INTERACTIVE, true)));
}

TEST_F(secbits, deny_interactive_locked_unset)
{
	EXPECT_EQ(0, IN_CHILD(lock(SECBIT_EXEC_DENY_INTERACTIVE, false)));
}

TEST_HARNESS_MAIN
