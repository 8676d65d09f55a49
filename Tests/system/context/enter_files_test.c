// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering a context with open files: a file that leads out of the context is
 * an obstacle, others are not (ENT-*).
 */
#include "contexts.h"
#include "device.h"
#include "enter_fixture.h"
#include "process.h"

#include <linux/io_uring.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

/*
 * Newer than the headers of the build machine: the ring is given by its index.
 */
#define REGISTERED_RING	(1U << 31)

/* ------------------------------------------------------ open descriptors */

/* The descriptor keeps the task from entering until it is closed. */
static int leads_out(int fd, int other)
{
	MUST(1, other >= 0);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	close(other);
	MUST_ENTER(fd);
	return 0;
}

static int has_device(int fd)
{
	return leads_out(fd, device_open());
}

static int has_context(int fd)
{
	struct clip_context_args args = { .xid = A };

	/*
	 * A descriptor of the same context counts too: it is the right to let
	 * others in.
	 */
	return leads_out(fd, context_fd(CLIP_IOC_CONTEXT_OPEN, &args));
}

static int has_kernel_log(int fd)
{
	return leads_out(fd, open("/dev/kmsg", O_RDONLY));
}

static int has_namespace(int fd)
{
	return leads_out(fd, open("/proc/self/ns/mnt", O_RDONLY));
}

static int has_pidfd(int fd)
{
	return leads_out(fd, syscall(SYS_pidfd_open, getppid(), 0));
}

static int enters(int fd)
{
	MUST_ENTER(fd);
	return 0;
}

/*
 * The ring goes on without a descriptor. Another task has nothing of it.
 */
static int keeps_out(int fd, int ring)
{
	MUST(1, ring >= 0);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	close(ring);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	return in_child(fd, enters);
}

static int has_ring(int fd)
{
	struct io_uring_params params = {};

	return keeps_out(fd, syscall(SYS_io_uring_setup, 4, &params));
}

static int has_mount(int fd)
{
	return leads_out(fd, syscall(SYS_open_tree, AT_FDCWD, ROOT,
				     OPEN_TREE_CLONE));
}

/*
 * The memory of another task: the holder of this descriptor is not checked
 * again.
 */
static int has_memory_of_another(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", getppid());
	return leads_out(fd, open(path, O_RDWR));
}

static int has_secrets_of_another(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", getppid());
	return leads_out(fd, open(path, O_RDONLY));
}

/*
 * A ring that is registered with the task still works without a descriptor, and
 * so do the files and credentials that were registered with the ring.
 */
static int has_registered_ring(int fd)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_rsrc_update update = { .offset = -1U, .data = ring };

	MUST(1, ring >= 0);
	MUST(1, syscall(SYS_io_uring_register, ring, IORING_REGISTER_RING_FDS,
			&update, 1));
	close(ring);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	update.data = 0;
	MUST(1, syscall(SYS_io_uring_register, update.offset,
			IORING_UNREGISTER_RING_FDS | REGISTERED_RING, &update,
			1));
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	return in_child(fd, enters);
}

static int changes_root(int fd, int flags)
{
	int outside = open(DIR, flags);

	MUST(1, outside >= 0);
	MUST(0, chroot(ROOT));
	MUST(0, chdir("/"));
	MUST(EBUSY, context_enter(fd));
	close(outside);
	/* A directory below the root leads nowhere else. */
	MUST(1, open("/", flags) >= 0);
	MUST(0, context_enter(fd));
	return 0;
}

static int has_directory_outside(int fd)
{
	return changes_root(fd, O_RDONLY | O_DIRECTORY);
}

static int has_path_outside(int fd)
{
	return changes_root(fd, O_PATH);
}

static int stands_outside(int fd)
{
	MUST(0, chdir(DIR));
	MUST(0, chroot(ROOT));
	MUST(EBUSY, context_enter(fd));
	MUST(0, chdir("/"));
	MUST(0, context_enter(fd));
	return 0;
}

static int has_harmless_ones(int fd)
{
	int pair[2];

	MUST(0, pipe(pair));
	MUST(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(1, open("/", O_RDONLY | O_DIRECTORY) >= 0);
	MUST(1, open(DIR, O_PATH) >= 0);
	MUST(1, open("/dev/null", O_RDWR) >= 0);
	MUST(1, open(PROBE, O_RDONLY) >= 0);
	MUST(1, open("/proc/version", O_RDONLY) >= 0);
	MUST(1, memfd_create("m", 0) >= 0);
	MUST_ENTER(fd);
	return 0;
}

TEST_F(enter, with_a_way_out_in_hand)
{
	static int (*const acts[])(int) = {
		has_device, has_context, has_kernel_log, has_namespace,
		has_pidfd, has_ring, has_mount, has_memory_of_another,
		has_secrets_of_another, has_registered_ring,
	};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		EXPECT_EQ(0, in_child(self->a, acts[i]));
	EXPECT_EQ(0, in_child(self->a, has_harmless_ones));
}

TEST_F(enter, with_a_directory_outside)
{
	static int (*const acts[])(int) = {
		has_directory_outside, has_path_outside, stands_outside,
	};
	long long counted;

	/*
	 * There is no securityfs inside of the chroot: the counter is read
	 * here.
	 */
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		counted = refused(CLIP_REASON_OPEN_FILE);
		EXPECT_EQ(0, in_child(self->a, acts[i]));
		EXPECT_EQ(counted + 1, refused(CLIP_REASON_OPEN_FILE));
	}
}

TEST_HARNESS_MAIN
