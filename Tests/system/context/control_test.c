// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests on the descriptor of a context: what is set up before the first task
 * enters, what can be read about a context, and how all of its processes are ended
 * (ID-07, ID-10, ID-11, SIG-06).
 */
#include "actor.h"
#include "control.h"
#include "enter_fixture.h"

#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define FLAGS	(CLIP_CONTEXT_KERNEL_LOG | CLIP_CONTEXT_HIDDEN)
#define SEALED	2090
#define ABSTRACT "\0clip-control-test"

static int leave_at_once(void *data)
{
	return 0;
}

/* ------------------------------------------------------------------ set-up */

TEST_F(enter, setup_decides_before_the_first_task)
{
	struct clip_context_info info = context_info(self->a);

	EXPECT_EQ(0, info.flags);
	EXPECT_EQ(0, info.confidentiality);
	EXPECT_EQ(0, info.state);
	EXPECT_EQ(0, context_setup(self->a, FLAGS | CLIP_CONTEXT_USERNS, 3,
				   1 << CAP_CHOWN, NULL));
	info = context_info(self->a);
	EXPECT_EQ(FLAGS | CLIP_CONTEXT_USERNS, info.flags);
	EXPECT_EQ(3, info.confidentiality);
	EXPECT_EQ(1 << CAP_CHOWN, info.ns_cap_bound);
	/* The last request counts, until a task enters. */
	EXPECT_EQ(0, context_setup(self->a, FLAGS, 4, 0, NULL));
	info = context_info(self->a);
	EXPECT_EQ(FLAGS, info.flags);
	EXPECT_EQ(4, info.confidentiality);
	EXPECT_EQ(0, info.ns_cap_bound);
}

#define EXPECT_NOT_SET_UP(error, why, ...) do { \
	const struct clip_context_info before_ = context_info(self->a); \
	struct clip_context_info after_; \
	uint32_t reason_; \
	\
	EXPECT_EQ(error, context_setup(self->a, __VA_ARGS__, &reason_)); \
	EXPECT_EQ((uint32_t)(why), reason_); \
	after_ = context_info(self->a); \
	EXPECT_EQ(before_.flags, after_.flags); \
	EXPECT_EQ(before_.confidentiality, after_.confidentiality); \
	EXPECT_EQ(before_.ns_cap_bound, after_.ns_cap_bound); \
} while (0)

TEST_F(enter, setup_refuses_bad_requests)
{
	const uint32_t unknown = CLIP_CONTEXT_FLAGS_ALL + 1;

	EXPECT_NOT_SET_UP(EINVAL, CLIP_REASON_BAD_FLAGS, unknown, 0, 0);
	EXPECT_NOT_SET_UP(EINVAL, CLIP_REASON_BAD_LEVEL, 0,
			  CLIP_CONFIDENTIALITY_MAX + 1, 0);
	EXPECT_NOT_SET_UP(EINVAL, CLIP_REASON_BAD_CAPABILITIES, 0, 0, 1);
	EXPECT_NOT_SET_UP(EINVAL, CLIP_REASON_BAD_CAPABILITIES,
			  CLIP_CONTEXT_USERNS, 0, 1ULL << 63);
	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_FLAGS_ALL,
				   CLIP_CONFIDENTIALITY_MAX, 1, NULL));
}

/* ID-11 */
TEST_F(enter, setup_is_final_once_a_task_has_entered)
{
	EXPECT_EQ(0, context_setup(self->a, FLAGS, 2, 0, NULL));
	EXPECT_EQ(0, do_in_context(self->a, leave_at_once, NULL));
	EXPECT_EQ((uint32_t)CLIP_CONTEXT_ENTERED, context_info(self->a).state);
	EXPECT_NOT_SET_UP(EBUSY, CLIP_REASON_ENTERED, 0, 0, 0);
}

TEST_F(enter, setup_is_final_in_a_sealed_context)
{
	const int a = self->a;

	/* It stays until the machine is started again. */
	self->a = context_create(SEALED, CLIP_LEVEL_SEAL, 0, 0);
	EXPECT_NOT_SET_UP(EPERM, CLIP_REASON_IMMUTABLE, FLAGS, 0, 0);
	EXPECT_EQ(EPERM, context_delete(SEALED));
	close(self->a);
	self->a = a;
}

static int request_from_inside(int fd)
{
	struct clip_context_info info;
	uint32_t reason;

	MUST_ENTER(fd);
	MUST(EPERM, context_setup(fd, 0, 0, 0, &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	MUST(EPERM, context_kill(fd, SIGKILL, NULL, &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	MUST(EPERM, context_arm(fd, getpid(), 0, &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	MUST(EPERM, context_bind(fd, "/", "", 0, &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	/* Its own context may be read, by the tool as well. */
	info = context_info(fd);
	MUST(A, info.xid);
	MUST(1, info.tasks);
	/* Who is in which context is a question of context 0 and WATCH. */
	MUST(0xbad, context_of(getpid()));
	return 0;
}

/* ID-10: the descriptor is the right to enter, and no right to change. */
TEST_F(enter, no_request_from_inside)
{
	EXPECT_EQ(0, in_child(self->a, request_from_inside));
	EXPECT_EQ(0, context_of(getpid()));
}

/* CX-08: nor does it show the context to a task without CONTEXT. */
static int look_without_rights(int fd)
{
	struct clip_context_address address = {
		.operation = CLIP_ADDRESS_GET_LOOPBACK, .family = AF_INET,
	};
	struct clip_context_info info = {};
	uint32_t reason;

	MUST(0, control_call(fd, CLIP_IOC_CONTEXT_INFO, &info, sizeof(info), NULL));
	MUST(A, info.xid);
	MUST(0, control_call(fd, CLIP_IOC_CONTEXT_ADDRESS, &address,
			     sizeof(address), NULL));
	MUST(0, setgid(USER_ID) ?: setuid(USER_ID));
	memset(&info, 0, sizeof(info));
	MUST(EPERM, control_call(fd, CLIP_IOC_CONTEXT_INFO, &info, sizeof(info), &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	MUST(0, info.xid);
	MUST(EPERM, control_call(fd, CLIP_IOC_CONTEXT_ADDRESS, &address,
				 sizeof(address), &reason));
	MUST(CLIP_REASON_PERMISSION, reason);
	return 0;
}

TEST_F(enter, no_look_without_rights)
{
	EXPECT_EQ(0, in_child(self->a, look_without_rights));
}

/* -------------------------------------------------------------- structures */

static const struct {
	unsigned long request;
	uint32_t size;
} requests[] = {
	{ CLIP_IOC_CONTEXT_SETUP, sizeof(struct clip_context_setup) },
	{ CLIP_IOC_CONTEXT_ARM, sizeof(struct clip_context_arm) },
	{ CLIP_IOC_CONTEXT_BIND, sizeof(struct clip_context_bind) },
	{ CLIP_IOC_CONTEXT_INFO, sizeof(struct clip_context_info) },
	{ CLIP_IOC_CONTEXT_KILL, sizeof(struct clip_context_kill) },
};

TEST_F(enter, structures_of_requests_can_grow)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		const uint32_t size = requests[i].size;
		uint32_t args[128] = { size - 8 };

		EXPECT_EQ(-1, ioctl(self->a, requests[i].request, args));
		EXPECT_EQ(EINVAL, errno);
		args[0] = sizeof(args);
		args[127] = 1;
		EXPECT_EQ(-1, ioctl(self->a, requests[i].request, args));
		EXPECT_EQ(E2BIG, errno);
		EXPECT_EQ(-1, ioctl(self->a, requests[i].request, NULL));
		EXPECT_EQ(EFAULT, errno);
		/* The size that the kernel knows is the answer. */
		memset(args, 0, sizeof(args));
		args[0] = sizeof(args);
		ioctl(self->a, requests[i].request, args);
		EXPECT_EQ(size, args[0]);
	}
	EXPECT_EQ(0, context_info(self->a).state);
}

/* ------------------------------------------------------ tasks and emptiness */

static int has_threads_and_children(int fd)
{
	MUST_ENTER(fd);
	MUST(1, context_info(fd).tasks);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		/* It counts until it is waited for. */
		MUST(2, context_info(fd).tasks);
		waitpid(pid, NULL, 0);
		for (int j = 0; j < 100 && context_info(fd).tasks > 1; j++)
			usleep(10000);
		MUST(1, context_info(fd).tasks);
	}
	return 0;
}

/* ID-07 */
TEST_F(enter, empty_when_the_last_task_is_gone)
{
	struct actor one = { .pid = -1 }, two = { .pid = -1 };

	EXPECT_FALSE(context_is_empty(self->a, 0));
	ASSERT_EQ(0, actor_start_in(&one, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&two, self->a, ACTOR, 0));
	EXPECT_EQ(2, context_info(self->a).tasks);
	EXPECT_FALSE(context_is_empty(self->a, 0));
	actor_stop(&one);
	EXPECT_FALSE(context_is_empty(self->a, 100));
	actor_stop(&two);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
	EXPECT_EQ(0, context_info(self->a).tasks);
	/* Another one comes, and goes. */
	EXPECT_EQ(0, in_child(self->a, has_threads_and_children));
	EXPECT_TRUE(context_is_empty(self->a, 10000));
}

/* An open file keeps the credential, and is no task. */
TEST_F(enter, empty_although_a_descriptor_is_left)
{
	int pair[2];
	struct actor actor = { .pid = -1 };

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, actor_start_in(&actor, self->a, ACTOR, 0));
	actor_stop(&actor);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
	EXPECT_EQ(0, context_delete(A));
	EXPECT_EQ((uint32_t)(CLIP_CONTEXT_ENTERED | CLIP_CONTEXT_DELETED),
		  context_info(self->a).state);
}

TEST_F(enter, context_0_counts_its_tasks)
{
	struct clip_context_args args = { .xid = 0 };
	int fd = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	uint32_t reason;

	ASSERT_LE(0, fd);
	EXPECT_LE(10, context_info(fd).tasks);
	EXPECT_FALSE(context_is_empty(fd, 0));
	EXPECT_EQ(EINVAL, context_kill(fd, 0, NULL, &reason));
	EXPECT_EQ(EINVAL, context_arm(fd, getpid(), 0, &reason));
	EXPECT_EQ(EINVAL, context_setup(fd, 0, 0, 0, &reason));
	close(fd);
}

/* ---------------------------------------------------------------- refusals */

TEST_F(enter, refusals_are_counted_by_class)
{
	struct clip_context_info before, after;
	struct actor actor = { .pid = -1 };

	ASSERT_EQ(0, actor_start_in(&actor, self->a, ACTOR, 0));
	before = context_info(self->a);
	EXPECT_EQ(EPERM, ask(&actor, "kill %d 0", getpid()));
	after = context_info(self->a);
	for (int i = 0; i < CLIP_REFUSALS_CLASSES; i++)
		EXPECT_EQ(before.refusals[i] + (i == CLIP_REFUSALS_TASK),
			  after.refusals[i]);
	EXPECT_EQ(EACCES, ask(&actor, "openwrite /proc/sys/kernel/core_pattern"));
	EXPECT_EQ(after.refusals[CLIP_REFUSALS_ADMIN] + 1,
		  context_info(self->a).refusals[CLIP_REFUSALS_ADMIN]);
	actor_stop(&actor);
}

/* -------------------------------------------------------------------- ends */

static int forks_for_ever(int fd)
{
	MUST_ENTER(fd);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	for (;;)
		if (fork() >= 0 && getpid() % 3 == 0)
			setsid();
}

static pid_t start_bomb(int fd)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	keep_only(fd);
	_exit(forks_for_ever(fd));
}

/* SIG-06: a fork bomb with sessions of its own that ignores what it can. */
TEST_F(enter, kill_ends_all_processes)
{
	uint32_t reached, reason;
	pid_t pid = start_bomb(self->a);

	while (context_info(self->a).tasks < 50)
		sched_yield();
	EXPECT_EQ(0, context_kill(self->a, SIGKILL, &reached, &reason));
	EXPECT_LT(10, reached);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_TRUE(context_is_empty(self->a, 20000));
	EXPECT_EQ(0, context_kill(self->a, SIGKILL, &reached, &reason));
	EXPECT_EQ(0, reached);
}

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"

static int dumps_core(int fd)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char *memory = malloc(4 << 20);

	MUST_ENTER(fd);
	memset(memory, 1, 4 << 20);
	MUST(0, setrlimit(RLIMIT_CORE, &all));
	MUST(0, prctl(PR_SET_DUMPABLE, 1));
	abort();
}

static bool is_dumping(pid_t pid)
{
	char path[64], line[128];
	bool found = false;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	status = fopen(path, "r");
	while (status && fgets(line, sizeof(line), status))
		found = found || !strcmp(line, "CoreDumping:\t1\n");
	if (status)
		fclose(status);
	return found;
}

/* The reader of the core never reads, so the process is neither alive nor dead. */
TEST_F(enter, kill_ends_a_process_that_writes_its_core)
{
	uint32_t reached, reason;
	bool ended = false;
	pid_t pid;

	ASSERT_EQ(0, write_text(CORE_PATTERN, "|/bin/sleep 60"));
	pid = fork();
	if (!pid) {
		keep_only(self->a);
		_exit(dumps_core(self->a));
	}
	for (int i = 0; i < 500 && !is_dumping(pid); i++)
		usleep(10000);
	EXPECT_TRUE(is_dumping(pid));
	usleep(200000);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	EXPECT_FALSE(context_is_empty(self->a, 0));
	EXPECT_EQ(0, context_kill(self->a, SIGKILL, &reached, &reason));
	EXPECT_EQ(1, reached);
	for (int i = 0; i < 500 && !ended; i++) {
		usleep(10000);
		ended = waitpid(pid, NULL, WNOHANG) == pid;
	}
	EXPECT_TRUE(ended);
	EXPECT_TRUE(context_is_empty(self->a, 1000));
	EXPECT_EQ(0, write_text(CORE_PATTERN, "core"));
}

/* Those of other contexts are not reached, and other signals are no end. */
TEST_F(enter, kill_reaches_one_context_only)
{
	struct actor a = { .pid = -1 }, b = { .pid = -1 }, host = { .pid = -1 };
	uint32_t reached, reason;

	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->b);
	ASSERT_EQ(0, actor_start(&host, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&a, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&b, self->b, ACTOR, 0));
	EXPECT_EQ(EINVAL, context_kill(self->a, 65, &reached, &reason));
	EXPECT_EQ(0, context_kill(self->a, 0, &reached, &reason));
	EXPECT_EQ(1, reached);
	EXPECT_EQ(0, context_kill(self->a, SIGUSR1, &reached, &reason));
	EXPECT_EQ(1, reached);
	EXPECT_EQ(1, ask(&a, "signals"));
	EXPECT_EQ(0, ask(&b, "signals"));
	EXPECT_EQ(0, context_kill(self->a, SIGKILL, &reached, &reason));
	EXPECT_EQ(1, reached);
	actor_stop(&a);
	EXPECT_TRUE(context_is_empty(self->a, 10000));
	EXPECT_EQ(0, ask(&b, "signals"));
	EXPECT_EQ(0, ask(&host, "signals"));
	actor_stop(&b);
	actor_stop(&host);
	close(self->b);
}

/* -------------------------------------------------------- whose context it is */

static int connects(int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int socket_fd;

	memcpy(address.sun_path, ABSTRACT, sizeof(ABSTRACT) - 1);
	MUST_ENTER(fd);
	socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	MUST(0, connect(socket_fd, (struct sockaddr *)&address,
			sizeof(sa_family_t) + sizeof(ABSTRACT) - 1));
	MUST(1, read(socket_fd, &address, 1));
	return 0;
}

TEST_F(enter, context_of_a_process_and_of_a_peer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), peer, inet;
	struct actor actor = { .pid = -1 };
	pid_t pid;

	memcpy(address.sun_path, ABSTRACT, sizeof(ABSTRACT) - 1);
	ASSERT_EQ(0, bind(server, (struct sockaddr *)&address,
			  sizeof(sa_family_t) + sizeof(ABSTRACT) - 1));
	ASSERT_EQ(0, listen(server, 1));
	EXPECT_EQ(0xbad, context_of_peer(0));
	pid = fork();
	if (pid == 0) {
		keep_only(self->a);
		_exit(connects(self->a));
	}
	peer = accept(server, NULL, NULL);
	ASSERT_LE(0, peer);
	EXPECT_EQ((uint32_t)A, context_of_peer(peer));
	EXPECT_EQ((uint32_t)A, context_of(pid));
	EXPECT_EQ(1, write(peer, "", 1));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	inet = socket(AF_INET, SOCK_STREAM, 0);
	EXPECT_EQ(0xbad, context_of_peer(inet));
	close(inet);
	ASSERT_EQ(0, actor_start_in(&actor, self->a, ACTOR, USER_ID));
	EXPECT_EQ((uint32_t)A, context_of(actor.pid));
	EXPECT_EQ(0, context_of(1));
	EXPECT_EQ(0xbad, context_of(0));
	actor_stop(&actor);
	close(peer);
	close(server);
}

TEST_HARNESS_MAIN
