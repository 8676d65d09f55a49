// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of mounts that are judged when kernel.clip.mount is locked, while
 * another thread changes the same mounts (fault 17, MT-06, MT-09). Each test holds the lock that the
 * kernel waits for between the call and the change, so that the other thread
 * comes in between on every run. Tests without a fixture run first.
 */
#include "device.h"
#include "files.h"
#include "latch.h"
#include "loop.h"
#include "mounts.h"

#include <linux/dm-ioctl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/races"
#define TREE	DIR "/tree"
#define CHILD	TREE "/child"
#define MANY	DIR "/many"
#define M	DIR "/m"
#define MOUNTS	1000
#define COPIES_OF_ALL	400
#define ROUNDS	10
#define PAGE	4096

/* ---------------------------------------------------------------- threads */

/* A call in another thread. */
struct act {
	pthread_t thread;
	int (*call)(struct act *act);
	const char *path;
	int fd, err;
	atomic_int tid, done;
};

static void *run_act(void *data)
{
	struct act *act = data;

	atomic_store(&act->tid, gettid());
	act->err = act->call(act);
	atomic_store(&act->done, 1);
	return NULL;
}

static char state_of(int tid)
{
	char path[64], text[256] = "", *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	end = strrchr(text, ')');
	return end ? end[2] : '?';
}

/*
 * Returns true once the call waits, or false if it is over. A page that is
 * missing can be waited for with signals.
 */
static bool start_as(struct act *act, const char *states)
{
	atomic_store(&act->tid, 0);
	atomic_store(&act->done, 0);
	if (pthread_create(&act->thread, NULL, run_act, act))
		return false;
	for (int i = 0; i < 5000 && !atomic_load(&act->done); i++) {
		const int tid = atomic_load(&act->tid);

		if (tid && strchr(states, state_of(tid)))
			return true;
		usleep(1000);
	}
	return false;
}

static bool start(struct act *act)
{
	return start_as(act, "D");
}

static int finish(struct act *act)
{
	pthread_join(act->thread, NULL);
	return act->err;
}

/* ------------------------------------------------------- held: an inode lock */

static char *stalled_page;

/* Holds the lock of the file's inode until the page has content. */
static int write_stalled(struct act *act)
{
	return pwrite(act->fd, stalled_page, 16, 0) == 16 ? 0 : errno;
}

static int make_stalled_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.len = PAGE, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	stalled_page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)stalled_page;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &range))
		return -errno;
	return fd;
}

static int fill_stalled_page(int uffd)
{
	struct uffdio_zeropage fill = {
		.range = { .start = (uintptr_t)stalled_page, .len = PAGE },
	};

	return ioctl(uffd, UFFDIO_ZEROPAGE, &fill) ? errno : 0;
}

/* --------------------------------------------- held: the lock of all mounts */

/*
 * Another process copies many mounts again and again, and holds their lock
 * meanwhile, which is one for all namespaces.
 */
static void copy_mounts(int ready)
{
	char path[64];
	bool good = !unshare(CLONE_NEWNS);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; good && i < MOUNTS; i++) {
		snprintf(path, sizeof(path), MANY "/%d", i);
		good = !mkdir(path, 0755) && !mount(M, path, NULL, MS_BIND, NULL);
	}
	for (int i = 0; good && i < COPIES_OF_ALL; i++) {
		int fd = open_tree(AT_FDCWD, MANY, OPEN_TREE_CLONE |
				   OPEN_TREE_CLOEXEC | AT_RECURSIVE);

		good = fd >= 0 && (i || write(ready, "r", 1) == 1);
	}
	/* The descriptors were not closed, because that takes long. */
	pause();
	_exit(1);
}

static pid_t start_copies(void)
{
	int fds[2];
	char byte;
	pid_t pid;

	if (mount_fresh(MANY, SAFE) || pipe(fds))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		copy_mounts(fds[1]);
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		pid = -1;
	close(fds[0]);
	return pid;
}

static void stop_copies(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	umount2(MANY, MNT_DETACH);
}

/* ------------------------------------------------- held: a superblock's lock */

static dev_t mapped;

static int ask_mapper(unsigned long request, uint32_t flags)
{
	struct {
		struct dm_ioctl head;
		struct dm_target_spec spec;
		char arguments[64];
	} mapping = {
		.head = {
			.version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(mapping),
			.data_start = sizeof(mapping.head),
			.name = "races", .flags = flags,
			.target_count = request == DM_TABLE_LOAD,
		},
		.spec = { .length = 16384, .target_type = "linear" },
		.arguments = "7:0 0",
	};
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err;

	err = ioctl(fd, request, &mapping) ? errno : 0;
	mapped = mapping.head.dev;
	close(fd);
	return err;
}

/* Holds s_umount for reading until the device is resumed. */
static int sync_filesystem(struct act *act)
{
	return syncfs(act->fd) ? errno : 0;
}

/* ------------------------------------------------------ before the lock */

TEST(places)
{
	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, mount_fresh(M, 0));
	ASSERT_EQ(0, mount_fresh(TREE, 0));
	ASSERT_EQ(0, mkdir(CHILD, 0755));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", DIR "/image",
			       0600));
	ASSERT_EQ(0, bind_loop(0, DIR "/image", 0));
	ASSERT_EQ(0, ask_mapper(DM_DEV_CREATE, 0));
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, 0));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, 0));
	ASSERT_EQ(0, mknod(DIR "/mapped", S_IFBLK | 0600, mapped));
	ASSERT_EQ(0, mkdir(DIR "/shared", 0755));
	ASSERT_EQ(0, mount_fresh(DIR "/shared", 0));
	ASSERT_EQ(0, mount(NULL, DIR "/shared", NULL, MS_SHARED, NULL));
	ASSERT_EQ(0, mkdir(DIR "/shared/child", 0755));
}

TEST(lock)
{
	ASSERT_EQ(0, set_latch("mount", "0 empty"));
}

/* ---------------------------------------------------------- after it */

FIXTURE(races) {};

FIXTURE_SETUP(races)
{
}

FIXTURE_TEARDOWN(races)
{
}

static int attach(struct act *act)
{
	return attach_mount(act->fd, act->path);
}

/*
 * A new mount is attached once. Two calls with the same one wait for the lock
 * of the inode of both places, when neither has attached it.
 */
TEST_F(races, attached_once)
{
	struct act writer = { .call = write_stalled };
	struct act first = { .call = attach, .path = DIR "/one" };
	struct act second = { .call = attach, .path = DIR "/two" };
	int uffd = make_stalled_page(), done = 0;

	ASSERT_LE(0, uffd);
	writer.fd = open(DIR "/one", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	ASSERT_LE(0, writer.fd);
	ASSERT_EQ(0, link(DIR "/one", DIR "/two"));
	close(open(M "/source", O_RDWR | O_CREAT | O_CLOEXEC, 0644));
	first.fd = open_tree(AT_FDCWD, M "/source",
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	second.fd = first.fd;
	ASSERT_LE(0, first.fd);
	ASSERT_TRUE(start_as(&writer, "DS"));
	EXPECT_TRUE(start(&first));
	EXPECT_TRUE(start(&second));
	EXPECT_EQ(0, fill_stalled_page(uffd));
	EXPECT_EQ(0, finish(&writer));
	done += !finish(&first);
	done += !finish(&second);
	EXPECT_EQ(1, done);
	EXPECT_EQ(EPERM, first.err ?: second.err);
	EXPECT_EQ(first.err, !*options_of(DIR "/one") ? EPERM : 0);
	EXPECT_EQ(second.err, !*options_of(DIR "/two") ? EPERM : 0);
	umount2(DIR "/one", MNT_DETACH);
	umount2(DIR "/two", MNT_DETACH);
	close(uffd);
}

/* The twin: another new mount can be attached in the meantime. */
TEST_F(races, two_mounts_are_attached)
{
	struct act writer = { .call = write_stalled };
	struct act first = { .call = attach, .path = DIR "/three" };
	struct act second = { .call = attach, .path = DIR "/four" };
	int uffd = make_stalled_page();

	ASSERT_LE(0, uffd);
	writer.fd = open(DIR "/three", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	ASSERT_EQ(0, link(DIR "/three", DIR "/four"));
	close(open(M "/source", O_RDWR | O_CREAT | O_CLOEXEC, 0644));
	first.fd = open_tree(AT_FDCWD, M "/source",
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	second.fd = open_tree(AT_FDCWD, M "/source",
			      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ASSERT_TRUE(start_as(&writer, "DS"));
	EXPECT_TRUE(start(&first));
	EXPECT_TRUE(start(&second));
	EXPECT_EQ(0, fill_stalled_page(uffd));
	EXPECT_EQ(0, finish(&writer));
	EXPECT_EQ(0, finish(&first));
	EXPECT_EQ(0, finish(&second));
	EXPECT_EQ(0, umount2(DIR "/three", MNT_DETACH));
	EXPECT_EQ(0, umount2(DIR "/four", MNT_DETACH));
	close(uffd);
}

static int clear_noexec(struct act *act)
{
	return set_attr(AT_FDCWD, act->path, AT_RECURSIVE, 0,
			MOUNT_ATTR_NOEXEC, MS_PRIVATE);
}

/*
 * A mount that is attached to the tree keeps its flags, whether the tree is
 * changed before or after.
 */
TEST_F(races, attached_to_a_changing_tree)
{
	pid_t copier = start_copies();
	int raced = 0;

	ASSERT_LT(0, copier);
	for (int i = 0; i < ROUNDS || (!raced && i < 20 * ROUNDS); i++) {
		struct act attacher = { .call = attach, .path = CHILD };
		struct act changer = { .call = clear_noexec, .path = TREE };

		attacher.fd = make_detached("tmpfs", "new", SAFE, NULL, NULL);
		ASSERT_LE(0, attacher.fd);
		raced += start(&attacher);
		start(&changer);
		EXPECT_EQ(0, finish(&attacher));
		finish(&changer);
		EXPECT_TRUE(changer.err == 0 || changer.err == EPERM);
		EXPECT_TRUE(strstr(options_of(CHILD), "noexec"));
		EXPECT_FALSE(strstr(options_of(TREE), "noexec"));
		close(attacher.fd);
		EXPECT_EQ(0, umount(CHILD));
	}
	stop_copies(copier);
	EXPECT_LT(0, raced);
}

/* No tree is held here: the two calls meet by chance, on two processors. */
TEST_F(races, attached_to_a_changing_tree_without_help)
{
	for (int i = 0; i < 50; i++) {
		struct act attacher = { .call = attach, .path = CHILD };
		pthread_t thread;

		attacher.fd = make_detached("tmpfs", "new", SAFE, NULL, NULL);
		ASSERT_LE(0, attacher.fd);
		ASSERT_EQ(0, pthread_create(&thread, NULL, run_act, &attacher));
		for (int k = 0; !atomic_load(&attacher.done) && k < 100000; k++)
			set_attr(AT_FDCWD, TREE, AT_RECURSIVE, 0,
				 MOUNT_ATTR_NOEXEC, 0);
		pthread_join(thread, NULL);
		EXPECT_EQ(0, attacher.err);
		EXPECT_TRUE(strstr(options_of(CHILD), "noexec"));
		close(attacher.fd);
		EXPECT_EQ(0, umount(CHILD));
	}
}

static int make_private(struct act *act)
{
	return mount(NULL, act->path, NULL, MS_PRIVATE, NULL) ? errno : 0;
}

static int make_shared(struct act *act)
{
	return mount(NULL, act->path, NULL, MS_SHARED | MS_REC, NULL) ?
	       errno : 0;
}

static int make_shared_by_attr(struct act *act)
{
	return set_attr(AT_FDCWD, act->path, AT_RECURSIVE, 0, 0, MS_SHARED);
}

static bool is_shared(const char *path)
{
	char *text = all_mounts(), *line, *rest = text;
	bool shared = false;

	while ((line = strsep(&rest, "\n"))) {
		char place[256];

		if (sscanf(line, "%*d %*d %*s %*s %255s", place) == 1 &&
		    !strcmp(place, path))
			shared = strstr(line, " shared:");
	}
	free(text);
	return shared;
}

#define SHARED	DIR "/shared"

/* A mount that has become private does not become shared with its tree. */
TEST_F(races, private_in_a_tree_that_becomes_shared)
{
	pid_t copier = start_copies();
	int raced = 0;

	ASSERT_LT(0, copier);
	for (int i = 0; i < ROUNDS || (!raced && i < 20 * ROUNDS); i++) {
		struct act one = {
			.call = make_private, .path = SHARED "/child",
		};
		struct act other = {
			.call = i & 1 ? make_shared_by_attr : make_shared,
			.path = SHARED,
		};

		ASSERT_EQ(0, mount("x", SHARED "/child", "tmpfs", SAFE, NULL));
		EXPECT_TRUE(is_shared(SHARED "/child"));
		raced += start(&one);
		start(&other);
		EXPECT_EQ(0, finish(&one));
		finish(&other);
		EXPECT_TRUE(other.err == 0 || other.err == EPERM);
		EXPECT_FALSE(is_shared(SHARED "/child"));
		EXPECT_TRUE(is_shared(SHARED));
		EXPECT_EQ(0, umount(SHARED "/child"));
	}
	stop_copies(copier);
	EXPECT_LT(0, raced);
}

static int remount(struct act *act)
{
	return mount(NULL, act->path, NULL, MS_REMOUNT | SAFE, NULL) ?
	       errno : 0;
}

static int remount_bind(struct act *act)
{
	return mount(NULL, act->path, NULL, MS_REMOUNT | MS_BIND | SAFE,
		     NULL) ? errno : 0;
}

/*
 * Flags that come while a remount waits for the superblock are kept. The second
 * remount waits behind the first one.
 */
TEST_F(races, flags_added_during_a_remount)
{
	struct act holder = { .call = sync_filesystem };
	struct act whole = { .call = remount, .path = M };
	struct act alone = { .call = remount_bind, .path = M };

	ASSERT_EQ(0, mount(DIR "/mapped", M, "ext4", SAFE, NULL));
	holder.fd = open(M "/dirty", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	ASSERT_LE(0, holder.fd);
	EXPECT_EQ(3, pwrite(holder.fd, "old", 3, 0));
	EXPECT_EQ(0, syncfs(holder.fd));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, DM_SUSPEND_FLAG |
				DM_SKIP_LOCKFS_FLAG));
	EXPECT_EQ(3, pwrite(holder.fd, "new", 3, 0));
	EXPECT_TRUE(start(&holder));
	EXPECT_TRUE(start(&whole));
	EXPECT_TRUE(start(&alone));
	EXPECT_EQ(0, set_attr(AT_FDCWD, M, 0, MOUNT_ATTR_NOSYMFOLLOW, 0, 0));
	EXPECT_EQ(0, ask_mapper(DM_DEV_SUSPEND, 0));
	EXPECT_EQ(0, finish(&holder));
	EXPECT_EQ(EPERM, finish(&whole));
	EXPECT_EQ(EPERM, finish(&alone));
	EXPECT_TRUE(strstr(options_of(M), "nosymfollow"));
	/* The twins: the same remounts, with the flag. */
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | SAFE | MS_NOSYMFOLLOW,
			   NULL));
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | MS_BIND | SAFE |
			   MS_NOSYMFOLLOW, NULL));
	close(holder.fd);
	EXPECT_EQ(0, umount(M));
}

TEST_HARNESS_MAIN
