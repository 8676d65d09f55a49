// SPDX-License-Identifier: GPL-2.0-only
/*
 * A raised task and its own rights: being dumpable (DU-01), capset(2) (CB-02),
 * changes of user ids (TR-*), and what procfs shows of them.
 */
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "task_fixture.h"

#include <linux/capability.h>
#include <linux/io_uring.h>

#include "kselftest_harness.h"

/* A number of /proc/PID/attr/clip/task; -1 if it is not there. */
static long long attribute(pid_t pid, const char *key)
{
	char path[64], name[64];
	long long value, found = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/attr/clip/task", pid);
	file = fopen(path, "r");
	while (file && fscanf(file, "%63s %lli", name, &value) == 2)
		if (!strcmp(name, key))
			found = value;
	if (file)
		fclose(file);
	return found;
}

/* PC-04: the grants of a task are shown to all users, like its ids. */
TEST_F(task, attributes_in_procfs)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(0, attribute(self->raised.pid, "context"));
	EXPECT_EQ(CLIP_PRIV_IMMORTAL, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(CLIP_ENTRY_EXE, attribute(self->raised.pid, "entry_flags"));
	/* The task is raised, and its credentials were changed by exec. */
	EXPECT_EQ(3, attribute(self->raised.pid, "task_flags"));
	EXPECT_EQ(0, attribute(self->plain.pid, "privileges"));
	EXPECT_EQ(0, attribute(self->plain.pid, "task_flags"));
	EXPECT_EQ(0, attribute(self->plain.pid, "entry_flags"));
	/* The file cannot be written, and no other file is there. */
	EXPECT_NE(0, write_text("/proc/self/attr/clip/task", "x"));
	EXPECT_EQ(-1, open("/proc/self/attr/clip/current", O_RDONLY));
}

/*
 * EX-04, intent: privileges that seteuid sets aside are lost at the next exec.
 */
TEST_F(task, saved_privileges_do_not_survive_exec)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_NETLINK);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(0, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(CLIP_PRIV_NETLINK,
		  attribute(self->raised.pid, "saved_privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(CLIP_PRIV_NETLINK, attribute(self->raised.pid, "privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(0, attribute(self->raised.pid, "saved_privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(0, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(0, attribute(self->raised.pid, "entry_flags"));
}

/* ---------------------------------------------------------- their rights */

/* DU-01 */
TEST_F(task, dumpable)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 1"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 2"));
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 0"));
	EXPECT_EQ(0, ask(&self->plain, "setdumpable 0"));
	EXPECT_EQ(0, ask(&self->plain, "setdumpable 1"));
	EXPECT_EQ(1, ask(&self->plain, "getdumpable"));
	EXPECT_EQ(EINVAL, ask(&self->plain, "setdumpable 2"));
	/* FL-07: dropping everything does not make it plain. */
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 0 0"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 1"));
}

/* CB-02: a raised task may not fill I from the bounding set. */
TEST_F(task, capset)
{
	const uint64_t pcap = CAP(SETPCAP);

	LIST_AND_START(raised, A, USER_ID, pcap, 0, 0);
	EXPECT_EQ(EPERM, ask(&self->raised, "setcaps %ld %ld %lld", pcap, pcap,
			     BIND));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 2"));
	EXPECT_EQ(pcap, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "setcaps %ld %ld %ld", pcap, pcap,
			 pcap));
	EXPECT_EQ(pcap, ask(&self->raised, "getcaps 2"));
	/* It may keep the capabilities that are already in I. */
	EXPECT_EQ(0, ask(&self->raised, "setcaps 0 0 %ld", pcap));
	/* A plain task may, as on every Linux. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %ld %ld 0", pcap, pcap));
	EXPECT_EQ(0, ask(&self->root, "setcaps %ld %ld %lld", pcap, pcap,
			 BIND));
	EXPECT_EQ(BIND, ask(&self->root, "getcaps 2"));
}

/* TR-02: full departure; the task is plain afterwards. */
TEST_F(task, setuid_full_departure)
{
	LIST_AND_START(raised, A, 0, BIND, BIND, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 1"));
	/* A plain root keeps its I, as on every Linux. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	ASSERT_EQ(0, ask(&self->root, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(BIND, ask(&self->root, "getcaps 2"));
	EXPECT_EQ(0, ask(&self->root, "getcaps 1"));
}

/*
 * TR-03, TR-04: privileges are set aside while the effective id is not root's.
 */
TEST_F(task, setuid_there_and_back)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(ALL, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(0, self->root, self->raised);
	/* A task with privileges set aside is protected against tracing. */
	EXPECT_EQ(EPERM, ask(&self->root, "trace %d", self->raised.pid));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(ALL, ask(&self->raised, "getcaps 0"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	/* If all ids leave root meanwhile, the privileges are lost for good. */
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->root, "trace %d", self->raised.pid));
}

/* TR-02, PR-12 */
TEST_F(task, setuid_with_keeppriv)
{
	LIST_AND_START(raised, A, 0, 0, 0,
		       CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	/* TR-10: exec drops the privileges. */
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_SIGNAL(0, self->user, self->raised);
}

/* TR-05: with KEEPCAPS, P and CONTEXT stay, and privileges are set aside. */
TEST_F(task, setuid_with_keepcaps)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	LACK_MAC_ADMIN(self->root);
	LACK_MAC_ADMIN(self->raised);
	ASSERT_EQ(0, ask(&self->raised, "keepcaps 1"));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(ALL & ~CAP(MAC_ADMIN), ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	/*
	 * An actor that also has CONTEXT may signal it: it is no longer
	 * immortal.
	 */
	EXPECT_SIGNAL(0, self->other, self->raised);
}

/* CONTEXT follows the other capabilities. */
TEST_F(task, setuid_and_context_capability)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, 0);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	LACK_MAC_ADMIN(self->root);
	LACK_MAC_ADMIN(self->raised);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(0, self->other, self->raised);
	/*
	 * While its effective id is another one, its E is empty and it does not
	 * have enough.
	 */
	ASSERT_EQ(0, ask(&self->other, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(EPERM, ask(&self->other, "kill %d 0", self->raised.pid));
	ASSERT_EQ(0, ask(&self->other, "setids -1 0 -1"));
	EXPECT_SIGNAL(0, self->other, self->raised);
	/* A full departure from root drops CONTEXT from E, P and I. */
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_SIGNAL(0, self->root, self->raised);
	EXPECT_SIGNAL(0, self->user, self->raised);
}

/* TR-06 */
TEST_F(task, setuid_between_users)
{
	const uint64_t caps = CAP(SETUID) | BIND;

	LIST_AND_START(raised, A, USER_ID, caps, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, ask(&self->raised, "setids 1001 1001 1001"));
	EXPECT_EQ(caps, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(caps, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
}

/* A raised task does not switch the capability rules off; others may. */
TEST_F(task, securebits)
{
	LIST_AND_START(raised, A, 0, BIND, 0, 0);
	EXPECT_EQ(EPERM, ask(&self->raised, "securebits 4"));
	EXPECT_EQ(0, ask(&self->raised, "getsecurebits"));
	/* Not with other bits, and not with their locks either. */
	EXPECT_EQ(0, ask(&self->raised, "securebits 64"));
	EXPECT_EQ(EPERM, ask(&self->raised, "securebits %d", 64 | 4 | 8));
	EXPECT_EQ(EPERM, ask(&self->raised, "securebits %d", 1 | 4));
	EXPECT_EQ(64, ask(&self->raised, "getsecurebits"));
	EXPECT_EQ(0, ask(&self->raised, "securebits 0"));
	EXPECT_EQ(0, ask(&self->raised, "getsecurebits"));
	/* The rules apply. */
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->root, "securebits 4"));
	EXPECT_EQ(4, ask(&self->root, "getsecurebits"));
}

/* TR-07: if the bit was set before, it is ignored, and it can be kept. */
TEST_F(task, setuid_with_no_fixup)
{
	ASSERT_EQ(0, list(A, BIND, 0, CLIP_PRIV_IMMORTAL));
	ASSERT_EQ(0, actor_start(&self->raised, PLAIN, 0));
	ASSERT_EQ(0, ask(&self->raised, "securebits 4"));
	ASSERT_EQ(0, ask(&self->raised, "exec " A));
	EXPECT_EQ(4, ask(&self->raised, "getsecurebits"));
	EXPECT_EQ(0, ask(&self->raised, "securebits 4"));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(0, self->user, self->raised);
	ASSERT_EQ(0, ask(&self->root, "securebits 4"));
	ASSERT_EQ(0, ask(&self->root, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(ALL, ask(&self->root, "getcaps 1"));
}

/*
 * U-07: a ring with a polling thread acts with the rights of its making for as
 * long as it lives, so a raised task makes none. Other rings are served by
 * their caller.
 */
TEST_F(task, polled_ring)
{
	const long long before = refused(CLIP_REASON_PERMISSION);

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(EPERM, ask(&self->raised, "ring %d", IORING_SETUP_SQPOLL));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_PERMISSION));
	EXPECT_EQ(0, ask(&self->raised, "ring 0"));
	EXPECT_EQ(0, ask(&self->user, "ring %d", IORING_SETUP_SQPOLL));
	EXPECT_EQ(0, ask(&self->root, "ring %d", IORING_SETUP_SQPOLL));
	/* The privileges for the network alone raise no task. */
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_NETCLIENT);
	EXPECT_EQ(0, ask(&self->other, "ring %d", IORING_SETUP_SQPOLL));
}

TEST_HARNESS_MAIN
