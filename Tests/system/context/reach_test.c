// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks of different contexts can do to each other (SIG-*, PTR-*, VIS-06,
 * ADM-03, WAT-01 to WAT-05, ID-08).
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "reach_fixture.h"
#include "requests.h"

#include <linux/ioprio.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)
#define BEST_EFFORT	(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)

/* --------------------------------------------------------------- signals */

/* SIG-01, SIG-02, SIG-04, SIG-11, WAT-03, ADM-03 */
TEST_F(reach, signals)
{
	static const char *const verbs[] = {
		"kill", "tgkill", "queue", "pidkill",
	};
	static const int harmless[] = { 0, SIGCONT };
	FOR_EACH_PAIR(p) {
		for (int i = 0; i < 4; i++) {
			const long before = ask(p->target, "signals");
			const long long count =
				refused(CLIP_REASON_PERMISSION);

			EXPECT_EQ(p->reach ? 0 : EPERM,
				  ask(p->actor, "%s %d %d", verbs[i],
				      p->target->pid, SIGUSR1));
			EXPECT_EQ(before + p->reach, ask(p->target, "signals"));
			EXPECT_EQ(count + !p->reach,
				  refused(CLIP_REASON_PERMISSION));
		}
		/*
		 * Harmless signals are refused too, although all are in one
		 * session.
		 */
		for (int i = 0; i < 2; i++)
			EXPECT_EQ(p->reach ? 0 : EPERM,
				  ask(p->actor, "kill %d %d", p->target->pid,
				      harmless[i]));
	}
	/* ADM-03 */
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->host.pid, SIGKILL));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", getpid(), SIGKILL));
	EXPECT_EQ(EPERM, ask(&self->a, "kill 1 0"));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->b.pid, SIGKILL));
	EXPECT_EQ(0, ask(&self->b, "signals") + ask(&self->host, "signals"));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->b.pid, SIGKILL));
	EXPECT_EQ(self->b.pid, waitpid(self->b.pid, NULL, 0));
	self->b.pid = -1;
}

/*
 * SIG-05, SIG-07: a signal to many at once passes over the tasks out of reach.
 */
TEST_F(reach, signals_to_many)
{
	const long mine = ask(&self->a, "signals");

	EXPECT_EQ(0, ask(&self->a, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(mine, ask(&self->a, "signals"));
	EXPECT_EQ(1, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->b, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	EXPECT_EQ(0, ask(&self->watch, "signals"));
	/* All of them and this test are in one process group. */
	EXPECT_EQ(0, ask(&self->a, "kill 0 %d", SIGUSR1));
	EXPECT_EQ(mine + 1, ask(&self->a, "signals"));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->b, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	/* Tasks that may not be signalled do not make the call fail. */
	EXPECT_EQ(0, ask(&self->b, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	/* A task of WATCH reaches none of them. */
	EXPECT_EQ(0, ask(&self->watch, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
}

/*
 * SIG-03, PR-07, PR-08: as a display server signals its starter that it is
 * ready.
 */
TEST_F(reach, signals_with_privileges)
{
	const struct caller full = { FULL, -1, NULL };
	struct rule rule;

	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, copy_file(ACTOR, LISTED, 0755));
	ASSERT_EQ(0, copy_file(ACTOR, SENDER, 0755));
	ASSERT_EQ(0, rule_for(&rule, LISTED, CLIP_ENTRY_EXE));
	rule.privileges = CLIP_PRIV_RECVSIG;
	ASSERT_EQ(0, load(&rule));
	rule.context = B;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, rule_for(&rule, SENDER, CLIP_ENTRY_EXE));
	rule.privileges = CLIP_PRIV_SIGUSR;
	rule.context = A;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
	ASSERT_EQ(0, actor_start(&self->other, LISTED, 0));
	EXPECT_DONE(request_level(&full, 0, 0));

	/* First neither task has its privilege, then only the receiver has. */
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->host.pid, SIGUSR1));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->other.pid, SIGUSR1));
	ASSERT_EQ(0, ask(&self->a, "exec %s", SENDER));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->host.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	EXPECT_EQ(0, ask(&self->other, "signals"));
	EXPECT_EQ(0, ask(&self->a, "kill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(1, ask(&self->other, "signals"));
	EXPECT_EQ(0, ask(&self->a, "tgkill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(2, ask(&self->other, "signals"));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->other.pid, SIGTERM));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->other.pid, SIGKILL));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d 0", self->other.pid));
	/* The privileges permit signals only. */
	EXPECT_EQ(EPERM, ask(&self->a, "trace %d", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->a, "setnice %d 5", self->other.pid));
	/* They work only upwards, to context 0. */
	ASSERT_EQ(0, ask(&self->b, "exec %s", LISTED));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->b.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->b, "signals"));
}

/* SIG-08: a signal that a file sends is sent by the task that opened it. */
TEST_F(reach, signals_from_files)
{
	ASSERT_EQ(0, ask(&self->a, "pair"));
	ASSERT_EQ(0, ask(&self->a, "async"));
	EXPECT_EQ(0, ask(&self->a, "setown %d", self->a2.pid));
	EXPECT_EQ(0, ask(&self->a, "write"));
	EXPECT_EQ(1, ask(&self->a2, "signals"));
	ask(&self->a, "setown %d", self->b.pid);
	EXPECT_EQ(0, ask(&self->a, "write"));
	EXPECT_EQ(0, ask(&self->b, "signals"));
	ask(&self->a, "setown %d", self->host.pid);
	EXPECT_EQ(0, ask(&self->a, "write"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	EXPECT_EQ(1, ask(&self->a2, "signals"));
}

/*
 * SIG-09: a task of another context may not choose the receiver or the signal
 * of a file.
 */
TEST_F(reach, signals_from_files_of_others)
{
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	self->other.pid = -1;
	/* The descriptors are inherited: opened in context 0, used in A. */
	ASSERT_EQ(0, dup2(pair[0], 40) != 40 || dup2(pair[1], 41) != 41);
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	ASSERT_EQ(0, ask(&self->other, "usepair 40 41"));
	EXPECT_EQ(0, ask(&self->other, "setown %d", self->other.pid));
	EXPECT_EQ(0, ask(&self->other, "setsig %d", SIGUSR1));
	EXPECT_EQ(0, fcntl(self->fd_a, F_SETFD, 0));
	actor_stop(&self->other);
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	ASSERT_EQ(0, ask(&self->other, "usepair 40 41"));
	/* A file that sends signals is not taken along. */
	EXPECT_EQ(EBUSY, ask(&self->other, "enter %d", self->fd_a));
	EXPECT_EQ(0, ask(&self->other, "setown 0"));
	ASSERT_EQ(0, ask(&self->other, "enter %d", self->fd_a));
	ask(&self->other, "setown %d", self->host.pid);
	EXPECT_NE(self->host.pid, ask(&self->other, "getown"));
	EXPECT_EQ(EPERM, ask(&self->other, "setown %d", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "setownex %d", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "setsig %d", SIGKILL));
	EXPECT_EQ(EPERM, ask(&self->other, "fiosetown %d", self->other.pid));
	EXPECT_EQ(SIGUSR1, ask(&self->other, "getsig"));
	close(pair[0]);
	close(pair[1]);
	close(40);
	close(41);
}

/* SIG-12: signals that the kernel itself sends arrive in any context. */
TEST_F(reach, signals_of_the_kernel)
{
	const struct timespec limit = { .tv_sec = 10 };
	siginfo_t info = {};
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &set, NULL));
	pid = fork();
	if (pid == 0) {
		close_range(3, self->fd_b - 1, 0);
		close_range(self->fd_b + 1, ~0U, 0);
		own_memory();
		_exit(context_enter(self->fd_b) ? 1 : 42);
	}
	EXPECT_EQ(SIGCHLD, sigtimedwait(&set, &info, &limit));
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(42, info.si_status);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
}

/* -------------------------------------------------- priorities and limits */

/* SIG-10, WAT-03 */
TEST_F(reach, priorities_and_limits)
{
	FOR_EACH_PAIR(p) {
		const int expected = p->reach ? 0 : EPERM;
		const long nice = ask(p->target, "getnice 0");
		const long limit = ask(p->target, "getlimit");

		EXPECT_EQ(expected, ask(p->actor, "setnice %d %ld",
					p->target->pid, nice + 1));
		EXPECT_EQ(nice + p->reach, ask(p->target, "getnice 0"));
		EXPECT_EQ(expected, ask(p->actor, "setsched %d 0",
					p->target->pid));
		EXPECT_EQ(expected, ask(p->actor, "setaffinity %d 1",
					p->target->pid));
		EXPECT_EQ(expected, ask(p->actor, "setioprio %d %d",
					p->target->pid, BEST_EFFORT));
		EXPECT_EQ(p->reach ? BEST_EFFORT : ask(p->target,
						       "getioprio 0"),
			  ask(p->target, "getioprio 0"));
		EXPECT_EQ(expected, ask(p->actor, "setlimit %d %ld",
					p->target->pid, limit - 1));
		EXPECT_EQ(limit - p->reach, ask(p->target, "getlimit"));
	}
}

/* VIS-06: scheduler, group, session, priority, affinity, limits. */
TEST_F(reach, looking_at_tasks)
{
	FOR_EACH_PAIR(p)
		for (int what = 0; what < 7; what++)
			EXPECT_EQ(p->see ? 0 : EPERM,
				  ask(p->actor, "look %d %d", what,
				      p->target->pid));
}

/* --------------------------------------------------------------- tracing */

/* PTR-01, PTR-02, PTR-04, PTR-06, PTR-07, WAT-02, WAT-05 */
TEST_F(reach, tracing)
{
	/*
	 * Acts that take over the target or take something from it; context 0
	 * may not do them either.
	 */
	static const char *const attach[] = {
		"trace %d", "read %d", "writevm %d", "getfd %d 0",
	};

	FOR_EACH_PAIR(p) {
		const bool same = p->target == &self->a2;

		for (int i = 0; i < 4; i++)
			EXPECT_EQ(same ? 0 : EPERM,
				  ask(p->actor, attach[i], p->target->pid));
		/* Looking is permitted with the capability for it. */
		EXPECT_EQ(p->see ? 0 : EPERM,
			  ask(p->actor, "robust %d", p->target->pid));
		/*
		 * Advice requires CAP_SYS_NICE besides, and joining requires
		 * CAP_SYS_ADMIN.
		 */
		EXPECT_EQ(p->reach ? 0 : p->see ? EPERM : EACCES,
			  ask(p->actor, "madvise %d", p->target->pid));
		EXPECT_EQ(p->reach ? 0 : EPERM,
			  ask(p->actor, "setns %d", p->target->pid));
	}
}

/*
 * PTR-04. With CAP_PERFMON or CAP_SYS_ADMIN in its bound, a task may count
 * events of any other: the kernel then makes no other check.
 */
TEST_F(reach, performance_counters)
{
	struct clip_context_args args = {
		.cap_bound = ALL_CAPS & ~(1ULL << CAP_PERFMON |
					  1ULL << CAP_SYS_ADMIN),
	};

	for (args.xid = A; args.xid <= B; args.xid++)
		ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	FOR_EACH_PAIR(p)
		EXPECT_EQ(p->see ? 0 : EACCES,
			  ask(p->actor, "perf %d", p->target->pid));
}

static int asks_to_be_traced(int fd)
{
	int status;
	pid_t pid;

	MUST(0, context_enter(fd));
	pid = fork();
	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0);
	MUST(pid, waitpid(pid, &status, 0));
	return WEXITSTATUS(status);
}

/* PTR-03: a task cannot let itself be traced by a parent outside. */
TEST_F(reach, traceme)
{
	EXPECT_EQ(EPERM, ask(&self->a, "traceme"));
	/*
	 * A child that was forked after entering has not executed anything yet.
	 */
	EXPECT_EQ(EPERM, in_child(self->fd_a, asks_to_be_traced));
	EXPECT_EQ(0, ask(&self->a, "childtraceme"));
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	EXPECT_EQ(0, ask(&self->other, "traceme"));
}

/* Until its first exec a task has the memory of one of context 0. */
TEST_F(reach, task_that_has_just_entered)
{
	ASSERT_EQ(0, fcntl(self->fd_a, F_SETFD, 0));
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	ASSERT_EQ(0, ask(&self->other, "enter %d", self->fd_a));
	EXPECT_EQ(EPERM, ask(&self->a, "trace %d", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->a, "read %d", self->other.pid));
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/maps",
			      self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->a, "getfd %d 0", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->host, "trace %d", self->other.pid));
	/*
	 * It belongs to its context otherwise, and after an exec in all
	 * respects.
	 */
	EXPECT_EQ(0, ask(&self->a, "kill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(EPERM, ask(&self->other, "kill %d %d", self->host.pid,
			     SIGUSR1));
	ASSERT_EQ(0, ask(&self->other, "exec %s", ACTOR));
	EXPECT_EQ(0, ask(&self->a, "trace %d", self->other.pid));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/maps", self->other.pid));
}

/*
 * ID-08: a task of a deleted context, and one of the next context with its
 * number.
 */
TEST_F(reach, second_life_of_a_number)
{
	const struct actor *const strangers[] = { &self->a, &self->other };

	ASSERT_EQ(0, context_delete(A));
	close(self->fd_a);
	self->fd_a = context_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);
	ASSERT_LE(0, self->fd_a);
	ASSERT_EQ(0, actor_start_in(&self->other, self->fd_a, ACTOR, 0));
	for (int i = 0; i < 2; i++) {
		const struct actor *actor = strangers[i];
		const struct actor *target = strangers[!i];

		EXPECT_EQ(EPERM, ask(actor, "kill %d %d", target->pid,
				     SIGUSR1));
		EXPECT_EQ(0, ask(target, "signals"));
		EXPECT_EQ(EPERM, ask(actor, "trace %d", target->pid));
		EXPECT_EQ(EPERM, ask(actor, "setnice %d 5", target->pid));
		EXPECT_EQ(EPERM, ask(actor, "look 0 %d", target->pid));
		EXPECT_EQ(EACCES, ask(actor, "open /proc/%d/status",
				      target->pid));
	}
	/*
	 * Tasks of the old context still reach each other, and context 0
	 * reaches them.
	 */
	EXPECT_EQ(0, ask(&self->a, "kill %d %d", self->a2.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/status", self->a2.pid));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->a.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/%d/status", self->a.pid));
}

TEST_HARNESS_MAIN
