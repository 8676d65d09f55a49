// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is judged changes nothing before it was found good, and what is mapped
 * stays as it was found (faults 3, 8b and 9).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "process.h"

#include <linux/fs.h>
#include <signal.h>
#include <sys/mman.h>

#include "kselftest_harness.h"

#define DIR	"/opt/seal"
#define A	DIR "/a"
#define B	DIR "/b"
#define XID	3102
#define TINY	"/usr/lib/clip/tests/tiny"
#define EXT4	"/usr/lib/clip/tests/ext4.img"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB)

FIXTURE(seal)
{
	int fd;
};

FIXTURE_SETUP(seal)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(seal)
{
	close(self->fd);
	context_delete(XID);
	unlink(A);
	unlink(B);
	rmdir(DIR);
}

static int map_a(void *unused)
{
	return map_executable(A);
}

static int protect_a(void *unused)
{
	return protect_executable(A);
}

/* An entry in context 0 names the file; in this context nothing does. */
TEST_F(seal, a_refused_mapping_seals_nothing)
{
	struct rule rule;

	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ(0, try_open(A, O_WRONLY));
	EXPECT_EQ(EACCES, do_in_context(self->fd, protect_a, NULL));
	EXPECT_EQ(0, try_open(A, O_WRONLY));

	/* The twin: a good mapping seals it. */
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, do_in_context(self->fd, map_a, NULL));
	EXPECT_EQ(ETXTBSY, try_open(A, O_WRONLY));
	EXPECT_EQ(ETXTBSY, truncate(A, 10) ? errno : 0);
	EXPECT_EQ(0, unload(A));
}

static int protect_for_both(void *unused)
{
	int fd = open(A, O_RDONLY | O_CLOEXEC), err;
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	close(fd);
	if (at == MAP_FAILED)
		return 200;
	err = mprotect(at, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) ? errno : 0;
	/* Still executable: the refusal changed nothing, and less is allowed. */
	if (err && mprotect(at, 4096, PROT_READ))
		return 201;
	return err;
}

static int map_for_both(void *unused)
{
	int fd = open(A, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE, fd, 0);

	close(fd);
	return at == MAP_FAILED ? errno : 0;
}

TEST_F(seal, mprotect_refuses_what_mmap_refuses)
{
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(EACCES, do_in_context(self->fd, map_for_both, NULL));
	EXPECT_EQ(EACCES, do_in_context(self->fd, protect_for_both, NULL));
}

/* Keeps the file mapped until the pipe is closed. */
struct keeper {
	int ready[2], go[2];
};

static int keep_mapped(void)
{
	int fd = open(A, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	char byte = at == MAP_FAILED ? errno : 0;

	close(fd);
	if (write(STDOUT_FILENO, &byte, 1) != 1 ||
	    read(STDIN_FILENO, &byte, 1) < 0)
		return 202;
	return 0;
}

static pid_t start_keeper(int fd, struct keeper *keeper)
{
	char byte = -1;
	pid_t pid;

	if (pipe2(keeper->ready, O_CLOEXEC) || pipe2(keeper->go, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(keeper->ready[1], STDOUT_FILENO);
		dup2(keeper->go[0], STDIN_FILENO);
		close_range(3, fd - 1, 0);
		close_range(fd + 1, ~0U, 0);
		own_memory();
		_exit(context_enter(fd) ?: keep_mapped());
	}
	close(keeper->ready[1]);
	close(keeper->go[0]);
	if (read(keeper->ready[0], &byte, 1) != 1 || byte)
		return -1;
	return pid;
}

static int end_keeper(pid_t pid, struct keeper *keeper)
{
	int status;

	close(keeper->go[1]);
	close(keeper->ready[0]);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : 255;
}

/* Whatever becomes of the rule, the mapped file is not written. */
TEST_F(seal, stays_while_the_file_is_mapped)
{
	struct keeper keeper;
	pid_t pid;

	ASSERT_EQ(0, allow(A, XID));
	pid = start_keeper(self->fd, &keeper);
	ASSERT_LT(0, pid);
	EXPECT_EQ(ETXTBSY, try_open(A, O_WRONLY));
	ASSERT_EQ(0, disallow(A, XID));
	EXPECT_EQ(ETXTBSY, try_open(A, O_WRONLY));
	EXPECT_EQ(ETXTBSY, truncate(A, 10) ? errno : 0);
	EXPECT_EQ(0, end_keeper(pid, &keeper));
	/* The twin: no mapping is left, and no rule. */
	EXPECT_EQ(0, try_open(A, O_WRONLY));
}

TEST_F(seal, stays_when_another_digest_goes)
{
	struct keeper keeper;
	pid_t pid;

	ASSERT_EQ(0, allow(A, XID));
	ASSERT_EQ(0, allow(B, XID));
	pid = start_keeper(self->fd, &keeper);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, disallow(B, XID));
	EXPECT_EQ(ETXTBSY, try_open(A, O_WRONLY));
	EXPECT_EQ(0, end_keeper(pid, &keeper));
}

TEST_F(seal, stays_when_the_context_goes)
{
	struct keeper keeper;
	pid_t pid;

	ASSERT_EQ(0, allow(A, XID));
	pid = start_keeper(self->fd, &keeper);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, context_delete(XID));
	EXPECT_EQ(ETXTBSY, try_open(A, O_WRONLY));
	EXPECT_EQ(0, end_keeper(pid, &keeper));
	EXPECT_EQ(0, try_open(A, O_WRONLY));
}

/* Fault 9: the owner of a file gives it another generation. */
TEST(generation_of_a_named_filesystem_stays)
{
	static const unsigned long requests[] = {
		FS_IOC_SETVERSION, FS_IOC32_SETVERSION, _IOW('f', 4, long),
		_IOW('f', 4, int), _IO('f', 17),
	};
	char device[32];
	struct rule rule;
	int loop, fd, version = 0;

	ASSERT_EQ(0, private_tmpfs("/tmp/version", 0));
	ASSERT_EQ(0, copy_file(EXT4, "/tmp/version/img", 0600));
	ASSERT_EQ(0, mkdir("/tmp/version/mnt", 0755));
	loop = loop_attach("/tmp/version/img", device, sizeof(device));
	ASSERT_LE(0, loop);
	ASSERT_EQ(0, mount(device, "/tmp/version/mnt", "ext4", 0, NULL));
	ASSERT_EQ(0, copy_file(PROBE, "/tmp/version/mnt/a", 0755));
	ASSERT_EQ(0, copy_file(PROBE, "/tmp/version/mnt/b", 0755));
	fd = open("/tmp/version/mnt/b", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	/* The twin: as long as no entry names a file there, it is allowed. */
	ASSERT_EQ(0, ioctl(fd, FS_IOC_GETVERSION, &version));
	version++;
	EXPECT_EQ(0, ioctl(fd, FS_IOC_SETVERSION, &version) ? errno : 0);
	close(fd);

	ASSERT_EQ(0, rule_for(&rule, "/tmp/version/mnt/a", CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	for (int i = 0; i < 2; i++) {
		fd = open(i ? "/tmp/version/mnt/a" : "/tmp/version/mnt/b",
			  O_RDONLY | O_CLOEXEC);
		ASSERT_EQ(0, ioctl(fd, FS_IOC_GETVERSION, &version));
		version++;
		for (size_t k = 0; k < sizeof(requests) / sizeof(*requests); k++)
			EXPECT_EQ(EPERM, ioctl(fd, requests[k], &version) ?
					 errno : 0);
		close(fd);
	}
	EXPECT_EQ(CLIP_STATE_VERIFIED,
		  query("/tmp/version/mnt/a", CLIP_QUERY_VERIFY, NULL));
	EXPECT_EQ(0, unload("/tmp/version/mnt/a"));
	umount2("/tmp/version/mnt", MNT_DETACH);
	close(loop);
	umount2("/tmp/version", MNT_DETACH);
}

TEST_HARNESS_MAIN
