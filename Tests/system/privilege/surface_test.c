// SPDX-License-Identifier: GPL-2.0-only
/*
 * The privileges that kernel.clip.require can require: IO_URING, BPF, USERNS,
 * PERF, USERFAULTFD, KEXEC, MODULE, KEYS, RAW, NFT, with all of them required.
 */
#include "actor.h"
#include "device.h"
#include "events.h"
#include "latch.h"
#include "log.h"
#include "surface_fixture.h"

#include <linux/netfilter/nf_tables.h>

#include "kselftest_harness.h"

/* Each act with its privilege alone, with all others, and without an entry. */
TEST_F(surface, each_act_needs_its_privilege)
{
	char path[64];

	for (size_t i = 0; i < ACTS; i++) {
		const uint64_t privilege = acts[i].privilege;

		EXPECT_FREE(path_of(path, "only", privilege), &acts[i]);
		EXPECT_REFUSED(path_of(path, "others", privilege), &acts[i]);
		EXPECT_REFUSED(DIR "/none", &acts[i]);
	}
}

TEST_F(surface, other_acts_stay_free)
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
