// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering a context: who may, with what in hand, and what is left behind
 * (ENT-*, CAP-07, ID-07, ID-08, TR-09, WAT-08).
 *
 * Each test forks a child that gets ready, enters, and says how that went. One
 * that was refused must be where it was, and get in once the reason is gone.
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
#include <linux/mount.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/enter"
#define ROOT	DIR "/root"
#define LISTED	DIR "/listed"
#define FULL	DIR "/full"
#define A	2001
#define B	2002

/* Newer than the headers of the build machine: the ring is given by index. */
#define REGISTERED_RING	(1U << 31)

#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)

FIXTURE(enter)
{
	int a, b;
};

FIXTURE_SETUP(enter)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(ROOT, 0755));
	self->a = confined_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->a);
	self->b = -1;
}

FIXTURE_TEARDOWN(enter)
{
	close(self->a);
	confined_delete(A);
	confined_delete(B);
	umount2(DIR, MNT_DETACH);
}

/* Refused for a reason that is counted; still in context 0. */
#define MUST_BE_REFUSED(error, reason, fd) do { \
	const long long counted_ = refused(reason); \
	\
	MUST(error, confined_enter(fd)); \
	MUST(counted_ + 1, refused(reason)); \
	MUST(0, context_now()); \
} while (0)

#define MUST_ENTER(fd) do { \
	MUST(0, confined_enter(fd)); \
	MUST(A, context_now()); \
} while (0)

/* ------------------------------------------------------------ who enters */

static int enters_once(int fd)
{
	MUST(0, context_now());
	MUST_ENTER(fd);
	/* ENT-06: not again, and there is no other request to come back. */
	const long long counted = refused(CLIP_REASON_OTHER_CONTEXT);

	MUST(EPERM, confined_enter(fd));
	MUST(counted + 1, refused(CLIP_REASON_OTHER_CONTEXT));
	MUST(A, context_now());
	return 0;
}

/* ENT-01, ENT-06, ENT-07 */
TEST_F(enter, the_caller_and_nobody_else)
{
	EXPECT_EQ(0, in_child(self->a, enters_once));
	EXPECT_EQ(0, context_now());
}

static int asks_wrongly(int fd)
{
	int device = device_open();

	MUST(-1, ioctl(fd, CLIP_IOC_ENTER, 1));
	MUST(EINVAL, errno);
	MUST(-1, ioctl(fd, CLIP_IOC_INFO, 0));
	MUST(ENOTTY, errno);
	MUST(-1, ioctl(device, CLIP_IOC_ENTER, 0));
	MUST(ENOTTY, errno);
	MUST(-1, read(fd, &device, 1));
	MUST(EINVAL, errno);
	MUST(-1, write(fd, "", 1));
	MUST(EINVAL, errno);
	MUST(0, context_now());
	return 0;
}

TEST_F(enter, form_of_the_request)
{
	EXPECT_EQ(0, in_child(self->a, asks_wrongly));
}

static int enters_as_user(int fd)
{
	MUST(0, setgid(USER_ID));
	MUST(0, setuid(USER_ID));
	/* No right of its own: it cannot even open the device. */
	MUST(-1, device_open());
	MUST(0, confined_enter(fd));
	MUST(EPERM, confined_enter(fd));
	return 0;
}

static int enters_in_user_namespace(int fd)
{
	MUST(0, unshare(CLONE_NEWUSER));
	MUST(0, confined_enter(fd));
	MUST(EPERM, confined_enter(fd));
	return 0;
}

static int enters_without_new_privs(int fd)
{
	MUST(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST_ENTER(fd);
	return 0;
}

/* ENT-01, differently: the descriptor is the right, and it can be handed on. */
TEST_F(enter, by_whoever_has_the_descriptor)
{
	EXPECT_EQ(0, in_child(self->a, enters_as_user));
	EXPECT_EQ(0, in_child(self->a, enters_in_user_namespace));
	EXPECT_EQ(0, in_child(self->a, enters_without_new_privs));
}

static int enters_by_message(int socket)
{
	const int fd = receive_fd(socket);

	MUST(1, fd >= 0);
	MUST(0, setgid(USER_ID));
	MUST(0, setuid(USER_ID));
	MUST(0, confined_enter(fd));
	return 0;
}

/* The right survives SCM_RIGHTS, and the end of who sent it. */
TEST_F(enter, by_a_descriptor_from_a_message)
{
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, send_fd(pair[0], self->a));
	close(self->a);
	self->a = -1;
	EXPECT_EQ(0, in_child(pair[1], enters_by_message));
	close(pair[0]);
	close(pair[1]);
}

static int enters_another_afterwards(int socket)
{
	const int a = receive_fd(socket);
	int b;

	MUST_ENTER(a);
	b = receive_fd(socket);
	MUST(1, b >= 0);
	/* Neither another one, nor WATCH (WAT-08). */
	MUST(EPERM, confined_enter(b));
	MUST(EPERM, confined_enter(receive_fd(socket)));
	MUST(A, context_now());
	return 0;
}

/* ENT-06 */
TEST_F(enter, from_inside)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };
	int watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args), pair[2];

	self->b = confined_create(B, 0, ALL_CAPS, 0);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, watch);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, send_fd(pair[0], self->a));
	ASSERT_EQ(0, send_fd(pair[0], self->b));
	ASSERT_EQ(0, send_fd(pair[0], watch));
	EXPECT_EQ(0, in_child(pair[1], enters_another_afterwards));
	close(watch);
}

static int finds_it_deleted(int fd)
{
	MUST_BE_REFUSED(ENOENT, CLIP_REASON_NO_CONTEXT, fd);
	return 0;
}

/* ENT-02, ENT-05, ID-08 */
TEST_F(enter, what_is_not_there)
{
	struct clip_context_args args = { .xid = B };

	EXPECT_EQ(-1, context_fd(CLIP_IOC_CONTEXT_OPEN, &args));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, args.reason);
	args.xid = A;
	self->b = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->b);
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->b, F_GETFD));
	EXPECT_EQ(0, in_child(self->b, enters_once));
	ASSERT_EQ(0, confined_delete(A));
	EXPECT_EQ(0, in_child(self->a, finds_it_deleted));
	EXPECT_EQ(0, in_child(self->b, finds_it_deleted));
	/* Not even if there is one with its number again. */
	close(self->b);
	self->b = confined_create(A, 0, ALL_CAPS, 0);
	ASSERT_LE(0, self->b);
	EXPECT_EQ(0, in_child(self->a, finds_it_deleted));
	EXPECT_EQ(0, in_child(self->b, enters_once));
	close(self->b);
}

/* ---------------------------------------------------------------- alone */

static int pipe_end[2];

static void *wait_for_end(void *unused)
{
	char byte;

	(void)!read(pipe_end[0], &byte, 1);
	return NULL;
}

static int has_a_thread(int fd)
{
	pthread_t thread;

	MUST(0, pipe(pipe_end));
	MUST(0, pthread_create(&thread, NULL, wait_for_end, NULL));
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
	close(pipe_end[1]);
	MUST(0, pthread_join(thread, NULL));
	/* The kernel may not be done with it when join() is. */
	for (int i = 0; i < 1000 && confined_enter(fd) == EBUSY; i++)
		usleep(1000);
	MUST(A, context_now());
	return 0;
}

static int sharer(void *unused)
{
	char byte;

	(void)!read(pipe_end[0], &byte, 1);
	_exit(0);
}

static char stack[65536] __attribute__((aligned(16)));

static int shares(int fd, int flags)
{
	pid_t pid;

	MUST(0, pipe(pipe_end));
	pid = clone(sharer, stack + sizeof(stack), flags | SIGCHLD, NULL);
	MUST(1, pid > 0);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
	MUST(1, write(pipe_end[1], "", 1));
	MUST(pid, waitpid(pid, NULL, 0));
	MUST_ENTER(fd);
	return 0;
}

static int shares_fs(int fd)
{
	return shares(fd, CLONE_FS);
}

static int shares_files(int fd)
{
	return shares(fd, CLONE_FILES);
}

static int shares_memory(int fd)
{
	return shares(fd, CLONE_VM);
}

static int is_traced(int fd)
{
	int ready[2], go[2], status;
	char byte;
	pid_t pid;

	MUST(0, pipe(ready));
	MUST(0, pipe(go));
	pid = fork();
	if (pid == 0) {
		MUST(1, read(go[0], &byte, 1));
		MUST_BE_REFUSED(EBUSY, CLIP_REASON_NOT_ALONE, fd);
		MUST(1, write(ready[1], "", 1));
		MUST(1, read(go[0], &byte, 1));
		MUST_ENTER(fd);
		_exit(0);
	}
	MUST(0, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	MUST(1, write(go[1], "", 1));
	MUST(1, read(ready[0], &byte, 1));
	MUST(0, ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	MUST(pid, waitpid(pid, &status, 0));
	MUST(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(1, write(go[1], "", 1));
	MUST(pid, waitpid(pid, &status, 0));
	return status;
}

/* Nobody else has a share in what the task is: nobody is in two contexts. */
TEST_F(enter, not_alone)
{
	EXPECT_EQ(0, in_child(self->a, has_a_thread));
	EXPECT_EQ(0, in_child(self->a, shares_fs));
	EXPECT_EQ(0, in_child(self->a, shares_files));
	EXPECT_EQ(0, in_child(self->a, shares_memory));
	EXPECT_EQ(0, in_child(self->a, is_traced));
}

/* ------------------------------------------------------ open descriptors */

/* Is a descriptor of the way out, until it is closed. */
static int leads_out(int fd, int other)
{
	MUST(1, other >= 0);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	close(other);
	MUST_ENTER(fd);
	return 0;
}

static int has_device(int fd)
{
	return leads_out(fd, device_open());
}

static int has_context(int fd)
{
	struct clip_context_args args = { .xid = A };

	/* Even of the same one: it is the right to let others in. */
	return leads_out(fd, context_fd(CLIP_IOC_CONTEXT_OPEN, &args));
}

static int has_kernel_log(int fd)
{
	return leads_out(fd, open("/dev/kmsg", O_RDONLY));
}

static int has_namespace(int fd)
{
	return leads_out(fd, open("/proc/self/ns/mnt", O_RDONLY));
}

static int has_pidfd(int fd)
{
	return leads_out(fd, syscall(SYS_pidfd_open, getppid(), 0));
}

static int has_ring(int fd)
{
	struct io_uring_params params = {};

	return leads_out(fd, syscall(SYS_io_uring_setup, 4, &params));
}

static int has_mount(int fd)
{
	return leads_out(fd, syscall(SYS_open_tree, AT_FDCWD, ROOT,
				     OPEN_TREE_CLONE));
}

/* The memory of another: who holds it need not ask any more. */
static int has_memory_of_another(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", getppid());
	return leads_out(fd, open(path, O_RDWR));
}

static int has_secrets_of_another(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", getppid());
	return leads_out(fd, open(path, O_RDONLY));
}

/*
 * A ring that is registered with the task goes on to work with no descriptor,
 * and what was registered with it (files, credentials) with it.
 */
static int has_registered_ring(int fd)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	struct io_uring_rsrc_update update = { .offset = -1U, .data = ring };

	MUST(1, ring >= 0);
	MUST(1, syscall(SYS_io_uring_register, ring, IORING_REGISTER_RING_FDS,
			&update, 1));
	close(ring);
	MUST_BE_REFUSED(EBUSY, CLIP_REASON_OPEN_FILE, fd);
	update.data = 0;
	MUST(1, syscall(SYS_io_uring_register, update.offset,
			IORING_UNREGISTER_RING_FDS | REGISTERED_RING, &update,
			1));
	MUST_ENTER(fd);
	return 0;
}

static int changes_root(int fd, int flags)
{
	int outside = open(DIR, flags);

	MUST(1, outside >= 0);
	MUST(0, chroot(ROOT));
	MUST(0, chdir("/"));
	MUST(EBUSY, confined_enter(fd));
	close(outside);
	/* One below the root leads nowhere else. */
	MUST(1, open("/", flags) >= 0);
	MUST(0, confined_enter(fd));
	return 0;
}

static int has_directory_outside(int fd)
{
	return changes_root(fd, O_RDONLY | O_DIRECTORY);
}

static int has_path_outside(int fd)
{
	return changes_root(fd, O_PATH);
}

static int stands_outside(int fd)
{
	MUST(0, chdir(DIR));
	MUST(0, chroot(ROOT));
	MUST(EBUSY, confined_enter(fd));
	MUST(0, chdir("/"));
	MUST(0, confined_enter(fd));
	return 0;
}

static int has_harmless_ones(int fd)
{
	int pair[2];

	MUST(0, pipe(pair));
	MUST(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(1, open("/", O_RDONLY | O_DIRECTORY) >= 0);
	MUST(1, open(DIR, O_PATH) >= 0);
	MUST(1, open("/dev/null", O_RDWR) >= 0);
	MUST(1, open(PROBE, O_RDONLY) >= 0);
	MUST(1, open("/proc/version", O_RDONLY) >= 0);
	MUST(1, memfd_create("m", 0) >= 0);
	MUST_ENTER(fd);
	return 0;
}

TEST_F(enter, with_a_way_out_in_hand)
{
	static int (*const acts[])(int) = {
		has_device, has_context, has_kernel_log, has_namespace,
		has_pidfd, has_ring, has_mount, has_memory_of_another,
		has_secrets_of_another, has_registered_ring,
	};

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		EXPECT_EQ(0, in_child(self->a, acts[i]));
	EXPECT_EQ(0, in_child(self->a, has_harmless_ones));
}

TEST_F(enter, with_a_directory_outside)
{
	static int (*const acts[])(int) = {
		has_directory_outside, has_path_outside, stands_outside,
	};
	long long counted;

	/* There is no securityfs in there: what is counted is seen from here. */
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		counted = refused(CLIP_REASON_OPEN_FILE);
		EXPECT_EQ(0, in_child(self->a, acts[i]));
		EXPECT_EQ(counted + 1, refused(CLIP_REASON_OPEN_FILE));
	}
}

/* ------------------------------------------------------ what is left behind */

static uint64_t set_of(int which)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &header, data);
	switch (which) {
	case 0:
		return data[0].effective | (uint64_t)data[1].effective << 32;
	case 1:
		return data[0].permitted | (uint64_t)data[1].permitted << 32;
	default:
		return data[0].inheritable |
		       (uint64_t)data[1].inheritable << 32;
	}
}

static uint64_t bounding_set(void)
{
	uint64_t set = 0;

	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			set |= 1ULL << cap;
	return set;
}

static int leaves_capabilities(int fd)
{
	const uint64_t all = (1ULL << (CAP_LAST_CAP + 1)) - 1;
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ ~0U, ~0U, KILL | BIND }, { all >> 32, all >> 32, 0 },
	};

	MUST(all, set_of(0));
	MUST(0, syscall(SYS_capset, &header, data));
	MUST(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	MUST(1, prctl(PR_GET_DUMPABLE));
	MUST(0, confined_enter(fd));
	MUST(KILL | RAW, set_of(0));
	MUST(KILL | RAW, set_of(1));
	MUST(0, set_of(2));
	MUST(0, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0));
	MUST(KILL | RAW, bounding_set());
	/* Its memory is that of a task of context 0. */
	MUST(0, prctl(PR_GET_DUMPABLE));
	return 0;
}

/* CAP-07: the inheritable set is emptied, the others are cut. */
TEST_F(enter, leaves_capabilities_behind)
{
	struct clip_context_args args = {
		.xid = A, .cap_bound = KILL | RAW, .priv_bound = ~0ULL,
	};

	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, in_child(self->a, leaves_capabilities));
}

static int leaves_keys(int fd)
{
	const char *const type = "user", *const name = "clip-test";
	long key;

	MUST(1, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) > 0);
	key = syscall(SYS_add_key, type, name, "x", 1,
		      KEY_SPEC_SESSION_KEYRING);
	MUST(1, key > 0);
	MUST(1, syscall(SYS_add_key, type, name, "x", 1,
			KEY_SPEC_PROCESS_KEYRING) > 0);
	MUST(1, syscall(SYS_add_key, type, name, "x", 1,
			KEY_SPEC_THREAD_KEYRING) > 0);
	/* Possession is what lets one read it. */
	MUST(0, syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f000000));
	MUST(1, syscall(SYS_keyctl, KEYCTL_READ, key, NULL, 0) > 0);
	MUST_ENTER(fd);
	MUST(-1, syscall(SYS_keyctl, KEYCTL_READ, key, NULL, 0));
	MUST(EACCES, errno);
	MUST(-1, syscall(SYS_request_key, type, name, NULL, 0));
	MUST(ENOKEY, errno);
	return 0;
}

/* CAP-07 and a proposal of the description: possessing a keyring is a right. */
TEST_F(enter, leaves_keyrings_behind)
{
	EXPECT_EQ(0, in_child(self->a, leaves_keys));
}

static int executes_probe(int fd)
{
	struct probe probe;

	MUST(0, confined_enter(fd));
	probe = probe_run(PROBE, 0);
	MUST(0, probe.error);
	/* The first program is told not to trust what it finds. */
	MUST(1, probe.secure);
	MUST(KILL | BIND, probe.permitted);
	return 0;
}

static int stays_and_executes_probe(int fd)
{
	struct probe probe = probe_run(PROBE, 0);

	MUST(0, probe.error);
	MUST(0, probe.secure);
	return 0;
}

/* U-04 of the attacks: AT_SECURE for every kind of change. */
TEST_F(enter, first_program_is_secure)
{
	struct clip_context_args args = {
		.xid = A, .cap_bound = KILL | BIND,
	};

	ASSERT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, in_child(self->a, executes_probe));
	EXPECT_EQ(0, in_child(self->a, stays_and_executes_probe));
}

/* ------------------------------------------------------------ privileges */

/* An actor of context 0 with privileges, that enters. */
FIXTURE(privileged)
{
	struct actor root, entering;
	int fd;
};

FIXTURE_VARIANT(privileged)
{
	uint64_t privileges;	/* granted in context 0 */
	uint64_t bound;		/* of the context that is entered */
	long before, after;	/* errno of a signal from root */
};

/* IMMORTAL can be seen from outside: not even root's signal reaches it. */
FIXTURE_VARIANT_ADD(privileged, dropped) {
	.privileges = CLIP_PRIV_IMMORTAL, .bound = CLIP_PRIV_ALL,
	.before = EPERM, .after = 0,
};

FIXTURE_VARIANT_ADD(privileged, kept_with_keeppriv) {
	.privileges = CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV,
	.bound = CLIP_PRIV_ALL, .before = EPERM, .after = EPERM,
};

FIXTURE_VARIANT_ADD(privileged, keeppriv_within_the_bound) {
	.privileges = CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV,
	.bound = CLIP_PRIV_KEEPPRIV, .before = EPERM, .after = 0,
};

FIXTURE_SETUP(privileged)
{
	struct rule rule;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ACTOR, LISTED, 0755));
	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, rule_for(&rule, LISTED, CLIP_ENTRY_EXE));
	rule.privileges = variant->privileges;
	ASSERT_EQ(0, load(&rule));
	self->fd = confined_create(A, 0, ALL_CAPS, variant->bound);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, actor_start(&self->root, ACTOR, 0));
	ASSERT_EQ(0, set_level(0, CLIP_LEVEL_ACTIVE));
}

FIXTURE_TEARDOWN(privileged)
{
	const struct who full = { FULL, -1, NULL };

	actor_stop(&self->root);
	actor_stop(&self->entering);
	EXPECT_DONE(tell_level(&full, 0, 0));
	close(self->fd);
	EXPECT_EQ(0, confined_delete(A));
	umount2(DIR, MNT_DETACH);
}

/* CAP-07, TR-09: all privileges are dropped, unless KEEPPRIV keeps them. */
TEST_F(privileged, enters)
{
	/* The descriptor is inherited under its number. */
	ASSERT_EQ(0, fcntl(self->fd, F_SETFD, 0));
	ASSERT_EQ(0, actor_start(&self->entering, LISTED, 0));
	EXPECT_EQ(variant->before, ask(&self->root, "kill %d %d",
				       self->entering.pid, SIGUSR1));
	EXPECT_EQ(0, ask(&self->entering, "enter %d", self->fd));
	EXPECT_EQ(variant->after, ask(&self->root, "kill %d %d",
				      self->entering.pid, SIGUSR1));
	EXPECT_EQ(!variant->before + !variant->after,
		  ask(&self->entering, "signals"));
}

TEST_HARNESS_MAIN
