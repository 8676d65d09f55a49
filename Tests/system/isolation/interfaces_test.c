// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files by which the kernel is configured, and tasks outside of context 0
 * (fault 13).
 *
 *	context 0          context A              WATCH
 *	writes them   |    uid 0, no capability   |    uid 0
 *	              |    writes none of them,   |    writes none of them,
 *	              |    and ordinary files     |    and no ordinary file
 *
 * The tasks are uid 0, so that the owner of a file allows everything.
 */
#include "contexts.h"
#include "control.h"
#include "device.h"
#include "files.h"
#include "process.h"

#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/interfaces"
#define A	2001
#define B	2002
#define ADMIN	(1ULL << CAP_SYS_ADMIN | 1ULL << CAP_NET_ADMIN)

FIXTURE(interfaces)
{
	int a, b, watch;
};

static int mount_at(const char *where, const char *type)
{
	return mkdir(where, 0755) || mount(type, where, type, 0, NULL) ?
	       errno : 0;
}

FIXTURE_SETUP(interfaces)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mount_at(DIR "/sys", "sysfs"));
	ASSERT_EQ(0, mount_at(DIR "/debug", "debugfs"));
	ASSERT_EQ(0, mount_at(DIR "/misc", "binfmt_misc"));
	ASSERT_EQ(0, mount_at(DIR "/group", "cgroup2"));
	ASSERT_EQ(0, mount_at(DIR "/queues", "mqueue"));
	ASSERT_EQ(0, mkdir(DIR "/group/part", 0755));
	ASSERT_EQ(0, mkdir(DIR "/group/part/leaf", 0755));
	ASSERT_EQ(0, mknod(DIR "/loop", S_IFBLK | 0600, makedev(7, 0)));
	ASSERT_EQ(0, mknod(DIR "/control", S_IFCHR | 0600, makedev(10, 237)));
	ASSERT_EQ(0, mknod(DIR "/kmsg", S_IFCHR | 0600, makedev(1, 11)));
	ASSERT_EQ(0, mknod(DIR "/null", S_IFCHR | 0600, makedev(1, 3)));
	ASSERT_EQ(0, mknod(DIR "/random", S_IFCHR | 0600, makedev(1, 8)));
	ASSERT_EQ(0, mknod(DIR "/fuse", S_IFCHR | 0600, makedev(10, 229)));
	ASSERT_EQ(0, put_file(DIR "/file", "x", 1));
	ASSERT_EQ(0, mkdir(DIR "/made", 0755));
	self->a = context_create(A, 0, 0, 0);
	self->b = context_create(B, 0, ADMIN, 0);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
}

FIXTURE_TEARDOWN(interfaces)
{
	close(self->a);
	close(self->b);
	close(self->watch);
	context_delete(A);
	context_delete(B);
	rmdir(DIR "/group/part/leaf");
	rmdir(DIR "/group/part");
	umount2(DIR, MNT_DETACH);
}

static int open_write(void *path)
{
	return try_open(path, O_WRONLY);
}

static int open_read(void *path)
{
	return try_open(path, O_RDONLY);
}

static int open_directory(void *path)
{
	return try_open(path, O_RDONLY | O_DIRECTORY);
}

static const char *const interfaces[] = {
	"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
	"/proc/sys/kernel/poweroff_cmd", "/proc/sys/kernel/hostname",
	"/proc/sys/kernel/shmmax", "/proc/sys/fs/mqueue/msg_max",
	"/proc/sys/vm/drop_caches",
	"/proc/sysrq-trigger", DIR "/sys/power/state",
	DIR "/sys/module/kernel/parameters/panic",
	DIR "/misc/register", DIR "/misc/status", DIR "/debug/clear_warn_once",
	DIR "/group/part/cgroup.procs", DIR "/group/part/cgroup.kill",
	DIR "/loop", DIR "/control", DIR "/kmsg",
};

TEST_F(interfaces, are_not_written_outside_of_context_0)
{
	unsigned int tried = 0;

	for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++) {
		void *path = (void *)interfaces[i];
		const int outside = try_open(path, O_WRONLY);
		long long counted;

		/* Some depend on the configuration of the kernel. */
		if (outside == ENOENT)
			continue;
		EXPECT_EQ(0, outside) {
			TH_LOG("%s", interfaces[i]);
		}
		counted = refused(CLIP_REASON_OTHER_CONTEXT);
		EXPECT_EQ(EACCES, do_in_context(self->a, open_write, path)) {
			TH_LOG("%s", interfaces[i]);
		}
		EXPECT_EQ(counted + 1, refused(CLIP_REASON_OTHER_CONTEXT));
		EXPECT_EQ(EACCES, do_in_context(self->watch, open_write, path));
		tried++;
	}
	EXPECT_LE(15, tried);
}

TEST_F(interfaces, are_read_in_every_context)
{
	static const char *const files[] = {
		"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
		DIR "/sys/module/kernel/parameters/panic", DIR "/misc/status",
		DIR "/group/part/cgroup.procs",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(try_open(files[i], O_RDONLY),
			  do_in_context(self->a, open_read, (void *)files[i]));
		EXPECT_EQ(try_open(files[i], O_RDONLY),
			  do_in_context(self->watch, open_read,
				      (void *)files[i]));
	}
}

/* What is in these files is of the whole machine. */
TEST_F(interfaces, files_for_developers_are_not_read)
{
	static const char *const files[] = {
		DIR "/debug/sleep_time", DIR "/debug/wakeup_sources",
		DIR "/debug/bdi/0:1/stats", DIR "/debug/block/loop0/state",
		DIR "/debug/devices_deferred", DIR "/debug/gpio",
		DIR "/debug/dma_buf/bufinfo", DIR "/debug/regmap",
		DIR "/trace/trace", DIR "/trace/available_events",
		DIR "/trace/trace_pipe", DIR "/trace/kprobe_events",
	};
	unsigned int tried = 0;

	/* Not every kernel can trace. */
	mount_at(DIR "/trace", "tracefs");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		void *path = (void *)files[i];
		long long counted;

		if (open_read(path))
			continue;
		counted = refused(CLIP_REASON_OTHER_CONTEXT);
		/* The directories have nothing but names. */
		if (open_directory(path) == 0)
			continue;
		EXPECT_EQ(EACCES, do_in_context(self->a, open_read, path)) {
			TH_LOG("%s", files[i]);
		}
		EXPECT_EQ(EACCES, do_in_context(self->b, open_read, path));
		EXPECT_EQ(counted + 2, refused(CLIP_REASON_OTHER_CONTEXT));
		EXPECT_EQ(0, do_in_context(self->watch, open_read, path));
		tried++;
	}
	EXPECT_LE(2, tried);
	EXPECT_EQ(0, do_in_context(self->a, open_directory, DIR "/debug"));
}

TEST_F(interfaces, ordinary_files_are_written)
{
	static const char *const files[] = {
		DIR "/file", DIR "/null", DIR "/random", DIR "/fuse",
		"/dev/null", "/proc/self/comm", "/proc/self/oom_score_adj",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_EQ(0, do_in_context(self->a, open_write,
					 (void *)files[i])) {
			TH_LOG("%s", files[i]);
		}
	}
}

/* ------------------------------------------------------ ways to open a file */

#define PATTERN	"/proc/sys/kernel/core_pattern"

static int by_truncation(void *path)
{
	return try_open(path, O_WRONLY | O_TRUNC);
}

/* Linux truncates, although the descriptor is not for writing. */
static int by_truncation_alone(void *path)
{
	return try_open(path, O_RDONLY | O_TRUNC);
}

static int by_both(void *path)
{
	return try_open(path, O_RDWR);
}

static int by_openat2(void *path)
{
	struct open_how how = { .flags = O_WRONLY };
	int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? errno : 0;
}

static int by_32_bits(void *path)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long fd;

	if (low == MAP_FAILED)
		return errno;
	strcpy(low, path);
	/* open(2) */
	asm volatile("int $0x80" : "=a" (fd) : "a" (5), "b" (low),
		     "c" (O_WRONLY), "d" (0) : "memory", "r8", "r9", "r10",
		     "r11");
	return fd < 0 ? -fd : 0;
}

static int by_magic_link(void *path)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d",
		 open(path, O_RDONLY));
	return try_open(link, O_WRONLY);
}

static int by_handle_of_a_ring(void *path)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 2, &params);
	unsigned int *queue;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	const int both = PROT_READ | PROT_WRITE;

	if (ring < 0)
		return errno;
	queue = mmap(NULL, 4096, both, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, 4096, both, MAP_SHARED, ring, IORING_OFF_SQES);
	if (queue == MAP_FAILED || sqe == MAP_FAILED)
		return errno;
	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = (uintptr_t)path, .open_flags = O_WRONLY,
		.flags = IOSQE_ASYNC,
	};
	queue[params.sq_off.array / 4] = 0;
	queue[params.sq_off.tail / 4] = 1;
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return errno;
	cqe = (void *)((char *)queue + params.cq_off.cqes);
	return cqe->res < 0 ? -cqe->res : 0;
}

TEST_F(interfaces, every_way_to_open)
{
	static int (*const ways[])(void *) = {
		by_truncation, by_truncation_alone, by_both, by_openat2,
		by_32_bits, by_magic_link, by_handle_of_a_ring,
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		EXPECT_EQ(EACCES, do_in_context(self->a, ways[i], PATTERN)) {
			TH_LOG("way %zu", i);
		}
		EXPECT_EQ(0, do_in_context(self->a, ways[i], DIR "/file")) {
			TH_LOG("way %zu", i);
		}
		EXPECT_EQ(EACCES, do_in_context(self->watch, ways[i],
					      DIR "/file")) {
			TH_LOG("way %zu", i);
		}
	}
}

/* --------------------------------------------------- sysctls of a namespace */

static int in_own_uts(void *unused)
{
	MUST(EACCES, try_open("/proc/sys/kernel/hostname", O_WRONLY));
	MUST(0, unshare(CLONE_NEWUTS));
	MUST(0, try_open("/proc/sys/kernel/hostname", O_WRONLY));
	MUST(0, try_open("/proc/sys/kernel/domainname", O_WRONLY));
	MUST(EACCES, try_open("/proc/sys/kernel/shmmax", O_WRONLY));
	MUST(EACCES, try_open(PATTERN, O_WRONLY));
	return 0;
}

static int in_own_ipc(void *unused)
{
	MUST(EACCES, try_open("/proc/sys/kernel/shmmax", O_WRONLY));
	MUST(0, unshare(CLONE_NEWIPC));
	MUST(0, try_open("/proc/sys/kernel/shmmax", O_WRONLY));
	MUST(0, try_open("/proc/sys/fs/mqueue/msg_max", O_WRONLY));
	MUST(EACCES, try_open("/proc/sys/kernel/hostname", O_WRONLY));
	MUST(EACCES, try_open(PATTERN, O_WRONLY));
	return 0;
}

/* A directory that was opened outside leads to the files outside. */
static int in_own_net(void *unused)
{
	int outside = open("/proc/sys/net/ipv4", O_PATH | O_DIRECTORY), fd;

	MUST(1, outside >= 0);
	MUST(EACCES, try_open("/proc/sys/net/ipv4/ip_forward", O_WRONLY));
	MUST(0, unshare(CLONE_NEWNET));
	MUST(0, try_open("/proc/sys/net/ipv4/ip_forward", O_WRONLY));
	fd = openat(outside, "ip_forward", O_WRONLY);
	MUST(1, fd < 0 && errno == EACCES);
	MUST(EACCES, try_open("/proc/sys/kernel/hostname", O_WRONLY));
	return 0;
}

TEST_F(interfaces, sysctls_of_an_own_namespace)
{
	EXPECT_EQ(0, do_in_context(self->b, in_own_uts, NULL));
	EXPECT_EQ(0, do_in_context(self->b, in_own_ipc, NULL));
	EXPECT_EQ(0, do_in_context(self->b, in_own_net, NULL));
}

/* Makes a namespace of cgroups, as a launcher does, in a group of its own. */
static int in_given_cgroup(int fd)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	MUST(0, write_text(DIR "/group/part/cgroup.procs", pid));
	MUST(0, unshare(CLONE_NEWCGROUP));
	MUST(0, context_enter(fd));
	MUST(0, try_open(DIR "/group/part/leaf/cgroup.procs", O_WRONLY));
	MUST(0, try_open(DIR "/group/part/leaf/cgroup.kill", O_WRONLY));
	MUST(0, mkdir(DIR "/group/part/new", 0755));
	MUST(0, rmdir(DIR "/group/part/new"));
	MUST(0, try_open(DIR "/group/part/cgroup.procs", O_WRONLY));
	MUST(EACCES, try_open(DIR "/group/part/cgroup.kill", O_WRONLY));
	MUST(EACCES, try_open(DIR "/group/cgroup.procs", O_WRONLY));
	MUST(-1, mkdir(DIR "/group/new", 0755));
	MUST(EACCES, errno);
	return 0;
}

/* A namespace that the context makes by itself gives it nothing. */
static int in_taken_cgroup(int fd)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	MUST(0, write_text(DIR "/group/part/cgroup.procs", pid));
	MUST(0, context_enter(fd));
	MUST(0, unshare(CLONE_NEWUSER | CLONE_NEWCGROUP));
	MUST(EACCES, try_open(DIR "/group/part/leaf/cgroup.procs", O_WRONLY));
	MUST(EACCES, try_open(DIR "/group/part/leaf/cgroup.kill", O_WRONLY));
	return 0;
}

TEST_F(interfaces, cgroups_that_were_given)
{
	EXPECT_EQ(0, in_child(self->a, in_given_cgroup));
	ASSERT_EQ(0, context_setup(self->b, CLIP_CONTEXT_USERNS, 0,
				   LINUX_CAPS(ALL_CAPS), NULL));
	EXPECT_EQ(0, in_child(self->b, in_taken_cgroup));
}

/* ----------------------------------------------------- names and attributes */

static int change_names(void *directory)
{
	MUST(0, chdir(directory));
	if (mkdir("made2", 0755))
		return errno;
	return rmdir("made2") ? errno : 0;
}

static int change_mode(void *path)
{
	return chmod(path, 0666) ? errno : 0;
}

static int change_owner(void *path)
{
	return chown(path, 1, -1) ? errno : 0;
}

TEST_F(interfaces, names_and_attributes)
{
	struct stat before, after;

	EXPECT_EQ(0, change_names(DIR "/group/part"));
	EXPECT_EQ(EACCES, do_in_context(self->a, change_names,
				      DIR "/group/part"));
	EXPECT_EQ(0, do_in_context(self->a, change_names, DIR "/made"));
	ASSERT_EQ(0, stat(DIR "/misc/register", &before));
	EXPECT_EQ(EACCES, do_in_context(self->a, change_mode,
				      DIR "/misc/register"));
	EXPECT_EQ(EACCES, do_in_context(self->a, change_mode,
				      DIR "/sys/module/kernel/parameters/panic"));
	EXPECT_EQ(EACCES, do_in_context(self->b, change_owner,
				      DIR "/group/part/cgroup.procs"));
	ASSERT_EQ(0, stat(DIR "/misc/register", &after));
	EXPECT_EQ(before.st_mode, after.st_mode);
	EXPECT_EQ(0, do_in_context(self->a, change_mode, DIR "/file"));
}

/* ------------------------------------------------------------------- WATCH */

static int all_changes(void *unused)
{
	static const struct timespec times[2] = {};

	MUST(0, chdir(DIR));
	MUST(EACCES, try_open("file", O_WRONLY));
	MUST(EACCES, try_open("file", O_RDWR | O_APPEND));
	MUST(EACCES, try_open(".", O_TMPFILE | O_RDWR));
	MUST(-1, open("new", O_CREAT | O_RDONLY, 0600));
	MUST(EACCES, errno);
	MUST(EACCES, mknod("new", S_IFIFO | 0600, 0) ? errno : 0);
	MUST(EACCES, mkdir("new", 0700) ? errno : 0);
	MUST(EACCES, symlink("file", "new") ? errno : 0);
	MUST(EACCES, link("file", "new") ? errno : 0);
	MUST(EACCES, unlink("file") ? errno : 0);
	MUST(EACCES, rmdir("made") ? errno : 0);
	MUST(EACCES, rename("file", "new") ? errno : 0);
	MUST(EACCES, truncate("file", 0) ? errno : 0);
	MUST(EACCES, chmod("file", 0666) ? errno : 0);
	MUST(EACCES, chown("file", 1, 1) ? errno : 0);
	MUST(EACCES, utimensat(AT_FDCWD, "file", times, 0) ? errno : 0);
	MUST(EACCES, setxattr("file", "user.x", "1", 1, 0) ? errno : 0);
	return 0;
}

/* What a program needs to look at something and to tell of it. */
static int all_outputs(void *unused)
{
	int pair[2];
	char path[64];

	MUST(0, try_open("/dev/null", O_RDWR));
	MUST(0, try_open(DIR "/file", O_RDONLY));
	MUST(0, pipe(pair));
	MUST(1, write(pair[1], "x", 1));
	MUST(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(1, memfd_create("m", 0) >= 0);
	snprintf(path, sizeof(path), "/proc/self/comm");
	MUST(0, try_open(path, O_WRONLY));
	return 0;
}

TEST_F(interfaces, watch_changes_nothing)
{
	struct stat before, after;

	ASSERT_EQ(0, stat(DIR "/file", &before));
	EXPECT_EQ(0, do_in_context(self->watch, all_changes, NULL));
	EXPECT_EQ(0, do_in_context(self->watch, all_outputs, NULL));
	ASSERT_EQ(0, stat(DIR "/file", &after));
	EXPECT_EQ(before.st_mode, after.st_mode);
	EXPECT_EQ(before.st_size, after.st_size);
	EXPECT_EQ(before.st_mtime, after.st_mtime);
	EXPECT_EQ(-1, access(DIR "/new", F_OK));
}

/* ------------------------------------------------------------------ modules */

/* The kernel asks for the module of a protocol of netlink that it lacks. */
static int ask_for_module(void *unused)
{
	return socket(AF_NETLINK, SOCK_RAW, 31) < 0 &&
	       errno == EPROTONOSUPPORT ? 0 : 1;
}

TEST_F(interfaces, modules_are_not_requested)
{
	int loader = context_create(2003, 0, 1ULL << CAP_SYS_MODULE, 0);
	long long counted = refused(CLIP_REASON_OVER_BOUND);

	ASSERT_LE(0, loader);
	/* A context without a network has no such sockets in the first place. */
	ASSERT_EQ(0, context_any_address(loader));
	ASSERT_EQ(0, context_any_address(self->a));
	EXPECT_EQ(0, do_in_context(loader, ask_for_module, NULL));
	EXPECT_EQ(counted, refused(CLIP_REASON_OVER_BOUND));
	EXPECT_EQ(0, do_in_context(self->a, ask_for_module, NULL));
	EXPECT_EQ(counted + 1, refused(CLIP_REASON_OVER_BOUND));
	close(loader);
	context_delete(2003);
}

TEST_HARNESS_MAIN
