// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exec ends the requests of io_uring that its task has made, before it maps the
 * program, and runs the task works of the task while it waits for them. Under a
 * pre-content watch, exec does not keep writers off the program itself: what was
 * checked must be what is mapped nevertheless (fault 7).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "process.h"

#include <ctype.h>
#include <dirent.h>
#include <linux/io_uring.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define BASE	"/tmp/watch-ring"
#define TINY	BASE "/tiny"
#define FROZEN	BASE "/frozen"
#define XID	3111
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)
#define TEXT	0x1000	/* where the code of the program is in the file */
#define SIZE	16
#define PAGE	4096

FIXTURE(watch_ring)
{
	int fd, loop, frozen, watch;
	char device[64];
	char code[SIZE];
};

/* Replaces the code of the program; returns whether that was possible. */
static bool rewrite(const char code[SIZE])
{
	const int fd = open(TINY, O_WRONLY | O_CLOEXEC);
	const bool done = fd >= 0 && pwrite(fd, code, SIZE, TEXT) == SIZE;

	close(fd);
	return done;
}

FIXTURE_SETUP(watch_ring)
{
	int tiny;

	ASSERT_EQ(0, private_tmpfs(BASE, 0));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", TINY, 0755));
	tiny = open(TINY, O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(SIZE, pread(tiny, self->code, SIZE, TEXT));
	close(tiny);
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", BASE "/image", 0600));
	self->loop = loop_attach(BASE "/image", self->device, sizeof(self->device));
	ASSERT_LE(0, self->loop);
	ASSERT_EQ(0, mkdir(FROZEN, 0755));
	ASSERT_EQ(0, mount(self->device, FROZEN, "ext4", 0, NULL));
	close(open(FROZEN "/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	self->frozen = open(FROZEN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->frozen);
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, allow(TINY, XID));
	self->watch = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC, O_RDONLY);
	ASSERT_LE(0, self->watch);
	ASSERT_EQ(0, fanotify_mark(self->watch, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				   AT_FDCWD, BASE));
}

FIXTURE_TEARDOWN(watch_ring)
{
	close(self->frozen);
	close(self->watch);
	EXPECT_TRUE(rewrite(self->code));
	EXPECT_EQ(0, disallow(TINY, XID));
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(FROZEN, MNT_DETACH);
	close(self->loop);
	umount2(BASE, MNT_DETACH);
}

/* Makes a request that a worker carries out, which waits for the filesystem. */
static int ask(int file)
{
	struct io_uring_params params = {};
	const int ring = syscall(SYS_io_uring_setup, 1, &params);
	struct io_uring_sqe *sqe;
	char *queue;

	if (ring < 0)
		return -1;
	sqe = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		   IORING_OFF_SQES);
	queue = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		     IORING_OFF_SQ_RING);
	if (sqe == MAP_FAILED || queue == MAP_FAILED)
		return -1;
	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_WRITE, .flags = IOSQE_ASYNC, .fd = file,
		.addr = (uintptr_t)"y", .len = 1,
	};
	*(uint32_t *)(queue + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(queue + params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1;
}

/* The state of a thread, a letter; and the time in the kernel, in ticks. */
static char state_of(pid_t pid, const char *tid, unsigned long *ticks)
{
	char path[300], text[512] = "", state = '?';
	const char *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", pid, tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	end = strrchr(text, ')');
	*ticks = 0;
	/* The 15th field, see proc_pid_stat(5). */
	if (end)
		sscanf(end + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		       " %*s %lu", &state, ticks);
	return state;
}

/*
 * Has a worker begun with the request? One that no worker has begun with is
 * cancelled, and exec does not wait for it.
 */
static bool is_carried_out(void)
{
	DIR *tasks = opendir("/proc/self/task");
	bool found = false;
	struct dirent *task;
	unsigned long ticks;

	while (tasks && !found && (task = readdir(tasks)))
		found = isdigit(task->d_name[0]) &&
			atoi(task->d_name) != getpid() &&
			state_of(getpid(), task->d_name, &ticks) == 'D';
	if (tasks)
		closedir(tasks);
	return found;
}

static bool wait_for_worker(void)
{
	for (int i = 0; i < 10000 && !is_carried_out(); i++)
		usleep(1000);
	return is_carried_out();
}

/*
 * Waits until exec waits for the request: it asks for its end again and again, for
 * longer than all that it does before takes.
 */
static void wait_for_exec(pid_t pid)
{
	const unsigned long enough = sysconf(_SC_CLK_TCK) / 4;
	unsigned long before, ticks;
	int asleep = 0;
	char tid[16];

	snprintf(tid, sizeof(tid), "%d", pid);
	state_of(pid, tid, &before);
	ticks = before;
	for (int i = 0; i < 2000 && asleep < 50 && ticks < before + enough; i++) {
		usleep(10 * 1000);
		asleep = state_of(pid, tid, &ticks) == 'R' ? 0 : asleep + 1;
	}
}

/*
 * Executes the program in the context, with a request that is not done, and
 * returns when exec has come to wait for it.
 */
static pid_t start(int fd)
{
	char *const argv[] = { "tiny", NULL };
	int go[2], file;
	char byte;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid) {
		close(go[1]);
		if (read(go[0], &byte, 1) == 1)
			wait_for_exec(pid);
		else
			kill(pid, SIGKILL);
		close(go[0]);
		return pid;
	}
	dup2(go[1], STDOUT_FILENO);
	keep_only(fd);
	if (context_enter(fd))
		_exit(100);
	file = open(FROZEN "/file", O_WRONLY | O_CLOEXEC);
	if (file < 0 || ask(file) || !wait_for_worker() ||
	    write(STDOUT_FILENO, "", 1) != 1)
		_exit(101);
	execv(TINY, argv);
	_exit(102);
}

static int end(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	return status;
}

/*
 * Executes the program while another task writes to it as soon as it can; returns
 * the status of the program.
 */
static int race(struct __test_metadata *_metadata, int frozen, int fd,
		bool *written)
{
	char traps[SIZE];
	pid_t pid;

	memset(traps, 0xcc, SIZE);
	*written = false;
	ASSERT_EQ(0, ioctl(frozen, FIFREEZE, 0));
	pid = start(fd);
	for (int i = 0; i < 20 && !*written; i++) {
		usleep(50 * 1000);
		*written = rewrite(traps);
	}
	EXPECT_EQ(0, ioctl(frozen, FITHAW, 0));
	return end(pid);
}

/*
 * Whether it could be written or not, no other code has run: exec ends by a signal,
 * because it is too late to return. By an allow digest, under enforce_exec.
 */
TEST_F(watch_ring, what_was_checked_is_mapped)
{
	const long long before = status_value("refused.not-allowed");
	bool written;
	const int status = race(_metadata, self->frozen, self->fd, &written);

	if (written) {
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_NE(SIGTRAP, WTERMSIG(status));
		EXPECT_LT(before, status_value("refused.not-allowed"));
	} else {
		EXPECT_EQ(0, status);
	}
}

/*
 * By an entry that grants a capability. What is permitted to run without matching
 * gets no grant, and here it is too late to take it away.
 */
static void check_grant(struct __test_metadata *_metadata, int frozen, int fd,
			uint32_t level)
{
	bool written;
	int status;

	ASSERT_EQ(0, set_level(XID, level));
	ASSERT_EQ(0, list_file(TINY, XID, CLIP_ENTRY_EXE, BIND, 0));
	status = race(_metadata, frozen, fd, &written);
	if (written) {
		EXPECT_TRUE(WIFSIGNALED(status))
			TH_LOG("status %#x", status);
		EXPECT_NE(SIGTRAP, WTERMSIG(status));
	} else {
		EXPECT_EQ(0, status);
	}
}

/* At a level that enforces nothing else. */
TEST_F(watch_ring, no_other_code_gets_a_grant)
{
	check_grant(_metadata, self->frozen, self->fd, CLIP_LEVEL_ACTIVE);
}

TEST_F(watch_ring, no_other_code_gets_a_grant_in_a_permissive_context)
{
	check_grant(_metadata, self->frozen, self->fd,
		    ENFORCE | CLIP_LEVEL_PERMISSIVE);
}

/* The same act without a writer. */
TEST_F(watch_ring, it_runs_if_nothing_was_written)
{
	pid_t pid;

	ASSERT_EQ(0, ioctl(self->frozen, FIFREEZE, 0));
	pid = start(self->fd);
	EXPECT_EQ(0, ioctl(self->frozen, FITHAW, 0));
	EXPECT_EQ(0, end(pid));
}

TEST_HARNESS_MAIN
