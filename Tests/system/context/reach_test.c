// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks of different contexts can do to each other (SIG-*, PTR-*, VIS-02,
 * VIS-06, ADM-03, WAT-01 to WAT-05, ID-08).
 *
 * All are uid 0 with all capabilities, and share all namespaces: user ids and
 * namespaces keep nobody from anything. Each refusal has a twin that is allowed:
 * the same act within a context, or by context 0.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <linux/ioprio.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/reach"
#define LISTED	DIR "/listed"
#define SENDER	DIR "/sender"
#define FULL	DIR "/full"
#define A	2001
#define B	2002

#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)
#define BEST_EFFORT	(int)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)

FIXTURE(reach)
{
	int fd_a, fd_b, fd_watch;
	/* One of context 0, two of A, one of B, one of WATCH; and a spare. */
	struct actor host, a, a2, b, watch, other;
};

FIXTURE_SETUP(reach)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	self->fd_a = confined_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				     CLIP_PRIV_ALL);
	self->fd_b = confined_create(B, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				     CLIP_PRIV_ALL);
	self->fd_watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->fd_a);
	ASSERT_LE(0, self->fd_b);
	ASSERT_LE(0, self->fd_watch);
	ASSERT_EQ(0, actor_start(&self->host, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a, self->fd_a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->a2, self->fd_a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->b, self->fd_b, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->watch, self->fd_watch, ACTOR, 0));
}

FIXTURE_TEARDOWN(reach)
{
	actor_stop(&self->host);
	actor_stop(&self->a);
	actor_stop(&self->a2);
	actor_stop(&self->b);
	actor_stop(&self->watch);
	actor_stop(&self->other);
	close(self->fd_a);
	close(self->fd_b);
	close(self->fd_watch);
	confined_delete(A);
	confined_delete(B);
	umount2(DIR, MNT_DETACH);
}

/* Who acts on whom, and whether that is within reach. */
struct pair {
	const struct actor *actor, *target;
	bool reach;		/* to act */
	bool see;		/* to look, for who has the capability */
};

/* @p goes through them; the last one has no actor. */
#define FOR_EACH_PAIR(p) \
	for (const struct pair pairs_[] = { \
		{ &self->a, &self->a2, true, true }, \
		{ &self->a, &self->b, false, false }, \
		{ &self->b, &self->a, false, false }, \
		{ &self->a, &self->host, false, false }, \
		{ &self->a, &self->watch, false, false }, \
		{ &self->watch, &self->a, false, true }, \
		{ &self->watch, &self->host, false, true }, \
		{ &self->host, &self->a, true, true }, \
		{ &self->host, &self->watch, true, true }, \
		{}, \
	}, *(p) = pairs_; (p)->actor; (p)++)

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
		/* Nor those that hurt nobody, in one session though they are. */
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

/* SIG-05, SIG-07: many at once; the others are passed over. */
TEST_F(reach, signals_to_many)
{
	const long mine = ask(&self->a, "signals");

	EXPECT_EQ(0, ask(&self->a, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(mine, ask(&self->a, "signals"));
	EXPECT_EQ(1, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->b, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	EXPECT_EQ(0, ask(&self->watch, "signals"));
	/* The process group of all of them, and of this test. */
	EXPECT_EQ(0, ask(&self->a, "kill 0 %d", SIGUSR1));
	EXPECT_EQ(mine + 1, ask(&self->a, "signals"));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->b, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
	/* Those who may not be signalled make it no failure. */
	EXPECT_EQ(0, ask(&self->b, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	/* Who watches reaches none of them. */
	EXPECT_EQ(0, ask(&self->watch, "kill -1 %d", SIGUSR1));
	EXPECT_EQ(2, ask(&self->a2, "signals"));
	EXPECT_EQ(0, ask(&self->host, "signals"));
}

/* SIG-03, PR-07, PR-08: a display server tells who started it that it is up. */
TEST_F(reach, signals_with_privileges)
{
	const struct who full = { FULL, -1, NULL };
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
	EXPECT_DONE(tell_level(&full, 0, 0));

	/* Neither has it yet, then only the receiver. */
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
	/* And nothing but a signal. */
	EXPECT_EQ(EPERM, ask(&self->a, "trace %d", self->other.pid));
	EXPECT_EQ(EPERM, ask(&self->a, "setnice %d 5", self->other.pid));
	/* Only upwards, to context 0. */
	ASSERT_EQ(0, ask(&self->b, "exec %s", LISTED));
	EXPECT_EQ(EPERM, ask(&self->a, "kill %d %d", self->b.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->b, "signals"));
}

/* SIG-08: what a file sends is sent by who opened it. */
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

/* SIG-09: nor says anybody else whom it signals, and how. */
TEST_F(reach, signals_from_files_of_others)
{
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	self->other.pid = -1;
	/* Inherited: opened in context 0, used in A. */
	ASSERT_EQ(0, dup2(pair[0], 40) != 40 || dup2(pair[1], 41) != 41);
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	ASSERT_EQ(0, ask(&self->other, "usepair 40 41"));
	EXPECT_EQ(0, ask(&self->other, "setown %d", self->other.pid));
	EXPECT_EQ(0, ask(&self->other, "setsig %d", SIGUSR1));
	EXPECT_EQ(0, fcntl(self->fd_a, F_SETFD, 0));
	actor_stop(&self->other);
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	ASSERT_EQ(0, ask(&self->other, "enter %d", self->fd_a));
	ASSERT_EQ(0, ask(&self->other, "usepair 40 41"));
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

/* SIG-12: what the kernel itself sends arrives, whoever it is about. */
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
		_exit(confined_enter(self->fd_b) ? 1 : 42);
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
TEST_F(reach, looking)
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
	/* To become it or take from it; context 0 may not either. */
	static const char *const attach[] = {
		"trace %d", "read %d", "writevm %d", "getfd %d 0",
	};

	FOR_EACH_PAIR(p) {
		const bool same = p->target == &self->a2;

		for (int i = 0; i < 4; i++)
			EXPECT_EQ(same ? 0 : EPERM,
				  ask(p->actor, attach[i], p->target->pid));
		/* Looking, with the capability for it. */
		EXPECT_EQ(p->see ? 0 : EPERM,
			  ask(p->actor, "robust %d", p->target->pid));
		/* Advice takes CAP_SYS_NICE besides, joining CAP_SYS_ADMIN. */
		EXPECT_EQ(p->reach ? 0 : p->see ? EPERM : EACCES,
			  ask(p->actor, "madvise %d", p->target->pid));
		EXPECT_EQ(p->reach ? 0 : EPERM,
			  ask(p->actor, "setns %d", p->target->pid));
	}
}

/*
 * PTR-04. Whoever has CAP_PERFMON (or CAP_SYS_ADMIN) in his bound may count
 * what anybody does: the kernel asks nothing else then.
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

	MUST(0, confined_enter(fd));
	pid = fork();
	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0);
	MUST(pid, waitpid(pid, &status, 0));
	return WEXITSTATUS(status);
}

/* PTR-03: nor lets itself be traced by a parent that is outside. */
TEST_F(reach, traceme)
{
	EXPECT_EQ(EPERM, ask(&self->a, "traceme"));
	/* Its child that came with it has not executed anything yet. */
	EXPECT_EQ(EPERM, in_child(self->fd_a, asks_to_be_traced));
	EXPECT_EQ(0, ask(&self->a, "childtraceme"));
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	EXPECT_EQ(0, ask(&self->other, "traceme"));
}

/* Until its first exec a task has the memory of one of context 0. */
TEST_F(reach, one_that_just_entered)
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
	/* But it is one of them otherwise, and after an exec in all respects. */
	EXPECT_EQ(0, ask(&self->a, "kill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(EPERM, ask(&self->other, "kill %d %d", self->host.pid,
			     SIGUSR1));
	ASSERT_EQ(0, ask(&self->other, "exec %s", ACTOR));
	EXPECT_EQ(0, ask(&self->a, "trace %d", self->other.pid));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/maps", self->other.pid));
}

/* ---------------------------------------------------------------- procfs */

/* VIS-02, PTR-05, WAT-01, WAT-02 */
TEST_F(reach, procfs)
{
	/* The last two are checked like attaching. */
	static const char *const files[] = {
		"status", "stat", "statm", "cmdline", "comm", "limits", "maps",
		"smaps", "environ", "auxv", "wchan", "io", "oom_score",
		"mountinfo", "mounts", "cgroup", "sessionid", "loginuid",
		"numa_maps", "personality", "syscall",
	};
	const size_t attach = ARRAY_SIZE(files) - 2;
	char path[64];

	FOR_EACH_PAIR(p) {
		const bool same = p->target == &self->a2;

		for (size_t i = 0; i < ARRAY_SIZE(files) * 2; i++) {
			/* By the number of the thread as well. */
			if (i % 2)
				snprintf(path, sizeof(path),
					 "/proc/%d/task/%d/%s", p->target->pid,
					 p->target->pid, files[i / 2]);
			else
				snprintf(path, sizeof(path), "/proc/%d/%s",
					 p->target->pid, files[i / 2]);
			/* Not all are in every kernel. */
			if (access(path, F_OK))
				continue;
			EXPECT_EQ(!p->see ? EACCES :
				  i / 2 >= attach && !same ? EPERM : 0,
				  ask(p->actor, "open %s", path)) {
				TH_LOG("%s", path);
			}
		}
		/* Directories, whose reading is EISDIR. */
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d", p->target->pid));
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d/fd", p->target->pid));
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d/task", p->target->pid));
	}
	/* Memory is for one's own context alone. */
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/mem", self->b.pid));
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/mem", self->host.pid));
	EXPECT_EQ(EACCES, ask(&self->watch, "open /proc/%d/mem", self->a.pid));
	EXPECT_EQ(EACCES, ask(&self->host, "open /proc/%d/mem", self->a.pid));
	EXPECT_EQ(EIO, ask(&self->a, "open /proc/%d/mem", self->a2.pid));
	EXPECT_EQ(EIO, ask(&self->a, "open /proc/self/mem"));
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/stack", self->b.pid));
	EXPECT_EQ(EACCES, ask(&self->watch, "open /proc/%d/stack",
			      self->a.pid));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/stack", self->a2.pid));
	/* One's own, and what is nobody's. */
	EXPECT_EQ(0, ask(&self->a, "open /proc/self/status"));
	EXPECT_EQ(0, ask(&self->a, "open /proc/version"));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/self/maps"));
}

/* PTR-05: links of procfs, read. */
TEST_F(reach, procfs_links)
{
	static const char *const links[] = {
		"cwd", "root", "exe", "ns/mnt", "fd/0",
	};
	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(links); i++)
			EXPECT_EQ(p->see ? 0 : EACCES,
				  ask(p->actor, "readlink /proc/%d/%s",
				      p->target->pid, links[i]));
}

/* PTR-05, WAT-04, WAT-05: links of procfs, followed. */
TEST_F(reach, procfs_links_followed)
{
	static const struct {
		const char *name;
		long got;	/* of opening and reading it */
	} links[] = {
		{ "root/etc/passwd", 0 }, { "cwd", EISDIR }, { "exe", 0 },
		{ "ns/mnt", EINVAL }, { "ns/uts", EINVAL },
	};

	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(links); i++)
			EXPECT_EQ(p->reach ? links[i].got : EACCES,
				  ask(p->actor, "open /proc/%d/%s",
				      p->target->pid, links[i].name));
	EXPECT_EQ(EACCES, ask(&self->watch, "openwrite /proc/%d/%s",
			      self->a.pid, "root/tmp/x"));
	/* In the top directory are ordinary ones, which lead to oneself. */
	EXPECT_EQ(0, ask(&self->watch, "open /proc/self/stat"));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/thread-self/stat"));
	/* Elsewhere links are links. */
	ASSERT_EQ(0, symlink("/etc/passwd", DIR "/link"));
	EXPECT_EQ(0, ask(&self->watch, "open " DIR "/link"));
}

/* WAT-02, WAT-04: who watches changes nothing by what procfs lets one write. */
TEST_F(reach, procfs_written)
{
	static const char *const files[] = {
		"oom_score_adj", "comm", "coredump_filter", "clear_refs",
		"timerslack_ns", "sched", "autogroup",
	};
	char path[64];

	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s",
				 p->target->pid, files[i]);
			if (access(path, W_OK))
				continue;
			EXPECT_EQ(p->reach ? 0 : EACCES,
				  ask(p->actor, "openwrite %s", path)) {
				TH_LOG("%s", path);
			}
		}
	EXPECT_EQ(0, ask(&self->watch, "openwrite /proc/self/comm"));
}

/* A directory that was opened before is checked again at what is below. */
TEST_F(reach, procfs_from_a_directory_opened_before)
{
	char path[64];
	int directory;

	snprintf(path, sizeof(path), "/proc/%d", self->b.pid);
	directory = open(path, O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, directory);
	ASSERT_EQ(50, dup2(directory, 50));
	ASSERT_EQ(0, fcntl(self->fd_a, F_SETFD, 0));
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	EXPECT_EQ(0, ask(&self->other, "open /proc/self/fd/50/status"));
	ASSERT_EQ(0, ask(&self->other, "enter %d", self->fd_a));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/self/fd/50/status"));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/self/fd/50/maps"));
	EXPECT_EQ(EACCES, ask(&self->other, "readlink /proc/self/fd/50/cwd"));
	close(directory);
	close(50);
}

/* ------------------------------------------------- the life of a number */

/* ID-08: a task of a deleted context and one of the next with its number. */
TEST_F(reach, second_life_of_a_number)
{
	const struct actor *const strangers[] = { &self->a, &self->other };

	ASSERT_EQ(0, confined_delete(A));
	close(self->fd_a);
	self->fd_a = confined_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);
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
	/* Those of the old life still have each other, and context 0 them. */
	EXPECT_EQ(0, ask(&self->a, "kill %d %d", self->a2.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/status", self->a2.pid));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->a.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->host, "kill %d %d", self->other.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/%d/status", self->a.pid));
}

TEST_HARNESS_MAIN
