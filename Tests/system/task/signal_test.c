// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals to raised and to immortal tasks (SG-*, AS-02), and signals that files
 * send (SO-*).
 */
#include "actor.h"
#include "device.h"
#include "image.h"
#include "log.h"
#include "task_fixture.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* --------------------------------------------------------------- signals */

/* SG-05 */
TEST_F(task, signal_from_its_user)
{
	long long logged;

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_SIGNAL(0, self->user, self->plain);
	logged = refused(CLIP_REASON_PERMISSION);
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_EQ(logged + 1, refused(CLIP_REASON_PERMISSION));
	/* Signal 0 sends nothing, and returns the answer for other signals. */
	EXPECT_EQ(EPERM, ask(&self->user, "kill %d 0", self->raised.pid));
	EXPECT_EQ(0, ask(&self->user, "kill %d 0", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->user, "kill %d %d", self->raised.pid,
			     SIGKILL));
	EXPECT_EQ(0, ask(&self->raised, "getnice 0"));
}

/* The other system calls that send, and many targets at once. */
TEST_F(task, signal_by_other_calls)
{
	static const char *const verbs[] = { "tgkill", "queue", "pidkill" };
	long before;

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(EPERM, ask(&self->user, "%s %d %d", verbs[i],
				     self->raised.pid, SIGUSR1));
		EXPECT_EQ(0, ask(&self->user, "%s %d %d", verbs[i],
				 self->plain.pid, SIGUSR1));
	}
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	before = ask(&self->plain, "signals");
	EXPECT_LT(0, before);
	/* The call succeeds, as with tasks of other users. */
	EXPECT_EQ(0, ask(&self->user, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	EXPECT_EQ(before + 1, ask(&self->plain, "signals"));
}

/*
 * SG-05: the actor has all that the target has, or CAP_KILL from its own entry.
 */
TEST_F(task, signal_from_a_task_with_as_much)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, actor_start(&self->other, A, USER_ID));
	EXPECT_SIGNAL(0, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	/* With an empty E it no longer has all that the target has. */
	ASSERT_EQ(0, ask(&self->other, "setcaps 0 %lld 0", BIND));
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	actor_stop(&self->other);
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	EXPECT_SIGNAL(0, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	actor_stop(&self->other);
	/* The actor is raised by a privilege, not by capabilities. */
	ASSERT_EQ(0, unload(B));
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
}

/*
 * Promise 4 of the threat model: a task that a privilege alone has raised is
 * protected from its user, and from those that lack the capability for the act.
 */
TEST_F(task, signal_to_a_holder_of_a_privilege)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_KSYSLOG);
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_EQ(EPERM, ask(&self->user, "kill %d %d", self->raised.pid,
			     SIGKILL));
	EXPECT_EQ(EPERM, ask(&self->user, "pidkill %d %d", self->raised.pid,
			     SIGKILL));
	EXPECT_SIGNAL(0, self->user, self->plain);
	EXPECT_SIGNAL(0, self->raised, self->raised);
	/* Root stops a daemon; without CAP_KILL it has only other rights. */
	EXPECT_SIGNAL(0, self->root, self->raised);
	ASSERT_EQ(0, actor_start(&self->other, A, USER_ID));
	EXPECT_SIGNAL(0, self->other, self->raised);
	actor_stop(&self->other);
	/* Another privilege is not enough. */
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	actor_stop(&self->other);
	/* Plain privileges raise no task. */
	ASSERT_EQ(0, unload(A));
	actor_stop(&self->raised);
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_NETCLIENT);
	EXPECT_SIGNAL(0, self->user, self->raised);
}

/* SG-05: root may signal a target whose capabilities it has, and no other. */
TEST_F(task, signal_from_root)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_SIGNAL(0, self->root, self->raised);
	EXPECT_SIGNAL(0, self->root, self->plain);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(KILL), ALL));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(0, self->root, self->plain);
}

/*
 * SG-05: I counts as well, also with a capability that root does not have
 * there.
 */
TEST_F(task, signal_and_inheritable)
{
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_SIGNAL(0, self->root, self->raised);
	/* FL-03: the next program is protected as well. */
	EXPECT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_SIGNAL(0, self->root, self->raised);
}

TEST_F(task, signal_and_context_capability)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, 0);
	/* Root has CONTEXT as long as it has CAP_MAC_ADMIN. */
	EXPECT_SIGNAL(0, self->root, self->raised);
	LACK_MAC_ADMIN(self->root);
	LACK_MAC_ADMIN(self->raised);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	EXPECT_SIGNAL(0, self->other, self->raised);
	EXPECT_SIGNAL(0, self->root, self->user);
}

/* SG-06, as intended: a task may signal itself whatever it has dropped. */
TEST_F(task, signal_to_itself)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_SIGNAL(0, self->raised, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 %lld 0", BIND));
	EXPECT_SIGNAL(0, self->raised, self->raised);
	EXPECT_SIGNAL(0, self->plain, self->plain);
}

/* SG-03, PR-11 */
TEST_F(task, signal_to_an_immortal)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_EQ(EPERM, ask(&self->root, "kill %d %d", self->raised.pid,
			     SIGCONT));
	EXPECT_SIGNAL(0, self->root, self->plain);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 CAP(SYS_BOOT)));
	EXPECT_SIGNAL(0, self->root, self->raised);
	/*
	 * CAP_KILL from an entry does not help; the immortal may signal itself.
	 */
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->raised, self->raised);
}

/*
 * In a user namespace of its own, a task has all capabilities, but none
 * outside.
 */
TEST_F(task, signal_from_a_user_namespace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->user, "userns"));
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_SIGNAL(0, self->user, self->plain);
}

/* Job control: SIGCONT in the session, and no other signal. */
TEST_F(task, signal_of_job_control)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(EPERM, ask(&self->user, "kill %d %d", self->raised.pid,
			     SIGSTOP));
	EXPECT_EQ(0, ask(&self->user, "kill %d %d", self->raised.pid,
			 SIGCONT));
	ASSERT_EQ(0, ask(&self->user, "setsid"));
	EXPECT_EQ(EPERM, ask(&self->user, "kill %d %d", self->raised.pid,
			     SIGCONT));
	EXPECT_EQ(0, ask(&self->user, "kill %d %d", self->plain.pid, SIGCONT));
}

/*
 * AS-02: an exec that raises clears the parent-death signal of the old program.
 */
TEST_F(task, parent_death_signal_is_cleared)
{
	ASSERT_EQ(0, list(A, BIND, 0, 0));
	ASSERT_EQ(0, actor_start(&self->raised, PLAIN, USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "setpdeath %d", SIGUSR1));
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(SIGUSR1, ask(&self->raised, "getpdeath"));
	ASSERT_EQ(0, ask(&self->raised, "exec " A));
	EXPECT_EQ(0, ask(&self->raised, "getpdeath"));
	EXPECT_EQ(1, ask(&self->raised, "secure"));
}

/* A raised task gets the parent-death signal that it sets itself. */
TEST_F(task, parent_death_signal_is_delivered)
{
	struct actor_ends ends;
	pid_t parent;
	int tries = 50;

	ASSERT_EQ(0, list(A, BIND, 0, 0));
	ASSERT_EQ(0, actor_pipes(&self->raised, &ends));
	/* The parent is plain: a kill() of its own would be refused. */
	parent = fork();
	if (parent == 0) {
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(1);
		if (fork() == 0)
			actor_become(A, ends);
		pause();
		_exit(0);
	}
	close(ends.in);
	close(ends.out);
	ASSERT_EQ(0, actor_answer(&self->raised));
	ASSERT_EQ(1, ask(&self->raised, "secure"));
	ASSERT_EQ(0, ask(&self->raised, "setpdeath %d", SIGUSR1));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	while (!ask(&self->raised, "signals") && tries--)
		usleep(10000);
	EXPECT_EQ(1, ask(&self->raised, "signals"));
	close(self->raised.in);
	close(self->raised.out);
}

/* ------------------------------------------------- signals that files send */

/* The file's signal arrived, or left the target as it was. */
#define EXPECT_SIGIO(arrives, sender, target) do { \
	const long before = ask(&self->target, "signals"); \
	EXPECT_EQ(0, ask(&self->sender, "write")); \
	EXPECT_EQ(before + arrives, ask(&self->target, "signals")); \
} while (0)

/* SO-04: the signal is checked like kill() by the opener of the file. */
TEST_F(task, sigio_delivery)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->user, "pair"));
	EXPECT_EQ(0, ask(&self->user, "async"));
	EXPECT_EQ(0, ask(&self->user, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, user, raised);
	EXPECT_EQ(0, ask(&self->user, "setown %d", self->plain.pid));
	EXPECT_SIGIO(1, user, plain);
	EXPECT_EQ(0, ask(&self->user, "setsig %d", SIGUSR1));
	EXPECT_SIGIO(1, user, plain);
	EXPECT_EQ(0, ask(&self->user, "setownex %d", self->raised.pid));
	EXPECT_SIGIO(0, user, raised);
	/* A raised task's own file may signal it. */
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	EXPECT_EQ(0, ask(&self->raised, "async"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	EXPECT_SIGIO(1, raised, raised);
	/* So may the file of an actor with CAP_KILL from an entry. */
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	ASSERT_EQ(0, ask(&self->other, "pair"));
	EXPECT_EQ(0, ask(&self->other, "async"));
	EXPECT_EQ(0, ask(&self->other, "setown %d", self->raised.pid));
	EXPECT_SIGIO(1, other, raised);
	/* The file of root with CAP_KILL, but not from an entry, may not. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(KILL), ALL));
	ASSERT_EQ(0, ask(&self->root, "pair"));
	EXPECT_EQ(0, ask(&self->root, "async"));
	EXPECT_EQ(0, ask(&self->root, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, root, raised);
	EXPECT_EQ(0, ask(&self->root, "setown %d", self->plain.pid));
	EXPECT_SIGIO(1, root, plain);
}

/* All capabilities of another user namespace are none over a raised task. */
TEST_F(task, sigio_from_a_user_namespace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->user, "userns"));
	ASSERT_EQ(0, ask(&self->user, "pair"));
	EXPECT_EQ(0, ask(&self->user, "async"));
	EXPECT_EQ(0, ask(&self->user, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, user, raised);
	EXPECT_EQ(0, ask(&self->user, "setown %d", self->plain.pid));
	EXPECT_SIGIO(1, user, plain);
}

/* SO-05: no file signals an immortal task, not even its own. */
TEST_F(task, sigio_to_an_immortal)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	EXPECT_EQ(0, ask(&self->raised, "async"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, raised, raised);
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->plain.pid));
	EXPECT_SIGIO(1, raised, plain);
}

/*
 * SO-02, SO-03: a file that a raised task opened passes to a plain one, which
 * may use it, but not change its receiver or its signal.
 */
TEST_F(task, sigio_owner_of_a_raised_file)
{
	long ends[2];

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	ASSERT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	ASSERT_EQ(0, ask(&self->raised, "setsig %d", SIGUSR1));
	ASSERT_EQ(0, ask(&self->raised, "async"));
	ends[0] = ask(&self->raised, "pairfd 0");
	ends[1] = ask(&self->raised, "pairfd 1");
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	ASSERT_EQ(0, ask(&self->raised, "usepair %ld %ld", ends[0], ends[1]));
	ASSERT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setown %d", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->raised, "setownex %d", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->raised, "fiosetown %d", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->raised, "siocspgrp %d", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->raised, "setsig %d", SIGKILL));
	EXPECT_EQ(self->raised.pid, ask(&self->raised, "getown"));
	EXPECT_EQ(SIGUSR1, ask(&self->raised, "getsig"));
	/* The signal that was set up still arrives. */
	EXPECT_SIGIO(1, raised, raised);
	/* The next file it opens itself, and may set up. */
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "setownex %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "fiosetown %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "siocspgrp %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "setsig %d", SIGUSR1));
}

/*
 * SO-02, the reverse: a raised task may set up a file that a plain one opened.
 */
TEST_F(task, sigio_owner_of_a_plain_file)
{
	long ends[2];

	ASSERT_EQ(0, list(A, BIND, 0, 0));
	ASSERT_EQ(0, actor_start(&self->raised, PLAIN, USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	ends[0] = ask(&self->raised, "pairfd 0");
	ends[1] = ask(&self->raised, "pairfd 1");
	ASSERT_EQ(0, ask(&self->raised, "exec " A));
	ASSERT_EQ(0, ask(&self->raised, "usepair %ld %ld", ends[0], ends[1]));
	ASSERT_EQ(BIND, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "setsig %d", SIGUSR1));
	EXPECT_EQ(0, ask(&self->raised, "async"));
	EXPECT_SIGIO(1, raised, plain);
	/* A file that a task with less opened does not signal a raised one. */
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, raised, raised);
}

TEST_HARNESS_MAIN
