// SPDX-License-Identifier: GPL-2.0-only
/*
 * Administration of contexts: which callers may make, narrow, delete, read and
 * lock them (CX-*, ADM-01, ADM-04, ID-01 to ID-03, ID-10 to ID-12, WAT-06,
 * WAT-07).
 */
#include "context_fixture.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <sched.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* ------------------------------------------------------------- existence */

/* CX-01, CX-03 */
TEST_F(context, contexts_0_and_1_exist_at_boot)
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
	/*
	 * The context WATCH has capabilities for reading only, and no
	 * privilege.
	 */
	EXPECT_EQ(1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_SYS_PTRACE |
		  1ULL << CAP_SYSLOG, watch.cap_bound);
	EXPECT_EQ(0, watch.priv_bound);
	EXPECT_NE(admin.serial, watch.serial);
	EXPECT_EQ(0, info.context);
}

/* CX-15: the context is made as requested. */
TEST_F(context, create_makes_what_is_requested)
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
		/* A serial number is never used again. */
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
		/*
		 * ID-03, differently: the caller gets a descriptor to enter,
		 * and stays where it is.
		 */
		EXPECT_EQ(0, after.context);
		EXPECT_EQ(0, close(fd));
		/* ID-16: a context exists whether a task is in it or not. */
		EXPECT_EQ(args.serial, get(numbers[i]).serial);
		EXPECT_EQ(0, context_delete(numbers[i]));
		ASSERT_EQ(0, get_info(&after));
		EXPECT_EQ(before.contexts, after.contexts);
	}
}

/* CX-15, ID-01, ID-02, ID-09 */
TEST_F(context, create_refuses_bad_requests)
{
	const struct caller *root = &self->root;

	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       request_xid(root, "create", CLIP_CONTEXT_ADMIN));
	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       request_xid(root, "create", CLIP_CONTEXT_WATCH));
	EXPECT_REFUSED(EEXIST, CLIP_REASON_EXISTS, CLIP_REASON_EXISTS,
		       request_xid(root, "create", A));
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "create", OWN));
	/* Undefined bits of the level and of the two bounds. */
	EXPECT_REFUSED(EINVAL, CLIP_REASON_BAD_LEVEL, CLIP_REASON_BAD_LEVEL,
		       submit(root, "create", word(ABSENT), "2", NULL));
	EXPECT_REFUSED(EINVAL, CLIP_REASON_BAD_LEVEL, CLIP_REASON_BAD_LEVEL,
		       submit(root, "create", word(ABSENT), "0x10001", NULL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       request_bounds(root, "create", ABSENT, 1ULL << 62, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       request_bounds(root, "create", ABSENT, BIND,
				      1ULL << 40));
	EXPECT_DONE(request_bounds(root, "create", ABSENT, BIND, 0));
	EXPECT_EQ(0, context_delete(ABSENT));
}

/* CX-17 */
TEST_F(context, delete_takes_all_entries)
{
	const struct caller *root = &self->root;
	struct clip_info before, after;

	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "delete", 0));
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "delete", 1));
	EXPECT_REFUSED(EINVAL, NONE, NONE, request_xid(root, "delete", OWN));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_xid(root, "delete", ABSENT));

	ASSERT_EQ(0, request_file(root, "add", A, FILE_1).err);
	ASSERT_EQ(0, request_file(root, "add", A, FILE_2).err);
	ASSERT_EQ(0, request_file(root, "add", B, FILE_1).err);
	ASSERT_EQ(3, get(A).entries);	/* and INSIDE */
	ASSERT_EQ(0, get_info(&before));
	EXPECT_DONE(request_xid(root, "delete", A));
	ASSERT_EQ(0, get_info(&after));
	EXPECT_EQ(before.contexts - 1, after.contexts);
	EXPECT_EQ(before.entries - 3, after.entries);
	EXPECT_EQ(1, get(B).entries);
	EXPECT_EQ(-1, status_value("context.2001.entries"));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_xid(root, "delete", A));
}

/* ADM-04, CX-15, CX-17: contexts are neither made nor deleted. */
TEST_F(context, ctx_immutable_keeps_the_set_of_contexts)
{
	const struct caller *root = &self->root;

	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_CTX_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(root, "create", ABSENT));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(root, "delete", A));
	/* The bit has no other effect, and it counts in context 0 only. */
	EXPECT_DONE(request_bounds(root, "narrow", A, BIND, 0));
	EXPECT_DONE(request_file(root, "add", A, FILE_1));
	EXPECT_DONE(request_xid(root, "open", A));
	ASSERT_EQ(0, set_level(0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_CTX_IMMUTABLE));
	EXPECT_DONE(request_xid(root, "create", ABSENT));
	EXPECT_DONE(request_xid(root, "delete", ABSENT));
	EXPECT_DONE(request_xid(root, "delete", A));
}

/*
 * CX-16, ID-11: bounds are cut and never grow. The level of the request is
 * ignored.
 */
TEST_F(context, narrow_never_widens)
{
	const struct caller *root = &self->root;
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
	/* Each context has bounds of its own. */
	EXPECT_EQ(ALL_CAPS, get(B).cap_bound);

	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_bounds(root, "narrow", ABSENT, 0, 0));
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_CTXSET_IMMUTABLE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_bounds(root, "narrow", A, 0, 0));
	EXPECT_DONE(request_bounds(root, "narrow", B, 0, 0));
	ASSERT_EQ(0, set_level(A, 0));
	EXPECT_DONE(request_bounds(root, "narrow", A, 0, 0));
	EXPECT_EQ(0, get(A).cap_bound);
}

/* ---------------------------------------------------------------- levels */

/* CX-04, CX-06, ID-12 */
TEST_F(context, level_is_replaced_until_immutable)
{
	const struct caller *root = &self->root;
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
				       request_level(root, A, level));
			continue;
		}
		/* The level is replaced: the bit before is gone. */
		EXPECT_DONE(request_level(root, A, level));
		EXPECT_EQ(level, get(A).level);
	}
	/* Bits can be set and not cleared, and the request succeeds. */
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
			       request_level(root, A, CLIP_LEVEL_PERMISSIVE));
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, CLIP_REASON_NO_CONTEXT,
		       request_level(root, ABSENT, 0));
}

/* A sealed context is final, and stays until the next boot. */
TEST_F(context, seal_is_final)
{
	const struct caller *root = &self->root;
	const int fd = context_create(SEALED, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, request_file(root, "add", SEALED, FILE_1).err);
	EXPECT_DONE(request_level(root, SEALED, CLIP_LEVEL_ACTIVE |
				  CLIP_LEVEL_SEAL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_level(root, SEALED, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_file(root, "add", SEALED, FILE_2));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_file(root, "remove", SEALED, FILE_1));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(root, "delete", SEALED));
	EXPECT_EQ(1, get(SEALED).entries);
	/* Another context is not affected. */
	EXPECT_DONE(request_file(root, "add", A, FILE_2));
	EXPECT_DONE(request_xid(root, "delete", A));
	close(fd);
}

/* CX-07 */
TEST_F(context, who_sets_levels)
{
	const struct caller no_mac = { PLAIN, -1, without_mac_admin };

	EXPECT_DONE(request_level(&self->root, A, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(request_level(&self->root, 0, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_DONE(request_level(&self->root, OWN, 0));	/* CX-20 */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&no_mac, 0, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&no_mac, A, CLIP_LEVEL_ACTIVE));
	/* The error does not reveal which contexts exist. */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&no_mac, ABSENT, CLIP_LEVEL_ACTIVE));
	/*
	 * ID-10, WAT-06: a task inside a context may set neither its own level
	 * nor another one's.
	 */
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->in_a, A, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->in_a, OWN, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->in_b, A, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->in_watch, A, CLIP_LEVEL_ACTIVE));

	ACTIVATE(0);
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->root, A, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->root, 0, 0));
	EXPECT_DONE(request_level(&self->full, A, 0));
	EXPECT_DONE(request_level(&self->full, 0, CLIP_LEVEL_ACTIVE));
	/* Without CONTEXT, the caller may set the level of its own context. */
	EXPECT_DONE(request_level(&self->bare, 0, CLIP_LEVEL_ACTIVE));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_level(&self->bare, A, CLIP_LEVEL_ACTIVE));
}

/* CX-08, WAT-07 */
TEST_F(context, who_reads_levels)
{
	const struct caller no_context = { PLAIN, -1, without_mac_admin };

	EXPECT_DONE(request_xid(&self->root, "get", A));
	EXPECT_DONE(request_xid(&self->root, "get", 0));
	EXPECT_DONE(request_xid(&no_context, "get", 0));
	EXPECT_DONE(request_xid(&no_context, "get", OWN));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_xid(&no_context, "get", A));
	EXPECT_DONE(request_xid(&self->in_a, "get", A));
	EXPECT_DONE(request_xid(&self->in_a, "get", OWN));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_xid(&self->in_a, "get", B));
	EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, CLIP_REASON_PERMISSION,
		       request_xid(&self->in_a, "get", 0));
	EXPECT_DONE(request_xid(&self->in_watch, "get", A));
	EXPECT_DONE(request_xid(&self->in_watch, "get", 0));
	/* Whether the context exists is checked before the rights. */
	EXPECT_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, NONE,
		       request_xid(&self->in_a, "get", ABSENT));
	/* Reading never requires VERICTL. */
	ACTIVATE(0);
	EXPECT_DONE(request_xid(&self->root, "get", A));
}

/* ------------------------------------------------- who makes and deletes */

#define EXPECT_MAKER(caller) do { \
	EXPECT_DONE(request_xid(caller, "create", ABSENT)); \
	EXPECT_DONE(request_xid(caller, "open", ABSENT)); \
	EXPECT_DONE(request_bounds(caller, "narrow", ABSENT, 0, 0)); \
	EXPECT_DONE(request_xid(caller, "delete", ABSENT)); \
} while (0)

/* CX-14, ADM-01: callers while context 0 is inactive. */
TEST_F(context, who_makes_while_inactive)
{
	const struct caller no_mac = { PLAIN, -1, without_mac_admin };
	const struct caller no_sys = { PLAIN, -1, without_sys_admin };
	struct clip_context_args args = { .xid = ABSENT };
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
		/*
		 * But the user may read the level of its own context, 0
		 * (CX-08).
		 */
		args.xid = CLIP_CONTEXT_OWN;
		_exit(ioctl(device, CLIP_IOC_CONTEXT_GET, &args) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	close(device);
}

/* CX-14, ADM-01: callers while context 0 is active. */
TEST_F(context, who_makes_while_active)
{
	const struct caller no_sys = { FULL, -1, without_sys_admin };
	const struct caller listed_in_a = { INSIDE, self->a, NULL };

	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	ACTIVATE(0);
	EXPECT_NO_MAKER(&self->root);
	EXPECT_NO_MAKER(&self->bare);
	EXPECT_NO_MAKER(&no_sys);
	EXPECT_NO_MAKER(&listed_in_a);
	EXPECT_NO_MAKER(&self->in_b);
	EXPECT_MAKER(&self->full);
}

/*
 * CX-15, CX-16: once context 0 is narrowed, no context gets more than it has.
 */
TEST_F(context, bounds_of_context_0_limit_others)
{
	const struct caller *root = &self->root;

	EXPECT_DONE(request_bounds(root, "create", ABSENT, 0,
				   CLIP_PRIV_PREINIT));
	EXPECT_EQ(0, context_delete(ABSENT));
	EXPECT_DONE(request_bounds(root, "narrow", 0, ~0ULL, PRIVS));
	EXPECT_EQ(PRIVS, get(0).priv_bound);
	EXPECT_REFUSED(EPERM, CLIP_REASON_OVER_BOUND, CLIP_REASON_OVER_BOUND,
		       request_bounds(root, "create", ABSENT, 0,
				      CLIP_PRIV_PREINIT));
	EXPECT_DONE(request_bounds(root, "create", ABSENT, 0, PRIVS));
	EXPECT_EQ(0, context_delete(ABSENT));
}

/* This fixture comes last: its effect on context 0 cannot be undone. */
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
	const struct caller root = { DIR "/last", -1, NULL };
	int fd = context_create(A, 0, ALL_CAPS, PRIVS);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, copy_file(ADMIN, root.program, 0755));
	EXPECT_DONE(request_level(&root, 0, CLIP_LEVEL_SEAL));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_level(&root, 0, 0));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_file(&root, "add", 0, PROBE));
	/* The set of contexts is final as well. */
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(&root, "create", ABSENT));
	EXPECT_REFUSED(EPERM, CLIP_REASON_IMMUTABLE, CLIP_REASON_IMMUTABLE,
		       request_xid(&root, "delete", A));
	/* Other contexts can still be changed. */
	EXPECT_DONE(request_file(&root, "add", A, PROBE));
	EXPECT_DONE(request_level(&root, A, CLIP_LEVEL_ACTIVE));
	close(fd);
}

TEST_HARNESS_MAIN
