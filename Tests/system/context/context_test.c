// SPDX-License-Identifier: GPL-2.0-only
/*
 * Administration of contexts: who may make, narrow, delete, read and lock them,
 * and change their entries (CX-*, ADM-01, ADM-04, ID-01 to ID-03, ID-08, ID-10
 * to ID-12, WAT-06, WAT-07).
 *
 * Every request is made by a program of its own, executed as this caller or
 * that. What a refusal must not change is compared as text.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/context"
#define PLAIN	DIR "/plain"	/* admin, not listed */
#define FULL	DIR "/full"	/* listed: V, CONTEXT and SYS_ADMIN */
#define BARE	DIR "/bare"	/* listed: V */
#define INSIDE	DIR "/inside"	/* listed in A: all that FULL has */
#define FILE_1	DIR "/file1"	/* what is loaded and unloaded */
#define FILE_2	DIR "/file2"
#define A	2001
#define B	2002
#define SEALED	2090
#define NOBODY	2999	/* a number that no context has */
#define OWN	CLIP_CONTEXT_OWN
#define NONE	CLIP_REASON_NONE

/* Context 0 may lose this one for good, in the test of narrowing it. */
#define PRIVS	(CLIP_PRIV_ALL & ~CLIP_PRIV_PREINIT)
#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)

FIXTURE(context)
{
	int a, b, watch;	/* descriptors of contexts */
	struct who root, full, bare, in_a, in_b, in_watch;
};

static struct clip_context_args get(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	if (context_call(CLIP_IOC_CONTEXT_GET, &args))
		memset(&args, 0xee, sizeof(args));
	return args;
}

FIXTURE_SETUP(context)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ADMIN, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(PROBE, FILE_1, 0755));
	ASSERT_EQ(0, copy_file(PROBE, FILE_2, 0755));
	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, admin_list(BARE, 0, 0, CLIP_PRIV_VERICTL));
	self->a = confined_create(A, 0, ALL_CAPS, PRIVS);
	self->b = confined_create(B, 0, ALL_CAPS, PRIVS);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
	ASSERT_EQ(0, admin_list(INSIDE, A, POLICY, CLIP_PRIV_VERICTL));
	self->root = (struct who) { PLAIN, -1, NULL };
	self->full = (struct who) { FULL, -1, NULL };
	self->bare = (struct who) { BARE, -1, without_mac_admin };
	self->in_a = (struct who) { PLAIN, self->a, NULL };
	self->in_b = (struct who) { PLAIN, self->b, NULL };
	self->in_watch = (struct who) { PLAIN, self->watch, NULL };
}

FIXTURE_TEARDOWN(context)
{
	const uint32_t level = get(0).level;

	/* Back to how the kernel is at boot; or no other test could be. */
	if (level & CLIP_LEVEL_ACTIVE)
		EXPECT_DONE(tell_level(&self->full, 0, 0));
	else if (level)
		EXPECT_EQ(0, set_level(0, 0));
	confined_delete(A);
	confined_delete(B);
	close(self->a);
	close(self->b);
	close(self->watch);
	umount2(DIR, MNT_DETACH);
}

#define ACTIVATE(xid)	ASSERT_EQ(0, set_level(xid, CLIP_LEVEL_ACTIVE))

/* ------------------------------------------------------------- existence */

/* CX-01, CX-03 */
TEST_F(context, those_of_boot)
{
	const struct clip_context_args admin = get(CLIP_CONTEXT_ADMIN);
	const struct clip_context_args watch = get(CLIP_CONTEXT_WATCH);
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	EXPECT_TRUE(info.features & CLIP_FEATURE_CONTEXTS);
	EXPECT_EQ(0, admin.level);
	EXPECT_EQ(info.capabilities, admin.cap_bound);
	EXPECT_EQ(PRIVS, admin.priv_bound & PRIVS);
	EXPECT_EQ(0, watch.level);
	/* Reading, and nothing else; no privilege at all. */
	EXPECT_EQ(1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_SYS_PTRACE |
		  1ULL << CAP_SYSLOG, watch.cap_bound);
	EXPECT_EQ(0, watch.priv_bound);
	EXPECT_NE(admin.serial, watch.serial);
	EXPECT_EQ(0, info.context);
}

/* CX-15: what is asked for is what there is. */
TEST_F(context, create)
{
	static const uint32_t numbers[] = { 2, 65536, 4294967294U };
	struct clip_context_args args, seen;
	struct clip_info before, after;
	uint64_t last = get(B).serial;
	int fd;

	for (int i = 0; i < 3; i++) {
		args = (struct clip_context_args) {
			.xid = numbers[i],
			.level = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_LVL_IMMUTABLE,
			.cap_bound = BIND | 1ULL << CLIP_CAP_CONTEXT,
			.priv_bound = CLIP_PRIV_NETCLIENT,
		};
		ASSERT_EQ(0, get_info(&before));
		fd = context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
		ASSERT_LE(0, fd);
		EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
		/* A serial is never given again. */
		EXPECT_LT(last, args.serial);
		last = args.serial;
		seen = get(numbers[i]);
		EXPECT_EQ(args.xid, seen.xid);
		EXPECT_EQ(args.level, seen.level);
		EXPECT_EQ(args.cap_bound, seen.cap_bound);
		EXPECT_EQ(args.priv_bound, seen.priv_bound);
		EXPECT_EQ(args.serial, seen.serial);
		EXPECT_EQ(0, seen.entries);
		EXPECT_EQ(0, seen.digests);
		ASSERT_EQ(0, get_info(&after));
		EXPECT_EQ(before.contexts + 1, after.contexts);
		EXPECT_EQ(before.generation, after.generation);
		/* ID-03, differently: its maker has the way in, and stays. */
		EXPECT_EQ(0, after.context);
		EXPECT_EQ(0, close(fd));
		/* ID-16: it is there whether somebody is in it or not. */
		EXPECT_EQ(args.serial, get(numbers[i]).serial);
		EXPECT_EQ(0, confined_delete(numbers[i]));
		ASSERT_EQ(0, get_info(&after));
		EXPECT_EQ(before.contexts, after.contexts);
	}
}

/* CX-15, ID-01, ID-02, ID-09 */
TEST_F(context, create_refused)
{
	const struct who *root = &self->root;

	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       tell_xid(root, "create", CLIP_CONTEXT_ADMIN));
	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       tell_xid(root, "create", CLIP_CONTEXT_WATCH));
	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       tell_xid(root, "create", A));
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "create", OWN));
	/* Bits that mean nothing, of the level and of the two bounds. */
	EXPECT_REFUSED(EINVAL, CLIP_REASON_BAD_LEVEL, CLIP_REASON_BAD_LEVEL,
		       tell(root, "create", word(NOBODY), "2", NULL));
	EXPECT_REFUSED(EINVAL, CLIP_REASON_BAD_LEVEL, CLIP_REASON_BAD_LEVEL,
		       tell(root, "create", word(NOBODY), "0x10001", NULL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       tell_bounds(root, "create", NOBODY, 1ULL << 62, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       tell_bounds(root, "create", NOBODY, BIND, 1ULL << 40));
	EXPECT_DONE(tell_bounds(root, "create", NOBODY, BIND, 0));
	EXPECT_EQ(0, confined_delete(NOBODY));
}

/* CX-17 */
TEST_F(context, delete)
{
	const struct who *root = &self->root;
	struct clip_info before, after;

	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "delete", 0));
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "delete", 1));
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "delete", OWN));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_xid(root, "delete", NOBODY));

	ASSERT_EQ(0, tell_file(root, "add", A, FILE_1).err);
	ASSERT_EQ(0, tell_file(root, "add", A, FILE_2).err);
	ASSERT_EQ(0, tell_file(root, "add", B, FILE_1).err);
	ASSERT_EQ(3, get(A).entries);	/* and INSIDE */
	ASSERT_EQ(0, get_info(&before));
	EXPECT_DONE(tell_xid(root, "delete", A));
	ASSERT_EQ(0, get_info(&after));
	EXPECT_EQ(before.contexts - 1, after.contexts);
	EXPECT_EQ(before.entries - 3, after.entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(-1, status_value("context.2001.entries"));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_xid(root, "delete", A));
}

/* ADM-04, CX-15, CX-17: no contexts come, none go. */
TEST_F(context, ctx_immutable)
{
	const struct who *root = &self->root;

	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_CTX_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(root, "create", NOBODY));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(root, "delete", A));
	/* Said of context 0 only; and nothing else is meant by it. */
	EXPECT_DONE(tell_bounds(root, "narrow", A, BIND, 0));
	EXPECT_DONE(tell_file(root, "add", A, FILE_1));
	EXPECT_DONE(tell_xid(root, "open", A));
	ASSERT_EQ(0, set_level(0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_CTX_IMMUTABLE));
	EXPECT_DONE(tell_xid(root, "create", NOBODY));
	EXPECT_DONE(tell_xid(root, "delete", NOBODY));
	EXPECT_DONE(tell_xid(root, "delete", A));
}

/* CX-16, ID-11: bounds are cut and never grow; the level is ignored. */
TEST_F(context, narrow)
{
	const struct who *root = &self->root;
	struct clip_context_args args = {
		.xid = A, .level = CLIP_LEVEL_ACTIVE, .cap_bound = BIND | KILL,
		.priv_bound = CLIP_PRIV_NETCLIENT | CLIP_PRIV_SIGUSR,
	};

	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, args.level);
	EXPECT_EQ(0, get(A).level);
	EXPECT_EQ(BIND | KILL, get(A).cap_bound);
	EXPECT_EQ(CLIP_PRIV_NETCLIENT | CLIP_PRIV_SIGUSR, get(A).priv_bound);
	args.cap_bound = RAW | KILL;
	args.priv_bound = ~0ULL;
	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(KILL, args.cap_bound);
	EXPECT_EQ(CLIP_PRIV_NETCLIENT | CLIP_PRIV_SIGUSR, args.priv_bound);
	EXPECT_EQ(KILL, get(A).cap_bound);
	/* Each context has its own. */
	EXPECT_EQ(ALL_CAPS, get(B).cap_bound);

	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_bounds(root, "narrow", NOBODY, 0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_CTXSET_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_bounds(root, "narrow", A, 0, 0));
	EXPECT_DONE(tell_bounds(root, "narrow", B, 0, 0));
	ASSERT_EQ(0, set_level(A, 0));
	EXPECT_DONE(tell_bounds(root, "narrow", A, 0, 0));
	EXPECT_EQ(0, get(A).cap_bound);
}

/* ---------------------------------------------------------------- levels */

/* CX-04, CX-06, ID-12 */
TEST_F(context, level_bits)
{
	const struct who *root = &self->root;
	struct clip_context_args args = { .xid = A };
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	for (int bit = 0; bit < 32; bit++) {
		const uint32_t level = 1U << bit;

		if (level & (CLIP_LEVEL_LVL_IMMUTABLE | CLIP_LEVEL_SEAL))
			continue;
		if (!(level & info.levels_enforced)) {
			EXPECT_REFUSED(EINVAL, CLIP_REASON_BAD_LEVEL,
				       CLIP_REASON_BAD_LEVEL,
				       tell_level(root, A, level));
			continue;
		}
		/* Replaced: the bit before is gone. */
		EXPECT_DONE(tell_level(root, A, level));
		EXPECT_EQ(level, get(A).level);
	}
	/* Bits come and do not go; and that is a success. */
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_LVL_IMMUTABLE));
	args.level = CLIP_LEVEL_SELF_IMMUTABLE;
	ASSERT_EQ(0, context_call(CLIP_IOC_SET_LEVEL, &args));
	EXPECT_EQ(CLIP_LEVEL_LVL_IMMUTABLE | CLIP_LEVEL_SELF_IMMUTABLE,
		  args.level);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(CLIP_LEVEL_LVL_IMMUTABLE | CLIP_LEVEL_SELF_IMMUTABLE |
		  CLIP_LEVEL_ACTIVE, get(A).level);
	if (info.levels_enforced & CLIP_LEVEL_PERMISSIVE)
		EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
			       CLIP_REASON_IMMUTABLE,
			       tell_level(root, A, CLIP_LEVEL_PERMISSIVE));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_level(root, NOBODY, 0));
}

/* Final is final, and the context stays, until the next boot. */
TEST_F(context, seal)
{
	const struct who *root = &self->root;
	const int fd = confined_create(SEALED, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, tell_file(root, "add", SEALED, FILE_1).err);
	EXPECT_DONE(tell_level(root, SEALED, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_SEAL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_level(root, SEALED, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_file(root, "add", SEALED, FILE_2));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_file(root, "remove", SEALED, FILE_1));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(root, "delete", SEALED));
	EXPECT_EQ(1, get(SEALED).entries);
	/* Another context is none of its business. */
	EXPECT_DONE(tell_file(root, "add", A, FILE_2));
	EXPECT_DONE(tell_xid(root, "delete", A));
	close(fd);
}

/* CX-07 */
TEST_F(context, who_sets_levels)
{
	const struct who no_mac = { PLAIN, -1, without_mac_admin };

	EXPECT_DONE(tell_level(&self->root, A, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(tell_level(&self->root, 0, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(tell_level(&self->root, OWN, 0));	/* CX-20 */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&no_mac, 0, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&no_mac, A, CLIP_LEVEL_ACTIVE));
	/* Nobody learns by this what contexts there are. */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&no_mac, NOBODY, CLIP_LEVEL_ACTIVE));
	/* ID-10, WAT-06: neither one's own from inside, nor another. */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->in_a, A, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->in_a, OWN, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->in_b, A, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->in_watch, A, CLIP_LEVEL_ACTIVE));

	ACTIVATE(0);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->root, A, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->root, 0, 0));
	EXPECT_DONE(tell_level(&self->full, A, 0));
	EXPECT_DONE(tell_level(&self->full, 0, CLIP_LEVEL_ACTIVE));
	/* Without CONTEXT: one's own. */
	EXPECT_DONE(tell_level(&self->bare, 0, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&self->bare, A, CLIP_LEVEL_ACTIVE));
}

/* CX-08, WAT-07 */
TEST_F(context, who_reads_levels)
{
	const struct who no_context = { PLAIN, -1, without_mac_admin };

	EXPECT_DONE(tell_xid(&self->root, "get", A));
	EXPECT_DONE(tell_xid(&self->root, "get", 0));
	EXPECT_DONE(tell_xid(&no_context, "get", 0));
	EXPECT_DONE(tell_xid(&no_context, "get", OWN));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_xid(&no_context, "get", A));
	EXPECT_DONE(tell_xid(&self->in_a, "get", A));
	EXPECT_DONE(tell_xid(&self->in_a, "get", OWN));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_xid(&self->in_a, "get", B));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_xid(&self->in_a, "get", 0));
	EXPECT_DONE(tell_xid(&self->in_watch, "get", A));
	EXPECT_DONE(tell_xid(&self->in_watch, "get", 0));
	/* Asked first, as it always was. */
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, NONE,
		       tell_xid(&self->in_a, "get", NOBODY));
	/* It never takes VERICTL. */
	ACTIVATE(0);
	EXPECT_DONE(tell_xid(&self->root, "get", A));
}

/* ------------------------------------------------- who makes and deletes */

struct request {
	const char *name;
	uint32_t xid;
};

static const struct request makers[] = {
	{ "create", NOBODY }, { "open", A }, { "narrow", A }, { "delete", A },
	{ "update", NOBODY },
};

#define EXPECT_NO_MAKER(who) do { \
	for (size_t i_ = 0; i_ < ARRAY_SIZE(makers); i_++) \
		EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, \
			       CLIP_REASON_PERMISSION, \
			       tell_xid(who, makers[i_].name, \
					makers[i_].xid)); \
} while (0)

#define EXPECT_MAKER(who) do { \
	EXPECT_DONE(tell_xid(who, "create", NOBODY)); \
	EXPECT_DONE(tell_xid(who, "open", NOBODY)); \
	EXPECT_DONE(tell_bounds(who, "narrow", NOBODY, 0, 0)); \
	EXPECT_DONE(tell_xid(who, "delete", NOBODY)); \
} while (0)

/* CX-14, ADM-01, while context 0 is inactive. */
TEST_F(context, who_makes_while_inactive)
{
	const struct who no_mac = { PLAIN, -1, without_mac_admin };
	const struct who no_sys = { PLAIN, -1, without_sys_admin };
	struct clip_context_args args = { .xid = NOBODY };
	int device = device_open();
	pid_t pid;
	int status;

	EXPECT_MAKER(&self->root);
	EXPECT_NO_MAKER(&no_mac);
	EXPECT_NO_MAKER(&no_sys);
	/* ID-10, WAT-06 */
	EXPECT_NO_MAKER(&self->in_a);
	EXPECT_NO_MAKER(&self->in_watch);

	/* An ordinary user, and root of a user namespace, with the device. */
	pid = fork();
	if (pid == 0) {
		args.size = sizeof(args);
		if (unshare(CLONE_NEWUSER) ||
		    ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args) >= 0 ||
		    errno != EPERM || args.reason != CLIP_REASON_PERMISSION)
			_exit(1);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	pid = fork();
	if (pid == 0) {
		args.size = sizeof(args);
		if (setgid(USER_ID) || setuid(USER_ID) ||
		    ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args) >= 0 ||
		    errno != EPERM)
			_exit(1);
		/* But his own context, 0, is no secret to him (CX-08). */
		args.xid = CLIP_CONTEXT_OWN;
		_exit(ioctl(device, CLIP_IOC_CONTEXT_GET, &args) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	close(device);
}

/* CX-14, ADM-01, while it is active. */
TEST_F(context, who_makes_while_active)
{
	const struct who no_sys = { FULL, -1, without_sys_admin };
	const struct who listed_in_a = { INSIDE, self->a, NULL };

	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	ACTIVATE(0);
	EXPECT_NO_MAKER(&self->root);
	EXPECT_NO_MAKER(&self->bare);
	EXPECT_NO_MAKER(&no_sys);
	EXPECT_NO_MAKER(&listed_in_a);
	EXPECT_NO_MAKER(&self->in_b);
	EXPECT_MAKER(&self->full);
}

/* ------------------------------------------------------------- entries */

#define EXPECT_LOADS(who, xid) do { \
	EXPECT_DONE(tell_file(who, "add", xid, FILE_1)); \
	EXPECT_DONE(tell_file(who, "remove", xid, FILE_1)); \
} while (0)

/* Refused as a whole, before the image is looked at. */
#define EXPECT_NO_LOADER(who, xid) do { \
	EXPECT_REFUSED(EPERM, NONE, CLIP_REASON_PERMISSION, \
		       tell_file(who, "add", xid, FILE_1)); \
	EXPECT_REFUSED(EPERM, NONE, CLIP_REASON_PERMISSION, \
		       tell_file(who, "replace", xid, FILE_1)); \
} while (0)

/* A loader, but not of this context. */
#define EXPECT_NOT_INTO(who, xid) do { \
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION, \
		       tell_file(who, "add", xid, FILE_1)); \
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION, \
		       tell_file(who, "remove", xid, FILE_2)); \
} while (0)

/* CX-09, CX-10, CX-11, CX-20 */
TEST_F(context, who_loads_while_inactive)
{
	const struct who no_mac = { PLAIN, -1, without_mac_admin };
	const struct who no_mac_in_a = { PLAIN, self->a, without_mac_admin };

	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, tell_file(&self->root, "add", B, FILE_2).err);
	EXPECT_LOADS(&self->root, 0);
	EXPECT_LOADS(&self->root, OWN);
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&no_mac, 0);
	EXPECT_NO_LOADER(&no_mac, A);
	/* The context itself, and no other; nor may it learn of one. */
	EXPECT_LOADS(&self->in_a, A);
	EXPECT_LOADS(&self->in_a, OWN);
	EXPECT_NOT_INTO(&self->in_a, B);
	EXPECT_NOT_INTO(&self->in_a, 0);
	EXPECT_NOT_INTO(&self->in_a, NOBODY);
	EXPECT_NO_LOADER(&no_mac_in_a, A);
	EXPECT_NO_LOADER(&self->in_watch, A);
	EXPECT_NO_LOADER(&self->in_watch, 1);
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_file(&self->root, "add", NOBODY, FILE_1));
	EXPECT_DONE(tell_file(&self->in_a, "add", OWN, FILE_1));
	EXPECT_EQ(3, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
}

/* PR-02 */
TEST_F(context, who_loads_while_active)
{
	const struct who listed_in_a = { INSIDE, self->a, NULL };

	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, tell_file(&self->root, "add", B, FILE_2).err);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	/* The caller's own context counts: 0 is inactive still, A is not. */
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&self->in_a, A);
	EXPECT_LOADS(&listed_in_a, A);
	EXPECT_NOT_INTO(&listed_in_a, B);
	EXPECT_NOT_INTO(&listed_in_a, 0);
	ACTIVATE(0);
	EXPECT_NO_LOADER(&self->root, 0);
	EXPECT_NO_LOADER(&self->root, A);
	EXPECT_LOADS(&self->full, 0);
	EXPECT_LOADS(&self->full, A);
	/* V and no CONTEXT */
	EXPECT_LOADS(&self->bare, 0);
	EXPECT_NOT_INTO(&self->bare, B);
	EXPECT_LOADS(&self->in_b, B);
}

/* CX-10: enforce_inherit, of the caller's own context. */
TEST_F(context, enforce_inherit)
{
	const struct who heir = { PLAIN, -1, with_fsetid };
	const struct who heir_in_a = { PLAIN, self->a, with_fsetid };
	const struct who listed_heir = { FULL, -1, with_fsetid };

	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ENFORCE_INHERIT));
	EXPECT_NO_LOADER(&self->root, 0);
	EXPECT_NO_LOADER(&self->root, A);
	EXPECT_LOADS(&heir, 0);
	EXPECT_LOADS(&heir, A);
	EXPECT_LOADS(&self->in_a, A);
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ENFORCE_INHERIT |
			       CLIP_LEVEL_ACTIVE));
	EXPECT_NO_LOADER(&self->full, 0);
	EXPECT_LOADS(&listed_heir, 0);
	EXPECT_NO_LOADER(&heir, 0);
	EXPECT_DONE(tell_level(&self->full, 0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ENFORCE_INHERIT));
	EXPECT_LOADS(&self->root, A);
	EXPECT_NO_LOADER(&self->in_a, A);
	EXPECT_LOADS(&heir_in_a, A);
}

/* CX-13: what lies on something read-only is listed as it is, for good. */
TEST_F(context, enforce_mntro)
{
	const struct who *root = &self->root;
	const char *const mounted = DIR "/mounted", *const file =
		DIR "/mounted/file";

	ASSERT_EQ(0, mkdir(mounted, 0755));
	ASSERT_EQ(0, mount("t", mounted, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, copy_file(PROBE, file, 0755));
	ASSERT_EQ(0, tell_file(root, "add", B, file).err);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ENFORCE_MNTRO));
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(tell_file(root, "add", A, file));
	EXPECT_DONE(tell_file(root, "remove", A, file));
	for (int superblock = 0; superblock < 2; superblock++) {
		ASSERT_EQ(0, mount(NULL, mounted, NULL, MS_REMOUNT | MS_RDONLY |
				   (superblock ? 0 : MS_BIND), NULL));
		EXPECT_REFUSED(EROFS, CLIP_REASON_READ_ONLY,
			       CLIP_REASON_READ_ONLY,
			       tell_file(root, "add", A, file));
		EXPECT_REFUSED(EROFS, CLIP_REASON_READ_ONLY,
			       CLIP_REASON_READ_ONLY,
			       tell_file(root, "remove", B, file));
		/* Elsewhere, and in other contexts, nothing is different. */
		EXPECT_LOADS(root, A);
		EXPECT_DONE(tell_file(root, "add", 0, file));
		EXPECT_DONE(tell_file(root, "remove", 0, file));
		ASSERT_EQ(0, mount(NULL, mounted, NULL, MS_REMOUNT |
				   (superblock ? 0 : MS_BIND), NULL));
	}
	EXPECT_DONE(tell_file(root, "remove", B, file));
	umount2(mounted, MNT_DETACH);
}

/* One entry that is refused, for its context, refuses those of others. */
TEST_F(context, one_commit_for_many_contexts)
{
	struct rule rules[3];
	struct outcome outcome;

	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, rule_for(&rules[i], FILE_1, CLIP_ENTRY_EXE));
	rules[0].context = 0;
	rules[1].context = A;
	rules[2].context = B;
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_ADMIN_IMMUTABLE));
	EXPECT_EQ(EPERM, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, outcome.commit.reason);
	EXPECT_EQ(1, outcome.commit.results_count);
	EXPECT_EQ(2, outcome.results[0].index);
	EXPECT_EQ(1, get(A).entries);
	rules[2].context = NOBODY;
	EXPECT_EQ(ENOENT, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, outcome.commit.reason);
	EXPECT_EQ(1, get(A).entries);
	/* Unless that is what was asked for. */
	EXPECT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_SKIP_CONTEXTS, &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_EQ(1, outcome.commit.skipped);
	EXPECT_EQ(2, get(A).entries);
	EXPECT_EQ(0, unload(FILE_1));
}

/* REPLACE is about the contexts of the image, and the caller's own. */
TEST_F(context, replace)
{
	struct clip_context_args args = { .xid = A };
	const long long others = get(0).entries;

	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, tell_file(&self->root, "add", B, FILE_2).err);
	/* From inside A: its own only. */
	EXPECT_DONE(tell_file(&self->in_a, "replace", OWN, FILE_1));
	EXPECT_EQ(1, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(others, get(0).entries);
	/* SELF_IMMUTABLE of 0 keeps its entries, and so the rest of it. */
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_SELF_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_file(&self->root, "replace", A, FILE_2));
	ASSERT_EQ(0, set_level(0, 0));
	EXPECT_DONE(tell_file(&self->root, "replace", A, FILE_2));
	EXPECT_EQ(0, get(0).entries);
	EXPECT_EQ(1, get(A).entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(0, context_call(CLIP_IOC_CONTEXT_GET, &args));
}

/* ------------------------------------------------- the life of a number */

struct seen {
	struct clip_context_args own, by_number;
	int err_own, err_number, err_load;
	char status[8192];
	char entries[65536];
};

static void read_all(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t used = 0;
	ssize_t got;

	while ((got = read(fd, text + used, size - 1 - used)) > 0)
		used += got;
	text[used] = '\0';
	close(fd);
}

static int look(void *data)
{
	struct seen *seen = data;
	const struct rule rule = {
		.path = FILE_1, .context = OWN, .flags = CLIP_ENTRY_EXE,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};

	seen->own.xid = OWN;
	seen->by_number.xid = A;
	seen->err_own = context_call(CLIP_IOC_CONTEXT_GET, &seen->own);
	seen->err_number = context_call(CLIP_IOC_CONTEXT_GET,
					&seen->by_number);
	read_all(CLIP_SECURITYFS_PATH "/status", seen->status,
		 sizeof(seen->status));
	read_all(CLIP_SECURITYFS_PATH "/entries", seen->entries,
		 sizeof(seen->entries));
	seen->err_load = load(&rule);
	return 0;
}

static struct seen *seen_alloc(void)
{
	return mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Somebody who is in a context already, and looks when he is told to. */
struct inmate {
	pid_t pid;
	int go;
};

static struct inmate inmate_start(int fd, struct seen *seen)
{
	struct inmate inmate;
	int pipe_go[2], pipe_in[2];
	char byte;

	if (pipe(pipe_go) || pipe(pipe_in))
		return (struct inmate) { -1, -1 };
	inmate.pid = fork();
	if (inmate.pid == 0) {
		close(pipe_go[1]);
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(1);
		if (write(pipe_in[1], "", 1) != 1 ||
		    read(pipe_go[0], &byte, 1) < 0)
			_exit(2);
		_exit(look(seen));
	}
	inmate.go = pipe_go[1];
	close(pipe_go[0]);
	close(pipe_in[1]);
	if (read(pipe_in[0], &byte, 1) != 1)
		inmate.go = -1;
	close(pipe_in[0]);
	return inmate;
}

static int inmate_look(struct inmate *inmate)
{
	int status;

	close(inmate->go);
	return waitpid(inmate->pid, &status, 0) == inmate->pid ? status : -1;
}

/* ID-08, CX-17: nothing of the old life belongs to the new one. */
TEST_F(context, second_life_of_a_number)
{
	struct seen *seen = seen_alloc();
	struct clip_context_args args = { .xid = A };
	const uint64_t serial = get(A).serial;
	struct inmate inmate;
	int fd;

	ASSERT_EQ(0, tell_bounds(&self->root, "narrow", A, BIND |
				 1ULL << CAP_MAC_ADMIN |
				 1ULL << CAP_DAC_OVERRIDE, 0).err);
	close(self->b);
	close(self->watch);
	self->b = -1;
	self->watch = -1;
	inmate = inmate_start(self->a, seen);
	ASSERT_LE(0, inmate.go);
	EXPECT_DONE(tell_xid(&self->root, "delete", A));
	fd = confined_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS, PRIVS);
	ASSERT_LE(0, fd);
	EXPECT_LT(serial, get(A).serial);
	EXPECT_EQ(0, get(A).entries);
	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, inmate_look(&inmate));
	/* He is where he was: the old one, with its bounds and its level. */
	EXPECT_EQ(0, seen->err_own);
	EXPECT_EQ(serial, seen->own.serial);
	EXPECT_EQ(0, seen->own.level);
	EXPECT_EQ(BIND | 1ULL << CAP_MAC_ADMIN | 1ULL << CAP_DAC_OVERRIDE,
		  seen->own.cap_bound);
	EXPECT_EQ(0, seen->own.entries);
	EXPECT_EQ(EPERM, seen->err_number);
	EXPECT_EQ(NULL, strstr(seen->status, "context."));
	EXPECT_STREQ("", seen->entries);
	/* Nothing can be listed there any more. */
	EXPECT_EQ(ENOENT, seen->err_load);
	EXPECT_EQ(1, get(A).entries);
	/* The old descriptor leads nowhere, the new one in. */
	EXPECT_EQ(255, confined_do(self->a, look, seen));
	EXPECT_EQ(0, context_call(CLIP_IOC_CONTEXT_GET, &args));
	EXPECT_EQ(0, confined_do(fd, look, seen));
	EXPECT_EQ(args.serial, seen->own.serial);
	close(fd);
}

static int lines_with(const char *text, const char *start)
{
	int count = 0;

	while (text && *text) {
		count += !strncmp(text, start, strlen(start));
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return count;
}

/* VIS-07, VIS-08, WAT-07: securityfs tells each what is his to know. */
TEST_F(context, securityfs)
{
	struct seen *seen = seen_alloc();
	struct clip_info info;

	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_1).err);
	ASSERT_EQ(0, tell_file(&self->root, "add", B, FILE_2).err);
	ASSERT_EQ(0, get_info(&info));
	/* In this order: who looks also loads, and B cannot be changed. */
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_SELF_IMMUTABLE));

	ASSERT_EQ(0, confined_do(self->b, look, seen));
	EXPECT_EQ(1, lines_with(seen->status, "context.2002.entries 1\n"));
	EXPECT_EQ(1, lines_with(seen->status, "context.2002.level 0x8\n"));
	EXPECT_EQ(lines_with(seen->status, "context."),
		  lines_with(seen->status, "context.2002."));
	EXPECT_EQ(1, lines_with(seen->entries, ""));
	EXPECT_EQ(1, lines_with(seen->entries, "context=2002 "));
	/* How many there are is no secret. */
	EXPECT_EQ(1, lines_with(seen->status, "contexts "));

	ASSERT_EQ(0, confined_do(self->watch, look, seen));
	EXPECT_EQ(1, lines_with(seen->status, "context.0.level "));
	EXPECT_EQ(1, lines_with(seen->status, "context.1.level "));
	EXPECT_EQ(1, lines_with(seen->status, "context.2001.entries 2\n"));
	EXPECT_EQ(1, lines_with(seen->entries, "context=2002 "));
	EXPECT_LE(info.entries, lines_with(seen->entries, ""));

	look(seen);
	EXPECT_EQ(info.contexts, lines_with(seen->status, "context.") / 6);
	EXPECT_EQ(2, lines_with(seen->entries, "context=2001 "));
	EXPECT_LE(info.entries, lines_with(seen->entries, ""));
	unload(FILE_1);
}

/* Opened in context 0 and read in another: who reads counts. */
TEST_F(context, securityfs_opened_before)
{
	char text[65536];
	int fds[2], status;
	int entries = open(CLIP_SECURITYFS_PATH "/entries", O_RDONLY);
	ssize_t got;
	pid_t pid;

	ASSERT_LE(0, entries);
	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (pid == 0) {
		close(self->b);
		close(self->watch);
		if (ioctl(self->a, CLIP_IOC_ENTER, 0))
			_exit(1);
		got = read(entries, text, sizeof(text));
		_exit(got < 0 || write(fds[1], text, got) != got);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	got = read(fds[0], text, sizeof(text) - 1);
	ASSERT_LE(0, got);
	text[got] = '\0';
	EXPECT_EQ(1, lines_with(text, "context=2001 "));
	EXPECT_EQ(1, lines_with(text, ""));
	close(entries);
	close(fds[0]);
}

/* --------------------------------------- what is once for the whole boot */

/* CX-18 */
TEST_F(context, update_is_declared_once)
{
	const struct who *root = &self->root;
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	ASSERT_EQ(0, info.update_context);
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "update", 0));
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "update", 1));
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(root, "update", OWN));
	/* Before rights, as ever. */
	EXPECT_REFUSED(EINVAL, NONE, NONE, tell_xid(&self->in_a, "update", 0));
	ACTIVATE(0);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_xid(root, "update", UPDATE_CONTEXT));
	/* It need not be there yet. */
	EXPECT_DONE(tell_xid(&self->full, "update", UPDATE_CONTEXT));
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(UPDATE_CONTEXT, info.update_context);
	EXPECT_EQ(UPDATE_CONTEXT, status_value("update_context"));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(&self->full, "update", NOBODY));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(&self->full, "update", UPDATE_CONTEXT));
	EXPECT_DONE(tell_level(&self->full, 0, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(root, "update", NOBODY));
}

/* The update context, for the tests below. */
static int update_make(void)
{
	struct clip_context_args args = { .xid = UPDATE_CONTEXT };
	struct clip_info info;
	int fd = confined_create(UPDATE_CONTEXT, 0, ALL_CAPS, PRIVS);

	context_call(CLIP_IOC_SET_UPDATE, &args);
	return get_info(&info) || info.update_context != UPDATE_CONTEXT ?
	       -1 : fd;
}

/* CX-09, CX-19 */
TEST_F(context, update_loads_and_nothing_else)
{
	const struct who update = { PLAIN, update_make(), NULL };
	const struct who no_mac = { PLAIN, update.fd, without_mac_admin };
	int fd;

	ASSERT_LE(0, update.fd);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	ACTIVATE(0);
	EXPECT_LOADS(&update, 0);
	EXPECT_LOADS(&update, A);
	EXPECT_LOADS(&update, OWN);
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       tell_file(&update, "add", NOBODY, FILE_1));
	EXPECT_NO_LOADER(&no_mac, A);
	EXPECT_NO_MAKER(&update);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&update, A, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_level(&update, OWN, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       tell_xid(&update, "get", A));
	/* CX-10: once it is active itself, it takes VERICTL too. */
	EXPECT_DONE(tell_level(&self->full, UPDATE_CONTEXT, CLIP_LEVEL_ACTIVE));
	EXPECT_NO_LOADER(&update, A);
	EXPECT_DONE(tell_level(&self->full, UPDATE_CONTEXT, 0));
	EXPECT_DONE(tell_level(&self->full, 0, 0));

	/* Whoever is left of a deleted one is nobody special. */
	EXPECT_EQ(0, confined_delete(UPDATE_CONTEXT));
	fd = confined_create(UPDATE_CONTEXT, 0, ALL_CAPS, PRIVS);
	ASSERT_LE(0, fd);
	EXPECT_EQ(254, tell_file(&update, "add", A, FILE_1).err);
	close(update.fd);
	close(fd);
	EXPECT_EQ(0, confined_delete(UPDATE_CONTEXT));
}

/* CX-12, the intent: each bit bars its own class of callers, and no other. */
TEST_F(context, each_bit_bars_one_class)
{
	static const uint32_t bits[] = {
		0, CLIP_LEVEL_SELF_IMMUTABLE, CLIP_LEVEL_ADMIN_IMMUTABLE,
		CLIP_LEVEL_UPDATE_IMMUTABLE,
	};
	const struct who update = { PLAIN, update_make(), NULL };
	const struct who *const callers[] = {
		NULL, &self->in_a, &self->root, &update,
	};

	ASSERT_LE(0, update.fd);
	ASSERT_EQ(0, tell_file(&self->root, "add", A, FILE_2).err);
	for (int bit = 0; bit < 4; bit++) {
		ASSERT_EQ(0, set_level(A, bits[bit]));
		for (int i = 1; i < 4; i++) {
			if (i != bit) {
				EXPECT_LOADS(callers[i], A);
				continue;
			}
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       tell_file(callers[i], "add", A,
						 FILE_1));
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       tell_file(callers[i], "remove", A,
						 FILE_2));
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       tell_file(callers[i], "replace", A,
						 FILE_1));
		}
	}
	/* Who is of two classes is barred by either bit. */
	for (int bit = 1; bit < 4; bit++) {
		ASSERT_EQ(0, set_level(0, bits[bit]));
		ASSERT_EQ(0, set_level(UPDATE_CONTEXT, bits[bit]));
		if (bit == 3)
			EXPECT_LOADS(&self->root, 0);
		else
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       tell_file(&self->root, "add", 0,
						 FILE_1));
		if (bit == 2)
			EXPECT_LOADS(&update, OWN);
		else
			EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE,
				       CLIP_REASON_IMMUTABLE,
				       tell_file(&update, "add", OWN, FILE_1));
	}
	close(update.fd);
	EXPECT_EQ(0, confined_delete(UPDATE_CONTEXT));
}

/* CX-15, CX-16: context 0 can be narrowed, and then nobody gets more. */
TEST_F(context, bounds_of_context_0)
{
	const struct who *root = &self->root;

	EXPECT_DONE(tell_bounds(root, "create", NOBODY, 0, CLIP_PRIV_PREINIT));
	EXPECT_EQ(0, confined_delete(NOBODY));
	EXPECT_DONE(tell_bounds(root, "narrow", 0, ~0ULL, PRIVS));
	EXPECT_EQ(PRIVS, get(0).priv_bound);
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       tell_bounds(root, "create", NOBODY, 0,
				   CLIP_PRIV_PREINIT));
	EXPECT_DONE(tell_bounds(root, "create", NOBODY, 0, PRIVS));
	EXPECT_EQ(0, confined_delete(NOBODY));
}

/* The last one: what it does to context 0 cannot be undone. */
FIXTURE(last)
{
};

FIXTURE_SETUP(last)
{
	mkdir(DIR, 0755);
}

FIXTURE_TEARDOWN(last)
{
	unlink(DIR "/last");
}

TEST_F(last, seal_of_context_0)
{
	const struct who root = { DIR "/last", -1, NULL };
	int fd = confined_create(A, 0, ALL_CAPS, PRIVS);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, copy_file(ADMIN, root.program, 0755));
	EXPECT_DONE(tell_level(&root, 0, CLIP_LEVEL_SEAL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_level(&root, 0, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_file(&root, "add", 0, PROBE));
	/* What contexts there are is final as well. */
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(&root, "create", NOBODY));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       tell_xid(&root, "delete", A));
	/* What is in the others is theirs. */
	EXPECT_DONE(tell_file(&root, "add", A, PROBE));
	EXPECT_DONE(tell_level(&root, A, CLIP_LEVEL_ACTIVE));
	close(fd);
}

TEST_HARNESS_MAIN
