// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to start code (E-*), and writers of code (T-*), that no other room has:
 * special files, files by their handle, other names of a file that is written,
 * and what the disk of a filesystem does not give back.
 */
#include "active.h"
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "loop.h"
#include "process.h"

#include <linux/loop.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/start"
#define A	DIR "/a"
#define B	DIR "/b"
#define M	DIR "/m"
#define XID	3201
#define TINY	"/usr/lib/clip/tests/tiny"

/* A context that enforces exec; no context is made once context 0 is active. */
static int confined = -1;

__attribute__((constructor(200))) static void create_before_activation(void)
{
	confined = context_create(XID, CLIP_LEVEL_ACTIVE |
				  CLIP_LEVEL_ENFORCE_EXEC |
				  CLIP_LEVEL_ENFORCE_LIB, ALL_CAPS,
				  CLIP_PRIV_ALL);
}

FIXTURE(start)
{
	struct rule rule;	/* forces NET_BIND_SERVICE */
};

FIXTURE_SETUP(start)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(M, 0755));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_LE(0, confined);
}

FIXTURE_TEARDOWN(start)
{
	umount2(M, MNT_DETACH);
	umount2(DIR, MNT_DETACH);
}

/* ------------------------------------------------------------ special files */

struct target {
	const char *path;
	int flags;		/* of open(2), -1 for a name */
};

static int exec_target(void *data)
{
	const struct target *target = data;
	char *const none[] = { "x", NULL };
	int fd;

	alarm(60);
	if (target->flags < 0) {
		execve(target->path, none, none + 1);
		return errno;
	}
	fd = open(target->path, target->flags | O_CLOEXEC);
	if (fd < 0)
		return 200;
	syscall(SYS_execveat, fd, "", none, none + 1, AT_EMPTY_PATH);
	return errno;
}

static int exec_target_outside(const struct target *target)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(exec_target((void *)target));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

/* E-20: they are refused as everywhere, and nothing waits for a byte of them. */
TEST_F(start, special_files)
{
	static const struct {
		struct target target;
		int error;
	} targets[] = {
		{ { M, -1 }, EACCES }, { { M, O_PATH }, EACCES },
		{ { M, O_RDONLY }, EACCES },
		{ { DIR "/fifo", -1 }, EACCES },
		{ { DIR "/fifo", O_PATH }, EACCES },
		{ { DIR "/socket", -1 }, EACCES },
		{ { DIR "/socket", O_PATH }, EACCES },
		{ { DIR "/null", -1 }, EACCES },
		{ { DIR "/null", O_RDONLY }, EACCES },
		{ { DIR "/zero", O_PATH }, EACCES },
		{ { DIR "/loop", -1 }, ELOOP },
		{ { DIR "/link", O_PATH | O_NOFOLLOW }, ELOOP },
		{ { "/proc/self/status", -1 }, EACCES },
		{ { "/proc/self/mem", O_RDONLY }, EACCES },
		{ { "/sys/kernel/security/clip/status", -1 }, EACCES },
	};

	ASSERT_EQ(0, mkfifo(DIR "/fifo", 0777));
	ASSERT_EQ(0, mknod(DIR "/socket", S_IFSOCK | 0777, 0));
	ASSERT_EQ(0, mknod(DIR "/null", S_IFCHR | 0777, 0x103));
	ASSERT_EQ(0, mknod(DIR "/zero", S_IFCHR | 0777, 0x105));
	ASSERT_EQ(0, symlink("loop", DIR "/loop"));
	ASSERT_EQ(0, symlink("a", DIR "/link"));
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		struct target target = targets[i].target;

		TH_LOG("%s, %d", target.path, target.flags);
		EXPECT_EQ(targets[i].error, exec_target_outside(&target));
		EXPECT_EQ(targets[i].error,
			  do_in_context(confined, exec_target, &target));
	}
}

/* --------------------------------------------------------------- by handle */

struct named_handle {
	struct file_handle handle;
	unsigned char bytes[128];
};

static int by_handle(void *data)
{
	struct named_handle *named = data;
	int mount_fd = open(DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = open_by_handle_at(mount_fd, &named->handle, O_RDONLY);
	char *const argv[] = { "a", NULL };

	if (fd < 0)
		return errno;
	syscall(SYS_execveat, fd, "", argv, argv + 1, AT_EMPTY_PATH);
	return errno;
}

/* A way to @act that the probe reports about. */
static struct probe run_by_handle(struct named_handle *named)
{
	return probe_run_fn("/no/such/program", 0, by_handle, named);
}

/* E-24: the file counts, with or without a path to it. */
TEST_F(start, file_by_its_handle)
{
	struct named_handle named = { .handle.handle_bytes = 128 };
	int id;

	ASSERT_EQ(0, mkdir(DIR "/hidden", 0700));
	ASSERT_EQ(0, copy_file(PROBE, DIR "/hidden/b", 0755));
	ASSERT_EQ(0, rule_for(&self->rule, DIR "/hidden/b", CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, name_to_handle_at(AT_FDCWD, DIR "/hidden/b",
				       &named.handle, &id, 0));
	EXPECT_EQ(0, run_by_handle(&named).error);
	ASSERT_EQ(0, append_byte(DIR "/hidden/b"));
	/* Without the names in the cache it is found without a path. */
	ASSERT_EQ(0, write_text("/proc/sys/vm/drop_caches", "2"));
	EXPECT_EQ(EACCES, run_by_handle(&named).error);
	EXPECT_EQ(EPERM, do_in_context(confined, by_handle, &named));
}

/* ------------------------------------------------- other names of a file */

/* T-34, T-36: a writer counts by whichever name and mount it opened the file. */
TEST_F(start, writer_by_another_name)
{
	static const char *const names[] = { DIR "/hard", M "/a" };
	int fd;

	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, link(A, DIR "/hard"));
	ASSERT_EQ(0, mount(DIR, M, NULL, MS_BIND, NULL));
	for (int i = 0; i < 2; i++) {
		fd = open(names[i], O_WRONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
		close(fd);
		EXPECT_EQ(0, probe_run(A, USER_ID).error);
	}
	/* The bind mount is gone, and a descriptor of it still writes. */
	fd = open(M "/a", O_WRONLY | O_CLOEXEC);
	ASSERT_EQ(0, umount2(M, MNT_DETACH));
	ASSERT_EQ(0, mount(DIR, M, NULL, MS_BIND, NULL));
	ASSERT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
			   NULL));
	EXPECT_EQ(ETXTBSY, probe_run(M "/a", USER_ID).error);
	close(fd);
	EXPECT_EQ(0, probe_run(M "/a", USER_ID).error);
}

/* T-02: a shared mapping writes after its descriptor is closed. */
TEST_F(start, writer_by_a_mapping)
{
	const int prots[] = { PROT_READ | PROT_WRITE, PROT_READ };

	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < 2; i++) {
		int fd = open(A, O_RDWR | O_CLOEXEC);
		void *map = mmap(NULL, 4096, prots[i], MAP_SHARED, fd, 0);

		ASSERT_NE(MAP_FAILED, map);
		close(fd);
		EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
		munmap(map, 4096);
		EXPECT_EQ(0, probe_run(A, USER_ID).error);
	}
}

/* T-25: what a pipe holds of a file is no way to write to it. */
TEST_F(start, pipe_with_a_page_of_the_file)
{
	char bytes[4096], before[16], after[16];
	loff_t from = 0;
	int fds[2], fd;

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	memset(bytes, 'x', sizeof(bytes));
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC | O_NONBLOCK));
	/* Every buffer of the pipe has been merged into once. */
	while (write(fds[1], bytes, sizeof(bytes)) > 0)
		;
	while (read(fds[0], bytes, sizeof(bytes)) > 0)
		;
	fd = open(A, O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(16, pread(fd, before, 16, 0));
	ASSERT_EQ(1, splice(fd, &from, fds[1], NULL, 1, 0));
	ASSERT_EQ(8, write(fds[1], "evilevil", 8));
	ASSERT_EQ(16, pread(fd, after, 16, 0));
	EXPECT_EQ(0, memcmp(before, after, 16));
	close(fd);
	close(fds[0]);
	close(fds[1]);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

/* ---------------------------------------------- overlayfs: other people's data */

static int overlay(const char *options)
{
	return mount("overlay", M, "overlay", 0, options) ? errno : 0;
}

/*
 * T-18: names and data of a file can come from different places. The data
 * counts.
 */
TEST_F(start, name_with_the_data_of_another_file)
{
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, allow(B, XID));
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "/low", "/up", "/work" };
		char path[64];

		snprintf(path, sizeof(path), DIR "%s", names[i]);
		ASSERT_EQ(0, mkdir(path, 0755));
	}
	ASSERT_EQ(0, copy_file(B, DIR "/low/good", 0755));
	ASSERT_EQ(0, copy_file(B, DIR "/low/evil", 0755));
	ASSERT_EQ(0, append_byte(DIR "/low/evil"));
	/* An upper file without data, which names a file of the lower layer. */
	ASSERT_EQ(0, put_file(DIR "/up/good", "", 0));
	ASSERT_EQ(0, put_file(DIR "/up/other", "", 0));
	ASSERT_EQ(0, setxattr(DIR "/up/good", "trusted.overlay.metacopy", "",
			      0, 0));
	ASSERT_EQ(0, setxattr(DIR "/up/good", "trusted.overlay.redirect",
			      "/evil", 5, 0));
	ASSERT_EQ(0, setxattr(DIR "/up/other", "trusted.overlay.metacopy", "",
			      0, 0));
	ASSERT_EQ(0, setxattr(DIR "/up/other", "trusted.overlay.redirect",
			      "/good", 5, 0));
	ASSERT_EQ(0, truncate(DIR "/up/good", 4096));
	ASSERT_EQ(0, overlay("metacopy=on,redirect_dir=on,lowerdir=" DIR
			     "/low,upperdir=" DIR "/up,workdir=" DIR "/work"));
	EXPECT_EQ(EACCES, exec_in_context(confined, M "/good"));
	EXPECT_EQ(EACCES, exec_in_context(confined, M "/evil"));
	EXPECT_EQ(0, exec_in_context(confined, M "/other"));
	/* Outside of the context it is the evil one that runs. */
	EXPECT_EQ(0, exec_in_child(M "/good"));
}

/* -------------------------------------------------- what the disk gives back */

static int mount_image(int *loop, char *node, size_t size)
{
	if (copy_file("/usr/lib/clip/tests/ext4.img", DIR "/image", 0600))
		return errno ?: EIO;
	*loop = loop_attach(DIR "/image", node, size);
	return *loop < 0 || mount(node, M, "ext4", 0, NULL) ? errno : 0;
}

/* "1" for pages, "3" for inodes too. */
static int drop_caches(const char *what)
{
	sync();
	return write_text("/proc/sys/vm/drop_caches", what);
}

/*
 * T-29: a file that cannot be read to its end is not executed, and the next
 * attempt reads it again.
 */
TEST_F(start, disk_that_ends_too_early)
{
	char node[64];
	struct stat st;
	int loop;

	ASSERT_EQ(0, mount_image(&loop, node, sizeof(node)));
	ASSERT_EQ(0, copy_file(PROBE, M "/probe", 0755));
	ASSERT_EQ(0, rule_for(&self->rule, M "/probe", CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, drop_caches("3"));
	ASSERT_EQ(0, stat(M "/probe", &st));
	/* The disk has nothing behind its first MiB. */
	ASSERT_EQ(0, rename(DIR "/image", DIR "/whole"));
	ASSERT_EQ(0, copy_file(DIR "/whole", DIR "/image", 0600));
	ASSERT_EQ(0, truncate(DIR "/whole", 1 << 20));
	EXPECT_NE(0, probe_run(M "/probe", USER_ID).error);
	EXPECT_NE(0, probe_run(M "/probe", USER_ID).error);
	/* It is whole again. */
	int in = open(DIR "/image", O_RDONLY), out = open(DIR "/whole", O_RDWR);

	ASSERT_EQ(0, fstat(in, &st));
	ASSERT_EQ(0, ftruncate(out, st.st_size));
	for (off_t at = 1 << 20; at < st.st_size;) {
		ssize_t got = copy_file_range(in, &at, out, &(off_t){ at },
					      st.st_size - at, 0);

		ASSERT_LT(0, got);
	}
	close(in);
	close(out);
	ASSERT_EQ(0, drop_caches("3"));
	EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, ioctl(loop, LOOP_CLR_FD));
	close(loop);
}

/*
 * T-12, T-21, a limit that docs/threat-model.md names: a write to the file
 * behind a loop device is no write to the file that it changes, so the cached
 * verdict stays.
 */
TEST_F(start, limit_of_writes_below_the_filesystem)
{
	static const char good[] = "error=0 effective=";
	char node[64], *map, *at;
	int loop, fd, err = 0;
	struct stat st;

	ASSERT_EQ(0, mount_image(&loop, node, sizeof(node)));
	ASSERT_EQ(0, copy_file(PROBE, M "/probe", 0755));
	ASSERT_EQ(0, rule_for(&self->rule, M "/probe", CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&self->rule));
	sync();
	EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
	fd = open(DIR "/image", O_RDWR | O_CLOEXEC);
	ASSERT_EQ(0, fstat(fd, &st));
	map = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	at = memmem(map, st.st_size, good, strlen(good));
	ASSERT_NE(NULL, at);
	memcpy(at, "error=7 ", 8);
	ASSERT_EQ(0, drop_caches("1"));
	EXPECT_EQ(7, probe_run(M "/probe", USER_ID).error);
	/*
	 * The verdict goes with the inode, and with the next writer. A program that
	 * has just ended may keep the inode for a moment.
	 */
	for (int tries = 0; tries < 50 && err != EACCES; tries++) {
		usleep(20000);
		ASSERT_EQ(0, drop_caches("3"));
		err = probe_run(M "/probe", USER_ID).error;
	}
	EXPECT_EQ(EACCES, err);
	munmap(map, st.st_size);
	close(fd);
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, ioctl(loop, LOOP_CLR_FD));
	close(loop);
}

TEST_HARNESS_MAIN
