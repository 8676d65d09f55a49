// SPDX-License-Identifier: GPL-2.0-only
/*
 * The privileges that kernel.clip.require can ask for: IO_URING, BPF, USERNS,
 * PERF, USERFAULTFD, KEXEC, MODULE, KEYS, RAW, NFT. The first test leaves them
 * off; no later one can undo what another did.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "digest.h"
#include "events.h"
#include "files.h"
#include "holders.h"
#include "image.h"
#include "latch.h"
#include "log.h"

#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/gateactor"
#define DIR	"/tmp/gates"
#define OTHER	(USER_ID + 1)
#define ANSWERED	1000	/* as in gateactor.c */
#define NFT(message)	(NFNL_SUBSYS_NFTABLES << 8 | (message))

#define ALL_NEW \
	(CLIP_PRIV_IO_URING | CLIP_PRIV_BPF | CLIP_PRIV_USERNS | \
	 CLIP_PRIV_PERF | CLIP_PRIV_USERFAULTFD | CLIP_PRIV_KEXEC | \
	 CLIP_PRIV_MODULE | CLIP_PRIV_KEYS | CLIP_PRIV_RAW | CLIP_PRIV_NFT)

/* "only" holds the one privilege of the act, "others" every other one. */
struct act {
	uint64_t privilege;
	const char *command;
	long root, user;	/* without the latch, or with the privilege */
	long refused_user;	/* without it, by Linux, before the hook; or 0 */
	const char *first;	/* another command that comes before, or NULL */
};

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

static uint8_t no_module[256] = "no module";

HOLDERS_RUN(PROGRAM)

static const char *path_of(char path[64], const char *kind, uint64_t privilege)
{
	snprintf(path, 64, DIR "/%s%d", kind, __builtin_ctzll(privilege));
	return path;
}

static int make_pair(uint64_t privilege)
{
	char only[64], others[64];
	const struct holder with = {
		.path = path_of(only, "only", privilege),
		.privileges = privilege,
	};
	const struct holder without = {
		.path = path_of(others, "others", privilege),
		.privileges = ALL_BUT(privilege),
	};

	return make_holder(&with) ?: make_holder(&without);
}

static int write_module(const char *path, const void *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int bad = fd < 0 || write(fd, bytes, sizeof(no_module)) < 0;

	close(fd);
	return bad ? errno : 0;
}

static int setup(void)
{
	const struct holder none = { .path = DIR "/none", .unlisted = true };
	int err = private_tmpfs(DIR, 0) ?: make_exchange();

	err = err ?: write_text("/proc/sys/net/ipv4/ping_group_range",
				"0 2147483647");
	err = err ?: make_holder(&none);
	for (int bit = 0; bit < 64 && !err; bit++)
		if (ALL_NEW & 1ULL << bit)
			err = make_pair(1ULL << bit);
	return err ?: write_module(DIR "/module", no_module);
}

static uint64_t required(void)
{
	char text[64] = "";
	int fd = open(LATCHES "require", O_RDONLY | O_CLOEXEC);
	int bad = fd < 0 || read(fd, text, sizeof(text) - 1) <= 0;

	close(fd);
	return bad ? ~0ULL : strtoull(text, NULL, 16);
}

static int require(uint64_t privileges)
{
	char text[32];

	snprintf(text, sizeof(text), "%#llx\n", (long long)privileges);
	return set_latch("require", text);
}

static long refusals(void)
{
	return status_value("refused.no-privilege");
}

/* The answer, and whether clip refused it. */
static long act_by(const char *path, uid_t uid, const struct act *act,
		   bool *refused)
{
	const long before = refusals();
	struct actor actor;
	long got = actor_start(&actor, path, uid);

	if (got)
		return -got;
	if (act->first && ask(&actor, "%s", act->first))
		got = NO_ANSWER;
	else
		got = ask(&actor, "%s", act->command);
	actor_stop(&actor);
	*refused = refusals() != before;
	return got;
}

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
	ASSERT_EQ(0, setup());
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

FIXTURE(gates) {};

FIXTURE_SETUP(gates)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, require(ALL_NEW));
	ASSERT_EQ(ALL_NEW, required());
}

FIXTURE_TEARDOWN(gates)
{
	umount2(DIR, MNT_DETACH);
}

/* With its privilege and no other; with all others; without an entry. */
TEST_F(gates, four_cells)
{
	char path[64];

	for (size_t i = 0; i < ACTS; i++) {
		const uint64_t privilege = acts[i].privilege;

		EXPECT_FREE(path_of(path, "only", privilege), &acts[i]);
		EXPECT_REFUSED(path_of(path, "others", privilege), &acts[i]);
		EXPECT_REFUSED(DIR "/none", &acts[i]);
	}
}

TEST_F(gates, what_nobody_needs_a_privilege_for)
{
	for (size_t i = 0; i < FREE_ACTS; i++)
		EXPECT_FREE(DIR "/none", &free_acts[i]);
}

/* A map, with what is in it, is no use to whoever it was handed to. */
TEST_F(gates, bpf_handed_over)
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
	/* A filter for sockets, but by a token. */
	EXPECT_EQ(EPERM, ask(&actor, "bpfload 1 0x10000"));
	actor_stop(&actor);
	actor_stop(&maker);
}

TEST_F(gates, perf_handed_over)
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

/* Linux lets no ring through a socket; and across exec it would be closed. */
TEST_F(gates, uring_handed_over)
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

/* A refusal loads nothing, and takes away nothing that is loaded. */
TEST_F(gates, kexec)
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

#define HELPER	"/run/clip-gates-helper"
#define ASKED	"/run/clip-gates-asked"

static int set_modprobe(const char *path)
{
	return write_text("/proc/sys/kernel/modprobe", path);
}

/* Did the kernel run its helper for this, and what did the caller get? */
static long request(const char *path, uid_t uid, const char *command,
		    bool *asked)
{
	const struct act act = { .command = command };
	bool refused;
	long got;

	unlink(ASKED);
	got = act_by(path, uid, &act, &refused);
	*asked = !access(ASKED, F_OK);
	return got;
}

/* The kernel asks for modules on behalf of whoever needs them. */
TEST_F(gates, module_requests)
{
	static const struct {
		const char *command;
		uid_t uid;
		long error;
	} requests[] = {
		{ "socket 9 5 0", 0, EAFNOSUPPORT },
		{ "socket 9 5 0", USER_ID, EAFNOSUPPORT },
		{ "mount nosuchfs", 0, ENODEV },
	};
	static const char script[] = "#!/bin/sh\n: >" ASKED "\n";
	char only[64], others[64];
	bool asked;
	int fd = open(HELPER, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(script) - 1, write(fd, script, sizeof(script) - 1));
	close(fd);
	ASSERT_EQ(0, set_modprobe(HELPER));
	path_of(only, "only", CLIP_PRIV_MODULE);
	path_of(others, "others", CLIP_PRIV_MODULE);
	for (size_t i = 0; i < 3; i++) {
		const uid_t uid = requests[i].uid;
		const char *command = requests[i].command;

		EXPECT_EQ(requests[i].error,
			  request(only, uid, command, &asked));
		EXPECT_TRUE(asked) {
			TH_LOG("%s, uid %u", command, uid);
		}
		EXPECT_EQ(requests[i].error,
			  request(others, uid, command, &asked));
		EXPECT_FALSE(asked) {
			TH_LOG("%s, uid %u", command, uid);
		}
		EXPECT_EQ(requests[i].error,
			  request(DIR "/none", uid, command, &asked));
		EXPECT_FALSE(asked);
	}
	set_modprobe("/sbin/modprobe");
	unlink(HELPER);
	unlink(ASKED);
}

static int list_module(const char *path)
{
	struct rule rule = {
		.path = path, .flags = CLIP_ENTRY_LIB,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};

	return sha256_file(path, rule.digest) ?: load(&rule);
}

/* A listed module matches its entry, or is not loaded; PR of its loader aside. */
TEST_F(gates, modules_and_entries)
{
	const struct act listed = { .command = "finitmodule " DIR "/listed" };
	const struct act copy = { .command = "finitmodule " DIR "/copy" };
	const struct act memory = { .command = "initmodule" };
	const struct act memfd = { .command = "finitmemfd" };
	uint8_t other[sizeof(no_module)] = "another one";
	bool refused;
	char path[64];

	path_of(path, "only", CLIP_PRIV_MODULE);
	ASSERT_EQ(0, write_module(DIR "/listed", no_module));
	ASSERT_EQ(0, write_module(DIR "/copy", no_module));
	ASSERT_EQ(0, list_module(DIR "/listed"));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EPERM, act_by(DIR "/none", 0, &listed, &refused));
	ASSERT_EQ(0, write_module(DIR "/listed", other));
	EXPECT_EQ(EACCES, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &copy, &refused));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &memory, &refused));

	/* From here on what is not listed is not loaded. */
	ASSERT_EQ(0, latch("listed_modules"));
	ASSERT_EQ(0, set_latch("listed_modules", "1"));
	EXPECT_EQ(1, latch("listed_modules"));
	EXPECT_EQ(EACCES, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &copy, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &memory, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &memfd, &refused));
	EXPECT_EQ(EPERM, act_by(DIR "/none", 0, &copy, &refused));
	ASSERT_EQ(0, write_module(DIR "/listed", no_module));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EPERM, act_by(path, USER_ID, &listed, &refused));
	ASSERT_EQ(0, list_module(DIR "/copy"));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &copy, &refused));
	ASSERT_EQ(0, set_latch("listed_modules", "0"));
	EXPECT_EQ(1, latch("listed_modules"));
}

/* A key that its owner opened to all; nobody's but with KEYS. */
TEST_F(gates, keys)
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
			/* Taking rights away is a use, too. */
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

/* Whoever has a socket is judged at each use, as for the other privileges. */
TEST_F(gates, raw_handed_over)
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
TEST_F(gates, raw_by_uring)
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

/* One message of nf_tables refuses the datagram, wherever it stands. */
TEST_F(gates, every_message_counts)
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

TEST_F(gates, refusals_are_logged)
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
