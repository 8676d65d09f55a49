// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of addresses of a context: what it takes, who changes it, and when.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "netid.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

static int request(int fd, int operation, const char *text)
{
	return context_address(fd, operation, text);
}

static int count_of(int fd)
{
	struct clip_context_address args = {
		.size = sizeof(args), .family = AF_INET,
		.operation = CLIP_ADDRESS_GET_LOOPBACK,
	};

	return ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &args) ? -errno :
							    (int)args.count;
}

/* The address number @index, as "FAMILY/PREFIX" and its last byte. */
static int described(int fd, int index, int family, int prefix)
{
	struct clip_context_address args = {
		.size = sizeof(args), .operation = CLIP_ADDRESS_GET,
		.index = index,
	};

	if (ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &args))
		return -errno;
	if (args.family != family || (int)args.prefix != prefix)
		return -1;
	return args.address[family == AF_INET ? 3 : 15];
}

/* The last byte of what stands for the loopback; 0 if nothing does. */
static int loopback_of(int fd, int family)
{
	struct clip_context_address args = {
		.size = sizeof(args), .family = family,
		.operation = CLIP_ADDRESS_GET_LOOPBACK,
	};

	if (ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &args))
		return -errno;
	return args.address[family == AF_INET ? 3 : 15];
}

TEST(addresses_are_added_and_removed)
{
	const int fd = context_create(2100, 0, ALL_CAPS, CLIP_PRIV_ALL);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, count_of(fd));
	EXPECT_EQ(-ENOENT, described(fd, 0, AF_INET, 32));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "fd00::5/128"));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "10.0.4.0/22"));
	EXPECT_EQ(EEXIST, request(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	EXPECT_EQ(3, count_of(fd));
	EXPECT_EQ(5, described(fd, 0, AF_INET, 32));
	EXPECT_EQ(5, described(fd, 1, AF_INET6, 128));
	EXPECT_EQ(0, described(fd, 2, AF_INET, 22));
	EXPECT_EQ(ENOENT, request(fd, CLIP_ADDRESS_REMOVE, "10.0.0.6/32"));
	EXPECT_EQ(ENOENT, request(fd, CLIP_ADDRESS_REMOVE, "10.0.4.0/24"));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_REMOVE, "fd00::5/128"));
	EXPECT_EQ(2, count_of(fd));
	EXPECT_EQ(0, described(fd, 1, AF_INET, 22));
	EXPECT_EQ(0, loopback_of(fd, AF_INET));
	EXPECT_EQ(0, loopback_of(fd, AF_INET6));
	EXPECT_EQ(-EINVAL, loopback_of(fd, AF_UNIX));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_LOOPBACK, "127.0.0.9/32"));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_LOOPBACK, "fd00::8/128"));
	EXPECT_EQ(9, loopback_of(fd, AF_INET));
	EXPECT_EQ(8, loopback_of(fd, AF_INET6));
	EXPECT_EQ(2, count_of(fd));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_FLUSH, ""));
	EXPECT_EQ(0, count_of(fd));
	close(fd);
	EXPECT_EQ(0, context_delete(2100));
}

TEST(addresses_that_do_not_exist)
{
	static const char *const bad[] = {
		"10.0.0.5/33", "10.0.0.5/24", "fd00::5/129", "fd00::5/64",
		"::ffff:10.0.0.5/128", "",
	};
	struct clip_context_address args = { .size = sizeof(args) };
	const int fd = context_create(2100, 0, ALL_CAPS, CLIP_PRIV_ALL);
	char text[32];

	ASSERT_LE(0, fd);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(EINVAL, request(fd, CLIP_ADDRESS_ADD, bad[i]));
	EXPECT_EQ(EINVAL, request(fd, CLIP_ADDRESS_LOOPBACK, "10.0.0.0/24"));
	EXPECT_EQ(EINVAL, request(fd, CLIP_ADDRESS_LOOPBACK, "224.0.0.1/32"));
	EXPECT_EQ(EINVAL, request(fd, CLIP_ADDRESS_FLUSH, "10.0.0.5/32"));
	EXPECT_EQ(EINVAL, request(fd, 0, "10.0.0.5/32"));
	EXPECT_EQ(EINVAL, request(fd, 7, "10.0.0.5/32"));
	args.size = 8;
	EXPECT_EQ(EINVAL, ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &args) ? errno : 0);
	EXPECT_EQ(0, count_of(fd));
	for (unsigned int i = 0; i < CLIP_ADDRESSES_MAX; i++) {
		snprintf(text, sizeof(text), "10.1.0.%u/32", i);
		EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, text));
	}
	EXPECT_EQ(ENOSPC, request(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	EXPECT_EQ((int)CLIP_ADDRESSES_MAX, count_of(fd));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_REMOVE, "10.1.0.0/32"));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	close(fd);
	EXPECT_EQ(0, context_delete(2100));
}

static int add_as_user(void *fd)
{
	if (setgid(USER_ID) || setuid(USER_ID))
		return 255;
	return request(*(int *)fd, CLIP_ADDRESS_ADD, "10.0.0.9/32");
}

static int as_child(int (*act)(void *), void *data)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(act(data));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST(who_changes_addresses_and_when)
{
	int fd = context_create(2100, 0, ALL_CAPS, CLIP_PRIV_ALL);
	struct clip_context_args zero = { .xid = 0 }, watch = { .xid = 1 };
	struct actor actor;
	int other;

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	EXPECT_EQ(EPERM, as_child(add_as_user, &fd));
	EXPECT_EQ(1, count_of(fd));
	EXPECT_EQ(0, request(fd, CLIP_ADDRESS_ADD, "10.0.0.9/32"));
	/* Contexts 0 and 1 have none. */
	other = context_fd(CLIP_IOC_CONTEXT_OPEN, &zero);
	EXPECT_EQ(EPERM, request(other, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	EXPECT_EQ(0, count_of(other));
	close(other);
	other = context_fd(CLIP_IOC_CONTEXT_OPEN, &watch);
	EXPECT_EQ(EPERM, request(other, CLIP_ADDRESS_ADD, "10.0.0.5/32"));
	close(other);
	/* Once a task has entered, they are what they are. */
	ASSERT_EQ(0, actor_start_in(&actor, fd, NETID_ACTOR, 0));
	EXPECT_EQ(EBUSY, request(fd, CLIP_ADDRESS_ADD, "10.0.0.6/32"));
	EXPECT_EQ(EBUSY, request(fd, CLIP_ADDRESS_REMOVE, "10.0.0.5/32"));
	EXPECT_EQ(EBUSY, request(fd, CLIP_ADDRESS_FLUSH, ""));
	EXPECT_EQ(EBUSY, request(fd, CLIP_ADDRESS_LOOPBACK, "10.0.0.5/32"));
	EXPECT_EQ(2, count_of(fd));
	actor_stop(&actor);
	EXPECT_EQ(EBUSY, request(fd, CLIP_ADDRESS_FLUSH, ""));
	EXPECT_EQ(0, context_delete(2100));
	EXPECT_EQ(ENOENT, request(fd, CLIP_ADDRESS_ADD, "10.0.0.6/32"));
	close(fd);
	/* A sealed context is final. */
	fd = context_create(2100, CLIP_LEVEL_SEAL, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EPERM, request(fd, CLIP_ADDRESS_ADD, "10.0.0.6/32"));
	EXPECT_EQ(0, count_of(fd));
	close(fd);
}

TEST_HARNESS_MAIN
