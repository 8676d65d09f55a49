// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors, keys and images that a holder of the privilege made: with
 * kernel.clip.require set, a task without the privilege cannot use them.
 */
#include "actor.h"
#include "device.h"
#include "holders.h"
#include "surface_fixture.h"

#include <netinet/in.h>

#include "kselftest_harness.h"

/* A map that was passed on cannot be used by a task without the privilege. */
TEST_F(surface, bpf_map_passed_on)
{
	struct actor maker, actor;
	char path[64];

	ASSERT_EQ(0, actor_start(&maker, path_of(path, "only", CLIP_PRIV_BPF),
				 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&maker, "bpfmap"));
	EXPECT_EQ(42, ask(&maker, "bpfset 42"));
	ASSERT_EQ(0, ask(&maker, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(-EPERM, ask(&actor, "bpfget"));
	EXPECT_EQ(-EPERM, ask(&actor, "bpfset 7"));
	EXPECT_EQ(42, ask(&maker, "bpfget"));
	/* A filter for sockets, loaded with a token. */
	EXPECT_EQ(EPERM, ask(&actor, "bpfload 1 0x10000"));
	actor_stop(&actor);
	actor_stop(&maker);
}

TEST_F(surface, perf_event_passed_on)
{
	struct actor maker, actor;
	char path[64];

	ASSERT_EQ(0, actor_start(&maker, path_of(path, "only", CLIP_PRIV_PERF),
				 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&maker, "perf"));
	EXPECT_EQ(0, ask(&maker, "perfread"));
	EXPECT_EQ(0, ask(&maker, "perfreset"));
	EXPECT_EQ(0, ask(&maker, "perfmap"));
	ASSERT_EQ(0, ask(&maker, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "perfread"));
	EXPECT_EQ(EPERM, ask(&actor, "perfreset"));
	EXPECT_EQ(EPERM, ask(&actor, "perfmap"));
	EXPECT_EQ(0, ask(&maker, "perfread"));
	actor_stop(&actor);
	actor_stop(&maker);
}

/* Linux does not let a ring be sent, and closes it at exec. */
TEST_F(surface, ring_cannot_be_passed_on)
{
	struct actor maker;
	char path[64];

	ASSERT_EQ(0, actor_start(&maker,
				 path_of(path, "only", CLIP_PRIV_IO_URING),
				 USER_ID));
	ASSERT_EQ(0, ask(&maker, "uring"));
	EXPECT_EQ(EINVAL, ask(&maker, "give"));
	actor_stop(&maker);
}

static bool kexec_loaded(void)
{
	char byte = '?';
	int fd = open("/sys/kernel/kexec_loaded", O_RDONLY | O_CLOEXEC);
	int bad = fd < 0 || read(fd, &byte, 1) != 1;

	close(fd);
	return !bad && byte == '1';
}

/* A refused request neither loads nor unloads anything. */
TEST_F(surface, kexec_refusal_changes_nothing)
{
	struct actor maker, actor;
	char path[64];

	ASSERT_EQ(0, actor_start(&maker, path_of(path, "only", CLIP_PRIV_KEXEC),
				 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&maker, "kexec 0"));
	EXPECT_EQ(EPERM, ask(&actor, "kexec 1"));
	EXPECT_FALSE(kexec_loaded());
	EXPECT_EQ(0, ask(&maker, "kexec 1"));
	EXPECT_TRUE(kexec_loaded());
	EXPECT_EQ(EPERM, ask(&actor, "kexec 0"));
	EXPECT_TRUE(kexec_loaded());
	EXPECT_EQ(0, ask(&maker, "kexec 0"));
	EXPECT_FALSE(kexec_loaded());
	actor_stop(&actor);
	actor_stop(&maker);
}

/*
 * A key that its owner opened to all users requires KEYS of all but the owner.
 */
TEST_F(surface, keys_of_other_users)
{
	static const uid_t uids[] = { 0, USER_ID };
	struct actor owner, actor;
	char only[64], others[64];
	long id, own, changed;

	path_of(only, "only", CLIP_PRIV_KEYS);
	path_of(others, "others", CLIP_PRIV_KEYS);
	ASSERT_EQ(0, actor_start(&owner, DIR "/none", OTHER));
	for (size_t u = 0; u < 2; u++) {
		const char *const paths[] = { DIR "/none", others, only };

		for (size_t p = 0; p < 3; p++) {
			const bool may = p == 2;
			const long denied = may ? 0 : EPERM;

			id = ask(&owner, "addkey open");
			ASSERT_LT(0, id);
			ASSERT_EQ(0, ask(&owner, "keyperm %ld 0x3f3f3f3f", id));
			ASSERT_EQ(0, actor_start(&actor, paths[p], uids[u]));
			EXPECT_EQ(may ? 6 : -EPERM,
				  ask(&actor, "keyread %ld", id)) {
				TH_LOG("%s, uid %u", paths[p], uids[u]);
			}
			EXPECT_EQ(denied, ask(&actor, "keyupdate %ld", id));
			EXPECT_EQ(denied, ask(&actor, "keylink %ld", id));
			changed = ask(&owner, "keyread %ld", id);
			EXPECT_EQ(may ? 1 : 6, changed);
			/* Revoking the key is a use of it, too. */
			EXPECT_EQ(denied, ask(&actor, "keyrevoke %ld", id));
			EXPECT_EQ(may ? -EKEYREVOKED : 6,
				  ask(&owner, "keyread %ld", id));
			/* Its own key. */
			own = ask(&actor, "addkey own");
			EXPECT_LT(0, own);
			EXPECT_EQ(6, ask(&actor, "keyread %ld", own));
			EXPECT_EQ(0, ask(&actor, "keylink %ld", own));
			EXPECT_EQ(0, ask(&actor, "keyrevoke %ld", own));
			actor_stop(&actor);
		}
	}
	actor_stop(&owner);
}

/* The user of a socket is checked at each use, as for the other privileges. */
TEST_F(surface, raw_socket_passed_on)
{
	struct actor maker, actor;
	char path[64];

	ASSERT_EQ(0, actor_start(&maker, path_of(path, "only", CLIP_PRIV_RAW),
				 0));
	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&maker, "socket 2 3 %d", IPPROTO_ICMP));
	EXPECT_EQ(EAGAIN, ask(&maker, "recv"));
	ASSERT_EQ(0, ask(&maker, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "packet"));
	EXPECT_EQ(EPERM, ask(&actor, "recv"));
	/* Nothing has been sent. */
	EXPECT_EQ(EAGAIN, ask(&maker, "recv"));
	EXPECT_NE(EPERM, ask(&maker, "packet"));
	ASSERT_EQ(0, ask(&maker, "socket 17 3 0"));
	ASSERT_EQ(0, ask(&maker, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EPERM, ask(&actor, "recv"));
	actor_stop(&actor);
	actor_stop(&maker);
}

/* By a ring, in the caller and in a worker of the kernel. */
TEST_F(surface, raw_by_uring)
{
	const struct holder ring = {
		.path = DIR "/ring", .privileges = CLIP_PRIV_IO_URING,
	};
	const struct holder both = {
		.path = DIR "/both",
		.privileges = CLIP_PRIV_IO_URING | CLIP_PRIV_RAW,
	};
	struct actor actor;

	ASSERT_EQ(0, make_holder(&ring));
	ASSERT_EQ(0, make_holder(&both));
	for (int flags = 0; flags <= 16; flags += 16) {
		ASSERT_EQ(0, actor_start(&actor, ring.path, 0));
		EXPECT_EQ(EPERM, ask(&actor, "uringsocket 17 3 %d", flags));
		EXPECT_EQ(EPERM, ask(&actor, "uringsocket 2 3 %d", flags));
		EXPECT_EQ(0, ask(&actor, "uringsocket 2 1 %d", flags));
		actor_stop(&actor);
		ASSERT_EQ(0, actor_start(&actor, both.path, 0));
		EXPECT_EQ(0, ask(&actor, "uringsocket 17 3 %d", flags));
		actor_stop(&actor);
	}
}

TEST_HARNESS_MAIN
