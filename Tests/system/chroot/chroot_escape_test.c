// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways out of a chroot(2) (C-01 to C-19), by root, with and without the
 * privilege CHROOT. Each is tried with the latch kernel.clip.chroot off, as the
 * first fixture leaves it, and with the latch set. Ways through a directory
 * that was open before, or through another task, are in chroot_test.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "holders.h"
#include "latch.h"
#include "log.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/chroot_actor"
#define DIR	"/tmp/escape"
#define JAIL	DIR "/jail"
#define OUTSIDE	"tmp/escape/outside"	/* from the real root */

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_CHROOT), 0, false },
	{ DIR "/chroot", CLIP_PRIV_CHROOT, 0, false },
};

enum { NONE, OTHERS, CHROOT };

#define HOLDERS	ARRAY_SIZE(holders)

HOLDERS_RUN(PROGRAM)

static int make(const char *path)
{
	return mkdir(path, 0755) ? errno : 0;
}

static int setup(void)
{
	int err = make_holders(DIR, holders, HOLDERS);

	err = err ?: make(JAIL) ?: make(JAIL "/inner") ?:
	      make(JAIL "/inner/deep") ?: make(JAIL "/mnt") ?:
	      make(JAIL "/proc") ?: make(JAIL "/over") ?:
	      make(DIR "/outside") ?:
	      copy_file(PROGRAM, JAIL "/actor", 0755) ?:
	      copy_file("/proc/version", JAIL "/file", 0755);
	if (!err && (mount("proc", JAIL "/proc", "proc", 0, NULL) ||
		     mount("overlay", JAIL "/over", "overlay", 0,
			   "lowerdir=" JAIL "/inner:" DIR "/outside")))
		err = errno;
	return err;
}

FIXTURE(off)
{
	struct actor outside;
};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, latch("chroot"));
	ASSERT_EQ(0, actor_start(&self->outside, DIR "/none", 0));
}

FIXTURE_TEARDOWN(off)
{
	actor_stop(&self->outside);
	umount2(DIR, MNT_DETACH);
}

FIXTURE(on)
{
	struct actor outside;
};

FIXTURE_SETUP(on)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("chroot", "1"));
	ASSERT_EQ(0, actor_start(&self->outside, DIR "/none", 0));
}

FIXTURE_TEARDOWN(on)
{
	actor_stop(&self->outside);
	umount2(DIR, MNT_DETACH);
}

/* ------------------------------------------------------- acts in the jail */

struct act {
	const char *item;
	const char *command;
	int as_ever;		/* the answer where nothing forbids it */
	const char *undo;	/* of the actor outside */
};

#define MNT	"umount " JAIL "/mnt"

/* Nothing is written to /proc/sys/...: opening the file is what is refused. */
static const struct act forbidden[] = {
	{ "C-12", "mknod c /node", 0, "unlink " JAIL "/node" },
	{ "C-12", "mknod b /node", 0, "unlink " JAIL "/node" },
	{ "C-12", "tmpfs /mnt", 0, MNT },
	{ "C-12", "mount32 /mnt", 0, MNT },
	{ "C-12", "bind /mnt", 0, MNT },
	{ "C-12", "remount /proc", 0, NULL },
	{ "C-12", "private /proc", 0, NULL },
	{ "C-12", "fsopen tmpfs", 0, NULL },
	{ "C-12", "fspick /proc", 0, NULL },
	{ "C-12", "opentree /inner", 0, NULL },
	{ "C-12", "movemount /proc /mnt", 0,
	  "movemount " JAIL "/mnt " JAIL "/proc" },
	{ "C-12", "setattr /proc", 0, NULL },
	{ "C-12", "pivot /proc", EINVAL, NULL },
	{ "C-13", "handle /file", 0, NULL },
	{ "C-13", "handledir /inner", 0, NULL },
	{ "C-17", "chmod 4755 /file", 0, NULL },
	{ "C-17", "fchmod 4755 /file", 0, NULL },
	{ "C-17", "chmod 2755 /file", 0, NULL },
	{ "C-17", "createsuid /new", 0, "unlink " JAIL "/new" },
	{ "C-17", "mknod u /new", 0, "unlink " JAIL "/new" },
	{ "C-17", "mknod n /new", 0, "unlink " JAIL "/new" },
	{ "C-17", "tmpfilesuid /inner", 0, NULL },
	{ "C-17", "setcap /file", 0, NULL },
	{ "grsecurity", "openw /proc/sys/kernel/core_pattern", 0, NULL },
	{ "C-01", "chroot /inner", 0, NULL },
};

static const struct act usual[] = {
	{ "", "mknod p /new", 0, "unlink " JAIL "/new" },
	{ "", "mknod s /new", 0, "unlink " JAIL "/new" },
	{ "", "mknod w /new", 0, "unlink " JAIL "/new" },
	{ "", "mknod r /new", 0, "unlink " JAIL "/new" },
	{ "", "create /new", 0, "unlink " JAIL "/new" },
	{ "", "tmpfile /inner", 0, NULL },
	{ "", "chmod 755 /file", 0, NULL },
	{ "", "chmod 1755 /inner", 0, NULL },
	{ "", "chmod 2755 /inner", 0, NULL },
	{ "", "chmod 2644 /file", 0, NULL },
	{ "", "list /inner", 0, NULL },
	{ "overlayfs opens what is below it", "list /over", 0, NULL },
	{ "", "keepdir /inner", 0, NULL },
	{ "", "openw /file", 0, NULL },
	{ "", "open /proc/sys/kernel/core_pattern", 0, NULL },
	{ "", "openw /proc/self/oom_score_adj", 0, NULL },
	{ "", "chroot /", 0, NULL },
	{ "", "unshare 512", 0, NULL },	/* CLONE_FS */
};

/* The answer of a new actor after it has changed its root. */
static long answer_of(int holder, const struct act *act,
		      const struct actor *outside)
{
	struct actor actor;
	long answer;

	if (actor_start(&actor, holders[holder].path, 0))
		return NO_ANSWER;
	answer = ask(&actor, "chroot " JAIL) ?: ask(&actor, "chdir /");
	if (!answer)
		answer = ask(&actor, "%s", act->command);
	actor_stop(&actor);
	if (!answer && act->undo && ask(outside, "%s", act->undo))
		return NO_ANSWER;
	/* The mode of the file would otherwise stay changed for later acts. */
	chmod(JAIL "/file", 0755);
	return answer;
}

TEST_F(off, escapes_work_without_the_latch)
{
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++) {
		EXPECT_EQ(forbidden[i].as_ever,
			  answer_of(NONE, &forbidden[i], &self->outside)) {
			TH_LOG("%s", forbidden[i].command);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		EXPECT_EQ(usual[i].as_ever,
			  answer_of(NONE, &usual[i], &self->outside)) {
			TH_LOG("%s", usual[i].command);
		}
	}
}

TEST_F(on, escapes_are_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++) {
		const struct act *act = &forbidden[i];
		const long long before =
			status_value("refused.no-privilege");
		struct stat st;

		EXPECT_EQ(EPERM, answer_of(NONE, act, &self->outside)) {
			TH_LOG("%s %s", act->item, act->command);
		}
		EXPECT_LT(before, status_value("refused.no-privilege"));
		EXPECT_EQ(EPERM, answer_of(OTHERS, act, &self->outside)) {
			TH_LOG("%s %s", act->item, act->command);
		}
		/* The refused act has left nothing behind. */
		EXPECT_EQ(-1, stat(JAIL "/node", &st));
		EXPECT_EQ(-1, stat(JAIL "/new", &st));
		ASSERT_EQ(0, stat(JAIL "/file", &st));
		EXPECT_EQ(0755, st.st_mode & 07777);
		EXPECT_EQ(act->as_ever,
			  answer_of(CHROOT, act, &self->outside)) {
			TH_LOG("%s %s", act->item, act->command);
		}
	}
}

TEST_F(on, usual_acts_still_work)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		for (int holder = NONE; holder <= CHROOT; holder++) {
			EXPECT_EQ(usual[i].as_ever,
				  answer_of(holder, &usual[i],
					    &self->outside)) {
				TH_LOG("%s", usual[i].command);
			}
		}
}

/* A task whose root is the first one is not restricted. */
TEST_F(on, unchrooted_task_is_free)
{
	EXPECT_EQ(0, ask(&self->outside, "mknod c " DIR "/node"));
	EXPECT_EQ(0, ask(&self->outside, "tmpfs " JAIL "/mnt"));
	EXPECT_EQ(0, ask(&self->outside, "umount " JAIL "/mnt"));
	EXPECT_EQ(0, ask(&self->outside, "chmod 4755 " JAIL "/file"));
	EXPECT_EQ(0, ask(&self->outside, "handle " JAIL "/file"));
	EXPECT_EQ(0, ask(&self->outside, "setcap " JAIL "/file"));
	EXPECT_EQ(0, ask(&self->outside,
			 "openw /proc/sys/kernel/core_pattern"));
	/* A chroot to the same root restricts nothing. */
	EXPECT_EQ(0, ask(&self->outside, "chroot /"));
	EXPECT_EQ(0, ask(&self->outside, "unlink " DIR "/node"));
	EXPECT_EQ(0, ask(&self->outside, "mknod c " DIR "/node"));
}

/* A mount moved over the root is not a chroot: containers are made like this. */
TEST_F(on, moved_mount_is_no_chroot)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "unshare 0x20000"));	/* CLONE_NEWNS */
	ASSERT_EQ(0, ask(&actor, "bind " JAIL));
	ASSERT_EQ(0, ask(&actor, "chdir " JAIL));
	ASSERT_EQ(0, ask(&actor, "movemount . /"));
	ASSERT_EQ(0, ask(&actor, "chroot ."));
	ASSERT_EQ(0, ask(&actor, "look /inner"));
	EXPECT_EQ(0, ask(&actor, "mknod c /node"));
	EXPECT_EQ(0, ask(&actor, "unlink /node"));
	EXPECT_EQ(0, ask(&actor, "tmpfs /mnt"));
	/* A chroot inside of that mount namespace is restricted as anywhere. */
	EXPECT_EQ(0, ask(&actor, "chroot /inner"));
	EXPECT_EQ(EPERM, ask(&actor, "mknod c /node"));
	EXPECT_EQ(EPERM, ask(&actor, "chroot /deep"));
	actor_stop(&actor);
}

/*
 * A mount that was begun before the chroot would be finished inside of it: the
 * descriptor bars the chroot.
 */
TEST_F(on, mount_begun_before_the_chroot)
{
	for (int holder = NONE; holder <= CHROOT; holder++) {
		const int want = holder == CHROOT ? 0 : EPERM;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holders[holder].path, 0));
		ASSERT_EQ(0, ask(&actor, "fsopen tmpfs"));
		EXPECT_EQ(want, ask(&actor, "chroot " JAIL));
		EXPECT_EQ(0, ask(&actor, "fscreate"));
		EXPECT_EQ(0, ask(&actor, "fsmount"));
		actor_stop(&actor);
	}
}

/* ------------------------------------------------------------ directories */

/*
 * C-01: the second root is inside of the first, and the current directory is
 * not.
 */
TEST_F(off, double_chroot)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	ASSERT_EQ(0, ask(&actor, "chdir /"));
	EXPECT_EQ(ENOENT, ask(&actor, "climb " OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "chroot /inner"));
	EXPECT_EQ(0, ask(&actor, "climb " OUTSIDE));
	actor_stop(&actor);
}

TEST_F(on, double_chroot)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(EPERM, ask(&actor, "chroot /inner"));
	EXPECT_EQ(EPERM, ask(&actor, "chroot inner"));
	EXPECT_EQ(0, ask(&actor, "look /inner"));
	EXPECT_EQ(0, ask(&actor, "chroot ."));
	EXPECT_EQ(ENOENT, ask(&actor, "climb " OUTSIDE));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/chroot", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(0, ask(&actor, "chroot /inner"));
	actor_stop(&actor);
}

/* The current directory, outside of the new root or inside of it. */
TEST_F(off, current_directory)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chdir " DIR));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(0, ask(&actor, "look outside"));
	EXPECT_EQ(0, ask(&actor, "climb " OUTSIDE));
	actor_stop(&actor);
}

TEST_F(on, current_directory)
{
	for (int holder = NONE; holder <= CHROOT; holder++) {
		const int outside = holder == CHROOT ? 0 : ENOENT;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holders[holder].path, 0));
		ASSERT_EQ(0, ask(&actor, "chdir " DIR));
		ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
		EXPECT_EQ(outside, ask(&actor, "look outside"));
		EXPECT_EQ(outside, ask(&actor, "climb " OUTSIDE));
		actor_stop(&actor);
		ASSERT_EQ(0, actor_start(&actor, holders[holder].path, 0));
		ASSERT_EQ(0, ask(&actor, "chdir " JAIL "/inner"));
		ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
		EXPECT_EQ(0, ask(&actor, "look deep"));
		EXPECT_EQ(ENOENT, ask(&actor, "climb " OUTSIDE));
		actor_stop(&actor);
	}
}

/* A refused chroot has changed neither the root nor the current directory. */
TEST_F(on, refused_chroot)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chdir " DIR));
	ASSERT_EQ(0, ask(&actor, "keepdir " DIR));
	EXPECT_EQ(EPERM, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(0, ask(&actor, "look outside"));
	EXPECT_EQ(0, ask(&actor, "look /" OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "mknod c " DIR "/node"));
	EXPECT_EQ(0, ask(&actor, "fchdir"));
	actor_stop(&actor);
}

/*
 * C-04: a directory that is registered with a ring, waits in a socket, or is
 * reported by an event.
 */
#define BARRED	(-2)	/* the chroot is refused */

static const char * const parked[][2] = {
	{ "ring", "install" },
	{ "give", "take" },
	{ "watch " DIR "/outside", "event" },
};

static long come_back(const char *holder, size_t way,
		      const struct actor *outside)
{
	struct actor actor;
	long answer;

	if (actor_start(&actor, holder, 0))
		return NO_ANSWER;
	answer = ask(&actor, "keepdir " DIR) ?: ask(&actor, "%s", parked[way][0]) ?:
		 ask(&actor, "close");
	answer = answer ?: (ask(&actor, "chroot " JAIL) == EPERM ? BARRED : 0);
	answer = answer ?: ask(&actor, "chdir /") ?:
		 ask(outside, "list " DIR "/outside");
	if (answer == ENODATA)
		answer = 0;
	if (answer != BARRED)
		answer = answer ? NO_ANSWER : ask(&actor, "%s", parked[way][1]);
	if (!answer)
		answer = ask(&actor, "fchdir") ?: ask(&actor, "climb " OUTSIDE);
	actor_stop(&actor);
	return answer;
}

TEST_F(off, directories_left_elsewhere)
{
	for (size_t i = 0; i < ARRAY_SIZE(parked); i++) {
		EXPECT_EQ(0, come_back(DIR "/none", i, &self->outside)) {
			TH_LOG("%s", parked[i][0]);
		}
	}
}

TEST_F(on, directories_left_elsewhere)
{
	static const int want[] = { BARRED, ENOMSG, BARRED };

	for (size_t i = 0; i < ARRAY_SIZE(parked); i++) {
		EXPECT_EQ(want[i], come_back(DIR "/none", i, &self->outside)) {
			TH_LOG("%s", parked[i][0]);
		}
		EXPECT_EQ(want[i], come_back(DIR "/others", i,
					     &self->outside));
		EXPECT_EQ(0, come_back(DIR "/chroot", i, &self->outside)) {
			TH_LOG("%s", parked[i][0]);
		}
	}
}

/* ------------------------------------------------------- others, and later */

/* C-07: another thread stays outside, and procfs leads to its root. */
TEST_F(off, second_thread)
{
	EXPECT_EQ(0, ask(&self->outside, "chrootthread " JAIL));
	EXPECT_EQ(0, ask(&self->outside, "look /" OUTSIDE));
}

TEST_F(on, second_thread)
{
	struct actor actor;

	EXPECT_EQ(EPERM, ask(&self->outside, "chrootthread " JAIL));
	ASSERT_EQ(0, actor_start(&actor, DIR "/chroot", 0));
	EXPECT_EQ(0, ask(&actor, "chrootthread " JAIL));
	actor_stop(&actor);
}

/*
 * C-07: a task whose root is changed by another task is chrooted as well, with
 * only the privileges that it holds itself.
 */
TEST_F(off, root_is_shared_with_another_task)
{
	EXPECT_EQ(0, ask(&self->outside, "sharer " JAIL));
	EXPECT_EQ(ENOENT, ask(&self->outside, "look /" OUTSIDE));
}

TEST_F(on, root_is_shared_with_another_task)
{
	struct actor actor;

	EXPECT_EQ(1000 + EPERM, ask(&self->outside, "sharer " JAIL));
	EXPECT_EQ(0, ask(&self->outside, "look /" OUTSIDE));
	ASSERT_EQ(0, actor_start(&actor, DIR "/chroot", 0));
	EXPECT_EQ(EPERM, ask(&actor, "sharer " JAIL));
	EXPECT_EQ(ENOENT, ask(&actor, "look /" OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "mknod c /node"));
	actor_stop(&actor);
}

/* C-08: a chrooted task stays chrooted, whatever it does. */
TEST_F(on, stays_chrooted_over_exec)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	ASSERT_EQ(0, ask(&actor, "unshare 512"));
	EXPECT_EQ(EPERM, ask(&actor, "mknod c /node"));
	ASSERT_EQ(0, ask(&actor, "unshare 0x20000"));	/* CLONE_NEWNS */
	EXPECT_EQ(EPERM, ask(&actor, "mknod c /node"));
	EXPECT_EQ(EPERM, ask(&actor, "tmpfs /mnt"));
	ASSERT_EQ(0, ask(&actor, "exec /actor"));
	EXPECT_EQ(EPERM, ask(&actor, "mknod c /node"));
	EXPECT_EQ(EPERM, ask(&actor, "chroot /inner"));
	actor_stop(&actor);
	/* The privilege ends at exec. The changed root does not. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/chroot", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	ASSERT_EQ(0, ask(&actor, "chdir /"));
	EXPECT_EQ(0, ask(&actor, "mknod c /node"));
	ASSERT_EQ(0, ask(&actor, "unlink /node"));
	ASSERT_EQ(0, ask(&actor, "exec /actor"));
	EXPECT_EQ(EPERM, ask(&actor, "mknod c /node"));
	EXPECT_EQ(EPERM, ask(&actor, "chroot /inner"));
	EXPECT_EQ(EPERM, ask(&actor, "tmpfs /mnt"));
	actor_stop(&actor);
}

/* C-04, C-09: what procfs and pidfds show of a task outside. */
static const char * const views[] = { "root", "cwd", "fd/0", "ns/mnt" };

TEST_F(off, other_processes)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		EXPECT_EQ(0, ask(&actor, "process %d %s", self->outside.pid,
				 views[i]));
	EXPECT_EQ(0, ask(&actor, "takefd %d 0", self->outside.pid));
	EXPECT_EQ(0, ask(&actor, "chdir /proc/%d/root", self->outside.pid));
	EXPECT_EQ(0, ask(&actor, "look " OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "join %d", self->outside.pid));
	EXPECT_EQ(0, ask(&actor, "look /" OUTSIDE));
	actor_stop(&actor);
}

TEST_F(on, other_processes)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	for (size_t i = 0; i < ARRAY_SIZE(views); i++) {
		EXPECT_EQ(EACCES, ask(&actor, "process %d %s",
				      self->outside.pid, views[i])) {
			TH_LOG("%s", views[i]);
		}
	}
	EXPECT_EQ(EPERM, ask(&actor, "takefd %d 0", self->outside.pid));
	EXPECT_EQ(EACCES, ask(&actor, "chdir /proc/%d/root",
			      self->outside.pid));
	/* C-11 */
	EXPECT_EQ(EPERM, ask(&actor, "join %d", self->outside.pid));
	EXPECT_EQ(0, ask(&actor, "open /proc/self/root"));
	actor_stop(&actor);
}

/* C-15: the kernel itself refuses this. */
TEST_F(off, user_namespace)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_EQ(EPERM, ask(&actor, "unshare 0x10000000"));
	actor_stop(&actor);
}

/* C-19: the root of the chroot is renamed, and then removed. */
TEST_F(on, root_is_renamed_and_removed)
{
	struct actor actor;

	ASSERT_EQ(0, make(DIR "/other"));
	ASSERT_EQ(0, make(DIR "/other/inner"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " DIR "/other"));
	ASSERT_EQ(0, rename(DIR "/other", DIR "/moved"));
	EXPECT_EQ(0, ask(&actor, "look /inner"));
	EXPECT_EQ(ENOENT, ask(&actor, "climb " OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "chroot ."));
	ASSERT_EQ(0, rmdir(DIR "/moved/inner") ?: rmdir(DIR "/moved"));
	EXPECT_EQ(ENOENT, ask(&actor, "look /inner"));
	EXPECT_EQ(ENOENT, ask(&actor, "climb " OUTSIDE));
	EXPECT_EQ(0, ask(&actor, "chroot /"));
	actor_stop(&actor);
}

static int refused_node(void *actor)
{
	return ask(actor, "mknod c /node");
}

TEST_F(on, refusals_are_logged)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "chroot " JAIL));
	EXPECT_TRUE(logged(refused_node, &actor, "refused device-node",
			   "needs=C"));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
