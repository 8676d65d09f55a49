// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task may take along into a context (fault 14). Every kind that is not
 * known to lead nowhere is refused, and the task can enter without it.
 * Directories, and what clip itself opens, are in context/enter_files_test.c.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "process.h"

#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/carried"
#define A	2001

FIXTURE(carried)
{
	int a;
};

FIXTURE_SETUP(carried)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, put_file(DIR "/file", "x", 1));
	ASSERT_EQ(0, mknod(DIR "/disk", S_IFBLK | 0600, makedev(7, 0)));
	ASSERT_EQ(0, mknod(DIR "/control", S_IFCHR | 0600, makedev(10, 237)));
	self->a = context_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->a);
}

FIXTURE_TEARDOWN(carried)
{
	close(self->a);
	context_delete(A);
	umount2(DIR, MNT_DETACH);
}

#define MUST_BE_REFUSED(fd) do { \
	const long long counted_ = refused(CLIP_REASON_OPEN_FILE); \
	\
	MUST(EBUSY, context_enter(fd)); \
	MUST(counted_ + 1, refused(CLIP_REASON_OPEN_FILE)); \
	MUST(0, context_now()); \
} while (0)

#define MUST_ENTER(fd) do { \
	MUST(0, context_enter(fd)); \
	MUST(A, context_now()); \
} while (0)

static int keeps_out(int fd, int other)
{
	MUST(1, other >= 0);
	MUST_BE_REFUSED(fd);
	close(other);
	MUST_ENTER(fd);
	return 0;
}

/* ------------------------------------------------------------- descriptors */

static int has_watch_of_files(int fd)
{
	return keeps_out(fd, fanotify_init(FAN_CLASS_NOTIF, O_RDONLY));
}

static int has_watch_of_names(int fd)
{
	return keeps_out(fd, inotify_init());
}

static int has_faults(int fd)
{
	return keeps_out(fd, syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
}

static int has_sysctl(int fd)
{
	return keeps_out(fd, open("/proc/sys/kernel/core_pattern", O_WRONLY));
}

static int has_parameter(int fd)
{
	return keeps_out(fd, open("/sys/module/kernel/parameters/panic",
				  O_RDWR));
}

static int has_trigger(int fd)
{
	return keeps_out(fd, open("/proc/sysrq-trigger", O_WRONLY));
}

static int has_disk(int fd)
{
	return keeps_out(fd, open(DIR "/disk", O_RDONLY));
}

static int has_control(int fd)
{
	return keeps_out(fd, open(DIR "/control", O_RDONLY));
}

static int has_mount_in_progress(int fd)
{
	return keeps_out(fd, syscall(SYS_fsopen, "tmpfs", 0));
}

static int has_path_of_namespace(int fd)
{
	return keeps_out(fd, open("/proc/self/ns/mnt", O_PATH));
}

static int has_owner(int fd)
{
	int pair[2];

	MUST(0, pipe(pair));
	MUST(0, fcntl(pair[0], F_SETOWN, getppid()));
	MUST_BE_REFUSED(fd);
	MUST(0, fcntl(pair[0], F_SETOWN, 0));
	MUST_ENTER(fd);
	return 0;
}

static int has_counter_of_parent(int fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
	};

	return keeps_out(fd, syscall(SYS_perf_event_open, &attr, getppid(), -1,
				     -1, 0));
}

static int has_harmless_ones(int fd)
{
	sigset_t none;
	int pair[2];

	sigemptyset(&none);
	MUST(0, pipe(pair));
	MUST(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(1, socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	MUST(1, eventfd(0, 0) >= 0);
	MUST(1, epoll_create(1) >= 0);
	MUST(1, timerfd_create(CLOCK_MONOTONIC, 0) >= 0);
	MUST(1, signalfd(-1, &none, 0) >= 0);
	MUST(1, open("/dev/null", O_RDWR) >= 0);
	MUST(1, open("/dev/urandom", O_RDONLY) >= 0);
	MUST(1, open(DIR "/file", O_RDWR) >= 0);
	MUST(1, open(DIR "/file", O_PATH) >= 0);
	MUST(1, open("/proc/version", O_RDONLY) >= 0);
	MUST(1, memfd_create("m", 0) >= 0);
	MUST_ENTER(fd);
	return 0;
}

TEST_F(carried, descriptors)
{
	static int (*const acts[])(int) = {
		has_watch_of_files, has_watch_of_names, has_faults, has_sysctl,
		has_parameter, has_trigger, has_disk, has_control,
		has_mount_in_progress, has_path_of_namespace, has_owner,
		has_counter_of_parent, has_harmless_ones,
	};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		EXPECT_EQ(0, in_child(self->a, acts[i])) {
			TH_LOG("descriptor %zu", i);
		}
	}
}

/* ------------------------------------------------------------------ memory */

static int shares(int fd, void *map)
{
	MUST(1, map != MAP_FAILED);
	MUST_BE_REFUSED(fd);
	MUST(0, munmap(map, 4096));
	MUST_ENTER(fd);
	return 0;
}

static int shares_memory(int fd)
{
	return shares(fd, mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

/* It can be made writable again. */
static int shares_memory_to_read(int fd)
{
	return shares(fd, mmap(NULL, 4096, PROT_READ,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static int shares_file(int fd)
{
	int file = open(DIR "/file", O_RDWR);
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file,
			 0);

	close(file);
	return shares(fd, map);
}

/* The child inherits the ring of its parent, and no descriptor. */
static int shares_ring(int fd)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 2, &params), status;
	void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, ring,
			 IORING_OFF_SQ_RING);
	pid_t pid;

	MUST(1, map != MAP_FAILED);
	close(ring);
	pid = fork();
	if (pid == 0)
		_exit(shares(fd, map));
	MUST(pid, waitpid(pid, &status, 0));
	return status;
}

static int reads_shared_file(int fd)
{
	int file = open(DIR "/file", O_RDONLY);
	void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);

	MUST(1, map != MAP_FAILED);
	MUST_ENTER(fd);
	return 0;
}

TEST_F(carried, memory)
{
	EXPECT_EQ(0, in_child(self->a, shares_memory));
	EXPECT_EQ(0, in_child(self->a, shares_memory_to_read));
	EXPECT_EQ(0, in_child(self->a, shares_file));
	EXPECT_EQ(0, in_child(self->a, shares_ring));
	EXPECT_EQ(0, in_child(self->a, reads_shared_file));
}

/* -------------------------------------------------------- others at its work */

static int traces(int fd)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	MUST(0, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	MUST_BE_REFUSED(fd);
	kill(pid, SIGKILL);
	MUST(pid, waitpid(pid, &status, 0));
	MUST_ENTER(fd);
	return 0;
}

static int is_counted(int fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
	};

	return keeps_out(fd, syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

TEST_F(carried, work)
{
	EXPECT_EQ(0, in_child(self->a, traces));
	EXPECT_EQ(0, in_child(self->a, is_counted));
}

TEST_HARNESS_MAIN
