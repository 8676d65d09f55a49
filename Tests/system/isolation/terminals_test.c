// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals of other contexts (X-10, X-22, fault 13): a task of user 0 outside
 * of context 0 opens none that belongs to others, neither to read what is typed
 * there nor to write. Its own terminals work.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "process.h"

#include <linux/kd.h>
#include <linux/vt.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <termios.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/terminals"
#define ONE	DIR "/one"	/* an instance of devpts */
#define OTHER	DIR "/other"	/* and another, with the same numbers */
#define A	2001
#define B	2002

FIXTURE(terminals)
{
	int a, b, watch;
	int master;		/* of the first terminal of ONE */
};

/* Makes a terminal of an instance; the descriptor of its master, or -errno. */
static int make_terminal(const char *instance)
{
	char path[64];
	int fd, unlocked = 0;

	snprintf(path, sizeof(path), "%s/ptmx", instance);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TIOCSPTLCK, &unlocked))
		return -errno;
	return fd;
}

FIXTURE_SETUP(terminals)
{
	static const char options[] = "newinstance,ptmxmode=0666,mode=620";
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	/* As most systems have it: TIOCSTI takes no capability. */
	ASSERT_EQ(0, write_text("/proc/sys/dev/tty/legacy_tiocsti", "1"));
	ASSERT_EQ(0, mkdir(ONE, 0755));
	ASSERT_EQ(0, mkdir(OTHER, 0755));
	ASSERT_EQ(0, mount("devpts", ONE, "devpts", 0, options));
	ASSERT_EQ(0, mount("devpts", OTHER, "devpts", 0, options));
	ASSERT_EQ(0, mknod(DIR "/serial", S_IFCHR | 0600, makedev(4, 64)));
	ASSERT_EQ(0, mknod(DIR "/screen", S_IFCHR | 0600, makedev(4, 1)));
	ASSERT_EQ(0, mknod(DIR "/console", S_IFCHR | 0600, makedev(5, 1)));
	ASSERT_EQ(0, mknod(DIR "/hvc", S_IFCHR | 0600, makedev(229, 0)));
	ASSERT_EQ(0, mknod(DIR "/tty", S_IFCHR | 0600, makedev(5, 0)));
	self->master = make_terminal(ONE);
	ASSERT_LE(0, self->master);
	self->a = context_create(A, 0, 0, 0);
	self->b = context_create(B, 0, 0, 0);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
}

FIXTURE_TEARDOWN(terminals)
{
	close(self->master);
	close(self->a);
	close(self->b);
	close(self->watch);
	context_delete(A);
	context_delete(B);
	umount2(ONE, MNT_DETACH);
	umount2(OTHER, MNT_DETACH);
	umount2(DIR, MNT_DETACH);
}

static int open_both(void *path)
{
	return try_open(path, O_RDWR | O_NOCTTY);
}

static int open_read(void *path)
{
	return try_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
}

static int open_write(void *path)
{
	return try_open(path, O_WRONLY | O_NOCTTY);
}

static int open_for_requests(void *path)
{
	return try_open(path, 3 | O_NOCTTY);
}

static int change_mode(void *path)
{
	return chmod(path, 0666) ? errno : 0;
}

static int change_owner(void *path)
{
	return chown(path, 1, 1) ? errno : 0;
}

#define EXPECT_IN(fd, error, act, path) \
	EXPECT_EQ(error, do_in_context(fd, act, (void *)(path)))

/* Whatever they open it for, and whatever user owns it. */
TEST_F(terminals, of_context_0)
{
	const int fds[] = { self->a, self->watch };
	const long long before = refused(CLIP_REASON_OTHER_CONTEXT);
	struct stat st;

	for (int i = 0; i < 2; i++) {
		EXPECT_IN(fds[i], EACCES, open_both, ONE "/0");
		EXPECT_IN(fds[i], EACCES, open_read, ONE "/0");
		EXPECT_IN(fds[i], EACCES, open_write, ONE "/0");
		EXPECT_IN(fds[i], EACCES, open_for_requests, ONE "/0");
		EXPECT_IN(fds[i], EACCES, change_mode, ONE "/0");
		EXPECT_IN(fds[i], EACCES, change_owner, ONE "/0");
		EXPECT_IN(fds[i], EACCES, open_read, DIR "/serial");
		EXPECT_IN(fds[i], EACCES, open_write, DIR "/serial");
		EXPECT_IN(fds[i], EACCES, open_read, DIR "/screen");
		EXPECT_IN(fds[i], EACCES, open_write, DIR "/console");
		EXPECT_IN(fds[i], EACCES, open_read, DIR "/hvc");
		/* Without a terminal of its own. */
		EXPECT_IN(fds[i], ENXIO, open_both, DIR "/tty");
	}
	EXPECT_EQ(before + 22, refused(CLIP_REASON_OTHER_CONTEXT));
	ASSERT_EQ(0, stat(ONE "/0", &st));
	EXPECT_EQ(0620, st.st_mode & 07777);
	EXPECT_EQ(0, st.st_uid);
	/* Context 0 opens its own. */
	EXPECT_EQ(0, open_both(ONE "/0"));
	EXPECT_EQ(0, open_read(DIR "/serial"));
	EXPECT_EQ(0, change_mode(ONE "/0"));
}

/* Makes one, and uses it by its name and by its master. */
static int use_own(void *unused)
{
	int master = make_terminal(ONE), slave;
	char path[64];
	int number;

	MUST(1, master >= 0);
	MUST(0, ioctl(master, TIOCGPTN, &number));
	snprintf(path, sizeof(path), ONE "/%d", number);
	MUST(0, open_both(path));
	MUST(0, open_read(path));
	MUST(0, change_mode(path));
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	MUST(1, slave >= 0);
	MUST(1, write(slave, "x", 1));
	return 0;
}

TEST_F(terminals, of_their_own)
{
	EXPECT_IN(self->a, 0, use_own, NULL);
	EXPECT_IN(self->watch, EACCES, open_both, ONE "/0");
}

/* The terminal of one context, made by a process that waits meanwhile. */
static int make_and_wait(void *data)
{
	int master = make_terminal(ONE);

	MUST(1, master >= 0);
	/* A task that waits for its name sees that it is there. */
	sleep(60);
	return 0;
}

TEST_F(terminals, of_another_context)
{
	struct stat st;
	pid_t pid = fork();
	int tries = 0;

	if (pid == 0)
		_exit(do_in_context(self->b, make_and_wait, NULL));
	while (stat(ONE "/1", &st) && tries++ < 500)
		usleep(10000);
	EXPECT_IN(self->a, EACCES, open_both, ONE "/1");
	EXPECT_IN(self->a, EACCES, change_mode, ONE "/1");
	EXPECT_IN(self->b, 0, open_both, ONE "/1");
	/* Context 0 reaches all others. */
	EXPECT_EQ(0, open_both(ONE "/1"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Has the kernel put a byte into the input of the terminal. */
static int type_on(int fd)
{
	return ioctl(fd, TIOCSTI, "x") ? errno : 0;
}

/* The same by a call of a 32-bit program. */
static int type_on_32(int fd)
{
	char *byte = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int result = 54;

	asm volatile("int $0x80" : "+a"(result)
		     : "b"(fd), "c"(TIOCSTI), "d"((int)(long)byte) : "memory");
	return -result;
}

static int request(int fd, unsigned long number)
{
	char argument[256] = "";

	return ioctl(fd, number, argument) ? errno : 0;
}

/*
 * Requests that type by other means, set what keys type, switch consoles, take
 * the kernel's messages, or put another driver in place; and harmless ones.
 */
static void check_requests(int fd, int expected)
{
	static const unsigned long harmful[] = {
		TIOCLINUX, TIOCCONS, TIOCSETD, KDSKBSENT, KDSKBENT, KDSKBMODE,
		KDSETKEYCODE, KDSIGACCEPT, KDSETMODE, KDFONTOP, PIO_UNIMAP,
		VT_ACTIVATE, VT_SETMODE, VT_RESIZE, VT_LOCKSWITCH,
	};
	static const unsigned long harmless[] = {
		TCGETS, TIOCGWINSZ, TIOCGPGRP, TIOCOUTQ, FIONREAD, TIOCGETD,
	};

	for (size_t i = 0; i < sizeof(harmful) / sizeof(*harmful); i++)
		MUST(1, (request(fd, harmful[i]) == EACCES) == !!expected);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		MUST(0, request(fd, harmless[i]));
}

static int type_outside(int unused)
{
	int slave;

	MUST(1, setsid() > 0);
	slave = open(ONE "/0", O_RDWR);
	MUST(1, slave >= 0);
	ioctl(slave, TIOCSCTTY, 0);
	MUST(0, type_on(slave));
	MUST(0, type_on_32(slave));
	return 0;
}

static int type_inside(int fd)
{
	int master, slave, number;
	char path[64];

	MUST(0, context_enter(fd));
	MUST(1, setsid() > 0);
	master = make_terminal(ONE);
	MUST(1, master >= 0);
	MUST(0, ioctl(master, TIOCGPTN, &number));
	snprintf(path, sizeof(path), ONE "/%d", number);
	slave = open(path, O_RDWR);
	MUST(1, slave >= 0);
	ioctl(slave, TIOCSCTTY, 0);
	MUST(0, type_on(slave));
	MUST(0, type_on_32(slave));
	check_requests(slave, 0);
	MUST(0, request(master, TIOCGPTN));
	return 0;
}

/* C-16, X-10: what is typed on a terminal is executed by its shell. */
TEST_F(terminals, input_is_simulated_on_own_ones_only)
{
	EXPECT_EQ(0, in_child(self->a, type_outside));
	EXPECT_EQ(0, in_child(self->a, type_inside));
}

static int enter_with_master(int fd)
{
	int master = make_terminal(ONE);

	MUST(1, master >= 0);
	MUST(EBUSY, context_enter(fd));
	MUST(0, context_now());
	close(master);
	MUST(0, context_enter(fd));
	return 0;
}

/* The other end of a terminal types on it. */
TEST_F(terminals, other_end_is_not_taken_along)
{
	EXPECT_EQ(0, in_child(self->a, enter_with_master));
}

/* Becomes the leader of a session with this terminal, and enters. */
static int enter_with_terminal(int fd)
{
	int slave;

	MUST(1, setsid() > 0);
	slave = open(ONE "/0", O_RDWR);
	MUST(1, slave >= 0);
	ioctl(slave, TIOCSCTTY, 0);
	MUST(0, context_enter(fd));
	MUST(0, open_both(ONE "/0"));
	MUST(0, open_read(ONE "/0"));
	MUST(0, open_both(DIR "/tty"));
	/* A shell of context 0 may be the one that reads it. */
	MUST(EACCES, type_on(slave));
	MUST(EACCES, type_on_32(slave));
	MUST(EACCES, type_on(open(DIR "/tty", O_RDWR)));
	check_requests(slave, EACCES);
	check_requests(open(DIR "/tty", O_RDWR), EACCES);
	/* The same number elsewhere is another terminal. */
	MUST(EACCES, open_both(OTHER "/0"));
	MUST(EACCES, open_both(ONE "/1"));
	MUST(EACCES, open_both(DIR "/serial"));
	return 0;
}

/* A launcher gives the task a terminal, which stays with it. */
TEST_F(terminals, that_came_along)
{
	int other = make_terminal(OTHER), second = make_terminal(ONE);

	ASSERT_LE(0, other);
	ASSERT_LE(0, second);
	EXPECT_EQ(0, in_child(self->a, enter_with_terminal));
	EXPECT_EQ(0, in_child(self->watch, enter_with_terminal));
	close(other);
	close(second);
}

TEST_HARNESS_MAIN
