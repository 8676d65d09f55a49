// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering a context: the rights that a task leaves behind (CAP-07, TR-09).
 */
#include "actor.h"
#include "contexts.h"
#include "enter_fixture.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <linux/keyctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)

/* ------------------------------------------------------ what is left behind */

static uint64_t set_of(int which)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &header, data);
	switch (which) {
	case 0:
		return data[0].effective | (uint64_t)data[1].effective << 32;
	case 1:
		return data[0].permitted | (uint64_t)data[1].permitted << 32;
	default:
		return data[0].inheritable |
		       (uint64_t)data[1].inheritable << 32;
	}
}

static uint64_t bounding_set(void)
{
	uint64_t set = 0;

	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			set |= 1ULL << cap;
	return set;
}

static int leaves_capabilities(int fd)
{
	const uint64_t all = (1ULL << (CAP_LAST_CAP + 1)) - 1;
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ ~0U, ~0U, KILL | BIND }, { all >> 32, all >> 32, 0 },
	};

	MUST(all, set_of(0));
	MUST(0, syscall(SYS_capset, &header, data));
	MUST(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	MUST(1, prctl(PR_GET_DUMPABLE));
	MUST(0, context_enter(fd));
	MUST(KILL | RAW, set_of(0));
	MUST(KILL | RAW, set_of(1));
	MUST(0, set_of(2));
	MUST(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
	MUST(KILL | RAW, bounding_set());
	/* Its memory is still that of a task of context 0. */
	MUST(0, prctl(PR_GET_DUMPABLE));
	return 0;
}

/* CAP-07: the inheritable set is emptied, the others are cut. */
TEST_F(enter, leaves_capabilities_behind)
{
	struct clip_context_args args = {
		.xid = A, .cap_bound = KILL | RAW, .priv_bound = ~0ULL,
	};

	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, in_child(self->a, leaves_capabilities));
}

static int leaves_keys(int fd)
{
	const char *const type = "user", *const name = "clip-test";
	long key;

	MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
	key = syscall(SYS_add_key, type, name, "x", 1,
		      KEY_SPEC_SESSION_KEYRING);
	MUST(1, key > 0);
	MUST(1, syscall(SYS_add_key, type, name, "x", 1,
			KEY_SPEC_PROCESS_KEYRING) > 0);
	MUST(1, syscall(SYS_add_key, type, name, "x", 1,
			KEY_SPEC_THREAD_KEYRING) > 0);
	/* Possessing the key is what permits reading it. */
	MUST(0, syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f000000));
	MUST(1, syscall(SYS_keyctl, KEYCTL_READ, key, NULL, 0) > 0);
	MUST_ENTER(fd);
	/* It is a key of context 0, which is not there for the context. */
	MUST(-1, syscall(SYS_keyctl, KEYCTL_READ, key, NULL, 0));
	MUST(ENOKEY, errno);
	MUST(-1, syscall(SYS_request_key, type, name, NULL, 0));
	MUST(ENOKEY, errno);
	return 0;
}

/* CAP-07 and a proposal of the description: possessing a keyring is a right. */
TEST_F(enter, leaves_keyrings_behind)
{
	EXPECT_EQ(0, in_child(self->a, leaves_keys));
}

static int executes_probe(int fd)
{
	struct probe probe;

	MUST(0, context_enter(fd));
	probe = probe_run(PROBE, 0);
	MUST(0, probe.error);
	/* The first program is started with AT_SECURE. */
	MUST(1, probe.secure);
	MUST(KILL | BIND, probe.permitted);
	return 0;
}

/* A file to which no path below the root leads, as /proc/self/exe of a launcher is. */
static int executes_what_has_no_path(int fd)
{
	char *const arguments[] = { "probe", NULL };
	struct probe probe;
	const int memory = memfd_create("probe", 0);
	const int program = open(PROBE, O_RDONLY | O_CLOEXEC);

	MUST(1, memory >= 0 && sendfile(memory, program, NULL, 1 << 26) > 0);
	close(program);
	MUST(0, context_enter(fd));
	MUST(-1, execveat(memory, "", arguments, environ, AT_EMPTY_PATH));
	MUST(EACCES, errno);
	probe = probe_run(PROBE, 0);
	MUST(0, probe.error);
	return 0;
}

static int executes_it_without_entering(int fd)
{
	char *const arguments[] = { "probe", NULL };
	const int memory = memfd_create("probe", 0);
	const int program = open(PROBE, O_RDONLY | O_CLOEXEC);

	MUST(1, memory >= 0 && sendfile(memory, program, NULL, 1 << 26) > 0);
	execveat(memory, "", arguments, environ, AT_EMPTY_PATH);
	return errno;
}

static int stays_and_executes_probe(int fd)
{
	struct probe probe = probe_run(PROBE, 0);

	MUST(0, probe.error);
	MUST(0, probe.secure);
	return 0;
}

/* The first program of a context lies below its root. */
TEST_F(enter, first_program_is_below_the_root)
{
	EXPECT_EQ(0, in_child(self->a, executes_what_has_no_path));
	EXPECT_NE(EACCES, in_child(self->a, executes_it_without_entering));
}

/* U-04 of the attacks: AT_SECURE for every kind of change. */
TEST_F(enter, first_program_is_secure)
{
	struct clip_context_args args = {
		.xid = A, .cap_bound = KILL | BIND,
	};

	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, in_child(self->a, executes_probe));
	EXPECT_EQ(0, in_child(self->a, stays_and_executes_probe));
}

/* ------------------------------------------------------------ privileges */

/* An actor of context 0 that has privileges and enters. */
FIXTURE(privileged)
{
	struct actor root, entering;
	int fd;
};

FIXTURE_VARIANT(privileged)
{
	uint64_t privileges;	/* granted in context 0 */
	uint64_t bound;		/* of the context that is entered */
	long before, after;	/* errno of a signal from root */
};

/*
 * IMMORTAL can be observed from outside: not even a signal from root reaches
 * the task.
 */
FIXTURE_VARIANT_ADD(privileged, dropped) {
	.privileges = CLIP_PRIV_IMMORTAL, .bound = CLIP_PRIV_ALL,
	.before = EPERM, .after = 0,
};

FIXTURE_VARIANT_ADD(privileged, kept_with_keeppriv) {
	.privileges = CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV,
	.bound = CLIP_PRIV_ALL, .before = EPERM, .after = EPERM,
};

FIXTURE_VARIANT_ADD(privileged, keeppriv_within_the_bound) {
	.privileges = CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV,
	.bound = CLIP_PRIV_KEEPPRIV, .before = EPERM, .after = 0,
};

FIXTURE_SETUP(privileged)
{
	struct rule rule;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ACTOR, LISTED, 0755));
	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, rule_for(&rule, LISTED, CLIP_ENTRY_EXE));
	rule.privileges = variant->privileges;
	ASSERT_EQ(0, load(&rule));
	self->fd = context_create(A, 0, ALL_CAPS, variant->bound);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, actor_start(&self->root, ACTOR, 0));
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
}

FIXTURE_TEARDOWN(privileged)
{
	const struct caller full = { FULL, -1, NULL };

	actor_stop(&self->root);
	actor_stop(&self->entering);
	EXPECT_DONE(request_level(&full, 0, 0));
	close(self->fd);
	EXPECT_EQ(0, context_delete(A));
	umount2(DIR, MNT_DETACH);
}

/* CAP-07, TR-09: all privileges are dropped, unless KEEPPRIV keeps them. */
TEST_F(privileged, privileges_after_entering)
{
	/* The descriptor is inherited under the same number. */
	ASSERT_EQ(0, fcntl(self->fd, F_SETFD, 0));
	ASSERT_EQ(0, actor_start(&self->entering, LISTED, 0));
	EXPECT_EQ(variant->before, ask(&self->root, "kill %d %d",
				       self->entering.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->entering, "enter %d", self->fd));
	EXPECT_EQ(variant->after, ask(&self->root, "kill %d %d",
				      self->entering.pid, SIGUSR1));
	EXPECT_EQ(!variant->before + !variant->after,
		  ask(&self->entering, "signals"));
}

TEST_HARNESS_MAIN
