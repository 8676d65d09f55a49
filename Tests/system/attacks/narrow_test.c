// SPDX-License-Identifier: GPL-2.0-only
/*
 * E-12, and the neighbours of many other entries: the system calls of 32-bit
 * programs have the same answers. Each act is done where nothing forbids it,
 * too. Tests without a fixture run first; the latches are set after all tests
 * that go without them.
 */
#include "call32.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "loop.h"
#include "process.h"

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/narrow"
#define A	DIR "/a"
#define B	DIR "/b"
#define XID	3101
#define TINY	"/usr/lib/clip/tests/tiny"
#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)
#define PAGE	4096

/* ------------------------------------------------------- acts, 0 or errno */

static int failed(int result)
{
	return result < 0 && result > -4096 ? -result : 0;
}

static int map(uint32_t prot, uint32_t flags, int fd)
{
	return call32(NR32_MMAP2, 0, PAGE, prot, flags, fd, 0);
}

static int map_both(void)
{
	return failed(map(RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1));
}

static int map_old(void)
{
	uint32_t *args = low_memory(PAGE);

	args[1] = PAGE;
	args[2] = RW | PROT_EXEC;
	args[3] = MAP_PRIVATE | MAP_ANONYMOUS;
	args[4] = -1;
	return failed(call32(NR32_MMAP, low_address(args), 0, 0, 0, 0, 0));
}

static int written(void)
{
	char *at = low_memory(PAGE);

	*at = 1;
	return failed(call32(NR32_MPROTECT, low_address(at), PAGE, RX, 0, 0,
			     0));
}

static int written_by_key(void)
{
	char *at = low_memory(PAGE);

	*at = 1;
	return failed(call32(NR32_PKEY_MPROTECT, low_address(at), PAGE, RX, -1,
			     0, 0));
}

static int of_a_memfd(void)
{
	int fd = memfd_create("narrow", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE))
		return 1000;
	return failed(map(RX, MAP_SHARED, fd));
}

static int of_zero(void)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	return failed(map(RX, MAP_PRIVATE, fd));
}

static int shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700), err;

	err = failed(call32(NR32_SHMAT, id, 0, SHM_EXEC, 0, 0, 0));
	shmctl(id, IPC_RMID, NULL);
	return err;
}

static int personality(void)
{
	return failed(call32(NR32_PERSONALITY, 0x0400000, 0, 0, 0, 0, 0));
}

static const struct {
	const char *name;
	int (*act)(void);
	int error;
} memory[] = {
	{ "mmap2", map_both, EACCES },
	{ "mmap", map_old, EACCES },
	{ "mprotect", written, EACCES },
	{ "pkey_mprotect", written_by_key, EACCES },
	{ "memfd", of_a_memfd, EACCES },
	{ "/dev/zero", of_zero, EACCES },
	{ "shmat", shared_memory, EACCES },
	{ "personality", personality, EPERM },
};

#define MEMORY_ACTS	(int)(sizeof(memory) / sizeof(*memory))

static int do_memory_act(void *number)
{
	return memory[*(int *)number].act();
}

static int in_a_child(int (*act)(void *), void *data)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(data));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 254;
	return WEXITSTATUS(status);
}

static uint32_t low_vector(uint32_t path)
{
	uint32_t *vector = low_memory(PAGE);

	vector[0] = path;
	return low_address(vector);
}

static int exec_32(void *path)
{
	const uint32_t name = low_text(path), argv = low_vector(name);

	return -call32(NR32_EXECVE, name, argv, argv + 4, 0, 0, 0);
}

static int execveat_32(void *path)
{
	const uint32_t argv = low_vector(low_text(path));
	int fd = open(path, O_PATH);

	return -call32(NR32_EXECVEAT, fd, low_text(""), argv, argv + 4,
		       AT_EMPTY_PATH, 0);
}

/* --------------------------------------------------------- in a context */

FIXTURE(narrow)
{
	int fd;
};

FIXTURE_SETUP(narrow)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	self->fd = context_create(XID, CLIP_LEVEL_ACTIVE |
				  CLIP_LEVEL_ENFORCE_EXEC |
				  CLIP_LEVEL_WX_MEMORY, ALL_CAPS,
				  CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(narrow)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

TEST_F(narrow, memory)
{
	for (int i = 0; i < MEMORY_ACTS; i++) {
		TH_LOG("%s", memory[i].name);
		EXPECT_EQ(0, in_a_child(do_memory_act, &i));
		EXPECT_EQ(memory[i].error,
			  do_in_context(self->fd, do_memory_act, &i));
	}
}

TEST_F(narrow, exec)
{
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, do_in_context(self->fd, exec_32, A));
	EXPECT_EQ(0, do_in_context(self->fd, execveat_32, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, exec_32, B));
	EXPECT_EQ(EACCES, do_in_context(self->fd, execveat_32, B));
	EXPECT_EQ(0, in_a_child(exec_32, B));
	EXPECT_EQ(0, in_a_child(execveat_32, B));
}

static int kill_parent(void *unused)
{
	return -call32(NR32_KILL, getppid(), 0, 0, 0, 0, 0);
}

static int trace_parent(void *unused)
{
	return -call32(NR32_PTRACE, PTRACE_SEIZE, getppid(), 0, 0, 0, 0);
}

static int open_interface(void *unused)
{
	return failed(call32(NR32_OPEN, low_text("/proc/sys/kernel/core_pattern"),
			     O_WRONLY, 0, 0, 0, 0));
}

TEST_F(narrow, tasks_and_interfaces_of_others)
{
	EXPECT_EQ(EPERM, do_in_context(self->fd, kill_parent, NULL));
	EXPECT_EQ(0, in_a_child(kill_parent, NULL));
	EXPECT_EQ(EPERM, do_in_context(self->fd, trace_parent, NULL));
	EXPECT_EQ(0, in_a_child(trace_parent, NULL));
	EXPECT_EQ(EACCES, do_in_context(self->fd, open_interface, NULL));
	EXPECT_EQ(0, in_a_child(open_interface, NULL));
}

/* V-03: a commit by a 32-bit call, and one without the right. */
static int commit_32(void *image)
{
	struct clip_commit *args = low_memory(PAGE);
	int fd = device_open();

	*args = *(struct clip_commit *)image;
	return -call32(NR32_IOCTL, fd, CLIP_IOC_COMMIT, low_address(args), 0,
		       0, 0);
}

static int commit_32_as_user(void *image)
{
	struct clip_commit *args = low_memory(PAGE);
	int fd = device_open();

	if (setuid(USER_ID))
		return errno;
	*args = *(struct clip_commit *)image;
	return -call32(NR32_IOCTL, fd, CLIP_IOC_COMMIT, low_address(args), 0,
		       0, 0);
}

TEST_F(narrow, commits)
{
	struct store_state before = store_state();
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
	};
	struct rule rule;
	size_t size;
	void *image;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	image = image_make(&rule, 1, &size);
	args.image = (uintptr_t)image;
	args.image_size = size;
	EXPECT_EQ(EPERM, in_a_child(commit_32_as_user, &args));
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(0, in_a_child(commit_32, &args));
	EXPECT_EQ(before.entries + 1, store_state().entries);
	free(image);
	EXPECT_EQ(0, unload(A));
}

/* -------------------------------------------------------------- latches */

static int socketcall(int call, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t *args = low_memory(PAGE);

	args[0] = a;
	args[1] = b;
	args[2] = c;
	return call32(NR32_SOCKETCALL, call, low_address(args), 0, 0, 0, 0);
}

static int mount_32(const char *type, const char *at, unsigned long flags)
{
	return failed(call32(NR32_MOUNT, low_text("none"), low_text(at),
			     low_text(type), flags, 0, 0));
}

static int fsmount_32(const char *type, uint32_t flags)
{
	int fd = call32(NR32_FSOPEN, low_text(type), 0, 0, 0, 0, 0);
	int err = failed(fd) ?:
		  failed(call32(NR32_FSCONFIG, fd, FSCONFIG_CMD_CREATE, 0, 0,
				0, 0)) ?:
		  failed(call32(NR32_FSMOUNT, fd, 0, flags, 0, 0, 0));

	close(fd);
	return err;
}

FIXTURE(latched) {};

FIXTURE_SETUP(latched)
{
	ASSERT_EQ(0, private_tmpfs(DIR, latch("mount") ? 0 : MS_NOEXEC |
				   MS_NODEV | MS_NOSUID));
}

FIXTURE_TEARDOWN(latched)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(latched, sockets)
{
	int fd = socketcall(SYS_SOCKET, AF_INET, SOCK_DGRAM, 0);
	uint16_t *address = low_memory(PAGE);

	address[0] = AF_INET;
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, failed(socketcall(SYS_BIND, fd, low_address(address),
				       16)));
	ASSERT_EQ(0, set_latch("network", "1"));
	EXPECT_EQ(EPERM, failed(socketcall(SYS_SOCKET, AF_INET, SOCK_DGRAM,
					   0)));
	EXPECT_EQ(EPERM, failed(socketcall(SYS_CONNECT, fd,
					   low_address(address), 16)));
	EXPECT_EQ(EPERM, failed(socketcall(SYS_SEND, fd, low_text("x"), 1)));
	EXPECT_EQ(EPERM, failed(socketcall(SYS_RECV, fd,
					   low_address(address), 2)));
	EXPECT_EQ(0, failed(socketcall(SYS_SOCKET, AF_UNIX, SOCK_DGRAM, 0)));
}

TEST_F(latched, mounts_and_devices)
{
	const unsigned long safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int loop;

	ASSERT_EQ(0, mkdir(DIR "/m", 0755));
	ASSERT_EQ(0, mount_32("tmpfs", DIR "/m", 0));
	ASSERT_EQ(0, umount(DIR "/m"));
	ASSERT_EQ(0, mount_32("tmpfs", DIR "/m", safe));
	EXPECT_EQ(0, fsmount_32("tmpfs", 0));
	ASSERT_EQ(0, put_file(DIR "/image", "", 0));
	ASSERT_EQ(0, truncate(DIR "/image", 1 << 20));
	ASSERT_EQ(0, bind_loop(0, DIR "/image", 0));
	ASSERT_EQ(0, set_latch("mount", "0 empty"));
	EXPECT_EQ(EPERM, mount_32("tmpfs", DIR "/m", 0));
	EXPECT_EQ(EPERM, mount_32("tmpfs", DIR "/m", MS_REMOUNT));
	EXPECT_EQ(EPERM, mount_32("tmpfs", DIR "/m", MS_REMOUNT | MS_BIND));
	EXPECT_EQ(EPERM, fsmount_32("tmpfs", 0));
	EXPECT_EQ(0, fsmount_32("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				MOUNT_ATTR_NOEXEC));
	EXPECT_EQ(0, mount_32("tmpfs", DIR "/m", MS_REMOUNT | safe));
	EXPECT_EQ(EPERM, failed(call32(NR32_SWAPON, low_text(loop_node(0)), 0,
				       0, 0, 0, 0)));
	loop = open(loop_node(0), O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(EPERM, failed(call32(NR32_IOCTL, loop, 0x2285, 0, 0, 0, 0)));
	EXPECT_EQ(0, failed(call32(NR32_IOCTL, loop, BLKROGET,
				   low_address(low_memory(PAGE)), 0, 0, 0)));
	close(loop);
}

TEST_HARNESS_MAIN
