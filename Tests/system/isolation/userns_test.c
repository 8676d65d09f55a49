// SPDX-License-Identifier: GPL-2.0-only
/*
 * User namespaces in a context: with the flag, a task makes them, and what it
 * may do there has a bound of its own. Nothing outside of them is within that
 * bound (CAP-02, and the ceiling of capabilities).
 */
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"

#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/userns"
#define A	2001
#define B	2002
#define ADMIN_CAP	(1ULL << CAP_SYS_ADMIN)
#define NS_CAPS	LINUX_CAPS(ALL_CAPS)

FIXTURE(userns)
{
	int a, b;
};

FIXTURE_SETUP(userns)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	/* With CAP_SETFCAP, which mapping user 0 takes. */
	self->a = context_create(A, 0, 1ULL << CAP_SETFCAP, 0);
	self->b = context_create(B, 0, 1ULL << CAP_SETFCAP, 0);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
}

FIXTURE_TEARDOWN(userns)
{
	close(self->a);
	close(self->b);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static int unshares_user(void *data)
{
	return error_of(unshare(CLONE_NEWUSER));
}

static int clones_user(void *data)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD,
			    NULL, NULL, NULL, 0);

	if (pid == 0)
		_exit(error_of(mount("none", DIR, "tmpfs", 0, NULL)));
	if (pid < 0)
		return errno;
	return waitpid(pid, (int *)data, 0) == pid ?
	       WEXITSTATUS(*(int *)data) : 254;
}

TEST_F(userns, takes_the_flag)
{
	int status = 0;

	EXPECT_EQ(EPERM, do_in_context(self->a, unshares_user, NULL));
	EXPECT_EQ(EPERM, do_in_context(self->a, clones_user, &status));
	EXPECT_EQ(0, context_setup(self->b, CLIP_CONTEXT_USERNS, 0, NS_CAPS,
				   NULL));
	EXPECT_EQ(0, do_in_context(self->b, unshares_user, NULL));
	EXPECT_EQ(0, do_in_context(self->b, clones_user, &status));
}

/* What bubblewrap does, and what it must not be able to do. */
static int builds_a_sandbox(void *data)
{
	const int spaces = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
			   CLONE_NEWNET;
	int host = open("/proc/self/ns/uts", O_RDONLY), err;

	err = become_namespace_root(spaces);
	if (err)
		return 100;
	if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) ||
	    mount("none", DIR, "tmpfs", 0, NULL) ||
	    mkdir(DIR "/root", 0755) ||
	    mount("/usr", DIR "/root", NULL, MS_BIND | MS_REC, NULL) ||
	    sethostname("inside", 6) || umount2(DIR "/root", MNT_DETACH))
		return errno;
	/* Namespaces within namespaces. */
	err = become_namespace_root(CLONE_NEWNS);
	if (err)
		return 101;
	if (mount("none", DIR, "tmpfs", 0, NULL))
		return 102;
	/* The namespaces outside are not within reach. */
	if (setns(host, CLONE_NEWUTS) != -1 || errno != EPERM)
		return 103;
	return 0;
}

static int acts_on_the_host(void *data)
{
	if (!sethostname("taken", 5) || errno != EPERM)
		return 100;
	if (!unshare(CLONE_NEWNS) || errno != EPERM)
		return 101;
	if (!mount("none", DIR, "tmpfs", 0, NULL) || errno != EPERM)
		return 102;
	if (!chroot(DIR) || errno != EPERM)
		return 103;
	return 0;
}

TEST_F(userns, sandbox_without_a_capability_outside)
{
	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_USERNS, 0, NS_CAPS,
				   NULL));
	EXPECT_EQ(0, do_in_context(self->a, builds_a_sandbox, NULL));
	EXPECT_EQ(0, do_in_context(self->a, acts_on_the_host, NULL));
	/* The second set bounds as well. */
	EXPECT_EQ(0, context_setup(self->b, CLIP_CONTEXT_USERNS, 0,
				   NS_CAPS & ~ADMIN_CAP, NULL));
	EXPECT_EQ(100, do_in_context(self->b, builds_a_sandbox, NULL));
	EXPECT_EQ(0, do_in_context(self->b, unshares_user, NULL));
}

/* Root of a namespace keeps what it had, and acts on the host all the same. */
static int acts_from_a_namespace(void *data)
{
	int host = open("/proc/self/ns/mnt", O_RDONLY);

	if (become_namespace_root(0))
		return 99;
	if (!sethostname("taken", 5) || errno != EPERM)
		return 100;
	if (!setns(host, CLONE_NEWNS) || errno != EPERM)
		return 101;
	if (!mount("none", DIR, "tmpfs", 0, NULL) || errno != EPERM)
		return 102;
	return 0;
}

TEST_F(userns, nothing_outside_of_the_namespace)
{
	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_USERNS, 0, NS_CAPS,
				   NULL));
	EXPECT_EQ(0, do_in_context(self->a, acts_from_a_namespace, NULL));
}

/*
 * The scope of a call ends with it: a task that has made a namespace for a child
 * has no capability there afterwards.
 */
static int joins_the_child(void *data)
{
	int pair[2], status, target;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return 99;
	pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWUTS | SIGCHLD, NULL,
		      NULL, NULL, 0);
	if (pid == 0)
		_exit(send_fd(pair[1], open("/proc/self/ns/uts", O_RDONLY)));
	if (pid < 0)
		return 98;
	waitpid(pid, &status, 0);
	target = receive_fd(pair[0]);
	if (status || target < 0)
		return 97;
	return error_of(setns(target, CLONE_NEWUTS));
}

TEST_F(userns, owner_outside_has_nothing_there)
{
	int c = context_create(2003, 0, ADMIN_CAP, 0);

	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_USERNS, 0, NS_CAPS,
				   NULL));
	EXPECT_EQ(EPERM, do_in_context(self->a, joins_the_child, NULL));
	/* The second bound is that of making namespaces along with it, ... */
	EXPECT_EQ(0, context_setup(self->b, CLIP_CONTEXT_USERNS, 0, 0, NULL));
	EXPECT_EQ(98, do_in_context(self->b, joins_the_child, NULL));
	/* ... and the first one that of the owner afterwards. */
	EXPECT_EQ(0, context_setup(c, CLIP_CONTEXT_USERNS, 0, NS_CAPS, NULL));
	EXPECT_EQ(0, do_in_context(c, joins_the_child, NULL));
	close(c);
	context_delete(2003);
}

static int enters_from_a_namespace(int fd)
{
	uint32_t before = context_now();

	MUST(0, before);
	MUST(0, become_namespace_root(0));
	MUST(EBUSY, context_enter(fd));
	return 0;
}

static int enters(void *data)
{
	return 0;
}

/* All tasks of a context that makes namespaces enter from the same one. */
TEST_F(userns, one_base_for_all)
{
	const long long count = refused(CLIP_REASON_BASE_USERNS);

	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_USERNS, 0, 0, NULL));
	EXPECT_EQ(0, do_in_context(self->a, enters, NULL));
	EXPECT_EQ(0, in_child(self->a, enters_from_a_namespace));
	EXPECT_EQ(count + 1, refused(CLIP_REASON_BASE_USERNS));
	EXPECT_EQ(0, do_in_context(self->a, enters, NULL));
}

TEST_HARNESS_MAIN
