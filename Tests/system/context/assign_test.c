// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts that are assigned at exec: a process that was armed. The one that is to
 * execute something is forked, waits for a sign, and then obeys commands
 * (programs/task_actor.c).
 */
#include "actor.h"
#include "control.h"
#include "enter_fixture.h"
#include "waiting.h"

#include <linux/capability.h>
#include <linux/keyctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* --------------------------------------------------------------------- arming */

TEST_F(enter, armed_process_enters_at_exec)
{
	struct waiting one;
	uint32_t reason;

	ASSERT_EQ(0, waiting_start(&one, NULL));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, &reason));
	EXPECT_EQ(0, context_of(one.actor.pid));
	EXPECT_EQ(0, context_info(self->a).tasks);
	EXPECT_EQ(0, waiting_go(&one));
	EXPECT_EQ((uint32_t)A, context_of(one.actor.pid));
	EXPECT_EQ(1, context_info(self->a).tasks);
	/* AT_SECURE, and what ENTER leaves behind as well. */
	EXPECT_EQ(1, ask(&one.actor, "secure"));
	EXPECT_EQ(EPERM, ask(&one.actor, "kill %d 0", getpid()));
	/* It can execute something else, and stays. */
	EXPECT_EQ(0, ask(&one.actor, "exec " ACTOR));
	EXPECT_EQ((uint32_t)A, context_of(one.actor.pid));
	EXPECT_EQ(1, context_info(self->a).tasks);
	actor_stop(&one.actor);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
}

static int checks_caps(void *path)
{
	return probe_run(path, 0).permitted == 1 << CAP_NET_BIND_SERVICE ? 0 : 1;
}

TEST_F(enter, armed_process_has_the_bound_of_the_context)
{
	struct waiting one;

	self->b = context_create(B, 0, 1 << CAP_NET_BIND_SERVICE, 0);
	ASSERT_LE(0, self->b);
	/* The twin, by ENTER. */
	EXPECT_EQ(0, do_in_context(self->b, checks_caps, PROBE));
	ASSERT_EQ(0, waiting_start(&one, NULL));
	EXPECT_EQ(0, context_arm(self->b, one.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&one));
	EXPECT_EQ((uint32_t)B, context_of(one.actor.pid));
	for (int set = 0; set < 2; set++)
		EXPECT_EQ(1 << CAP_NET_BIND_SERVICE,
			  ask(&one.actor, "getcaps %d", set));
	EXPECT_EQ(0, ask(&one.actor, "getcaps 2"));
	actor_stop(&one.actor);
	close(self->b);
}

static int executes_nothing(void)
{
	char *const argv[] = { "/nothing", NULL };

	return execv(argv[0], argv) == -1 && errno == ENOENT ? 0 : 1;
}

static int execs_in_a_child(void)
{
	return exec_in_child("/bin/true");
}

/* Each request counts for one exec that succeeds, of that process alone. */
TEST_F(enter, armed_once)
{
	struct waiting failing, forking, disarmed;
	uint32_t reason;

	ASSERT_EQ(0, waiting_start(&failing, executes_nothing));
	EXPECT_EQ(0, context_arm(self->a, failing.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&failing));
	EXPECT_EQ((uint32_t)A, context_of(failing.actor.pid));
	actor_stop(&failing.actor);

	/* A child is not armed, so that the context is still empty then. */
	ASSERT_EQ(0, waiting_start(&forking, execs_in_a_child));
	EXPECT_EQ(0, context_arm(self->a, forking.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&forking));
	EXPECT_EQ((uint32_t)A, context_of(forking.actor.pid));
	actor_stop(&forking.actor);

	ASSERT_EQ(0, waiting_start(&disarmed, NULL));
	EXPECT_EQ(0, context_arm(self->a, disarmed.actor.pid, 0, NULL));
	EXPECT_EQ(0, context_arm(self->a, disarmed.actor.pid, CLIP_ARM_DISARM,
				 &reason));
	EXPECT_EQ(ENOENT, context_arm(self->a, disarmed.actor.pid,
				      CLIP_ARM_DISARM, &reason));
	EXPECT_EQ((uint32_t)CLIP_REASON_NO_ENTRY, reason);
	EXPECT_EQ(0, waiting_go(&disarmed));
	EXPECT_EQ(0, context_of(disarmed.actor.pid));
	actor_stop(&disarmed.actor);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
}

TEST_F(enter, arming_is_refused)
{
	struct actor inside = { .pid = -1 };
	uint32_t reason;

	ASSERT_EQ(0, actor_start_in(&inside, self->a, ACTOR, 0));
	EXPECT_EQ(EPERM, context_arm(self->a, inside.pid, 0, &reason));
	/* A task of another context may not be traced in the first place. */
	EXPECT_EQ((uint32_t)CLIP_REASON_PERMISSION, reason);
	EXPECT_EQ(EPERM, context_arm(self->a, 2, 0, &reason));
	EXPECT_EQ((uint32_t)CLIP_REASON_PERMISSION, reason);
	EXPECT_EQ(EBADF, context_arm(self->a, 0, 0, &reason));
	EXPECT_EQ(EINVAL, context_arm(self->a, getpid(), 2, &reason));
	actor_stop(&inside);
	EXPECT_EQ(0, context_delete(A));
	EXPECT_EQ(ENOENT, context_arm(self->a, getpid(), 0, &reason));
	EXPECT_EQ((uint32_t)CLIP_REASON_NO_CONTEXT, reason);
}

/* The program runs in the context or not at all. */
TEST_F(enter, armed_for_a_context_that_was_deleted)
{
	struct waiting one, twin;

	ASSERT_EQ(0, waiting_start(&one, NULL));
	ASSERT_EQ(0, waiting_start(&twin, NULL));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
	EXPECT_EQ(0, context_arm(self->a, twin.actor.pid, 0, NULL));
	EXPECT_EQ(0, context_delete(A));
	EXPECT_EQ(ENOENT, waiting_go(&one));
	actor_stop(&one.actor);
	EXPECT_EQ(0, context_arm(self->a, twin.actor.pid, CLIP_ARM_DISARM,
				 NULL));
	EXPECT_EQ(0, waiting_go(&twin));
	EXPECT_EQ(0, context_of(twin.actor.pid));
	actor_stop(&twin.actor);
}

/*
 * A context is taken back and deleted while the process that was armed for it
 * executes a program, and another one comes in its place: the program runs in the
 * latter, or not at all.
 */
TEST_F_TIMEOUT(enter, armed_for_another_meanwhile, 180)
{
	struct waiting one;
	long answer;
	int other;

	for (int i = 0; i < 300; i++) {
		ASSERT_EQ(0, waiting_start(&one, NULL));
		other = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
		ASSERT_LE(0, other);
		ASSERT_EQ(0, context_arm(other, one.actor.pid, 0, NULL));
		/* The process has the only reference to it from now on. */
		ASSERT_EQ(0, context_delete(B));
		close(other);
		ASSERT_EQ(1, write(one.go, "", 1));
		close(one.go);
		for (volatile int wait = 0; wait < i * 500; wait++)
			;
		context_arm(self->a, one.actor.pid, 0, NULL);
		answer = actor_answer(&one.actor);
		if (!answer) {
			ASSERT_EQ((uint32_t)A, context_of(one.actor.pid));
		} else {
			ASSERT_EQ(ENOENT, answer);
		}
		actor_stop(&one.actor);
	}
}

/* ---------------------------------------------- what the process has with it */

#define KEPT		20
#define DIRECTORY	21
#define PIDFD		22
#define CONTEXT_FD	23
#define KMSG		24
#define OWNED		25

static int opened_context = -1;

static int opens_ways_out(void)
{
	int fds[2];

	if (pipe(fds) || dup2(fds[0], KEPT) < 0)
		return 1;
	if (chdir("/sys"))
		return 1;
	dup2(open("/etc", O_RDONLY | O_DIRECTORY), DIRECTORY);
	dup2(syscall(SYS_pidfd_open, 1, 0), PIDFD);
	dup2(opened_context, CONTEXT_FD);
	dup2(open("/dev/kmsg", O_WRONLY), KMSG);
	dup2(fds[1], OWNED);
	/* The streams lead out, too. */
	dup2(PIDFD, STDERR_FILENO);
	return fcntl(OWNED, F_SETOWN, getppid());
}

static bool has_fd(pid_t pid, int fd)
{
	char path[64];
	struct stat info;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return !lstat(path, &info);
}

static const char *link_of(pid_t pid, const char *name)
{
	static char path[64], target[256];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	length = readlink(path, target, sizeof(target) - 1);
	target[length < 0 ? 0 : length] = '\0';
	return target;
}

TEST_F(enter, exec_closes_what_leads_out)
{
	struct waiting one, twin;

	opened_context = self->a;
	ASSERT_EQ(0, waiting_start(&twin, opens_ways_out));
	ASSERT_EQ(0, waiting_start(&one, opens_ways_out));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&one));
	EXPECT_EQ(0, waiting_go(&twin));
	EXPECT_EQ((uint32_t)A, context_of(one.actor.pid));
	for (int fd = KEPT; fd <= OWNED; fd++) {
		EXPECT_TRUE(has_fd(twin.actor.pid, fd));
		/* A directory below the root leads to nothing new. */
		EXPECT_EQ(fd == KEPT || fd == DIRECTORY,
			  has_fd(one.actor.pid, fd));
	}
	EXPECT_STREQ("anon_inode:[clip-closed]",
		     link_of(one.actor.pid, "fd/2"));
	EXPECT_STREQ("/sys", link_of(one.actor.pid, "cwd"));
	actor_stop(&one.actor);
	actor_stop(&twin.actor);
}

static int stands_outside(void)
{
	dup2(open(DIR, O_RDONLY | O_DIRECTORY), DIRECTORY);
	/* The actor has to be in the root. */
	if (copy_file(ACTOR, ROOT "/actor", 0755) || chdir(DIR) || chroot(ROOT))
		return 1;
	actor_become("/actor", (struct actor_ends) { STDIN_FILENO,
						     STDOUT_FILENO });
	return 1;
}

TEST_F(enter, exec_goes_to_the_root)
{
	struct waiting one, twin;

	ASSERT_EQ(0, waiting_start(&twin, stands_outside));
	ASSERT_EQ(0, waiting_start(&one, stands_outside));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&twin));
	EXPECT_STREQ(DIR, link_of(twin.actor.pid, "cwd"));
	EXPECT_TRUE(has_fd(twin.actor.pid, DIRECTORY));
	EXPECT_EQ(0, waiting_go(&one));
	EXPECT_STREQ(ROOT, link_of(one.actor.pid, "cwd"));
	EXPECT_FALSE(has_fd(one.actor.pid, DIRECTORY));
	actor_stop(&one.actor);
	actor_stop(&twin.actor);
}

static int shares_root(void *unused)
{
	pause();
	return 0;
}

static int has_a_sharer(void)
{
	static char stack[16384] __attribute__((aligned(16)));

	/* It dies with the process. */
	return clone(shares_root, stack + sizeof(stack),
		     CLONE_VM | CLONE_FS | SIGCHLD, NULL) < 0;
}

static int has_a_tracee(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		pause();
	}
	return waitpid(pid, &status, 0) != pid;
}

/* What cannot be undone ends the exec, and the process stays where it is. */
TEST_F(enter, exec_is_refused)
{
	int (*const ways[])(void) = { has_a_sharer, has_a_tracee };
	long long count;

	for (size_t i = 0; i < 2; i++) {
		struct waiting one, twin;

		ASSERT_EQ(0, waiting_start(&twin, ways[i]));
		EXPECT_EQ(0, waiting_go(&twin));
		kill(twin.actor.pid, SIGKILL);
		actor_stop(&twin.actor);
		ASSERT_EQ(0, waiting_start(&one, ways[i]));
		EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
		count = refused(CLIP_REASON_NOT_ALONE);
		EXPECT_EQ(EBUSY, waiting_go(&one));
		EXPECT_EQ(count + 1, refused(CLIP_REASON_NOT_ALONE));
		kill(one.actor.pid, SIGKILL);
		actor_stop(&one.actor);
	}
	EXPECT_EQ(0, context_info(self->a).tasks);
}

TEST_F(enter, traced_exec_is_refused)
{
	struct waiting one;
	int status;

	ASSERT_EQ(0, waiting_start(&one, NULL));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, one.actor.pid, NULL, NULL));
	EXPECT_EQ(EBUSY, waiting_go(&one));
	kill(one.actor.pid, SIGKILL);
	waitpid(one.actor.pid, &status, 0);
	close(one.actor.in);
	close(one.actor.out);
}

static void *executes(void *unused)
{
	actor_become(ACTOR, (struct actor_ends) { STDIN_FILENO,
						  STDOUT_FILENO });
	return NULL;
}

static int execs_from_a_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, executes, NULL) ||
	       pthread_join(thread, NULL);
}

/* The process is armed, whichever of its threads executes the program. */
TEST_F(enter, armed_process_with_threads)
{
	struct waiting one;

	ASSERT_EQ(0, waiting_start(&one, execs_from_a_thread));
	EXPECT_EQ(0, context_arm(self->a, one.actor.pid, 0, NULL));
	EXPECT_EQ(0, waiting_go(&one));
	EXPECT_EQ((uint32_t)A, context_of(one.actor.pid));
	EXPECT_EQ(1, context_info(self->a).tasks);
	actor_stop(&one.actor);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
}

TEST_HARNESS_MAIN
