// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces with the latch kernel.clip.unshare set: they take UNSHARE or
 * USERNS; and last, with kernel.clip.require for USERNS besides.
 */
#include "actor.h"
#include "device.h"
#include "holders.h"
#include "latch.h"
#include "log.h"
#include "namespaces.h"

#include <linux/sched.h>
#include <sched.h>

#include "kselftest_harness.h"

FIXTURE(unshare) {};

FIXTURE_SETUP(unshare)
{
	ASSERT_EQ(0, setup_error);
	ASSERT_EQ(0, set_latch("unshare", "1"));
}

FIXTURE_TEARDOWN(unshare)
{
}

/* No capability replaces the privilege, and no user is exempt. */
TEST_F(unshare, acts)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];

		every_way(_metadata, holder, uids[h % 2],
			  holder->privileges & UNSHARE ? 0 : EPERM);
	}
}

/*
 * One of two privileges is enough: UNSHARE permits all namespaces, USERNS
 * these.
 */
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
	/* The table of 32-bit system calls has the same rules. */
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

/*
 * Makes the actor root of its user namespace: otherwise Linux lets it make no
 * further one.
 */
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

/*
 * Namespaces that a holder of USERNS makes inside belong to its user namespace.
 */
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

/*
 * Programs that it starts inside have all capabilities of the namespace, and
 * not this privilege.
 */
TEST_F(unshare, is_not_inherited_in_a_sandbox)
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

/*
 * A holder may join a user namespace and the namespaces that belong to it, and
 * no others.
 */
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
	/*
	 * A namespace that belongs to the first user namespace is not joined,
	 * not even by root.
	 */
	ASSERT_EQ(0, actor_start(&actor, DIR "/userns", 0));
	EXPECT_EQ(EPERM, ask(&actor, "setns /proc/1/ns/uts"));
	actor_stop(&actor);
	ASSERT_EQ(0, actor_start(&actor, DIR "/unshare", 0));
	EXPECT_EQ(0, ask(&actor, "setns /proc/1/ns/uts"));
	actor_stop(&actor);
	actor_stop(&target);
}

/* TR-08: USERNS is not lost with the user id. */
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
		EXPECT_EQ(holder->privileges & UNSHARE ? 0 : EPERM,
			  ask(&actor, "clone3 %u", CLONE_NEWTIME));
		EXPECT_EQ(holder->privileges & (UNSHARE | USERNS) ? 0 : EPERM,
			  ask(&actor, "clone3 %u",
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

/* The log names the privilege that would be enough. */
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

/*
 * With both, making a user namespace requires USERNS, and UNSHARE is no longer
 * enough.
 */
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
