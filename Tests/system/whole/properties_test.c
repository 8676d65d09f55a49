// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties of a context for itself: what it is, what it may do, and its end.
 */
#include "properties_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <time.h>

/* -------------------------------------------- 1: identity cannot be shed */

/* Looks when its parent has ended. */
static int as_an_orphan(void)
{
	int ends[2], started[2], seen = -1;
	pid_t pid;

	MUST(0, pipe(ends) || pipe(started));
	pid = fork();
	if (!pid) {
		if (fork())
			_exit(0);
		MUST(1, read(started[0], &seen, 1));
		seen = context_now();
		_exit(write(ends[1], &seen, sizeof(seen)) != sizeof(seen));
	}
	waitpid(pid, NULL, 0);
	MUST(1, write(started[1], "x", 1));
	MUST(sizeof(seen), read(ends[0], &seen, sizeof(seen)));
	close(ends[0]);
	close(ends[1]);
	return seen;
}

static int in_a_child(pid_t pid)
{
	int status;

	if (!pid)
		_exit(context_now() != A);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int sheds_nothing(const void *data)
{
	const int fd = *(const int *)data;
	const int device = device_open();

	MUST(A, context_by(device));
	MUST(0, in_a_child(fork()));
	MUST(0, in_a_child(vfork()));
	MUST(A, as_an_orphan());
	MUST(EPERM, context_enter(fd));
	MUST(EPERM, error_of(unshare(CLONE_NEWUSER)));
	MUST(A, context_now());
	/* In a user namespace there may be no such user. */
	if (setresgid(1, 1, 1) == 0)
		MUST(0, error_of(setresuid(1, 1, 1)));
	MUST(A, context_by(device));
	return 0;
}

TEST_F(properties, identity_cannot_be_shed)
{
	EXPECT_EQ(0, inside(self->a, variant->a, sheds_nothing, &self->a));
	/* A program keeps it, too. */
	EXPECT_EQ(B, context_of(self->server.target.pid));
}

/* --------------------------------------------- 2: the capabilities have an end */

/* @data is NULL in context 0, in which the same acts succeed. */
static int uses_capabilities(const void *data)
{
	const int wanted = data ? EPERM : 0;
	struct timespec now;

	MUST(wanted, error_of(sethostname("properties", 10)));
	MUST(wanted, error_of(mount("none", TREE, "tmpfs", 0, NULL)));
	MUST(wanted, error_of(umount2(TREE, MNT_DETACH)));
	MUST(wanted, error_of(mknod(DIR "/device", S_IFCHR | 0600, 0x103)));
	MUST(0, data ? 0 : unlink(DIR "/device"));
	MUST(0, error_of(clock_gettime(CLOCK_REALTIME, &now)));
	MUST(wanted, error_of(clock_settime(CLOCK_REALTIME, &now)));
	MUST(wanted, error_of(unshare(CLONE_NEWNS)));
	/* It has no handle, as is found after the check. */
	MUST(data ? EPERM : EFAULT,
	     error_of(syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0)));
	return 0;
}

TEST_F(properties, capabilities_have_a_ceiling)
{
	EXPECT_EQ(0, inside(self->a, variant->a, uses_capabilities, ""));
	EXPECT_EQ(0, inside(-1, variant->a & ~CLONE_NEWUSER & ~CLONE_NEWUTS,
			    uses_capabilities, NULL));
}

/* ---------------------------------------------------- 7: only own addresses */

static int bind_at(int family, int type, int protocol, int freebind,
		   const char *text)
{
	const int fd = socket(family, type, protocol);
	struct sockaddr_in address = { .sin_family = AF_INET };
	int err = error_of(fd);

	inet_pton(AF_INET, text, &address.sin_addr);
	if (!err && freebind)
		err = error_of(setsockopt(fd, SOL_IP, 15 /* IP_FREEBIND */,
					  &freebind, sizeof(freebind)));
	if (!err)
		err = error_of(bind(fd, (void *)&address, sizeof(address)));
	close(fd);
	return err;
}

static int connect_at(const char *from, const char *text)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in address = { .sin_family = AF_INET };
	int err;

	inet_pton(AF_INET, from, &address.sin_addr);
	err = error_of(bind(fd, (void *)&address, sizeof(address)));
	inet_pton(AF_INET, text, &address.sin_addr);
	address.sin_port = htons(7);
	if (!err)
		err = error_of(connect(fd, (void *)&address, sizeof(address)));
	close(fd);
	return err;
}

static int uses_addresses(const void *data)
{
	static const struct {
		int type, protocol, freebind;
	} kinds[] = {
		{ SOCK_STREAM, 0, 0 }, { SOCK_STREAM, 0, 1 }, { SOCK_DGRAM, 0, 0 },
		{ SOCK_DGRAM, 0, 1 }, { SOCK_STREAM, IPPROTO_MPTCP, 0 },
		{ SOCK_STREAM, IPPROTO_SCTP, 0 }, { SOCK_RAW, 253, 0 },
	};
	const bool user = *(const bool *)data;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		/* No capability of the context counts in a user namespace. */
		if (user && kinds[i].type == SOCK_RAW)
			continue;
		MUST(0, bind_at(AF_INET, kinds[i].type, kinds[i].protocol,
				kinds[i].freebind, OWN));
		MUST(EADDRNOTAVAIL, bind_at(AF_INET, kinds[i].type,
					    kinds[i].protocol,
					    kinds[i].freebind, OTHER));
	}
	MUST(0, connect_at("0.0.0.0", OWN));
	MUST(0, connect_at(OWN, OTHER));
	MUST(EADDRNOTAVAIL, connect_at(OTHER, OWN));
	MUST(EPERM, connect_at("0.0.0.0", "127.0.0.1"));
	MUST(EAFNOSUPPORT, error_of(socket(AF_INET6, SOCK_STREAM, 0)));
	MUST(EAFNOSUPPORT, error_of(socket(AF_PACKET, SOCK_RAW, 0)));
	return 0;
}

TEST_F(properties, only_own_addresses)
{
	const bool user = variant->a & CLONE_NEWUSER;

	EXPECT_EQ(0, inside(self->a, variant->a, uses_addresses, &user));
}

/* -------------------------------------------- 9: the control is out of reach */

static int controls(const void *data)
{
	struct clip_context_args args = { .size = sizeof(args), .xid = B };
	uint32_t reason;

	MUST(EPERM, context_call(CLIP_IOC_CONTEXT_OPEN, &args));
	args.xid = B + 1;
	MUST(EPERM, context_call(CLIP_IOC_CONTEXT_CREATE, &args));
	MUST(EPERM, context_delete(B));
	MUST(EPERM, set_level(A, 0));
	MUST(EPERM, context_setup(*(const int *)data, 0, 0, 0, &reason));
	MUST(EPERM, context_address(*(const int *)data, CLIP_ADDRESS_ADD,
				    OTHER "/32"));
	MUST(EPERM, context_kill(*(const int *)data, SIGKILL, NULL, &reason));
	return 0;
}

TEST_F(properties, control_is_out_of_reach)
{
	const long long contexts = status_value("contexts");
	struct clip_context_args args = { .size = sizeof(args), .xid = B };

	EXPECT_EQ(0, inside(self->a, variant->a, controls, &self->a));
	EXPECT_EQ(contexts, status_value("contexts"));
	EXPECT_EQ(0, ask(&self->server.actor, "getnice %d", 0));
	/* A number that lives is not given again. */
	EXPECT_EQ(EEXIST, context_call(CLIP_IOC_CONTEXT_CREATE, &args));
}

/* ------------------------------------------------------ 10: stopped is stopped */

/* Processes that make others all the time, in sessions of their own, or stopped. */
static int multiplies(const void *data)
{
	for (int i = 0; i < 8; i++) {
		if (fork())
			continue;
		if (i & 1)
			setsid();
		if (i & 2)
			raise(SIGSTOP);
		for (;;) {
			const pid_t pid = fork();

			if (!pid)
				_exit(usleep(1000));
			if (pid > 0 && i & 4)
				waitpid(pid, NULL, 0);
			else
				usleep(20000);
		}
	}
	pause();
	return 0;
}

static bool becomes_busy(int fd)
{
	for (int i = 0; i < 100; i++, usleep(20000))
		if (context_info(fd).tasks > 8)
			return true;
	return false;
}

static int look_at_shm(const struct target *target)
{
	static struct shmid_ds state;

	return error_of(shmctl(target->shm, IPC_STAT, &state));
}

/* An object of an earlier life of the context. */
static int finds_nothing(const void *data)
{
	const int err = look_at_shm(data);

	return err == EACCES || err == EINVAL ? 0 : 1;
}

TEST_F(properties, stopped_is_stopped)
{
	const uint64_t serial = context_info(self->b).serial;
	struct target old = self->server.target;
	pid_t pid = fork();

	if (!pid)
		_exit(inside(self->b, variant->b, multiplies, NULL));
	EXPECT_TRUE(becomes_busy(self->b));
	EXPECT_EQ(0, context_kill(self->b, SIGKILL, NULL, NULL));
	EXPECT_TRUE(context_is_empty(self->b, 10000));
	waitpid(pid, NULL, 0);
	EXPECT_EQ(0, context_delete(B));
	close(self->b);
	/* What it has left is foreign to the next one, which has the same number. */
	self->b = make(B, OTHER "/32", 2);
	ASSERT_LE(0, self->b);
	EXPECT_LT(serial, context_info(self->b).serial);
	EXPECT_EQ(variant->b ? EINVAL : 0, look_at_shm(&old));
	EXPECT_EQ(0, inside(self->b, variant->b, finds_nothing, &old));
	actor_stop(&self->server.actor);
	ASSERT_EQ(0, server_start(&self->server, self->b, B, variant->b));
	shmctl(old.shm, IPC_RMID, NULL);
}

/* --------------------------------------------------------- 6: a root is a root */

static int tries_to_leave(const void *data)
{
	const int outside = open("/", O_RDONLY | O_DIRECTORY);
	struct stat info;

	MUST(ENOENT, error_of(stat("/../../canary", &info)));
	mkdir("/sub", 0755);
	/* With a directory in hand, and without. */
	MUST(EPERM, error_of(chroot("/sub")));
	fchdir(outside);
	for (int i = 0; i < 20; i++)
		chdir("..");
	MUST(ENOENT, error_of(stat("canary", &info)));
	close(outside);
	MUST(EPERM, error_of(mount("/", "/sub", NULL, MS_BIND, NULL)));
	MUST(EPERM, error_of(syscall(SYS_pivot_root, "/", "/sub")));
	MUST(EPERM, error_of(syscall(SYS_open_tree, AT_FDCWD, "/", 1)));
	MUST(EPERM, error_of(unshare(CLONE_NEWNS)));
	return 0;
}

static int sees_the_canary(const void *data)
{
	return try_open(DIR "/canary", O_RDONLY);
}

TEST_F(properties, root_is_a_root)
{
	ASSERT_EQ(0, mknod(DIR "/canary", S_IFREG | 0644, 0));
	EXPECT_EQ(0, inside(self->a, variant->a, sees_the_canary, NULL));
	EXPECT_EQ(0, below(TREE, self->a, variant->a, tries_to_leave, NULL));
}

TEST_HARNESS_MAIN
