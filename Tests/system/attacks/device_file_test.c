// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of the module's interface: acts that they do not have (V-26), how
 * their text is read (V-24), and requests whose memory is bad (V-06), changes
 * while it is read (V-07) or does not come (V-08).
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "ring.h"

#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/files"
#define A	DIR "/a"
#define B	DIR "/b"
#define PAGE	4096
#define ENTRIES	"/sys/kernel/security/clip/entries"

FIXTURE(files)
{
	struct rule a, b;
	struct store_state before;
};

FIXTURE_SETUP(files)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, rule_for(&self->a, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&self->b, B, CLIP_ENTRY_EXE));
	self->before = store_state();
}

FIXTURE_TEARDOWN(files)
{
	umount2(DIR, MNT_DETACH);
}

#define EXPECT_UNCHANGED() do { \
	EXPECT_EQ(self->before.generation, store_state().generation); \
	EXPECT_EQ(self->before.entries, store_state().entries); \
} while (0)

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static void expect_no_other_act(struct __test_metadata *_metadata,
				const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), fds[2], one = 1;
	int by_path = open(path, O_PATH | O_CLOEXEC);
	const unsigned long requests[] = { FIONREAD, FIFREEZE, 0x5401 };
	char byte = 0;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	EXPECT_EQ(EINVAL, error_of(read(fd, &byte, 1)));
	EXPECT_EQ(EINVAL, error_of(write(fd, "x", 1)));
	EXPECT_EQ(ESPIPE, error_of(pread(fd, &byte, 1, 0)));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(EINVAL, error_of(sendfile(fds[1], fd, NULL, 1)));
	EXPECT_EQ(EINVAL, error_of(splice(fd, NULL, fds[1], NULL, 1, 0)));
	ASSERT_EQ(1, write(fds[1], "x", 1));
	EXPECT_EQ(EINVAL, error_of(splice(fds[0], NULL, fd, NULL, 1, 0)));
	for (int i = 0; i < 3; i++) {
		const int err = error_of(ioctl(fd, requests[i], &one));

		EXPECT_TRUE(err == ENOTTY || err == EOPNOTSUPP);
	}
	EXPECT_EQ(ENOTTY, error_of(ioctl(fd, FIOASYNC, &one)));
	EXPECT_EQ(EBADF, error_of(ioctl(by_path, CLIP_IOC_INFO, &one)));
	EXPECT_EQ(EOPNOTSUPP, command_by_ring(fd, CLIP_IOC_COMMIT));
	EXPECT_EQ(ENODEV, error_of(syscall(SYS_fallocate, fd, 0, 0L, 1L)));
	close(by_path);
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

TEST_F(files, devices_have_requests_only)
{
	expect_no_other_act(_metadata, CLIP_DEVICE_PATH);
	expect_no_other_act(_metadata, CLIP_DEVCTL_PATH);
	EXPECT_UNCHANGED();
}

/* The whole text, in pieces of @step bytes. */
static size_t read_in_pieces(char *text, size_t room, size_t step)
{
	int fd = open(ENTRIES, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	while (used < room && (got = read(fd, text + used, step)) > 0)
		used += got;
	close(fd);
	return used;
}

TEST_F(files, text_is_the_same_in_all_pieces)
{
	static char whole[65536], pieces[65536], at;
	size_t size;
	int fd, fds[2];

	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, load(&self->b));
	size = read_in_pieces(whole, sizeof(whole), sizeof(whole));
	ASSERT_LT(100, size);
	ASSERT_GT(sizeof(whole), size);
	for (size_t step = 1; step < 2000; step = step * 3 + 1) {
		ASSERT_EQ(size, read_in_pieces(pieces, sizeof(pieces), step));
		EXPECT_EQ(0, memcmp(whole, pieces, size));
	}
	fd = open(ENTRIES, O_RDONLY | O_CLOEXEC);
	/* Backwards, so that each piece is looked for anew. */
	for (ssize_t from = size - 1; from >= 0; from -= 7) {
		ASSERT_EQ(1, pread(fd, &at, 1, from));
		EXPECT_EQ(whole[from], at);
	}
	EXPECT_EQ(0, pread(fd, &at, 1, size));
	EXPECT_EQ(0, pread(fd, &at, 1, size + (1 << 20)));
	EXPECT_EQ(EINVAL, error_of(pread(fd, &at, 1, -1)));
	/* Past the end and back. */
	EXPECT_EQ(0, pread(fd, &at, 1, 1L << 40));
	EXPECT_EQ(1, pread(fd, &at, 1, 0));
	EXPECT_EQ(whole[0], at);
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	EXPECT_EQ(EINVAL, error_of(splice(fd, NULL, fds[1], NULL, 16, 0)));
	close(fds[0]);
	close(fds[1]);
	close(fd);
}

/* While the tables change, each line is a whole one, and the text ends. */
TEST_F(files, text_while_the_tables_change)
{
	unsigned int xid, lines = 0;
	char line[4096], dev[64];
	pid_t pid = fork();

	if (pid == 0)
		for (;;) {
			load(&self->a);
			load(&self->b);
			unload(A);
			unload(B);
		}
	ASSERT_LT(0, pid);
	for (int round = 0; round < 200; round++) {
		FILE *file = fopen(ENTRIES, "r");

		ASSERT_NE(NULL, file);
		setvbuf(file, NULL, _IOFBF, 64);
		while (fgets(line, sizeof(line), file)) {
			ASSERT_EQ('\n', line[strlen(line) - 1]);
			EXPECT_EQ(2, sscanf(line, "context=%u dev=%63s", &xid,
					    dev));
			EXPECT_NE(NULL, strstr(line, " path=/"));
			ASSERT_GT(1000000, ++lines);
		}
		fclose(file);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unload(A);
	unload(B);
	EXPECT_EQ(self->before.entries, store_state().entries);
}

/* ------------------------------------------------------ memory of requests */

/* Two pages, the second of which cannot be read. */
static char *memory_with_an_end(int second)
{
	char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	if (second)
		mprotect(at + PAGE, PAGE, PROT_NONE);
	else
		munmap(at + PAGE, PAGE);
	return at + PAGE;
}

TEST_F(files, memory_that_ends_too_early)
{
	size_t size;
	char *image = image_make(&self->a, 1, &size);

	for (int protected = 0; protected < 2; protected++) {
		char *end = memory_with_an_end(protected);
		struct clip_commit args = {
			.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
			.image_size = size,
		}, *moved;

		/* An image that has its last byte behind the end. */
		memcpy(end - size + 1, image, size - 1);
		args.image = (uintptr_t)(end - size + 1);
		EXPECT_EQ(EFAULT, device_call(CLIP_IOC_COMMIT, &args));
		EXPECT_UNCHANGED();
		/* Arguments that have. */
		moved = (void *)(end - sizeof(args) + 8);
		memcpy(moved, &args, sizeof(args) - 8);
		EXPECT_EQ(EFAULT, device_call(CLIP_IOC_COMMIT, moved));
		EXPECT_UNCHANGED();
		/* An image of the kernel's own memory. */
		args.image = 0xffff888000000000;
		EXPECT_EQ(EFAULT, device_call(CLIP_IOC_COMMIT, &args));
		EXPECT_UNCHANGED();
		/* The twin: all of it lies before the end. */
		memcpy(end - size, image, size);
		args.image = (uintptr_t)(end - size);
		moved = (void *)(end - size - sizeof(args));
		moved = (void *)((uintptr_t)moved & ~7UL);
		*moved = args;
		EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, moved));
		EXPECT_EQ(1, moved->added);
		ASSERT_EQ(0, unload(A));
		self->before = store_state();
	}
	free(image);
}

struct exchange {
	char *at, *one, *other;
	size_t size;
	bool stop;
};

/* Byte by byte, so that most of the time the memory holds a mixture. */
static void exchange_one(struct exchange *exchange, const char *image)
{
	for (size_t i = 0; i < exchange->size; i++) {
		*(volatile char *)(exchange->at + i) = image[i];
		sched_yield();
	}
	usleep(rand() % 3000);
}

static void *exchange_images(void *data)
{
	struct exchange *exchange = data;

	while (!__atomic_load_n(&exchange->stop, __ATOMIC_RELAXED)) {
		exchange_one(exchange, exchange->one);
		exchange_one(exchange, exchange->other);
	}
	return NULL;
}

/*
 * V-07: the memory holds one of two images, or a mixture. What is loaded is one
 * of the two, with all that belongs to it.
 */
TEST_F_TIMEOUT(files, image_that_changes_while_it_is_read, 120)
{
	struct rule other = self->a;
	struct exchange exchange = {};
	unsigned int loaded = 0, rejected = 0;
	pthread_t thread;
	size_t size;

	other.effective = BIND;
	other.permitted = BIND;
	memset(other.digest, 0xee, 32);
	exchange.one = image_make(&self->a, 1, &exchange.size);
	exchange.other = image_make(&other, 1, &size);
	ASSERT_EQ(size, exchange.size);
	exchange.at = malloc(size);
	memcpy(exchange.at, exchange.one, size);
	ASSERT_EQ(0, pthread_create(&thread, NULL, exchange_images,
				    &exchange));
	/* On a busy machine it takes longer until both have happened. */
	for (int round = 0; round < 600 || !loaded || !rejected;
	     round++) {
		struct clip_query answer = {};
		struct clip_commit args = {
			.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
			.image = (uintptr_t)exchange.at, .image_size = size,
		};
		const int err = device_call(CLIP_IOC_COMMIT, &args);

		if (err) {
			ASSERT_EQ(EINVAL, err);
			rejected++;
			continue;
		}
		loaded++;
		query(A, 0, &answer);
		EXPECT_TRUE(answer.cap_permitted == 0 || answer.cap_permitted == BIND);
		EXPECT_EQ(answer.cap_permitted == BIND,
			  query(A, CLIP_QUERY_VERIFY, NULL) ==
			  CLIP_STATE_REFUSED);
		ASSERT_EQ(0, unload(A));
	}
	__atomic_store_n(&exchange.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	TH_LOG("%u loaded, %u rejected", loaded, rejected);
	EXPECT_LT(0, loaded);
	EXPECT_LT(0, rejected);
	free(exchange.at);
	free(exchange.one);
	free(exchange.other);
	EXPECT_EQ(self->before.entries, store_state().entries);
}

/* A page that userfaultfd would have to provide, and that is never provided. */
static void *memory_that_waits(int *fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register region = {
		.range.len = PAGE, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	region.range.start = (uintptr_t)at;
	*fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || ioctl(*fd, UFFDIO_API, &api) ||
	    ioctl(*fd, UFFDIO_REGISTER, &region))
		return NULL;
	return at;
}

/* Tells its descriptor for the faults, and then waits for the image. */
static void commit_what_does_not_come(int out)
{
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
		.image_size = 256,
	};
	int uffd;

	args.image = (uintptr_t)memory_that_waits(&uffd);
	if (!args.image || write(out, &uffd, sizeof(uffd)) != sizeof(uffd))
		_exit(1);
	device_call(CLIP_IOC_COMMIT, &args);
	_exit(0);
}

/*
 * V-08: while one commit waits for its image, others are made, programs are
 * executed, and the task that waits can be killed.
 */
TEST_F(files, image_that_does_not_come)
{
	int fds[2], uffd, pidfd, status;
	struct pollfd fault = { .events = POLLIN };
	pid_t pid;

	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	pid = fork();
	if (pid == 0)
		commit_what_does_not_come(fds[1]);
	ASSERT_EQ(sizeof(uffd), read(fds[0], &uffd, sizeof(uffd)));
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	fault.fd = syscall(SYS_pidfd_getfd, pidfd, uffd, 0);
	ASSERT_LE(0, fault.fd);
	ASSERT_EQ(1, poll(&fault, 1, 20000));
	ASSERT_EQ(POLLIN, fault.revents);
	EXPECT_EQ(0, load(&self->a));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, unload(A));
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	close(fault.fd);
	close(pidfd);
	close(fds[0]);
	close(fds[1]);
	EXPECT_EQ(self->before.entries, store_state().entries);
}

/* ------------------------------------------------------ what a path leads to */

/*
 * V-10: only regular files are listed, and a path that leads to something else
 * does not block.
 */
TEST_F(files, paths_that_lead_to_no_file)
{
	static const struct {
		const char *path;
		uint32_t reason;
	} targets[] = {
		{ DIR, CLIP_REASON_NOT_REGULAR },
		{ DIR "/fifo", CLIP_REASON_NOT_REGULAR },
		{ DIR "/socket", CLIP_REASON_NOT_REGULAR },
		{ DIR "/device", CLIP_REASON_NOT_REGULAR },
		{ "/proc/self/status", 0 },
		{ "/sys/kernel/security/clip/status", 0 },
		{ DIR "/loop", 0 },
	};
	struct outcome outcome;

	ASSERT_EQ(0, mkfifo(DIR "/fifo", 0644));
	ASSERT_EQ(0, mknod(DIR "/socket", S_IFSOCK | 0644, 0));
	ASSERT_EQ(0, mknod(DIR "/device", S_IFCHR | 0644, 0x103));
	ASSERT_EQ(0, symlink("loop", DIR "/loop"));
	alarm(60);
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		struct rule rule = self->a;

		TH_LOG("%s", targets[i].path);
		rule.path = targets[i].path;
		EXPECT_NE(0, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0,
					  &outcome));
		ASSERT_EQ(1, outcome.commit.results_count);
		if (targets[i].reason)
			EXPECT_EQ(targets[i].reason,
				  outcome.results[0].reason);
		EXPECT_UNCHANGED();
	}
	alarm(0);
}

/* V-11: a path is resolved as its caller sees it, in a chroot too. */
static int load_in_root(void *rule)
{
	return chroot(DIR "/jail") || chdir("/") ? errno :
	       load(rule);
}

TEST_F(files, paths_of_a_chrooted_caller)
{
	struct rule rule = self->b;
	int status;
	pid_t pid;

	ASSERT_EQ(0, mkdir(DIR "/jail", 0755));
	ASSERT_EQ(0, mkdir(DIR "/jail/dev", 0755));
	ASSERT_EQ(0, mkdir(DIR "/jail/tmp", 0755));
	ASSERT_EQ(0, mkdir(DIR "/jail" DIR, 0755));
	ASSERT_EQ(0, mount("/dev", DIR "/jail/dev", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, copy_file(B, DIR "/jail" A, 0755));
	rule.path = A;
	pid = fork();
	if (pid == 0)
		_exit(load_in_root(&rule));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(self->before.entries + 1, store_state().entries);
	/* The file of the outer root with that name is not listed. */
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_NE(CLIP_STATE_UNLISTED, query(DIR "/jail" A, 0, NULL));
	EXPECT_EQ(0, unload(DIR "/jail" A));
}

TEST_HARNESS_MAIN
