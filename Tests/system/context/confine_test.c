// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a context keeps its tasks to: the capabilities that work there (CAP-01 to
 * CAP-03), what entries grant there (ST-05, ST-16), and whose entries count
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
	/* The entry itself is what it was. */
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

	ASSERT_EQ(0, list_file(F, A, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, list_wrong(F, B));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, confined_exec(self->a, F));
		EXPECT_EQ(EACCES, confined_exec(self->b, F));
		EXPECT_EQ(0, exec_in_child(F));
	}
	ASSERT_EQ(0, copy_file(TINY, again, 0755));
	ASSERT_EQ(0, list_wrong(again, A));
	ASSERT_EQ(0, list_file(again, B, CLIP_ENTRY_EXE, 0, 0));
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
	ASSERT_EQ(0, list_file(P, 0, CLIP_ENTRY_EXE, BIND, 0));
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
	ASSERT_EQ(0, list_file(P, A, CLIP_ENTRY_EXE, BIND, 0) ?: unlist(P, 0));
	EXPECT_PLAIN(probe_run(P, USER_ID));
	EXPECT_GRANTED(probe_run_fn(P, USER_ID, prepare_to_enter, &self->a));
}

/* CX-05: what is not active checks nothing and grants nothing. */
TEST_F(confine, inactive)
{
	struct probe probe;

	ASSERT_EQ(0, list_wrong(F, A));
	ASSERT_EQ(0, list_file(P, A, CLIP_ENTRY_EXE, BIND, 0));
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
	ASSERT_EQ(0, list_file(actor, A, CLIP_ENTRY_EXE, BIND, 0));
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
