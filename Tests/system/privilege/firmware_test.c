// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware that a program gives to a driver (PR-15): the files "loading" and
 * "data" of a device that waits in /sys/class/firmware. The kernel's own test
 * driver does. The first tests leave the latch kernel.clip.firmware off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"

#include <linux/securebits.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/firmware"
#define DRIVER	"/sys/devices/virtual/misc/test_firmware/"
#define WAITING	"/sys/class/firmware/clip-test"
#define RAWIO	(1ULL << CAP_SYS_RAWIO)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_FIRMWARE), 0, false },
	{ DIR "/rawio", 0, RAWIO, false },
	{ DIR "/firmware", CLIP_PRIV_FIRMWARE, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	return make_holders(DIR, holders, HOLDERS);
}

/*
 * A child makes a request to the driver, which waits; all users may open the
 * two files meanwhile.
 */
static pid_t request(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(write_text(DRIVER "trigger_custom_fallback",
				 "clip-test"));
	for (int tries = 0; tries < 300; tries++) {
		if (!chmod(WAITING "/data", 0666) &&
		    !chmod(WAITING "/loading", 0666))
			return pid;
		usleep(10000);
	}
	return -1;
}

/* errno of the request. */
static int outcome(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EIO;
	return WEXITSTATUS(status);
}

/* Whether the driver got this text and nothing else. */
static bool driver_has(const char *text)
{
	char got[64] = "";
	const int fd = open("/dev/test_firmware", O_RDONLY | O_CLOEXEC);
	const ssize_t size = read(fd, got, sizeof(got) - 1);

	close(fd);
	return size == (ssize_t)strlen(text) && !strcmp(got, text);
}

static int loading(void)
{
	char got = 0;
	const int fd = open(WAITING "/loading", O_RDONLY | O_CLOEXEC);

	if (read(fd, &got, 1) != 1)
		got = '?';
	close(fd);
	return got - '0';
}

static long tell(const struct actor *actor, const char *file, const char *text)
{
	return ask(actor, "keepwrite " WAITING "/%s", file) ?:
	       ask(actor, "write %s", text) ?: ask(actor, "close");
}

FIXTURE(off)
{
	struct actor good;
};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, latch("firmware"));
	ASSERT_EQ(0, disable_root_capabilities());
	ASSERT_EQ(0, actor_start(&self->good, DIR "/firmware", USER_ID));
}

FIXTURE_TEARDOWN(off)
{
	actor_stop(&self->good);
	umount2(DIR, MNT_DETACH);
}

/* PR-15: the four cells, and the kernel's own capability. */
TEST_F(off, acts)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = holder->capabilities ||
				 (holder->privileges & CLIP_PRIV_FIRMWARE);
		const pid_t pid = request();
		struct actor actor;

		ASSERT_LT(0, pid);
		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(0, tell(&actor, "loading", "1"));
		EXPECT_EQ(1, loading());
		EXPECT_EQ(may ? 0 : EPERM, tell(&actor, "data", "from this")) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		/* A refused act has left nothing. */
		if (!may)
			EXPECT_EQ(0, tell(&self->good, "data", "other"));
		EXPECT_EQ(0, tell(&actor, "loading", "0"));
		EXPECT_EQ(0, outcome(pid));
		EXPECT_TRUE(driver_has(may ? "from this" : "other"));
		actor_stop(&actor);
	}
}

static const char * const beyond[] = {
	"raw iopl", "raw ioperm", "raw mapzero", "open " DIR "/mem",
	"inherit 17", "ambient 17",
};

/*
 * The privilege does not permit anything else of CAP_SYS_RAWIO, before a load
 * or during one.
 */
TEST_F(off, nothing_besides)
{
	const pid_t pid = request();
	struct actor actor;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, mknod(DIR "/mem", S_IFCHR | 0666, 0x101) ? errno : 0);
	ASSERT_EQ(0, chmod(DIR "/mem", 0666));
	ASSERT_EQ(0, tell(&self->good, "loading", "1"));
	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/firmware", uids[h]));
		for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
			EXPECT_EQ(EPERM, ask(&actor, "%s", beyond[i])) {
				TH_LOG("%s, uid %u", beyond[i], uids[h]);
			}
		}
		ASSERT_EQ(0, ask(&actor, "keepwrite " WAITING "/data"));
		ASSERT_EQ(0, ask(&actor, "write x"));
		EXPECT_EQ(EPERM, ask(&actor, "raw iopl"));
		EXPECT_EQ(EPERM, ask(&actor, "raw mapzero"));
		actor_stop(&actor);
	}
	/* The same acts are allowed where the capability is real. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/rawio", USER_ID));
	EXPECT_EQ(0, ask(&actor, "raw mapzero"));
	EXPECT_EQ(0, ask(&actor, "raw ioperm"));
	EXPECT_EQ(0, ask(&actor, "open " DIR "/mem"));
	actor_stop(&actor);
	EXPECT_EQ(0, tell(&self->good, "loading", "-1"));
	EXPECT_NE(0, outcome(pid));
}

/*
 * The privilege counts for a file that the holder opened itself, with
 * descriptors that no other task can exchange meanwhile, and not for io_uring.
 */
TEST_F(off, not_by_other_ways)
{
	const pid_t pid = request();
	struct actor actor;
	long fd;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, tell(&self->good, "loading", "1"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keepwrite " WAITING "/data"));
	fd = ask(&actor, "fd");
	ASSERT_EQ(0, ask(&actor, "exec " DIR "/firmware"));
	ASSERT_EQ(0, ask(&actor, "have %ld", fd));
	EXPECT_EQ(EPERM, ask(&actor, "write no"));
	actor_stop(&actor);

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keepwrite " WAITING "/data"));
	ASSERT_EQ(0, ask(&actor, "give"));
	actor_stop(&actor);
	ASSERT_EQ(0, ask(&self->good, "take"));
	EXPECT_EQ(EPERM, ask(&self->good, "write no"));

	/* Conversely, no other task can use a file that a holder opened. */
	ASSERT_EQ(0, ask(&self->good, "keepwrite " WAITING "/data"));
	ASSERT_EQ(0, ask(&self->good, "give"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/others", USER_ID));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "write no"));
	actor_stop(&actor);

	ASSERT_EQ(0, actor_start(&actor, DIR "/firmware", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keepwrite " WAITING "/data"));
	EXPECT_EQ(0, ask(&actor, "write x"));
	EXPECT_EQ(EPERM, ask(&actor, "writeshared no"));
	EXPECT_EQ(EPERM, ask(&actor, "writeafter no"));
	EXPECT_EQ(EPERM, ask(&actor, "write no"));
	/* A program that it executes has descriptors of its own. */
	ASSERT_EQ(0, ask(&actor, "exec " DIR "/firmware"));
	ASSERT_EQ(0, ask(&actor, "keepwrite " WAITING "/data"));
	EXPECT_EQ(0, ask(&actor, "write y"));
	EXPECT_EQ(0, ask(&actor, "ring"));
	EXPECT_EQ(EPERM, ask(&actor, "write no"));
	actor_stop(&actor);

	EXPECT_EQ(0, tell(&self->good, "loading", "0"));
	EXPECT_EQ(0, outcome(pid));
	EXPECT_TRUE(driver_has("y"));
}

FIXTURE(firmware)
{
	struct actor good;
};

FIXTURE_SETUP(firmware)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("firmware", "1"));
	ASSERT_EQ(0, actor_start(&self->good, DIR "/firmware", USER_ID));
}

FIXTURE_TEARDOWN(firmware)
{
	actor_stop(&self->good);
	umount2(DIR, MNT_DETACH);
}

/* No capability replaces the privilege, and no user is exempt. */
TEST_F(firmware, acts)
{
	const long long before = status_value("refused.no-privilege");

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = holder->privileges & CLIP_PRIV_FIRMWARE;
		const pid_t pid = request();
		struct actor actor;

		ASSERT_LT(0, pid);
		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(may ? 0 : EPERM, tell(&actor, "loading", "1"));
		EXPECT_EQ(may, loading());
		EXPECT_EQ(may ? 0 : EPERM, tell(&actor, "data", "from this")) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		EXPECT_EQ(0, ask(&actor, "open " WAITING "/loading"));
		EXPECT_EQ(0, ask(&actor, "open " WAITING "/data"));
		if (!may) {
			EXPECT_EQ(0, tell(&self->good, "loading", "1"));
			EXPECT_EQ(0, tell(&self->good, "data", "other"));
			EXPECT_EQ(EPERM, tell(&actor, "loading", "-1"));
		}
		EXPECT_EQ(0, tell(&self->good, "loading", "0"));
		EXPECT_EQ(0, outcome(pid));
		EXPECT_TRUE(driver_has(may ? "from this" : "other"));
		actor_stop(&actor);
	}
	EXPECT_LT(before, status_value("refused.no-privilege"));
}

/*
 * The rest of sysfs is not affected, neither of other devices nor of this one.
 */
TEST_F(firmware, nothing_else_needs_it)
{
	const pid_t pid = request();
	struct actor actor;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	EXPECT_EQ(0, ask(&actor, "openwrite " WAITING "/uevent"));
	EXPECT_EQ(0, ask(&actor, "openwrite " DRIVER "config_name"));
	EXPECT_EQ(0, ask(&actor, "openwrite " DRIVER "uevent"));
	actor_stop(&actor);
	EXPECT_EQ(0, tell(&self->good, "loading", "-1"));
	EXPECT_NE(0, outcome(pid));
}

/* A firmware that the kernel finds in a file requires no privilege. */
TEST_F(firmware, files_are_as_ever)
{
	const int fd = open("/sys/module/firmware_class/parameters/path",
			    O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(4, write(fd, "/tmp", 4));
	close(fd);
	/* The kernel looks in the root of the first process. */
	ASSERT_EQ(0, copy_file("/proc/sys/kernel/ostype", "/tmp/clip-file",
			       0644));
	EXPECT_EQ(0, write_text(DRIVER "trigger_request", "clip-file"));
	EXPECT_TRUE(driver_has("Linux\n"));
	unlink("/tmp/clip-file");
}

TEST_HARNESS_MAIN
