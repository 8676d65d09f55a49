/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holders of UNSHARE and USERNS, and every way to make a namespace.
 */
#ifndef CLIP_TESTS_NAMESPACES_H
#define CLIP_TESTS_NAMESPACES_H

#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"

#include <sched.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
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

/* The kinds of namespaces, with their files below /proc/PID/ns. */
static const struct {
	const char *name;
	unsigned int flag;
} kinds[] = {
	{ "mnt", CLONE_NEWNS }, { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
	{ "cgroup", CLONE_NEWCGROUP }, { "pid", CLONE_NEWPID },
};

/*
 * The setup is made once for all tests: with the latch set, a test can no
 * longer make a mount namespace of its own.
 */
static int setup_error = EIO;

__attribute__((constructor)) static void setup(void)
{
	setup_error = hash_program(PROGRAM) ?:
		      private_tmpfs(DIR, 0) ?: make_exchange();
	for (size_t i = 0; i < HOLDERS && !setup_error; i++)
		setup_error = make_holder(&holders[i]);
}

/* Tries every way to get a namespace; @wanted is the expected answer. */
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

#endif /* CLIP_TESTS_NAMESPACES_H */
