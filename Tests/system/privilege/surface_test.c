// SPDX-License-Identifier: GPL-2.0-only
/*
 * The privileges that kernel.clip.require can ask for: IO_URING, BPF, USERNS,
 * PERF, USERFAULTFD, KEXEC, MODULE, KEYS, RAW, NFT. The first tests leave them
 * off; no later one can undo what another did.
 */
#include "actor.h"
#include "device.h"
#include "events.h"
#include "latch.h"
#include "log.h"
#include "surface_fixture.h"

#include <linux/netfilter/nf_tables.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

static const struct act acts[] = {
	{ CLIP_PRIV_IO_URING, "uring", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERFAULTFD, "uffd", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERFAULTFD, "uffddevice", 0, EACCES, EACCES, NULL },
	{ CLIP_PRIV_BPF, "bpfmap", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_BPF, "bpfload 3", 0, EPERM, 0, NULL },	/* SCHED_CLS */
	{ CLIP_PRIV_BPF, "bpfload 6", 0, EPERM, 0, NULL },	/* XDP */
	{ CLIP_PRIV_USERNS, "userns 0", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERNS, "userns 1", 0, 0, 0, NULL },
	{ CLIP_PRIV_PERF, "perf", 0, 0, 0, NULL },
	{ CLIP_PRIV_KEXEC, "kexec 1", 0, EPERM, EPERM, NULL },
	{ CLIP_PRIV_KEXEC, "kexec 0", 0, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "initmodule", ENOEXEC, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "finitmodule " DIR "/module", ENOEXEC, EPERM,
	  EPERM, NULL },
	{ CLIP_PRIV_MODULE, "finitmemfd", ENOEXEC, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "deletemodule 0", ENOENT, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "deletemodule 1", ENOENT, EPERM, EPERM, NULL },
	{ CLIP_PRIV_RAW, "socket 2 3 1", 0, EPERM, 0, NULL },	/* INET, RAW, ICMP */
	{ CLIP_PRIV_RAW, "socket 10 3 58", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_RAW, "socket 17 3 0", 0, EPERM, 0, NULL },	/* PACKET */
	{ CLIP_PRIV_RAW, "socket 17 2 0", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_RAW, "socket 2 10 0", 0, EPERM, 0, NULL },	/* SOCK_PACKET */
	{ CLIP_PRIV_NFT, "messages 0xa10", 0, ANSWERED + EPERM, 0,
	  "socket 16 3 12" },	/* GETGEN */
	/* BEGIN, NEWTABLE, END; this kernel has no family for a table. */
	{ CLIP_PRIV_NFT, "messages 0x10 0xa00 0x11", ANSWERED + EOPNOTSUPP,
	  ANSWERED + EPERM, 0, "socket 16 3 12" },
};

#define ACTS	(sizeof(acts) / sizeof(*acts))

/* What no latch of these may stand in the way of. */
static const struct act free_acts[] = {
	{ 0, "bpfload 1", 0, EPERM, 0, NULL },	/* SOCKET_FILTER */
	{ 0, "socket 2 1 0", 0, 0, 0, NULL },
	{ 0, "socket 2 2 1", 0, 0, 0, NULL },	/* ping */
	{ 0, "socket 1 3 0", 0, 0, 0, NULL },	/* RAW of AF_UNIX */
	{ 0, "socket 16 3 0", 0, 0, 0, NULL },
};

#define FREE_ACTS	(sizeof(free_acts) / sizeof(*free_acts))

#define EXPECT_FREE(path, act) do { \
	bool refused; \
	\
	EXPECT_EQ((act)->root, act_by(path, 0, act, &refused)) { \
		TH_LOG("%s, uid 0: %s", path, (act)->command); \
	} \
	EXPECT_FALSE(refused); \
	EXPECT_EQ((act)->user, act_by(path, USER_ID, act, &refused)) { \
		TH_LOG("%s, uid 1000: %s", path, (act)->command); \
	} \
	EXPECT_FALSE(refused); \
} while (0)

#define EXPECT_REFUSED(path, act) do { \
	bool refused; \
	\
	EXPECT_EQ(EPERM, act_by(path, 0, act, &refused)) { \
		TH_LOG("%s, uid 0: %s", path, (act)->command); \
	} \
	EXPECT_TRUE(refused); \
	EXPECT_EQ((act)->refused_user ?: EPERM, \
		  act_by(path, USER_ID, act, &refused)) { \
		TH_LOG("%s, uid 1000: %s", path, (act)->command); \
	} \
	EXPECT_EQ(!(act)->refused_user, refused); \
} while (0)

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, make_pairs());
}

FIXTURE_TEARDOWN(off)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(off, as_ever)
{
	ASSERT_EQ(0, required());
	EXPECT_EQ(0, status_value("privileges_required"));
	for (size_t i = 0; i < ACTS; i++)
		EXPECT_FREE(DIR "/none", &acts[i]);
	for (size_t i = 0; i < FREE_ACTS; i++)
		EXPECT_FREE(DIR "/none", &free_acts[i]);
}

/* SY-02, SY-04: one bit stays, and asks for its privilege and no other. */
TEST_F(off, one_bit)
{
	EXPECT_EQ(EINVAL, set_latch("require", "1"));
	EXPECT_EQ(EINVAL, require(ALL_NEW + 1));
	EXPECT_EQ(EINVAL, require(CLIP_PRIV_PERF | CLIP_PRIV_UNSHARE));
	EXPECT_EQ(EINVAL, set_latch("require", "perf"));
	EXPECT_EQ(0, required());
	ASSERT_EQ(0, require(CLIP_PRIV_PERF));
	EXPECT_EQ(CLIP_PRIV_PERF, required());
	EXPECT_EQ(CLIP_PRIV_PERF, status_value("privileges_required"));
	for (size_t i = 0; i < ACTS; i++) {
		if (acts[i].privilege == CLIP_PRIV_PERF)
			EXPECT_REFUSED(DIR "/none", &acts[i]);
		else
			EXPECT_FREE(DIR "/none", &acts[i]);
	}
	ASSERT_EQ(0, require(CLIP_PRIV_BPF));
	EXPECT_EQ(CLIP_PRIV_PERF | CLIP_PRIV_BPF, required());
	ASSERT_EQ(0, require(0));
	EXPECT_EQ(CLIP_PRIV_PERF | CLIP_PRIV_BPF, required());
	EXPECT_EQ(0600, ({
		struct stat st;

		stat(LATCHES "require", &st);
		st.st_mode & 0777;
	}));
}

/* With its privilege and no other; with all others; without an entry. */
TEST_F(surface, four_cells)
{
	char path[64];

	for (size_t i = 0; i < ACTS; i++) {
		const uint64_t privilege = acts[i].privilege;

		EXPECT_FREE(path_of(path, "only", privilege), &acts[i]);
		EXPECT_REFUSED(path_of(path, "others", privilege), &acts[i]);
		EXPECT_REFUSED(DIR "/none", &acts[i]);
	}
}

TEST_F(surface, what_nobody_needs_a_privilege_for)
{
	for (size_t i = 0; i < FREE_ACTS; i++)
		EXPECT_FREE(DIR "/none", &free_acts[i]);
}

/* One message of nf_tables refuses the datagram, wherever it stands. */
TEST_F(surface, every_message_counts)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", 0));
	ASSERT_EQ(0, ask(&actor, "socket 16 3 12"));
	/* Two subsystems that this kernel does not have. */
	EXPECT_EQ(ANSWERED + EINVAL, ask(&actor, "messages 0x500"));
	EXPECT_EQ(EPERM, ask(&actor, "messages 0xb00"));
	EXPECT_EQ(EPERM, ask(&actor, "messages 0x500 %d",
			     NFT(NFT_MSG_GETTABLE)));
	EXPECT_EQ(EAGAIN, ask(&actor, "recv"));
	EXPECT_EQ(EPERM, ask(&actor, "messages 0x10 %d 0x11",
			     NFT(NFT_MSG_NEWTABLE)));
	EXPECT_EQ(EPERM, ask(&actor, "messages 0x10"));
	EXPECT_EQ(EAGAIN, ask(&actor, "recv"));
	actor_stop(&actor);
}

static int refused_perf(void *data)
{
	return ask(data, "perf");
}

static int refused_raw(void *data)
{
	return ask(data, "socket 17 3 0");
}

TEST_F(surface, refusals_are_logged)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/none", USER_ID));
	EXPECT_TRUE(logged(refused_perf, &actor,
			   "clip: refused perf_event_open: reason=40 (no-privilege) needs=p pid=",
			   " uid=1000 comm=\"none\""));
	EXPECT_TRUE(logged(refused_raw, &actor,
			   "operation=create family=17 needs=w pid=",
			   " uid=1000 "));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
