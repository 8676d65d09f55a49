// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks may do to each other and to their own rights (SG-*, PI-*, PT-*,
 * DU-*, TR-*, SO-*, CB-02). Most tests have four cells: the actor with too
 * little and the actor with enough, on a raised target and on a plain one.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "log.h"

#include <linux/capability.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/task"
#define PLAIN	DIR "/plain"	/* never listed */
#define A	DIR "/a"	/* listed by most tests, the target */
#define B	DIR "/b"	/* listed by some, the actor */

#define CAP(name)	(1ULL << CAP_##name)
#define CONTEXT		(1ULL << CLIP_CAP_CONTEXT)
#define ALL		0x1ffffffffffLL
#define BEST_EFFORT	(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)
#define IDLE		(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)

/* Lists a copy of the actor; whoever runs it is raised. */
static int list(const char *path, uint64_t caps, uint64_t inherit,
		uint64_t privileges)
{
	struct rule rule;
	int err = rule_for(&rule, path, CLIP_ENTRY_EXE);

	rule.effective = caps;
	rule.permitted = caps;
	rule.inheritable = inherit;
	rule.privileges = privileges;
	if (inherit)
		rule.flags |= CLIP_ENTRY_INHERIT;
	return err ?: load(&rule);
}

/* A refused act on a task; the status file counts those it logs. */
static long long refusals(void)
{
	const long long count = status_value("refused.permission");

	return count < 0 ? 0 : count;
}

FIXTURE(task)
{
	struct actor user, root;	/* plain, uid 1000 and uid 0 */
	struct actor raised, plain;	/* targets */
	struct actor other;		/* as a test likes */
};

FIXTURE_SETUP(task)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ACTOR, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(ACTOR, A, 0755));
	ASSERT_EQ(0, copy_file(ACTOR, B, 0755));
	ASSERT_EQ(0, actor_start(&self->user, PLAIN, USER_ID));
	ASSERT_EQ(0, actor_start(&self->root, PLAIN, 0));
	ASSERT_EQ(0, actor_start(&self->plain, PLAIN, USER_ID));
}

FIXTURE_TEARDOWN(task)
{
	actor_stop(&self->user);
	actor_stop(&self->root);
	actor_stop(&self->raised);
	actor_stop(&self->plain);
	actor_stop(&self->other);
	umount2(DIR, MNT_DETACH);
}

#define LIST_AND_START(which, path, uid, caps, inherit, privileges) do { \
	ASSERT_EQ(0, list(path, caps, inherit, privileges)); \
	ASSERT_EQ(0, actor_start(&self->which, path, uid)); \
} while (0)

/* The signal arrived, or left the target as it was. */
#define EXPECT_SIGNAL(error, actor, target) do { \
	const long before = ask(&(target), "signals"); \
	EXPECT_EQ(error, ask(&(actor), "kill %d %d", (target).pid, SIGUSR1)); \
	EXPECT_EQ(before + !(error), ask(&(target), "signals")); \
} while (0)

/* --------------------------------------------------------------- signals */

/* SG-05 */
TEST_F(task, signal_from_its_user)
{
	long long logged;

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_SIGNAL(0, self->user, self->plain);
	logged = refusals();
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_EQ(logged + 1, refusals());
	/* Signal 0 sends nothing, and tells what the others would get. */
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
	/* It succeeds, as it does for tasks of other users. */
	EXPECT_EQ(0, ask(&self->user, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	EXPECT_EQ(before + 1, ask(&self->plain, "signals"));
}

/* SG-05: has all that the target has, or CAP_KILL by an entry of its own. */
TEST_F(task, signal_from_equals)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, actor_start(&self->other, A, USER_ID));
	EXPECT_SIGNAL(0, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	/* With E given up it is no equal any more. */
	ASSERT_EQ(0, ask(&self->other, "setcaps 0 %lld 0", BIND));
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	actor_stop(&self->other);
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	EXPECT_SIGNAL(0, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
	actor_stop(&self->other);
	/* Raised by a privilege only: not by capabilities. */
	ASSERT_EQ(0, unload(B));
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->other, self->plain);
}

/* SG-05: root signals what it could have done itself, and no more. */
TEST_F(task, signal_from_root)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_SIGNAL(0, self->root, self->raised);
	EXPECT_SIGNAL(0, self->root, self->plain);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(KILL), ALL));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(0, self->root, self->plain);
}

/* SG-05: I counts, and so does the capability that root does not have. */
TEST_F(task, signal_and_inheritable)
{
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_SIGNAL(0, self->root, self->raised);
	/* FL-03: what it runs next is guarded as well. */
	EXPECT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	EXPECT_SIGNAL(0, self->root, self->raised);
}

#define LACK_MAC_ADMIN(actor) \
	ASSERT_EQ(0, ask(&(actor), "setcaps %lld %lld 0", \
			 ALL & ~CAP(MAC_ADMIN), ALL & ~CAP(MAC_ADMIN)))

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
	/* CAP_KILL from an entry does not help, itself may. */
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	EXPECT_SIGNAL(EPERM, self->other, self->raised);
	EXPECT_SIGNAL(0, self->raised, self->raised);
}

/* A number of /proc/PID/attr/clip/task; -1 if it is not there. */
static long long attribute(pid_t pid, const char *key)
{
	char path[64], name[64];
	long long value, found = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/attr/clip/task", pid);
	file = fopen(path, "r");
	while (file && fscanf(file, "%63s %lli", name, &value) == 2)
		if (!strcmp(name, key))
			found = value;
	if (file)
		fclose(file);
	return found;
}

/* PC-04: what an entry has given a task is shown to everybody, like its ids. */
TEST_F(task, attributes_in_procfs)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(0, attribute(self->raised.pid, "context"));
	EXPECT_EQ(CLIP_PRIV_IMMORTAL, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(CLIP_ENTRY_EXE, attribute(self->raised.pid, "entry_flags"));
	/* Raised and bumped. */
	EXPECT_EQ(3, attribute(self->raised.pid, "task_flags"));
	EXPECT_EQ(0, attribute(self->plain.pid, "privileges"));
	EXPECT_EQ(0, attribute(self->plain.pid, "task_flags"));
	EXPECT_EQ(0, attribute(self->plain.pid, "entry_flags"));
	/* Nobody writes there, and there is no other name. */
	EXPECT_NE(0, write_text("/proc/self/attr/clip/task", "x"));
	EXPECT_EQ(-1, open("/proc/self/attr/clip/current", O_RDONLY));
}

/* EX-04, Intent: what seteuid sets aside is gone with the next program. */
TEST_F(task, saved_privileges_do_not_survive_exec)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_NETLINK);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(0, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(CLIP_PRIV_NETLINK,
		  attribute(self->raised.pid, "saved_privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(CLIP_PRIV_NETLINK, attribute(self->raised.pid, "privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_EQ(0, attribute(self->raised.pid, "saved_privileges"));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(0, attribute(self->raised.pid, "privileges"));
	EXPECT_EQ(0, attribute(self->raised.pid, "entry_flags"));
}

static long long oom_file(pid_t pid, const char *name)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 1)
		text[0] = '\0';
	close(fd);
	return text[0] ? atoll(text) : -99999;
}

static int oom_adjust(pid_t pid, const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return write_text(path, value);
}

/* OO-01, PR-11: of two that are alike, the immortal one comes far behind. */
TEST_F(task, oom_score_of_an_immortal)
{
	struct actor plain;

	/* Scores are about memory; these two get theirs from what they inherit. */
	ASSERT_EQ(0, oom_adjust(getpid(), "oom_score_adj", "800"));
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, actor_start(&plain, PLAIN, 0));
	ASSERT_EQ(0, oom_adjust(getpid(), "oom_score_adj", "0"));
	EXPECT_EQ(800, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(800, oom_file(plain.pid, "oom_score_adj"));
	EXPECT_LT(1100, oom_file(plain.pid, "oom_score"));
	EXPECT_GT(800, oom_file(self->raised.pid, "oom_score"));
	EXPECT_LT(0, oom_file(self->raised.pid, "oom_score"));
	actor_stop(&plain);
}

/* OO-02: nobody pushes it forward; everything else goes as ever. */
TEST_F(task, oom_adjustment_of_an_immortal)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_score_adj", "1"));
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_adj", "5"));
	EXPECT_EQ(0, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, oom_adjust(self->raised.pid, "oom_score_adj", "-300"));
	EXPECT_EQ(EACCES, oom_adjust(self->raised.pid, "oom_score_adj", "-200"));
	EXPECT_EQ(-300, oom_file(self->raised.pid, "oom_score_adj"));
	EXPECT_EQ(0, oom_adjust(self->plain.pid, "oom_score_adj", "300"));
	EXPECT_EQ(300, oom_file(self->plain.pid, "oom_score_adj"));
}

/* In a user namespace of one's own one has all capabilities, and no more. */
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

/* AS-02: an exec that raises forgets the wish of who was there before. */
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

/* ... but a raised task gets the signal that it asked for itself. */
TEST_F(task, parent_death_signal_is_delivered)
{
	struct actor_ends ends;
	pid_t parent;
	int tries = 50;

	ASSERT_EQ(0, list(A, BIND, 0, 0));
	ASSERT_EQ(0, actor_pipes(&self->raised, &ends));
	/* A plain parent: its own kill() would be refused. */
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

/* ------------------------------------------------------------ priorities */

/*
 * PI-01. The capability module refuses an ordinary user already; what is ours
 * is that CAP_SYS_NICE alone does not reach a raised task either.
 */
TEST_F(task, priority)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(SYS_NICE),
			 ALL));
#define EXPECT_PRIORITY(error, target, verb, get, was, value) do { \
	EXPECT_EQ(was, ask(&self->target, get " 0")); \
	EXPECT_EQ(error, ask(&self->root, verb " %d %d", self->target.pid, \
			     value)); \
	EXPECT_EQ(error ? was : value, ask(&self->target, get " 0")); \
} while (0)
	EXPECT_PRIORITY(EPERM, raised, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(0, plain, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(EPERM, raised, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_PRIORITY(0, plain, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_EQ(EPERM, ask(&self->root, "setaffinity %d 1",
			     self->raised.pid));
	EXPECT_EQ(0, ask(&self->root, "setaffinity %d 1", self->plain.pid));
	EXPECT_EQ(EPERM, ask(&self->root, "setioprio %d %d", self->raised.pid,
			     BEST_EFFORT));
	EXPECT_EQ(0, ask(&self->root, "setioprio %d %d", self->plain.pid,
			 BEST_EFFORT));
	EXPECT_EQ(BEST_EFFORT, ask(&self->plain, "getioprio 0"));
	EXPECT_NE(BEST_EFFORT, ask(&self->raised, "getioprio 0"));
	/* PI-02 is for oneself. */
	EXPECT_EQ(EPERM, ask(&self->root, "setioprio %d %d", self->raised.pid,
			     IDLE));

	/* Full root has all that the target has. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", ALL, ALL));
	EXPECT_PRIORITY(0, raised, "setnice", "getnice", 0, 7);
	EXPECT_PRIORITY(0, raised, "setsched", "getsched", SCHED_OTHER,
			SCHED_BATCH);
	EXPECT_EQ(0, ask(&self->root, "setaffinity %d 1", self->raised.pid));
	EXPECT_EQ(0, ask(&self->root, "setioprio %d %d", self->raised.pid,
			 BEST_EFFORT));
}

/* PI-01: CAP_SYS_NICE from an entry does. */
TEST_F(task, priority_by_an_entry)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	LIST_AND_START(other, B, USER_ID, CAP(SYS_NICE), 0, 0);
	EXPECT_EQ(0, ask(&self->other, "setnice %d 3", self->raised.pid));
	EXPECT_EQ(3, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(0, ask(&self->other, "setnice %d 3", self->plain.pid));
	/* And an ordinary user does not reach it, but its own. */
	EXPECT_EQ(EPERM, ask(&self->user, "setnice %d 5", self->raised.pid));
	EXPECT_EQ(3, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(0, ask(&self->user, "setnice %d 5", self->plain.pid));
}

/* PI-01 is for oneself as well; PI-02 is the exception. */
TEST_F(task, priority_of_itself)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "setnice 0 1"));
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 %lld 0", BIND));
	EXPECT_EQ(EPERM, ask(&self->raised, "setnice 0 2"));
	EXPECT_EQ(1, ask(&self->raised, "getnice 0"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setioprio 0 %d", BEST_EFFORT));
	EXPECT_EQ(0, ask(&self->raised, "setioprio 0 %d", IDLE));
	EXPECT_EQ(IDLE, ask(&self->raised, "getioprio 0"));
	EXPECT_EQ(0, ask(&self->user, "setnice 0 2"));
	EXPECT_EQ(0, ask(&self->user, "setioprio 0 %d", BEST_EFFORT));
}

TEST_F(task, limits)
{
	long before;

	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	before = ask(&self->raised, "getlimit");
	EXPECT_EQ(EPERM, ask(&self->user, "setlimit %d 99", self->raised.pid));
	EXPECT_EQ(before, ask(&self->raised, "getlimit"));
	EXPECT_EQ(0, ask(&self->user, "setlimit %d 99", self->plain.pid));
	EXPECT_EQ(99, ask(&self->plain, "getlimit"));

	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(SYS_RESOURCE),
			 ALL));
	EXPECT_EQ(EPERM, ask(&self->root, "setlimit %d 98", self->raised.pid));
	EXPECT_EQ(before, ask(&self->raised, "getlimit"));
	EXPECT_EQ(0, ask(&self->root, "setlimit %d 98", self->plain.pid));
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", ALL, ALL));
	EXPECT_EQ(0, ask(&self->root, "setlimit %d 97", self->raised.pid));
	EXPECT_EQ(97, ask(&self->raised, "getlimit"));
	/* Its own it may set with E dropped, too. */
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 %lld 0", BIND));
	EXPECT_EQ(0, ask(&self->raised, "setlimit 0 96"));
}

/* --------------------------------------------------------------- tracing */

#define EXPECT_TRACED(error, actor, target) do { \
	EXPECT_EQ(error, ask(&self->actor, "trace %d", self->target.pid)); \
	EXPECT_EQ(error, ask(&self->actor, "read %d", self->target.pid)); \
	EXPECT_EQ(error, ask(&self->actor, "getfd %d 0", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"open /proc/%d/environ", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"open /proc/%d/maps", self->target.pid)); \
	EXPECT_EQ(error ? EACCES : 0, ask(&self->actor, \
		"readlink /proc/%d/exe", self->target.pid)); \
} while (0)

/* PT-02, PC-03: CAP_SYS_PTRACE alone never opens a raised task. */
TEST_F(task, trace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_TRACED(EPERM, user, raised);
	EXPECT_TRACED(0, user, plain);
	EXPECT_TRACED(0, root, raised);
	EXPECT_TRACED(0, root, plain);
	/* The files are the user's: without the second it is not asked. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0",
			 CAP(SYS_PTRACE) | CAP(DAC_READ_SEARCH), ALL));
	EXPECT_TRACED(EPERM, root, raised);
	EXPECT_TRACED(0, root, plain);
	/* Not even if it comes from an entry. */
	LIST_AND_START(other, B, USER_ID, CAP(SYS_PTRACE), 0, 0);
	EXPECT_TRACED(EPERM, other, raised);
	EXPECT_TRACED(0, other, plain);
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
}

/* PT-02: privileges must be matched, and I. */
TEST_F(task, trace_and_privileges)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_TRACED(EPERM, root, raised);
	EXPECT_TRACED(0, root, plain);
	LIST_AND_START(other, B, 0, 0, 0, CLIP_PRIV_FUSE | CLIP_PRIV_KSYSLOG);
	EXPECT_TRACED(0, other, raised);
	actor_stop(&self->raised);
	ASSERT_EQ(0, unload(A));
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	EXPECT_TRACED(EPERM, root, raised);
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_TRACED(0, root, raised);
}

/* FL-03, AS-01: an heir is guarded whatever it runs, and not dumpable. */
TEST_F(task, trace_of_an_heir)
{
	LIST_AND_START(raised, A, USER_ID, 0, BIND, 0);
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	ASSERT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_TRACED(EPERM, user, raised);
	EXPECT_TRACED(0, user, plain);
	EXPECT_TRACED(EPERM, root, raised);
	/* Whoever has as much in I may look. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	EXPECT_TRACED(0, root, raised);
}

/* PR-22: network privileges make nobody raised. */
TEST_F(task, trace_and_network_privileges)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_NETCLIENT |
		       CLIP_PRIV_NETSERVER | CLIP_PRIV_RECVSIG);
	EXPECT_TRACED(0, user, raised);
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 1"));
}

/* PC-02: PROCFD shows, and opens nothing to write or to hold. */
TEST_F(task, trace_with_procfd)
{
	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	LIST_AND_START(other, B, 0, 0, 0, CLIP_PRIV_PROCFD);
	EXPECT_EQ(0, ask(&self->other, "readlink /proc/%d/exe",
			 self->raised.pid));
	EXPECT_EQ(0, ask(&self->other, "readlink /proc/%d/fd/0",
			 self->raised.pid));
	EXPECT_EQ(0, ask(&self->other, "open /proc/%d/maps",
			 self->raised.pid));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/%d/mem",
			      self->raised.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "trace %d", self->raised.pid));
	EXPECT_EQ(EPERM, ask(&self->other, "read %d", self->raised.pid));
	/* Without it the links are shut, to root as well. */
	EXPECT_EQ(EACCES, ask(&self->root, "readlink /proc/%d/exe",
			      self->raised.pid));
}

/* PT-04: refusals are logged, but not those of a mere question. */
TEST_F(task, trace_is_logged)
{
	const long long before = refusals();

	LIST_AND_START(raised, A, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_EQ(0, ask(&self->root, "open /proc/%d/stat", self->raised.pid));
	EXPECT_EQ(before, refusals());
	EXPECT_EQ(EPERM, ask(&self->root, "trace %d", self->raised.pid));
	EXPECT_EQ(before + 1, refusals());
	EXPECT_EQ(0, ask(&self->root, "trace %d", self->plain.pid));
	EXPECT_EQ(before + 1, refusals());
}

/* PT-03: the parent, here root, is the tracer. */
TEST_F(task, traceme)
{
	EXPECT_EQ(0, ask(&self->plain, "traceme"));
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "traceme"));
	LIST_AND_START(other, B, USER_ID, 0, 0, CLIP_PRIV_FUSE);
	EXPECT_EQ(EPERM, ask(&self->other, "traceme"));
	/* It is not traced: this would be EPERM if it were. */
	EXPECT_EQ(EPERM, ask(&self->other, "traceme"));
	EXPECT_SIGNAL(0, self->root, self->other);
}

TEST_F(task, trace_from_a_user_namespace)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	ASSERT_EQ(0, ask(&self->user, "userns"));
	EXPECT_EQ(EPERM, ask(&self->user, "trace %d", self->raised.pid));
}

/* ---------------------------------------------------------- their rights */

/* DU-01 */
TEST_F(task, dumpable)
{
	LIST_AND_START(raised, A, USER_ID, BIND, 0, 0);
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 1"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 2"));
	EXPECT_EQ(0, ask(&self->raised, "getdumpable"));
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 0"));
	EXPECT_EQ(0, ask(&self->plain, "setdumpable 0"));
	EXPECT_EQ(0, ask(&self->plain, "setdumpable 1"));
	EXPECT_EQ(1, ask(&self->plain, "getdumpable"));
	EXPECT_EQ(EINVAL, ask(&self->plain, "setdumpable 2"));
	/* FL-07: dropping everything does not make it plain. */
	ASSERT_EQ(0, ask(&self->raised, "setcaps 0 0 0"));
	EXPECT_EQ(EPERM, ask(&self->raised, "setdumpable 1"));
}

/* CB-02: a raised task may not fill I from the bounding set. */
TEST_F(task, capset)
{
	const uint64_t pcap = CAP(SETPCAP);

	LIST_AND_START(raised, A, USER_ID, pcap, 0, 0);
	EXPECT_EQ(EPERM, ask(&self->raised, "setcaps %ld %ld %lld", pcap, pcap,
			     BIND));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 2"));
	EXPECT_EQ(pcap, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "setcaps %ld %ld %ld", pcap, pcap,
			 pcap));
	EXPECT_EQ(pcap, ask(&self->raised, "getcaps 2"));
	/* What it has in I already it may keep. */
	EXPECT_EQ(0, ask(&self->raised, "setcaps 0 0 %ld", pcap));
	/* A plain task may, as on every Linux. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %ld %ld 0", pcap, pcap));
	EXPECT_EQ(0, ask(&self->root, "setcaps %ld %ld %lld", pcap, pcap,
			 BIND));
	EXPECT_EQ(BIND, ask(&self->root, "getcaps 2"));
}

/* TR-02: full departure; the task is plain afterwards. */
TEST_F(task, setuid_full_departure)
{
	LIST_AND_START(raised, A, 0, BIND, BIND, CLIP_PRIV_IMMORTAL);
	EXPECT_EQ(BIND, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 2"));
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->raised, "setdumpable 1"));
	/* A plain root keeps its I, as on every Linux. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld %lld", ALL, ALL,
			 BIND));
	ASSERT_EQ(0, ask(&self->root, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(BIND, ask(&self->root, "getcaps 2"));
	EXPECT_EQ(0, ask(&self->root, "getcaps 1"));
}

/* TR-03, TR-04: privileges wait while the effective id is not root's. */
TEST_F(task, setuid_there_and_back)
{
	LIST_AND_START(raised, A, 0, 0, 0, CLIP_PRIV_IMMORTAL);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(ALL, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(0, self->root, self->raised);
	/* What waits is guarded against tracing. */
	EXPECT_EQ(EPERM, ask(&self->root, "trace %d", self->raised.pid));
	ASSERT_EQ(0, ask(&self->raised, "setids -1 0 -1"));
	EXPECT_EQ(ALL, ask(&self->raised, "getcaps 0"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	/* Gone from there they are gone for good. */
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_SIGNAL(0, self->user, self->raised);
	EXPECT_EQ(0, ask(&self->root, "trace %d", self->raised.pid));
}

/* TR-02, PR-12 */
TEST_F(task, setuid_with_keeppriv)
{
	LIST_AND_START(raised, A, 0, 0, 0,
		       CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV);
	ASSERT_EQ(0, ask(&self->raised, "setids -1 %d -1", USER_ID));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(EPERM, self->user, self->raised);
	/* TR-10: exec takes them. */
	ASSERT_EQ(0, ask(&self->raised, "exec " PLAIN));
	EXPECT_SIGNAL(0, self->user, self->raised);
}

/* TR-05: with KEEPCAPS P stays, CONTEXT with it, and privileges wait. */
TEST_F(task, setuid_with_keepcaps)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	LACK_MAC_ADMIN(self->root);
	LACK_MAC_ADMIN(self->raised);
	ASSERT_EQ(0, ask(&self->raised, "keepcaps 1"));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(ALL & ~CAP(MAC_ADMIN), ask(&self->raised, "getcaps 1"));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 0"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	/* An equal with CONTEXT may signal: no longer immortal. */
	EXPECT_SIGNAL(0, self->other, self->raised);
}

/* CONTEXT follows the other capabilities. */
TEST_F(task, setuid_and_context_capability)
{
	LIST_AND_START(raised, A, 0, CONTEXT, 0, 0);
	ASSERT_EQ(0, actor_start(&self->other, A, 0));
	LACK_MAC_ADMIN(self->root);
	LACK_MAC_ADMIN(self->raised);
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
	EXPECT_SIGNAL(0, self->other, self->raised);
	/* Its E is empty while it is away: it is no equal then. */
	ASSERT_EQ(0, ask(&self->other, "setids -1 %d -1", USER_ID));
	EXPECT_EQ(EPERM, ask(&self->other, "kill %d 0", self->raised.pid));
	ASSERT_EQ(0, ask(&self->other, "setids -1 0 -1"));
	EXPECT_SIGNAL(0, self->other, self->raised);
	/* Full departure takes it, E, P and I. */
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_SIGNAL(0, self->root, self->raised);
	EXPECT_SIGNAL(0, self->user, self->raised);
}

/* TR-06 */
TEST_F(task, setuid_between_users)
{
	const uint64_t caps = CAP(SETUID) | BIND;

	LIST_AND_START(raised, A, USER_ID, caps, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, ask(&self->raised, "setids 1001 1001 1001"));
	EXPECT_EQ(caps, ask(&self->raised, "getcaps 0"));
	EXPECT_EQ(caps, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(EPERM, self->root, self->raised);
}

/* TR-07: the securebit that switches the capability rules off is ignored. */
TEST_F(task, setuid_with_no_fixup)
{
	LIST_AND_START(raised, A, 0, BIND, 0, CLIP_PRIV_IMMORTAL);
	ASSERT_EQ(0, ask(&self->raised, "securebits 4"));
	ASSERT_EQ(0, ask(&self->raised, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(0, ask(&self->raised, "getcaps 1"));
	EXPECT_SIGNAL(0, self->user, self->raised);
	ASSERT_EQ(0, ask(&self->root, "securebits 4"));
	ASSERT_EQ(0, ask(&self->root, "setids %d %d %d", USER_ID, USER_ID,
			 USER_ID));
	EXPECT_EQ(ALL, ask(&self->root, "getcaps 1"));
}

/* ------------------------------------------------- signals that files send */

/* The file's signal arrived, or left the target as it was. */
#define EXPECT_SIGIO(arrives, sender, target) do { \
	const long before = ask(&self->target, "signals"); \
	EXPECT_EQ(0, ask(&self->sender, "write")); \
	EXPECT_EQ(before + arrives, ask(&self->target, "signals")); \
} while (0)

/* SO-04: as by kill(), with the power of the opener. */
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
	/* Its own file tells a raised task. */
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	EXPECT_EQ(0, ask(&self->raised, "async"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	EXPECT_SIGIO(1, raised, raised);
	/* So may the file of one with CAP_KILL by an entry. */
	LIST_AND_START(other, B, USER_ID, CAP(KILL), 0, 0);
	ASSERT_EQ(0, ask(&self->other, "pair"));
	EXPECT_EQ(0, ask(&self->other, "async"));
	EXPECT_EQ(0, ask(&self->other, "setown %d", self->raised.pid));
	EXPECT_SIGIO(1, other, raised);
	/* With CAP_KILL as root, but not by an entry, it may not. */
	ASSERT_EQ(0, ask(&self->root, "setcaps %lld %lld 0", CAP(KILL), ALL));
	ASSERT_EQ(0, ask(&self->root, "pair"));
	EXPECT_EQ(0, ask(&self->root, "async"));
	EXPECT_EQ(0, ask(&self->root, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, root, raised);
	EXPECT_EQ(0, ask(&self->root, "setown %d", self->plain.pid));
	EXPECT_SIGIO(1, root, plain);
}

/* SO-05: nobody's file signals an immortal, not even its own. */
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
 * SO-02, SO-03: a file that a raised task opened goes over to a plain one, which
 * may use it, but not say whom it signals.
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
	/* The signal that was set up goes on arriving. */
	EXPECT_SIGIO(1, raised, raised);
	/* Its own next file it rules. */
	ASSERT_EQ(0, ask(&self->raised, "pair"));
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "setownex %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "fiosetown %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "siocspgrp %d", self->plain.pid));
	EXPECT_EQ(0, ask(&self->raised, "setsig %d", SIGUSR1));
}

/* SO-02, the other way round: a raised task rules the file of a plain one. */
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
	/* What a lesser task opened signals no raised one. */
	EXPECT_EQ(0, ask(&self->raised, "setown %d", self->raised.pid));
	EXPECT_SIGIO(0, raised, raised);
}

TEST_HARNESS_MAIN
