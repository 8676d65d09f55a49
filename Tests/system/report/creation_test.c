// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events about new files, for members of the group (MF-04): files made by open,
 * mknod, bind and link, with their maker and their path; and no others.
 */
#include "active.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "latch.h"

#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/creations"
#define A	DIR "/a"
#define END	DIR "/end"	/* made last, so that all before it has come */

FIXTURE(creations)
{
	int fd, events, grants;
};

FIXTURE_SETUP(creations)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, chmod(DIR, 0777));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	self->grants = listen_to(CLIP_GENL_GROUP_GRANTS);
	ASSERT_LE(0, self->grants);
	self->fd = listen_to(CLIP_GENL_GROUP_CREATIONS);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(creations)
{
	close(self->fd);
	close(self->events);
	close(self->grants);
	umount2(DIR, MNT_DETACH);
}

static int make(const char *path, int flags)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | flags, 0644);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* The next reported file must be this one. */
#define EXPECT_REPORTED(act, path, event) do { \
	ASSERT_EQ(0, event_read(self->fd, event, WAIT_MS)); \
	EXPECT_EQ(CLIP_EVENT_CREATE, event_number(event, CLIP_EVENT_A_KIND)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_ACT, act)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_PATH, path)); \
} while (0)

/* No other event has arrived: the next one is that of a new file. */
#define EXPECT_NO_MORE() do { \
	struct event last_; \
	\
	unlink(END); \
	ASSERT_EQ(0, make(END, O_EXCL)); \
	EXPECT_REPORTED("open", END, &last_); \
} while (0)

TEST_F(creations, open_is_reported)
{
	struct event event;
	struct stat st;

	ASSERT_EQ(0, make(A, 0));
	ASSERT_EQ(0, stat(A, &st));
	EXPECT_REPORTED("open", A, &event);
	EXPECT_EQ(major(st.st_dev), event_number(&event, CLIP_EVENT_A_DEV_MAJOR));
	EXPECT_EQ(minor(st.st_dev), event_number(&event, CLIP_EVENT_A_DEV_MINOR));
	EXPECT_EQ((long long)st.st_ino, event_number(&event, CLIP_EVENT_A_INODE));
	EXPECT_EQ(getpid(), event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_UID));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_EUID));
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_TRUE(event_has(&event, CLIP_EVENT_A_SERIAL));
	EXPECT_TRUE(event_has(&event, CLIP_EVENT_A_COMM));
	EXPECT_TRUE(event_has(&event, CLIP_EVENT_A_TIME));
	EXPECT_EQ(CLIP_REASON_NONE, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(1, event_number(&event, CLIP_EVENT_A_ENFORCED));
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_CREATE));
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_CREATE));
}

/* Opens of existing files, and opens that fail, are not reported. */
TEST_F(creations, existing_files_are_not_reported)
{
	struct event event;

	ASSERT_EQ(0, make(A, 0));
	EXPECT_REPORTED("open", A, &event);
	EXPECT_EQ(0, make(A, 0));
	EXPECT_EQ(0, make(A, O_TRUNC));
	EXPECT_EQ(EEXIST, make(A, O_EXCL));
	EXPECT_EQ(EEXIST, mknod(A, S_IFREG | 0600, 0) ? errno : 0);
	EXPECT_EQ(ENOENT, make(DIR "/none/a", 0));
	close(open(A, O_RDWR | O_CLOEXEC));
	EXPECT_NO_MORE();
}

TEST_F(creations, nodes_are_reported)
{
	const struct {
		const char *path;
		mode_t mode;
		dev_t dev;
	} nodes[] = {
		{ DIR "/plain", 0644, 0 },
		{ DIR "/regular", S_IFREG | 0644, 0 },
		{ DIR "/fifo", S_IFIFO | 0644, 0 },
		{ DIR "/socket", S_IFSOCK | 0644, 0 },
		{ DIR "/device", S_IFCHR | 0644, makedev(1, 3) },
	};
	struct event event;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		ASSERT_EQ(0, mknod(nodes[i].path, nodes[i].mode, nodes[i].dev));
		EXPECT_REPORTED("mknod", nodes[i].path, &event);
		EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_INODE));
		EXPECT_TRUE(event_has(&event, CLIP_EVENT_A_DEV_MINOR));
	}
	EXPECT_NO_MORE();
}

TEST_F(creations, sockets_are_reported)
{
	const struct sockaddr_un address = {
		.sun_family = AF_UNIX, .sun_path = DIR "/bound",
	};
	struct event event;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ASSERT_EQ(0, bind(fd, (const void *)&address, sizeof(address)));
	EXPECT_REPORTED("bind", DIR "/bound", &event);
	close(fd);
}

/* A file that is made without a name is reported when it gets one. */
TEST_F(creations, names_of_nameless_files)
{
	struct event event;
	char path[64];
	int fd = open(DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ASSERT_EQ(0, linkat(AT_FDCWD, path, AT_FDCWD, A, AT_SYMLINK_FOLLOW));
	EXPECT_REPORTED("link", A, &event);
	close(fd);
}

TEST_F(creations, other_changes_are_not_reported)
{
	struct event event;

	ASSERT_EQ(0, make(A, 0));
	EXPECT_REPORTED("open", A, &event);
	EXPECT_EQ(0, mkdir(DIR "/dir", 0755));
	EXPECT_EQ(0, symlink("a", DIR "/symlink"));
	EXPECT_EQ(0, rename(A, DIR "/b"));
	EXPECT_NO_MORE();
}

static int as_user(void)
{
	struct stat st;

	if (setgid(USER_ID) || setresuid(USER_ID, USER_ID + 1, -1))
		return 99;
	/*
	 * Places where it may not make files, and kinds that it may not make,
	 */
	if (!make(DIR "/closed/a", 0) || !mknod(DIR "/closed/b", S_IFIFO, 0) ||
	    !mknod(DIR "/null", S_IFCHR | 0600, makedev(1, 3)) ||
	    !link(DIR "/open/there", DIR "/closed/c") ||
	    !stat(DIR "/null", &st))
		return 98;
	/* and those that it may. */
	return make(DIR "/open/a", 0) ?:
	       mknod(DIR "/open/b", S_IFIFO | 0600, 0) ? 97 : 0;
}

/* A task cannot cause an event about a file that it could not make. */
TEST_F(creations, refused_files_are_not_reported)
{
	struct event event;
	int status;
	pid_t pid;

	ASSERT_EQ(0, mkdir(DIR "/closed", 0755));
	ASSERT_EQ(0, mkdir(DIR "/open", 0755));
	ASSERT_EQ(0, chown(DIR "/open", USER_ID + 1, USER_ID));
	ASSERT_EQ(0, make(DIR "/open/there", 0));
	EXPECT_REPORTED("open", DIR "/open/there", &event);
	pid = fork();
	if (pid == 0)
		_exit(as_user());
	waitpid(pid, &status, 0);
	ASSERT_EQ(0, WEXITSTATUS(status));
	EXPECT_REPORTED("open", DIR "/open/a", &event);
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(USER_ID, event_number(&event, CLIP_EVENT_A_UID));
	EXPECT_EQ(USER_ID + 1, event_number(&event, CLIP_EVENT_A_EUID));
	EXPECT_REPORTED("mknod", DIR "/open/b", &event);
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_NO_MORE();
}

/* The path is the whole one, not the one below the maker's root directory. */
TEST_F(creations, in_a_chroot)
{
	struct event event;
	int status;
	pid_t pid;

	ASSERT_EQ(0, mkdir(DIR "/jail", 0755));
	pid = fork();
	if (pid == 0)
		_exit(chroot(DIR "/jail") || chdir("/") || make("/a", 0) ||
		      mknod("/b", S_IFIFO | 0600, 0));
	waitpid(pid, &status, 0);
	ASSERT_EQ(0, WEXITSTATUS(status));
	EXPECT_REPORTED("open", DIR "/jail/a", &event);
	EXPECT_REPORTED("mknod", DIR "/jail/b", &event);
}

/* Too many events are dropped, and the number of dropped ones is reported. */
TEST_F(creations, limit_is_reported)
{
	long long reported = 0, dropped = 0;
	struct event event;
	char path[64];

	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), DIR "/%d", i);
		ASSERT_EQ(0, make(path, 0));
	}
	/*
	 * The next event has the number of events that were dropped before it.
	 */
	for (int tries = 0; tries < 100 && reported + dropped < 1000; tries++) {
		usleep(100000);
		snprintf(path, sizeof(path), DIR "/more%d", tries);
		ASSERT_EQ(0, make(path, 0));
		while (!event_read(self->fd, &event, 0)) {
			reported++;
			dropped += event_number(&event, CLIP_EVENT_A_DROPPED);
		}
	}
	EXPECT_LE(1000, reported + dropped);
	EXPECT_LT(0, dropped);
}

/* Joining this group requires the same rights as the other groups. */
TEST(who_may_listen)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setuid(USER_ID) ? 99 :
		      -listen_to(CLIP_GENL_GROUP_CREATIONS));
	waitpid(pid, &status, 0);
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
}

/* The same with the latch kernel.clip.chroot, which cannot be cleared again. */
FIXTURE(latched)
{
	int fd;
};

FIXTURE_SETUP(latched)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(DIR "/jail", 0755));
	ASSERT_EQ(0, set_latch("chroot", "1"));
	self->fd = listen_to(CLIP_GENL_GROUP_CREATIONS);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(latched)
{
	close(self->fd);
	umount2(DIR, MNT_DETACH);
}

static int make_by_openat2(const char *path)
{
	const struct open_how how = { .flags = O_CREAT | O_RDWR, .mode = 0644 };
	int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Makes a file without a name and gives it one; procfs is not in the chroot. */
static int make_by_link(const char *path)
{
	int fd = open("/", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), err;

	if (fd < 0)
		return errno;
	err = linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) ? errno : 0;
	close(fd);
	return err;
}

static int make_by_bind(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	strcpy(address.sun_path, path);
	err = bind(fd, (const void *)&address, sizeof(address)) ? errno : 0;
	close(fd);
	return err;
}

static int make_by_open(const char *path)
{
	return make(path, 0);
}

static int make_to_read(const char *path)
{
	int fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0444);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int make_fifo(const char *path)
{
	return mknod(path, S_IFIFO | 0600, 0) ? errno : 0;
}

static int make_regular(const char *path)
{
	return mknod(path, S_IFREG | 0600, 0) ? errno : 0;
}

static int make_hard_link(const char *path)
{
	return link("/open", path) ? errno : 0;
}

static const struct {
	const char *path;	/* below the new root */
	int (*make)(const char *path);
	const char *act;
} makers[] = {
	{ "/open", make_by_open, "open" },
	{ "/read", make_to_read, "open" },
	{ "/openat2", make_by_openat2, "open" },
	{ "/fifo", make_fifo, "mknod" },
	{ "/regular", make_regular, "mknod" },
	{ "/socket", make_by_bind, "bind" },
	{ "/named", make_by_link, "link" },
	{ "/linked", make_hard_link, "link" },
};

static int make_all(const char *root)
{
	/* What the test has open leads outside, and would bar the call. */
	close_range(3, ~0U, 0);
	if (root && (chroot(root) || chdir("/")))
		return 100;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (makers[i].make(makers[i].path))
			return 101 + i;
	return 0;
}

/* A chrooted task's files are reported whatever call makes them. */
TEST_F(latched, files_of_a_chrooted_task)
{
	struct event event;
	char path[64];
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(make_all(DIR "/jail"));
	waitpid(pid, &status, 0);
	ASSERT_EQ(0, WEXITSTATUS(status));
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		snprintf(path, sizeof(path), DIR "/jail%s", makers[i].path);
		EXPECT_REPORTED(makers[i].act, path, &event);
		EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	}
	/* Each of them once, and opening them again is not reported. */
	EXPECT_EQ(0, make(DIR "/jail/open", 0));
	EXPECT_NO_MORE();
}

/* A file that the latch refuses to a chrooted task is not reported. */
TEST_F(latched, refused_files_of_a_chrooted_task)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(close_range(3, ~0U, 0) || chroot(DIR "/jail") ||
		      chdir("/") ||
		      !mknod("/device", S_IFCHR | 0600, makedev(1, 3)) ||
		      errno != EPERM);
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(-1, access(DIR "/jail/device", F_OK));
	EXPECT_NO_MORE();
}

TEST_HARNESS_MAIN
