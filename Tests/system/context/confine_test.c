// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a context keeps its tasks to: that they stay in it (ID-04 to ID-06), the
 * capabilities that work there (CAP-01 to CAP-03), what entries grant there
 * (ST-05, ST-16), and whose entries count (CX-02, CX-05, CA-06, ID-08).
 *
 * All are uid 0 and share all namespaces with context 0, unless a test says
 * otherwise: what holds here is held by the module alone.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/confine"
#define PLAIN	DIR "/plain"	/* admin, not listed */
#define FULL	DIR "/full"	/* admin, listed in context 0 */
#define P	DIR "/probe"
#define F	DIR "/file"	/* a program that just ends */
#define TINY	"/usr/lib/clip/tests/tiny"
#define A	2001
#define B	2002

/* Context 0 loses this one for good, in the test of its bound. */
#define CAPS	(ALL_CAPS & ~CAP(WAKE_ALARM))
#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)
#define CAP(name)	(1ULL << CAP_##name)

FIXTURE(confine)
{
	int a, b;
	struct actor one, two, host;
};

FIXTURE_SETUP(confine)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ADMIN, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(PROBE, P, 0755));
	ASSERT_EQ(0, copy_file(TINY, F, 0755));
	self->a = confined_create(A, CLIP_LEVEL_ACTIVE, CAPS,
				  CLIP_PRIV_ALL);
	self->b = confined_create(B, CLIP_LEVEL_ACTIVE, CAPS,
				  CLIP_PRIV_ALL);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
}

FIXTURE_TEARDOWN(confine)
{
	actor_stop(&self->one);
	actor_stop(&self->two);
	actor_stop(&self->host);
	close(self->a);
	close(self->b);
	confined_delete(A);
	confined_delete(B);
	umount2(DIR, MNT_DETACH);
}

static int narrow(uint32_t xid, uint64_t caps, uint64_t privileges)
{
	struct clip_context_args args = {
		.xid = xid, .cap_bound = caps, .priv_bound = privileges,
	};

	return context_call(CLIP_IOC_CONTEXT_NARROW, &args);
}

static long long entries_of(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	return context_call(CLIP_IOC_CONTEXT_GET, &args) ? -1 :
	       (long long)args.entries;
}

static int list(const char *path, uint32_t xid, uint64_t caps,
		uint64_t privileges)
{
	struct rule rule;
	int err = rule_for(&rule, path, CLIP_ENTRY_EXE);

	rule.context = xid;
	rule.effective = caps;
	rule.permitted = caps;
	rule.privileges = privileges;
	return err ?: load(&rule);
}

/* With a digest that is not the file's. */
static int list_wrong(const char *path, uint32_t xid)
{
	struct rule rule;
	int err = rule_for(&rule, path, CLIP_ENTRY_EXE);

	rule.context = xid;
	rule.digest[0] ^= 1;
	return err ?: load(&rule);
}

static int unlist(const char *path, uint32_t xid)
{
	const struct rule rule = { .path = path, .context = xid };

	return commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL);
}

/* -------------------------------------------------------------- identity */

static int answers[2];	/* where relatives say in which context they are */

static void answer(void)
{
	const uint32_t xid = context_now();

	(void)!write(answers[1], &xid, sizeof(xid));
}

static uint32_t answered(void)
{
	uint32_t xid = 0xbad;

	(void)!read(answers[0], &xid, sizeof(xid));
	return xid;
}

static void *answer_in_thread(void *unused)
{
	answer();
	return NULL;
}

static int answer_in_clone(void *unused)
{
	answer();
	return 0;
}

static char stack[65536] __attribute__((aligned(16)));

static int multiplies(int fd)
{
	static const int flags[] = {
		0, CLONE_VM, CLONE_FS | CLONE_FILES, CLONE_PARENT,
		CLONE_NEWUSER, CLONE_NEWPID, CLONE_VM | CLONE_VFORK,
	};
	struct clone_args args = { .exit_signal = SIGCHLD };
	pthread_t thread;
	pid_t pid;

	MUST(0, confined_enter(fd));
	MUST(0, pipe(answers));
	pid = fork();
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	MUST(pid, waitpid(pid, NULL, 0));
	pid = vfork();
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		MUST(1, clone(answer_in_clone, stack + sizeof(stack),
			      flags[i] | SIGCHLD, NULL) > 0);
		MUST(A, answered());
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		answer();
		_exit(0);
	}
	MUST(A, answered());
	MUST(0, pthread_create(&thread, NULL, answer_in_thread, NULL));
	MUST(0, pthread_join(thread, NULL));
	MUST(A, answered());
	MUST(A, context_now());
	return 0;
}

/* ID-04, X-18 of the attacks */
TEST_F(confine, identity_of_children_and_threads)
{
	EXPECT_EQ(0, in_child(self->a, multiplies));
	EXPECT_EQ(0, context_now());
}

/* Its parent, of context A, ends before it looks. */
static int orphans(int fd)
{
	int go[2];
	char byte;
	pid_t pid, first;

	MUST(0, pipe(answers));
	MUST(0, pipe(go));
	pid = fork();
	if (pid == 0) {
		MUST(0, confined_enter(fd));
		first = getpid();
		if (fork() == 0) {
			MUST(1, read(go[0], &byte, 1));
			MUST(1, getppid() != first);
			answer();
		}
		_exit(0);
	}
	MUST(pid, waitpid(pid, NULL, 0));
	MUST(1, write(go[1], "", 1));
	MUST(A, answered());
	return 0;
}

static int orphans_of_a_subreaper(int fd)
{
	MUST(0, prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	return orphans(fd);
}

/* ID-06 */
TEST_F(confine, identity_of_orphans)
{
	EXPECT_EQ(0, in_child(self->a, orphans));
	EXPECT_EQ(0, in_child(self->a, orphans_of_a_subreaper));
}

static int as_user(void)
{
	return setgid(USER_ID) || setuid(USER_ID);
}

/* A program that may open the device although its user may not. */
static int give_file_caps(const char *path, uint32_t caps, bool effective)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 |
			     (effective ? VFS_CAP_FLAGS_EFFECTIVE : 0),
		.data = { { .permitted = caps } },
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0) ?
	       errno : 0;
}

/* ID-05 */
TEST_F(confine, identity_over_exec)
{
	const char *const suid = DIR "/suid", *const fcap = DIR "/fcap",
		*const script = DIR "/script", *const moved = DIR "/mnt/moved";
	struct who who = { PLAIN, self->a, NULL };

	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	ASSERT_EQ(0, write_script(script, PLAIN " whoami"));
	who.program = script;
	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	ASSERT_EQ(0, mkdir(DIR "/mnt", 0755));
	ASSERT_EQ(0, mount("t", DIR "/mnt", "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, copy_file(ADMIN, moved, 0755));
	who.program = moved;
	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	/* Programs that make more of their user than he is. */
	ASSERT_EQ(0, copy_file(ADMIN, suid, 04755));
	who = (struct who) { suid, self->a, as_user };
	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	ASSERT_EQ(0, copy_file(ADMIN, fcap, 0755));
	ASSERT_EQ(0, give_file_caps(fcap, CAP(DAC_OVERRIDE), true));
	who = (struct who) { fcap, self->a, as_user };
	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	/* And one that context A lists, with a grant. */
	ASSERT_EQ(0, admin_list(FULL, A, POLICY, CLIP_PRIV_VERICTL));
	who = (struct who) { FULL, self->a, NULL };
	EXPECT_EQ(A, tell(&who, "whoami", NULL).number);
	who.fd = self->b;
	EXPECT_EQ(B, tell(&who, "whoami", NULL).number);
	who.fd = -1;
	EXPECT_EQ(0, tell(&who, "whoami", NULL).number);
}

static int has_its_keyring_set(int fd)
{
	long before, after;
	int status;
	pid_t pid;

	MUST(0, confined_enter(fd));
	MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
	before = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			 KEY_SPEC_SESSION_KEYRING, 0);
	pid = fork();
	if (pid == 0) {
		MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING,
				NULL) > 0);
		MUST(0, syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
		_exit(0);
	}
	MUST(pid, waitpid(pid, &status, 0));
	MUST(0, status);
	after = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			KEY_SPEC_SESSION_KEYRING, 0);
	/* It did get a new credential. */
	MUST(1, before > 0 && after > 0 && before != after);
	MUST(A, context_now());
	/* And it is one of its context: bounds hold. */
	MUST(-1, chroot("/"));
	MUST(EPERM, errno);
	return 0;
}

/* Pitfall 1: a credential that the kernel makes from nothing. */
TEST_F(confine, identity_over_session_to_parent)
{
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_CHROOT), 0));
	EXPECT_EQ(0, in_child(self->a, has_its_keyring_set));
}

static int changes_everything_it_can(int fd)
{
	int device;

	MUST(0, confined_enter(fd));
	device = device_open();
	MUST(0, setgid(USER_ID));
	MUST(0, setresuid(USER_ID, USER_ID, 0));
	MUST(A, context_by(device));
	MUST(0, setresuid(0, 0, 0));
	MUST(A, context_by(device));
	MUST(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(A, context_by(device));
	MUST(0, unshare(CLONE_NEWUSER));
	MUST(A, context_by(device));
	MUST(0, unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET));
	MUST(A, context_by(device));
	return 0;
}

TEST_F(confine, identity_over_changes_of_ids_and_namespaces)
{
	EXPECT_EQ(0, in_child(self->a, changes_everything_it_can));
}

/*
 * A ring acts as who registered with it. None comes along at entry (see
 * enter_test.c); that none is sent either is the kernel's own rule.
 */
TEST_F(confine, identity_and_a_ring_of_another_context)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params), pair[2];

	ASSERT_LE(0, ring);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	EXPECT_EQ(EINVAL, send_fd(pair[0], ring));
	EXPECT_EQ(0, send_fd(pair[0], pair[0]));
}

/* ---------------------------------------------------------- capabilities */

/* CAP-01, CAP-02: what the bound lacks can be held, and does not work. */
TEST_F(confine, narrowing_works_at_once)
{
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->two, self->b, ACTOR, 0));
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	EXPECT_EQ(0, ask(&self->one, "chroot"));
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_CHROOT), 0));
	EXPECT_TRUE(ask(&self->one, "getcaps 0") & CAP(SYS_CHROOT));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	EXPECT_EQ(0, ask(&self->one, "newns"));
	EXPECT_EQ(0, ask(&self->two, "chroot"));
	EXPECT_EQ(0, ask(&self->host, "chroot"));
	/* Not by executing another program either, nor as another user. */
	EXPECT_EQ(0, ask(&self->one, "exec %s", ACTOR));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* There is no way to widen it. */
	ASSERT_EQ(0, narrow(A, ~0ULL, 0));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* Those who come now do not even hold it. */
	actor_stop(&self->two);
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, ACTOR, 0));
	EXPECT_FALSE(ask(&self->two, "getcaps 0") & CAP(SYS_CHROOT));
}

/* CAP-01: the bound of context 0 is for its entries, and for other contexts. */
TEST_F(confine, context_0_is_not_bound)
{
	const struct who full = { FULL, -1, NULL };
	struct clip_context_args args = {
		.xid = 2003, .cap_bound = CAP(WAKE_ALARM),
	};

	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, list(P, 0, BIND | CAP(WAKE_ALARM), 0));
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, narrow(0, CAPS, ~0ULL));
	EXPECT_EQ(0, ask(&self->host, "exec %s", ACTOR));
	EXPECT_TRUE(ask(&self->host, "getcaps 0") & CAP(WAKE_ALARM));
	EXPECT_EQ(0, ask(&self->host, "alarm"));
	EXPECT_EQ(-1, context_fd(CLIP_IOC_CONTEXT_CREATE, &args));
	EXPECT_EQ(CLIP_REASON_OVER_BOUND, args.reason);
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
	EXPECT_GRANTED(probe_run(P, USER_ID));
	EXPECT_DONE(tell_level(&full, 0, 0));
	EXPECT_EQ(0, unlist(P, 0));
}

/* The bound holds against every namespace, also those made inside. */
TEST_F(confine, root_of_a_user_namespace)
{
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_ADMIN), 0));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, USER_ID));
	ASSERT_EQ(0, actor_start_in(&self->two, self->b, ACTOR, USER_ID));
	EXPECT_EQ(0, ask(&self->one, "userns"));
	EXPECT_EQ(0, ask(&self->two, "userns"));
	/* Root of it, both of them; */
	EXPECT_TRUE(ask(&self->one, "getcaps 0") & CAP(SYS_ADMIN));
	EXPECT_TRUE(ask(&self->two, "getcaps 0") & CAP(SYS_ADMIN));
	EXPECT_EQ(EPERM, ask(&self->one, "newns"));
	EXPECT_EQ(0, ask(&self->two, "newns"));
	EXPECT_EQ(0, ask(&self->one, "chroot"));
	/* and nobody outside. */
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	EXPECT_EQ(EACCES, ask(&self->two, "bind 80"));
}

/* Enters as who he is: a user. */
static int prepare_to_enter(void *data)
{
	const int fd = *(int *)data;

	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	return confined_enter(fd);
}

/* CAP-03, NS-01: set-uid root is root of the context, and no more. */
TEST_F(confine, setuid_root)
{
	const char *const suid = DIR "/suid";
	struct probe probe;

	ASSERT_EQ(0, copy_file(PROBE, suid, 04755));
	ASSERT_EQ(0, narrow(A, KILL | RAW, 0));
	probe = probe_run_fn(suid, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.euid);
	EXPECT_EQ(KILL | RAW, probe.permitted);
	EXPECT_EQ(KILL | RAW, probe.effective);
	EXPECT_EQ(EACCES, probe.bound);
	probe = probe_run_fn(suid, USER_ID, prepare_to_enter, &self->b);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.euid);
	EXPECT_TRUE(probe.effective & BIND);
	EXPECT_EQ(0, probe.bound);
}

/* CAP-03: the same of capabilities in an attribute of the file. */
TEST_F(confine, file_capabilities)
{
	const char *const fcap = DIR "/fcap", *const actor = DIR "/actor";
	struct probe probe;

	ASSERT_EQ(0, copy_file(PROBE, fcap, 0755));
	ASSERT_EQ(0, give_file_caps(fcap, BIND, true));
	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, give_file_caps(actor, BIND, true));
	/* Held before, and then the bound is cut. */
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, USER_ID));
	EXPECT_EQ(0, ask(&self->one, "exec %s", actor));
	EXPECT_EQ(BIND, ask(&self->one, "getcaps 0"));
	EXPECT_EQ(0, ask(&self->one, "bind 80"));
	ASSERT_EQ(0, narrow(A, CAPS & ~BIND, 0));
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	EXPECT_EQ(0, ask(&self->one, "exec %s", actor));
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	/* Whoever enters now cannot even get it: as with a bounding set. */
	probe = probe_run_fn(fcap, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(EPERM, probe.error);
	probe = probe_run_fn(fcap, USER_ID, prepare_to_enter, &self->b);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(BIND, probe.effective);
	EXPECT_EQ(0, probe.bound);
}

/* --------------------------------------------------------------- entries */

/* ST-05, ST-16, differently: what is granted is cut at exec, not at load. */
TEST_F(confine, grant_within_the_bound)
{
	struct probe probe;

	ASSERT_EQ(0, list(P, A, BIND | RAW, 0));
	ASSERT_EQ(0, list(P, B, BIND | RAW, 0));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(BIND | RAW, probe.effective);
	EXPECT_EQ(0, probe.bound);
	ASSERT_EQ(0, narrow(A, CAPS & ~RAW, ~0ULL));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
	ASSERT_EQ(0, narrow(A, CAPS & ~(RAW | BIND), ~0ULL));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.permitted);
	EXPECT_EQ(EACCES, probe.bound);
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->b);
	EXPECT_EQ(BIND | RAW, probe.effective);
	/* The entry itself is what it was. */
	EXPECT_EQ(1, entries_of(A));
}

TEST_F(confine, privileges_within_the_bound)
{
	const char *const actor = DIR "/actor";

	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, list(actor, A, 0, CLIP_PRIV_IMMORTAL));
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, actor, 0));
	EXPECT_EQ(EPERM, ask(&self->host, "kill %d %d", self->one.pid,
			     SIGUSR1));
	ASSERT_EQ(0, narrow(A, CAPS, CLIP_PRIV_ALL & ~CLIP_PRIV_IMMORTAL));
	/* What it has it keeps; it gets no more. */
	EXPECT_EQ(EPERM, ask(&self->host, "kill %d %d", self->one.pid,
			     SIGUSR1));
	EXPECT_EQ(0, ask(&self->one, "signals"));
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, actor, 0));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->two.pid, SIGUSR1));
	EXPECT_EQ(1, ask(&self->two, "signals"));
}

/* CX-02, CA-06: one file, two digests, and a verdict of one's own for each. */
TEST_F(confine, one_file_in_two_contexts)
{
	const char *const again = DIR "/again";

	ASSERT_EQ(0, list(F, A, 0, 0));
	ASSERT_EQ(0, list_wrong(F, B));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, confined_exec(self->a, F));
		EXPECT_EQ(EACCES, confined_exec(self->b, F));
		EXPECT_EQ(0, exec_in_child(F));
	}
	ASSERT_EQ(0, copy_file(TINY, again, 0755));
	ASSERT_EQ(0, list_wrong(again, A));
	ASSERT_EQ(0, list(again, B, 0, 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(EACCES, confined_exec(self->a, again));
		EXPECT_EQ(0, confined_exec(self->b, again));
	}
	/* CA-05: without an entry it is a file like any other. */
	ASSERT_EQ(0, unlist(again, A));
	EXPECT_EQ(0, confined_exec(self->a, again));
	ASSERT_EQ(0, list_wrong(again, A));
	EXPECT_EQ(EACCES, confined_exec(self->a, again));
	EXPECT_EQ(0, confined_exec(self->b, again));
}

/* CX-02: only one's own context's entries count, and none of context 0. */
TEST_F(confine, no_fallback_to_context_0)
{
	const struct who full = { FULL, -1, NULL };
	struct probe probe;

	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, list_wrong(F, 0));
	ASSERT_EQ(0, list(P, 0, BIND, 0));
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(EACCES, exec_in_child(F));
	EXPECT_EQ(0, confined_exec(self->a, F));
	EXPECT_GRANTED(probe_run(P, USER_ID));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.permitted);
	EXPECT_EQ(EACCES, probe.bound);
	EXPECT_DONE(tell_level(&full, 0, 0));
	/* And none of a context in context 0. */
	ASSERT_EQ(0, list(P, A, BIND, 0) ?: unlist(P, 0));
	EXPECT_PLAIN(probe_run(P, USER_ID));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
}

/* CX-05: what is not active checks nothing and grants nothing. */
TEST_F(confine, inactive)
{
	struct probe probe;

	ASSERT_EQ(0, list_wrong(F, A));
	ASSERT_EQ(0, list(P, A, BIND, 0));
	EXPECT_EQ(EACCES, confined_exec(self->a, F));
	ASSERT_EQ(0, set_level(A, 0));
	EXPECT_EQ(0, confined_exec(self->a, F));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.permitted);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(EACCES, confined_exec(self->a, F));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
}

/* CX-17, ID-08: in a context that was deleted nothing is listed. */
TEST_F(confine, entries_of_a_deleted_context)
{
	const char *const actor = DIR "/actor";

	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, list(actor, A, BIND, 0));
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_CHROOT), ~0ULL));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, actor, USER_ID));
	EXPECT_EQ(BIND, ask(&self->two, "getcaps 0"));
	ASSERT_EQ(0, confined_delete(A));
	/* Its bounds go on to hold for those in it. */
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* What was given stays, and is not given again. */
	EXPECT_EQ(0, ask(&self->two, "bind 80"));
	EXPECT_EQ(0, ask(&self->two, "exec %s", actor));
	EXPECT_EQ(0, ask(&self->two, "getcaps 0"));
	EXPECT_EQ(EACCES, ask(&self->two, "bind 80"));

	/* A new one of this number is another: its entries are not theirs. */
	close(self->a);
	self->a = confined_create(A, CLIP_LEVEL_ACTIVE, CAPS, 0);
	ASSERT_LE(0, self->a);
	ASSERT_EQ(0, list_wrong(actor, A));
	EXPECT_EQ(EACCES, confined_exec(self->a, actor));
	EXPECT_EQ(0, ask(&self->two, "exec %s", actor));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
}

/* ST-18: a file that is gone is gone from all contexts; so is its number. */
TEST_F(confine, a_file_that_is_gone)
{
	ASSERT_EQ(0, list_wrong(F, A));
	ASSERT_EQ(0, list_wrong(F, B));
	ASSERT_EQ(0, link(F, DIR "/link"));
	ASSERT_EQ(0, unlink(F));
	EXPECT_EQ(1, entries_of(A));
	EXPECT_EQ(EACCES, confined_exec(self->a, DIR "/link"));
	ASSERT_EQ(0, unlink(DIR "/link"));
	/* The kernel closes late what a process had when it ended. */
	for (int i = 0; i < 1000 && entries_of(A); i++)
		usleep(1000);
	EXPECT_EQ(0, entries_of(A));
	EXPECT_EQ(0, entries_of(B));
	ASSERT_EQ(0, copy_file(TINY, F, 0755));
	EXPECT_EQ(0, confined_exec(self->a, F));
	EXPECT_EQ(0, confined_exec(self->b, F));
}

TEST_HARNESS_MAIN
