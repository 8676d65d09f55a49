// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces (PR-20, MI-04) and the capability that works in three system calls
 * only, for the sake of a privilege; the latch kernel.clip.unshare, which the
 * first tests leave off; and last, with it, kernel.clip.require for USERNS.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"
#include "log.h"

#include <linux/sched.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privactor"
#define DIR	"/tmp/unshare"

#define UNSHARE		CLIP_PRIV_UNSHARE
#define USERNS		CLIP_PRIV_USERNS
#define ADMIN		(1ULL << CAP_SYS_ADMIN)
#define CHROOT		(1ULL << CAP_SYS_CHROOT)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(UNSHARE), 0, false },
	{ DIR "/admin", 0, ADMIN | CHROOT, false },
	{ DIR "/unshare", UNSHARE, 0, false },
	{ DIR "/both", UNSHARE, ADMIN, false },
	{ DIR "/keep", UNSHARE | CLIP_PRIV_KEEPPRIV, 1ULL << CAP_SETUID, false },
	{ DIR "/setuid", UNSHARE, 1ULL << CAP_SETUID, false },
	{ DIR "/userns", USERNS, 0, false },
	{ DIR "/neither", ALL_BUT(UNSHARE | USERNS), 0, false },
	{ DIR "/two", UNSHARE | USERNS, 0, false },
	{ DIR "/leaver", USERNS, 1ULL << CAP_SETUID, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

/* With their files below /proc/PID/ns. */
static const struct {
	const char *name;
	unsigned int flag;
} kinds[] = {
	{ "mnt", CLONE_NEWNS }, { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
	{ "cgroup", CLONE_NEWCGROUP }, { "pid", CLONE_NEWPID },
};

/*
 * Once for all tests: with the latch set, they can make no mount namespace of
 * their own any more.
 */
static int setup_error = EIO;

__attribute__((constructor)) static void setup(void)
{
	setup_error = hash_program(PROGRAM) ?:
		      private_tmpfs(DIR, 0) ?: make_exchange();
	for (size_t i = 0; i < HOLDERS && !setup_error; i++)
		setup_error = make_holder(&holders[i]);
}

/* Every way to get a namespace, as far as @wanted says. */
static void every_way(struct __test_metadata *_metadata,
		      const struct holder *holder, uid_t uid, long wanted)
{
	struct actor actor;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const unsigned int flag = kinds[i].flag;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
		EXPECT_EQ(wanted, ask(&actor, "clone %u", flag));
		EXPECT_EQ(wanted, ask(&actor, "clone3 %u", flag));
		EXPECT_EQ(wanted, ask(&actor, "clone %u", flag));
		EXPECT_EQ(wanted, ask(&actor, "return %s %u", kinds[i].name,
				      flag));
		EXPECT_EQ(wanted,
			  ask(&actor, "unshare %u", flag));
		EXPECT_EQ(0, ask(&actor, "clone 0"));
		actor_stop(&actor);
	}
}

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

/* A user namespace is everybody's, and full of capabilities of its own. */
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

/* PR-22: what everybody has on a stock Linux makes no task a raised one. */
TEST_F(off, userns_is_plain)
{
	struct actor actor, other;

	ASSERT_EQ(0, actor_start(&other, DIR "/none", USER_ID));
	ASSERT_EQ(0, actor_start(&actor, DIR "/userns", USER_ID));
	EXPECT_EQ(0, ask(&other, "attach %d", actor.pid));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	/* It maps its users itself. */
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

/* The kind that only some calls know, and this kernel none. */
TEST_F(off, time_namespace)
{
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const uid_t uid = uids[h % 2];

		ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
		EXPECT_EQ(has_admin(holder, uid) ||
			  (holder->privileges & UNSHARE) ? EINVAL : EPERM,
			  ask(&actor, "clone3 %u", CLONE_NEWTIME));
		actor_stop(&actor);
	}
}

/* Nothing else of CAP_SYS_ADMIN or of CAP_SYS_CHROOT. */
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

/* A clone with namespaces chooses no process number, nor exceeds a limit. */
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
	EXPECT_EQ(0, ask(&actor, "clone3 %u", CLONE_NEWUTS));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	EXPECT_EQ(0, ask(&actor, "clone3 %u 3000", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "clonelimit %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/* What io_uring left to do runs on the way out of any call. */
TEST_F(off, side_doors)
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

/* The capability is not passed on: not by I, by the ambient set, or by exec. */
TEST_F(off, not_handed_on)
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
	/* A real one is passed on, as ever. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/both", USER_ID));
	EXPECT_EQ(0, ask(&actor, "inherit %d", CAP_SYS_ADMIN));
	EXPECT_EQ(0, ask(&actor, "ambient %d", CAP_SYS_ADMIN));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/*
 * An exec that is unsafe gains nothing: the kernel cuts the new sets to the old
 * ones, and those were less than they looked.
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

/* It may be laid down for good, unlike a privilege. */
TEST_F(off, laid_down)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", USER_ID));
	EXPECT_EQ(0, ask(&actor, "dropcap %d", CAP_SYS_ADMIN));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	actor_stop(&actor);
}

/* TR-02, and PR-12: KEEPPRIV keeps what works for a privilege. */
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

/* The kernel compares sets: what is only a scope must not count there. */
TEST_F(off, reaches_no_further)
{
	struct actor target, actor;

	/* Not raised, of the same user, and with a capability. */
	ASSERT_EQ(0, actor_start(&target, DIR "/both", USER_ID));
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

FIXTURE(unshare) {};

FIXTURE_SETUP(unshare)
{
	ASSERT_EQ(0, setup_error);
	ASSERT_EQ(0, set_latch("unshare", "1"));
}

FIXTURE_TEARDOWN(unshare)
{
}

/* No capability stands in for the privilege, and nobody is excepted. */
TEST_F(unshare, acts)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];

		every_way(_metadata, holder, uids[h % 2],
			  holder->privileges & UNSHARE ? 0 : EPERM);
	}
}

/* One of two privileges: UNSHARE is for all namespaces, USERNS for these. */
TEST_F(unshare, user_namespaces_too)
{
	const long long before = status_value("refused.no-privilege");
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const long wanted = holder->privileges & (UNSHARE | USERNS) ?
				    0 : EPERM;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(wanted, ask(&actor, "clone %u", CLONE_NEWUSER));
		EXPECT_EQ(wanted, ask(&actor, "clone %u", CLONE_NEWUSER |
				      CLONE_NEWPID | CLONE_NEWCGROUP));
		EXPECT_EQ(wanted, ask(&actor, "clone3 %u",
				      CLONE_NEWUSER | CLONE_NEWNS));
		EXPECT_EQ(wanted, ask(&actor, "unshare %u", CLONE_NEWUSER |
				      CLONE_NEWNS | CLONE_NEWCGROUP));
		EXPECT_EQ(0, ask(&actor, "clone 0"));
		actor_stop(&actor);
	}
	EXPECT_LT(before, status_value("refused.no-privilege"));
	/* Neither are there other tables with other rules. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "unshare32 %u", CLONE_NEWUTS));
	EXPECT_EQ(EPERM, ask(&actor, "unshare32 %u", CLONE_NEWUSER));
	EXPECT_EQ(0, ask(&actor, "other hostname"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/userns", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "unshare32 %u", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "unshare32 %u", CLONE_NEWUSER));
	actor_stop(&actor);
}

/* As root of its user namespace, or Linux lets it make no other in there. */
static void map_users(struct __test_metadata *_metadata, struct actor *actor,
		      uid_t uid)
{
	ASSERT_EQ(0, ask(actor, "keepwrite /proc/self/uid_map"));
	ASSERT_EQ(0, ask(actor, "write 0 %u 1", uid));
	ASSERT_EQ(0, ask(actor, "keepwrite /proc/self/setgroups"));
	ASSERT_EQ(0, ask(actor, "write deny"));
	ASSERT_EQ(0, ask(actor, "keepwrite /proc/self/gid_map"));
	ASSERT_EQ(0, ask(actor, "write 0 %u 1", uid));
}

/* What a holder of USERNS makes in there belongs to its user namespace. */
TEST_F(unshare, in_a_user_namespace)
{
	struct actor actor;

	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/userns", uids[h]));
		EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUSER));
		for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
			const unsigned int flag = kinds[i].flag;

			EXPECT_EQ(0, ask(&actor, "clone %u", flag));
			EXPECT_EQ(0, ask(&actor, "clone3 %u", flag));
			EXPECT_EQ(0, ask(&actor, "unshare %u", flag));
		}
		EXPECT_EQ(0, ask(&actor, "other hostname"));
		map_users(_metadata, &actor, uids[h]);
		EXPECT_EQ(0, ask(&actor, "clone %u", CLONE_NEWUSER));
		EXPECT_EQ(0, ask(&actor, "unshare %u", CLONE_NEWUSER));
		actor_stop(&actor);
	}
}

/* Whom it starts in there has all capabilities of it, and none of this. */
TEST_F(unshare, nothing_for_those_in_a_sandbox)
{
	static const char * const next[] = {
		DIR "/none", DIR "/userns", DIR "/unshare", DIR "/two",
	};
	struct actor actor;

	for (size_t i = 0; i < sizeof(next) / sizeof(*next); i++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/userns", USER_ID));
		ASSERT_EQ(0, ask(&actor, "unshare %u",
				 CLONE_NEWUSER | CLONE_NEWUTS));
		map_users(_metadata, &actor, USER_ID);
		EXPECT_EQ(0, ask(&actor, "clone %u", CLONE_NEWUSER));
		ASSERT_EQ(0, ask(&actor, "exec %s", next[i]));
		EXPECT_EQ(0, ask(&actor, "other hostname"));
		EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUSER));
		EXPECT_EQ(EPERM, ask(&actor, "clone %u", CLONE_NEWUTS));
		EXPECT_EQ(EPERM, ask(&actor, "clone %u", CLONE_NEWUSER));
		EXPECT_EQ(EPERM, ask(&actor, "clone3 %u",
				     CLONE_NEWUSER | CLONE_NEWNS));
		EXPECT_EQ(0, ask(&actor, "clone 0"));
		actor_stop(&actor);
	}
}

/* Into a user namespace and what belongs to it; from nowhere to elsewhere. */
TEST_F(unshare, joining)
{
	static const struct {
		const char *path;
		uid_t uid;
		long direct, user, after;
	} joiners[] = {
		{ DIR "/none", USER_ID, EPERM, EPERM, EPERM },
		{ DIR "/none", 0, EPERM, EPERM, EPERM },
		{ DIR "/neither", 0, EPERM, EPERM, EPERM },
		{ DIR "/userns", USER_ID, EPERM, 0, 0 },
		{ DIR "/userns", 0, EPERM, 0, 0 },
		{ DIR "/unshare", USER_ID, 0, 0, 0 },
		{ DIR "/unshare", 0, 0, 0, 0 },
	};
	struct actor target, actor;

	ASSERT_EQ(0, actor_start(&target, DIR "/userns", USER_ID));
	ASSERT_EQ(0, ask(&target, "unshare %u", CLONE_NEWUSER | CLONE_NEWUTS));
	for (size_t i = 0; i < sizeof(joiners) / sizeof(*joiners); i++) {
		const char *path = joiners[i].path;

		ASSERT_EQ(0, actor_start(&actor, path, joiners[i].uid));
		EXPECT_EQ(joiners[i].direct,
			  ask(&actor, "setns /proc/%d/ns/uts", target.pid)) {
			TH_LOG("%s, uid %u", path, joiners[i].uid);
		}
		EXPECT_EQ(joiners[i].user,
			  ask(&actor, "setns /proc/%d/ns/user", target.pid)) {
			TH_LOG("%s, uid %u", path, joiners[i].uid);
		}
		EXPECT_EQ(joiners[i].after,
			  ask(&actor, "setns /proc/%d/ns/uts", target.pid)) {
			TH_LOG("%s, uid %u", path, joiners[i].uid);
		}
		actor_stop(&actor);
	}
	/* One of the first user namespace is not joined, by root neither. */
	ASSERT_EQ(0, actor_start(&actor, DIR "/userns", 0));
	EXPECT_EQ(EPERM, ask(&actor, "setns /proc/1/ns/uts"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", 0));
	EXPECT_EQ(0, ask(&actor, "setns /proc/1/ns/uts"));
	actor_stop(&actor);
	actor_stop(&target);
}

/* TR-08: what everybody may have is not lost with a user id. */
TEST_F(unshare, userns_after_a_change_of_user)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/leaver", 0));
	EXPECT_EQ(0, ask(&actor, "setuid %d", USER_ID));
	EXPECT_EQ(EPERM, ask(&actor, "unshare %u", CLONE_NEWUTS));
	EXPECT_EQ(0, ask(&actor, "clone %u", CLONE_NEWUSER | CLONE_NEWNS));
	EXPECT_EQ(0, ask(&actor, "exec " DIR "/none"));
	EXPECT_EQ(EPERM, ask(&actor, "clone %u", CLONE_NEWUSER));
	actor_stop(&actor);
}

TEST_F(unshare, time_namespace)
{
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(holder->privileges & UNSHARE ? EINVAL : EPERM,
			  ask(&actor, "clone3 %u", CLONE_NEWTIME));
		EXPECT_EQ(holder->privileges & (UNSHARE | USERNS) ? EINVAL :
			  EPERM, ask(&actor, "clone3 %u",
				     CLONE_NEWUSER | CLONE_NEWTIME));
		actor_stop(&actor);
	}
}

static int refused_own(void *data)
{
	return ask(data, "clone %u", CLONE_NEWUTS);
}

static int refused_user(void *data)
{
	return ask(data, "clone %u", CLONE_NEWUSER);
}

/* The log names what would be enough. */
TEST_F(unshare, refusals_are_logged)
{
	const char *first = "clip: refused namespaces: reason=40 (no-privilege) needs=";
	char both[128];
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	snprintf(both, sizeof(both), "%sU pid=", first);
	EXPECT_TRUE(logged(refused_own, &actor, both, " uid=1000 "));
	snprintf(both, sizeof(both), "%su pid=", first);
	EXPECT_TRUE(logged(refused_user, &actor, both, " uid=1000 "));
	actor_stop(&actor);
}

FIXTURE(required) {};

FIXTURE_SETUP(required)
{
	ASSERT_EQ(0, setup_error);
	ASSERT_EQ(0, set_latch("unshare", "1"));
	ASSERT_EQ(0, set_latch("require", "0x400000"));
}

FIXTURE_TEARDOWN(required)
{
}

/* With both, making a user namespace takes USERNS, and UNSHARE does no more. */
TEST_F(required, acts)
{
	struct actor actor;

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const long own = holder->privileges & UNSHARE ? 0 : EPERM;
		const long user = holder->privileges & USERNS ? 0 : EPERM;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		EXPECT_EQ(own, ask(&actor, "clone %u", CLONE_NEWUTS));
		EXPECT_EQ(user, ask(&actor, "clone %u", CLONE_NEWUSER));
		EXPECT_EQ(user, ask(&actor, "clone3 %u",
				    CLONE_NEWUSER | CLONE_NEWNS));
		EXPECT_EQ(own, ask(&actor, "unshare %u", CLONE_NEWUTS));
		EXPECT_EQ(user, ask(&actor, "unshare %u",
				    CLONE_NEWUSER | CLONE_NEWNS));
		EXPECT_EQ(0, ask(&actor, "clone 0"));
		actor_stop(&actor);
	}
}

TEST_HARNESS_MAIN
