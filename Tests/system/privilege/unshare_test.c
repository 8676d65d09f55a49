// SPDX-License-Identifier: GPL-2.0-only
/*
 * UNSHARE (PR-20, MI-04) while the latch kernel.clip.unshare is off: a scoped
 * CAP_SYS_ADMIN, which is valid in three system calls only.
 */
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"
#include "namespaces.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

static bool has_admin(const struct holder *holder, uid_t uid)
{
	return (holder->capabilities & ADMIN) || uid == 0;
}

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup_error);
	ASSERT_EQ(0, latch("unshare"));
}

FIXTURE_TEARDOWN(off)
{
}

/* PR-20: the four cells. */
TEST_F_TIMEOUT(off, acts, 180)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const uid_t uid = uids[h % 2];

		every_way(_metadata, holder, uid,
			  has_admin(holder, uid) ||
			  (holder->privileges & UNSHARE) ? 0 : EPERM);
	}
}

/* Any user may make a user namespace, and has all capabilities in it. */
TEST_F(off, user_namespace)
{
	struct actor actor;

	for (size_t h = 0; h < HOLDERS; h++) {
		ASSERT_EQ(0, actor_start(&actor, holders[h].path, USER_ID));
		EXPECT_EQ(0, ask(&actor, "clone %u",
				 CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP));
		EXPECT_EQ(0, ask(&actor, "unshare %u",
				 CLONE_NEWUSER | CLONE_NEWNS));
		EXPECT_EQ(0, ask(&actor, "other tmpfs"));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(0, ask(&actor, "other hostname"));
		actor_stop(&actor);
	}
}

/*
 * PR-22: a privilege that all users have on an ordinary Linux does not raise a
 * task.
 */
TEST_F(off, userns_is_plain)
{
	struct actor actor, other;

	ASSERT_EQ(0, actor_start(&other, DIR "/none", USER_ID));
	ASSERT_EQ(0, actor_start(&actor, DIR "/userns", USER_ID));
	EXPECT_EQ(0, ask(&other, "attach %d", actor.pid));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	/* The task maps its users itself. */
	ASSERT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUSER));
	EXPECT_EQ(0, ask(&actor, "keepwrite /proc/self/uid_map"));
	EXPECT_EQ(0, ask(&actor, "write 0 %d 1", USER_ID));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/two", USER_ID));
	EXPECT_EQ(EPERM, ask(&other, "attach %d", actor.pid));
	ASSERT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUSER));
	EXPECT_EQ(EACCES, ask(&actor, "keepwrite /proc/self/uid_map"));
	actor_stop(&actor);
	actor_stop(&other);
}

/* The kind that only some calls can make. */
TEST_F(off, time_namespace)
{
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const uid_t uid = uids[h % 2];

		ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
		EXPECT_EQ(has_admin(holder, uid) ||
			  (holder->privileges & UNSHARE) ? 0 : EPERM,
			  ask(&actor, "clone3 %u", CLONE_NEWTIME));
		actor_stop(&actor);
	}
}

/* Other uses of CAP_SYS_ADMIN and of CAP_SYS_CHROOT. */
static const char * const beyond[] = {
	"other hostname", "other domainname", "other swapon", "other fanotify",
	"other opentree", "other fsopen", "other pivot", "other tmpfs",
	"other bind", "other private", "other remount", "other umount",
	"other ioprio", "chroot /tmp",
};

TEST_F(off, nothing_besides)
{
	struct actor actor;

	ASSERT_EQ(0, disable_root_capabilities());
	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", uids[h]));
		ASSERT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
		for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
			EXPECT_EQ(EPERM, ask(&actor, "%s", beyond[i])) {
				TH_LOG("%s, uid %u", beyond[i], uids[h]);
			}
		}
		actor_stop(&actor);
	}
	/* The same acts are allowed where the capability is real. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	ASSERT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWNS | CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "other hostname"));
	EXPECT_EQ(0, ask(&actor, "other fanotify"));
	EXPECT_EQ(0, ask(&actor, "other private"));
	EXPECT_EQ(0, ask(&actor, "other tmpfs"));
	actor_stop(&actor);
}

/*
 * A clone with namespaces may neither choose its process number nor exceed a
 * limit.
 */
TEST_F(off, clone_asks_for_its_namespaces_only)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "clone3 %u 3000", CLONE_NEWUTS));
	EXPECT_EQ(EPERM, ask(&actor, "clone3 %u 3000", CLONE_NEWCGROUP));
	EXPECT_EQ(EPERM, ask(&actor, "clone3 %u 3000",
			     CLONE_NEWUSER | CLONE_NEWUTS));
	EXPECT_EQ(EPERM, ask(&actor, "clone3 0 3000"));
	EXPECT_EQ(EAGAIN, ask(&actor, "clonelimit %u", CLONE_NEWUTS));
	EXPECT_EQ(EAGAIN, ask(&actor, "clonelimit 0"));
	/* Nor what is left of a clone that failed. */
	EXPECT_EQ(EINVAL, ask(&actor, "clone %u", CLONE_NEWIPC |
			      CLONE_SYSVSEM | CLONE_NEWCGROUP));
	EXPECT_EQ(EAGAIN, ask(&actor, "clonelimit 0"));
	EXPECT_EQ(0, ask(&actor, "clone3 %u", CLONE_NEWUTS));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	EXPECT_EQ(0, ask(&actor, "clone3 %u 3000", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "clonelimit %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/* Work that io_uring deferred runs on the way out of any system call. */
TEST_F(off, not_by_other_ways)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "unshare32 %u", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "ring"));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	EXPECT_EQ(EPERM, ask(&actor, "clone %u", CLONE_NEWUTS));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	EXPECT_EQ(0, ask(&actor, "unshare32 %u", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "ring"));
	EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/* A program without an entry that has the capability by an attribute. */
static int give_admin(const char *path)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1U << CAP_SYS_ADMIN } },
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0) ?
	       errno : 0;
}

/* The capability is not passed on: not by I, by the ambient set, or by exec. */
TEST_F(off, is_not_passed_on)
{
	struct actor actor;

	ASSERT_EQ(0, disable_root_capabilities());
	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", uids[h]));
		EXPECT_EQ(EPERM, ask(&actor, "inherit %d", CAP_SYS_ADMIN));
		EXPECT_EQ(EPERM, ask(&actor, "ambient %d", CAP_SYS_ADMIN));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(0, ask(&actor, "exec " DIR "/others"));
		EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(EPERM, ask(&actor, "other hostname"));
		actor_stop(&actor);
	}
	/* Nor is a real capability, if an entry gave it. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/both", USER_ID));
	EXPECT_EQ(0, ask(&actor, "inherit %d", CAP_SYS_ADMIN));
	EXPECT_EQ(EPERM, ask(&actor, "ambient %d", CAP_SYS_ADMIN));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
	/* Any other is passed on as usual. */
	ASSERT_EQ(0, copy_file(PROGRAM, DIR "/capable", 0755));
	ASSERT_EQ(0, give_admin(DIR "/capable"));
	ASSERT_EQ(0, actor_start(&actor, DIR "/capable", USER_ID));
	EXPECT_EQ(0, ask(&actor, "inherit %d", CAP_SYS_ADMIN));
	EXPECT_EQ(0, ask(&actor, "ambient %d", CAP_SYS_ADMIN));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/*
 * An unsafe exec gains nothing: the kernel cuts the new sets to the old ones,
 * which were smaller than they seemed.
 */
TEST_F(off, unsafe_exec)
{
	const struct vfs_cap_data admin = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << CAP_SYS_ADMIN,
	};
	const char *path = DIR "/filecaps";
	struct actor actor;

	ASSERT_EQ(0, copy_file(PROGRAM, path, 0755));
	ASSERT_EQ(0, setxattr(path, "security.capability", &admin,
			      sizeof(admin), 0));
	for (int unsafe = 0; unsafe < 2; unsafe++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
		if (unsafe)
			ASSERT_EQ(0, ask(&actor, "nnp"));
		EXPECT_EQ(0, ask(&actor, "exec %s", path));
		EXPECT_EQ(unsafe ? EPERM : 0,
			  ask(&actor, "unshare %u", CLONE_NEWUTS));
		actor_stop(&actor);
	}
}

/* The capability can be given up for good, unlike a privilege. */
TEST_F(off, can_be_given_up)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
	EXPECT_EQ(0, ask(&actor, "dropcap %d", CAP_SYS_ADMIN));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/* TR-02, PR-12: KEEPPRIV keeps the scoped capability, too. */
TEST_F(off, change_of_user)
{
	struct actor actor;

	for (int worthless = 0; worthless < 2; worthless++) {
		ASSERT_EQ(0, worthless ? disable_root_capabilities() : 0);
		ASSERT_EQ(0, actor_start(&actor, DIR "/setuid", 0));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(0, ask(&actor, "setuid %d", USER_ID));
		EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
		actor_stop(&actor);
		ASSERT_EQ(0, actor_start(&actor, DIR "/keep", 0));
		EXPECT_EQ(0, ask(&actor, "setuid %d", USER_ID));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(EPERM, ask(&actor, "other hostname"));
		EXPECT_EQ(EPERM, ask(&actor, "inherit %d", CAP_SYS_ADMIN));
		actor_stop(&actor);
	}
}

/*
 * The kernel compares capability sets: a scoped capability must not count
 * there.
 */
TEST_F(off, is_not_compared_as_a_capability)
{
	struct actor target, actor;

	/* The target is not raised, has the same user, and has a capability. */
	ASSERT_EQ(0, copy_file(PROGRAM, DIR "/capable", 0755));
	ASSERT_EQ(0, give_admin(DIR "/capable"));
	ASSERT_EQ(0, actor_start(&target, DIR "/capable", USER_ID));
	ASSERT_EQ(0, ask(&target, "inherit %d", CAP_SYS_ADMIN));
	ASSERT_EQ(0, ask(&target, "ambient %d", CAP_SYS_ADMIN));
	ASSERT_EQ(0, ask(&target, "exec " DIR "/none"));
	ASSERT_EQ(0, ask(&target, "exec " DIR "/none"));

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "nice %d", target.pid));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "nice %d", target.pid));
	EXPECT_EQ(EPERM, ask(&actor, "attach %d", target.pid));
	actor_stop(&actor);
	EXPECT_EQ(0, getpriority(PRIO_PROCESS, target.pid));
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	EXPECT_EQ(0, ask(&actor, "nice %d", target.pid));
	actor_stop(&actor);
	EXPECT_EQ(5, getpriority(PRIO_PROCESS, target.pid));
	actor_stop(&target);
}

TEST_HARNESS_MAIN
