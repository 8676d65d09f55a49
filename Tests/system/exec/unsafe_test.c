// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exec of tasks that others can influence: traced, sharing a fs_struct, under
 * no_new_privs (EX-22, EX-24); and by holders of privileges (EX-03).
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/unsafe"
#define A	DIR "/a"
#define COPY	DIR "/copy"

#define BOTH	(BIND | KILL)
#define SETPCAP	(1ULL << CAP_SETPCAP)

/* Lives as long as its parent, and holds none of its files. */
static int linger(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, ~0U, 0);
	pause();
	return 0;
}

static int share_fs(void)
{
	static char stack[16384];
	pid_t pid = clone(linger, stack + sizeof(stack), CLONE_FS | SIGCHLD,
			  NULL);

	return pid < 0 ? errno : 0;
}

/* An ordinary tracer: the same user, without capabilities. */
static int be_traced(void)
{
	const pid_t tracee = getpid();
	int fds[2], err = EIO;
	pid_t pid;

	/* Changing ids has made us undumpable. */
	if (prctl(PR_SET_DUMPABLE, 1) || pipe(fds))
		return errno;
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	pid = fork();
	if (pid == 0) {
		err = ptrace(PTRACE_SEIZE, tracee, NULL, NULL) ? errno : 0;
		if (write(fds[1], &err, sizeof(err)) == sizeof(err))
			linger(NULL);
		_exit(0);
	}
	if (read(fds[0], &err, sizeof(err)) != sizeof(err))
		err = EIO;
	close(fds[0]);
	close(fds[1]);
	return err;
}

static int no_new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}

/*
 * The reason why the exec is unsafe, and the capabilities that the caller has
 * before.
 */
struct caller {
	int (*prepare)(void);
	uint64_t caps;
};

static int become(void *data)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct caller *caller = data;
	const struct __user_cap_data_struct caps[2] = { {
		.effective = caller->caps, .permitted = caller->caps,
	} };

	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID) ||
	    syscall(SYS_capset, &header, caps))
		return errno;
	return caller->prepare();
}

static struct probe run(int (*prepare)(void), uint64_t caps)
{
	struct caller caller = { .prepare = prepare, .caps = caps };

	return probe_run_fn(A, 0, become, &caller);
}

FIXTURE(unsafe)
{
	struct rule rule;	/* forces NET_BIND_SERVICE */
};

FIXTURE_VARIANT(unsafe)
{
	int (*prepare)(void);
	bool never;		/* not even with the flag */
};

FIXTURE_VARIANT_ADD(unsafe, traced) { .prepare = be_traced };
FIXTURE_VARIANT_ADD(unsafe, shared) { .prepare = share_fs };
FIXTURE_VARIANT_ADD(unsafe, no_new_privs)
{
	.prepare = no_new_privs, .never = true,
};

FIXTURE_SETUP(unsafe)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
}

FIXTURE_TEARDOWN(unsafe)
{
	umount2(DIR, MNT_DETACH);
}

/* EX-22: the exec succeeds without the grant. */
TEST_F(unsafe, nothing_without_the_flag)
{
	const long long before = status_value("ungranted");
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	EXPECT_EQ(before + 1, status_value("ungranted"));
	/* Without another task the grant is made. */
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
	/* The file is still verified. */
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, run(variant->prepare, 0).error);
}

/*
 * EX-24: with the flag, the exec grants the capabilities that the caller had,
 * and no others.
 */
TEST_F(unsafe, flag_grants_what_the_caller_had)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	self->rule.effective = BOTH;
	self->rule.permitted = BOTH;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
	EXPECT_EQ(!variant->never, p.secure);
	EXPECT_EQ(variant->never, p.dumpable);
	p = run(variant->prepare, BIND | RAW);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->never ? 0 : BIND, p.permitted);
	EXPECT_EQ(variant->never ? 0 : BIND, p.effective);
	EXPECT_EQ(BOTH, probe_run(A, USER_ID).permitted);
}

/* EX-24: the grant of a caller that may hand out capabilities is not cut. */
TEST_F(unsafe, setpcap_is_not_cut)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, KILL);
	EXPECT_EQ(0, p.permitted);
	p = run(variant->prepare, SETPCAP);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->never ? 0 : BIND, p.permitted);
	EXPECT_EQ(variant->never ? 0 : BIND, p.effective);
}

/* Forced inheritance would only defer the capabilities to the next exec. */
TEST_F(unsafe, inheritance_is_cut)
{
	self->rule.flags |= CLIP_ENTRY_UNSAFE | CLIP_ENTRY_INHERIT;
	self->rule.inheritable = BOTH;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run(variant->prepare, 0).inheritable);
	EXPECT_EQ(variant->never ? 0 : KILL,
		  run(variant->prepare, KILL).inheritable);
	EXPECT_EQ(BOTH, probe_run(A, USER_ID).inheritable);
}

/*
 * EX-22: privileges like those of root are granted only with the flag.
 * AT_SECURE shows that they were.
 */
TEST_F(unsafe, privileges)
{
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = CLIP_PRIV_FUSE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, unload(A));
	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(!variant->never, p.secure);
	EXPECT_EQ(variant->never, p.dumpable);
}

/*
 * EX-22: c, s, n and r are granted without the flag too, except under
 * no_new_privs.
 */
TEST_F(unsafe, plain_privileges)
{
	long long granted = status_value("granted");
	const long long ungranted = status_value("ungranted");
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = CLIP_PRIV_PLAIN;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	EXPECT_EQ(granted + !variant->never, status_value("granted"));
	EXPECT_EQ(ungranted + variant->never, status_value("ungranted"));
	ASSERT_EQ(0, unload(A));
	self->rule.privileges = CLIP_PRIV_FUSE;
	ASSERT_EQ(0, load(&self->rule));
	granted = status_value("granted");
	EXPECT_PLAIN(run(variant->prepare, 0));
	EXPECT_EQ(granted, status_value("granted"));
}

FIXTURE(next)
{
	struct rule rule;
};

FIXTURE_SETUP(next)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
}

FIXTURE_TEARDOWN(next)
{
	umount2(DIR, MNT_DETACH);
}

static int then_copy(void *unused)
{
	char *const argv[] = { A, "--exec", COPY, NULL };

	execv(A, argv);
	return errno;
}

static int then_copy_twice(void *unused)
{
	char *const argv[] = { A, "--exec", COPY, "--exec", COPY, NULL };

	execv(A, argv);
	return errno;
}

/*
 * EX-03: the next program has no privilege but is protected; the one after it
 * is not.
 */
TEST_F(next, holder_of_privileges)
{
	struct probe p;

	self->rule.privileges = CLIP_PRIV_FUSE;
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(0, p.dumpable);
	p = probe_run_fn(A, USER_ID, then_copy_twice, NULL);
	EXPECT_PLAIN(p);
}

/* EX-03: plain privileges and capabilities do not have this effect. */
TEST_F(next, holder_of_others)
{
	struct probe p;

	self->rule.privileges = CLIP_PRIV_PLAIN;
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_PLAIN(p);
}

/* EX-03: forced inheritance crosses exec, every time. */
TEST_F(next, forced_inheritance)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_INHERIT;
	self->rule.inheritable = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy_twice, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(BIND, p.inheritable);
	EXPECT_EQ(0, p.permitted);
}

TEST_HARNESS_MAIN
