// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limits of tasks in a context: the capabilities that work there (CAP-01 to
 * CAP-03), the grants of entries (ST-05, ST-16), and the entries that count
 * (CX-02, CX-05, CA-06, ID-08).
 */
#include "actor.h"
#include "confine_fixture.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <signal.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

static long long entries_of(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	return context_call(CLIP_IOC_CONTEXT_GET, &args) ? -1 :
	       (long long)args.entries;
}

/* Loads an entry with a digest that does not match the file. */
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

/* ---------------------------------------------------------- capabilities */

/*
 * CAP-01, CAP-02: a capability outside the bound can be held, and has no
 * effect.
 */
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
	/*
	 * Executing another program does not help, nor does being another user.
	 */
	EXPECT_EQ(0, ask(&self->one, "exec %s", ACTOR));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* A bound cannot be widened. */
	ASSERT_EQ(0, narrow(A, ~0ULL, 0));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* A task that enters now does not even hold the capability. */
	actor_stop(&self->two);
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, ACTOR, 0));
	EXPECT_FALSE(ask(&self->two, "getcaps 0") & CAP(SYS_CHROOT));
}

/*
 * CAP-01: the bound of context 0 limits its entries and other contexts, not its
 * tasks.
 */
TEST_F(confine, context_0_is_not_bound)
{
	const struct caller full = { FULL, -1, NULL };
	struct clip_context_args args = {
		.xid = 2003, .cap_bound = CAP(WAKE_ALARM),
	};

	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, list_file(P, 0, CLIP_ENTRY_EXE, BIND | CAP(WAKE_ALARM), 0));
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, narrow(0, CAPS, ~0ULL));
	EXPECT_EQ(0, ask(&self->host, "exec %s", ACTOR));
	EXPECT_TRUE(ask(&self->host, "getcaps 0") & CAP(WAKE_ALARM));
	EXPECT_EQ(0, ask(&self->host, "alarm"));
	EXPECT_EQ(-1, context_fd(CLIP_IOC_CONTEXT_CREATE, &args));
	EXPECT_EQ(CLIP_REASON_OVER_BOUND, args.reason);
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
	EXPECT_GRANTED(probe_run(P, USER_ID));
	EXPECT_DONE(request_level(&full, 0, 0));
	EXPECT_EQ(0, unlist(P, 0));
}

/* The bound holds in every namespace, also in one that was made inside. */
TEST_F(confine, root_of_a_user_namespace)
{
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_ADMIN), 0));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, USER_ID));
	ASSERT_EQ(0, actor_start_in(&self->two, self->b, ACTOR, USER_ID));
	EXPECT_EQ(0, ask(&self->one, "userns"));
	EXPECT_EQ(0, ask(&self->two, "userns"));
	/* Both are root of their user namespace, */
	EXPECT_TRUE(ask(&self->one, "getcaps 0") & CAP(SYS_ADMIN));
	EXPECT_TRUE(ask(&self->two, "getcaps 0") & CAP(SYS_ADMIN));
	EXPECT_EQ(EPERM, ask(&self->one, "newns"));
	EXPECT_EQ(0, ask(&self->two, "newns"));
	EXPECT_EQ(0, ask(&self->one, "chroot"));
	/* and have no capability outside of it. */
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	EXPECT_EQ(EACCES, ask(&self->two, "bind 80"));
}

/* Enters the context without being root. */
static int prepare_to_enter(void *data)
{
	const int fd = *(int *)data;

	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	return context_enter(fd);
}

/*
 * CAP-03, NS-01: a set-uid root program gets the capabilities of the context,
 * and no others.
 */
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

/* CAP-03: the same for capabilities of a file. */
TEST_F(confine, file_capabilities)
{
	const char *const fcap = DIR "/fcap", *const actor = DIR "/actor";
	struct probe probe;

	ASSERT_EQ(0, copy_file(PROBE, fcap, 0755));
	ASSERT_EQ(0, give_file_caps(fcap, BIND, true));
	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, give_file_caps(actor, BIND, true));
	/* The capability is held first, and then the bound is cut. */
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, USER_ID));
	EXPECT_EQ(0, ask(&self->one, "exec %s", actor));
	EXPECT_EQ(BIND, ask(&self->one, "getcaps 0"));
	EXPECT_EQ(0, ask(&self->one, "bind 80"));
	ASSERT_EQ(0, narrow(A, CAPS & ~BIND, 0));
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	EXPECT_EQ(0, ask(&self->one, "exec %s", actor));
	EXPECT_EQ(EACCES, ask(&self->one, "bind 80"));
	/* A task that enters now cannot even get it, as with a bounding set. */
	probe = probe_run_fn(fcap, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(EPERM, probe.error);
	probe = probe_run_fn(fcap, USER_ID, prepare_to_enter, &self->b);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(BIND, probe.effective);
	EXPECT_EQ(0, probe.bound);
}

/* --------------------------------------------------------------- entries */

/*
 * ST-05, ST-16, differently: a grant is cut at exec, not when the entry is
 * loaded.
 */
TEST_F(confine, grant_within_the_bound)
{
	struct probe probe;

	ASSERT_EQ(0, list_file(P, A, CLIP_ENTRY_EXE, BIND | RAW, 0));
	ASSERT_EQ(0, list_file(P, B, CLIP_ENTRY_EXE, BIND | RAW, 0));
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
	/* The entry itself is unchanged. */
	EXPECT_EQ(1, entries_of(A));
}

TEST_F(confine, privileges_within_the_bound)
{
	const char *const actor = DIR "/actor";

	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, list_file(actor, A, CLIP_ENTRY_EXE, 0, CLIP_PRIV_IMMORTAL));
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, actor, 0));
	EXPECT_EQ(EPERM, ask(&self->host, "kill %d %d", self->one.pid,
			     SIGUSR1));
	ASSERT_EQ(0, narrow(A, CAPS, CLIP_PRIV_ALL & ~CLIP_PRIV_IMMORTAL));
	/* The running task keeps its privilege; the next one gets none. */
	EXPECT_EQ(EPERM, ask(&self->host, "kill %d %d", self->one.pid,
			     SIGUSR1));
	EXPECT_EQ(0, ask(&self->one, "signals"));
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, actor, 0));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->two.pid, SIGUSR1));
	EXPECT_EQ(1, ask(&self->two, "signals"));
}

/*
 * CX-02, CA-06: one file has two digests, and each context has its own verdict.
 */
TEST_F(confine, one_file_in_two_contexts)
{
	const char *const again = DIR "/again";

	ASSERT_EQ(0, list_file(F, A, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, list_wrong(F, B));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, exec_in_context(self->a, F));
		EXPECT_EQ(EACCES, exec_in_context(self->b, F));
		EXPECT_EQ(0, exec_in_child(F));
	}
	ASSERT_EQ(0, copy_file(TINY, again, 0755));
	ASSERT_EQ(0, list_wrong(again, A));
	ASSERT_EQ(0, list_file(again, B, CLIP_ENTRY_EXE, 0, 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(EACCES, exec_in_context(self->a, again));
		EXPECT_EQ(0, exec_in_context(self->b, again));
	}
	/* CA-05: without an entry it is a file like any other. */
	ASSERT_EQ(0, unlist(again, A));
	EXPECT_EQ(0, exec_in_context(self->a, again));
	ASSERT_EQ(0, list_wrong(again, A));
	EXPECT_EQ(EACCES, exec_in_context(self->a, again));
	EXPECT_EQ(0, exec_in_context(self->b, again));
}

/* CX-02: only entries of a task's own context count, not those of context 0. */
TEST_F(confine, no_fallback_to_context_0)
{
	const struct caller full = { FULL, -1, NULL };
	struct probe probe;

	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, list_wrong(F, 0));
	ASSERT_EQ(0, list_file(P, 0, CLIP_ENTRY_EXE, BIND, 0));
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(EACCES, exec_in_child(F));
	EXPECT_EQ(0, exec_in_context(self->a, F));
	EXPECT_GRANTED(probe_run(P, USER_ID));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.permitted);
	EXPECT_EQ(EACCES, probe.bound);
	EXPECT_DONE(request_level(&full, 0, 0));
	/* Nor do entries of another context count in context 0. */
	ASSERT_EQ(0, list_file(P, A, CLIP_ENTRY_EXE, BIND, 0) ?: unlist(P, 0));
	EXPECT_PLAIN(probe_run(P, USER_ID));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
}

/* CX-05: an inactive context checks nothing and grants nothing. */
TEST_F(confine, inactive_context_checks_and_grants_nothing)
{
	struct probe probe;

	ASSERT_EQ(0, list_wrong(F, A));
	ASSERT_EQ(0, list_file(P, A, CLIP_ENTRY_EXE, BIND, 0));
	EXPECT_EQ(EACCES, exec_in_context(self->a, F));
	ASSERT_EQ(0, set_level(A, 0));
	EXPECT_EQ(0, exec_in_context(self->a, F));
	probe = probe_run_fn(P, USER_ID, prepare_to_enter, &self->a);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(0, probe.permitted);
	ASSERT_EQ(0, set_level(A, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(EACCES, exec_in_context(self->a, F));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
}

/* CX-17, ID-08: a context that was deleted has no entries. */
TEST_F(confine, entries_of_a_deleted_context)
{
	const char *const actor = DIR "/actor";

	ASSERT_EQ(0, copy_file(ACTOR, actor, 0755));
	ASSERT_EQ(0, list_file(actor, A, CLIP_ENTRY_EXE, BIND, 0));
	ASSERT_EQ(0, narrow(A, CAPS & ~CAP(SYS_CHROOT), ~0ULL));
	ASSERT_EQ(0, actor_start_in(&self->one, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->two, self->a, actor, USER_ID));
	EXPECT_EQ(BIND, ask(&self->two, "getcaps 0"));
	ASSERT_EQ(0, context_delete(A));
	/* The bounds still hold for the tasks in it. */
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
	/* A grant stays with the running task, and is not repeated at exec. */
	EXPECT_EQ(0, ask(&self->two, "bind 80"));
	EXPECT_EQ(0, ask(&self->two, "exec %s", actor));
	EXPECT_EQ(0, ask(&self->two, "getcaps 0"));
	EXPECT_EQ(EACCES, ask(&self->two, "bind 80"));

	/*
	 * A new context with this number has entries of its own, which do not
	 * count for tasks of the old one.
	 */
	close(self->a);
	self->a = context_create(A, CLIP_LEVEL_ACTIVE, CAPS, 0);
	ASSERT_LE(0, self->a);
	ASSERT_EQ(0, list_wrong(actor, A));
	EXPECT_EQ(EACCES, exec_in_context(self->a, actor));
	EXPECT_EQ(0, ask(&self->two, "exec %s", actor));
	EXPECT_EQ(EPERM, ask(&self->one, "chroot"));
}

/*
 * ST-18: a deleted file loses its entries in all contexts, and a new file with
 * its inode number has none.
 */
TEST_F(confine, deleted_file_loses_its_entries)
{
	ASSERT_EQ(0, list_wrong(F, A));
	ASSERT_EQ(0, list_wrong(F, B));
	ASSERT_EQ(0, link(F, DIR "/link"));
	ASSERT_EQ(0, unlink(F));
	EXPECT_EQ(1, entries_of(A));
	EXPECT_EQ(EACCES, exec_in_context(self->a, DIR "/link"));
	ASSERT_EQ(0, unlink(DIR "/link"));
	/*
	 * The kernel closes the files of a process a little after it has ended.
	 */
	for (int i = 0; i < 1000 && entries_of(A); i++)
		usleep(1000);
	EXPECT_EQ(0, entries_of(A));
	EXPECT_EQ(0, entries_of(B));
	ASSERT_EQ(0, copy_file(TINY, F, 0755));
	EXPECT_EQ(0, exec_in_context(self->a, F));
	EXPECT_EQ(0, exec_in_context(self->b, F));
}

TEST_HARNESS_MAIN
