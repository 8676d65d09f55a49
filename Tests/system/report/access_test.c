// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events over generic netlink (LG-*): a task that may not listen gets none, by
 * whatever way.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "provoke.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/*
 * The rest of a child: reports that it listens, and when it gets a byte,
 * whether an event has come.
 */
static void listener(int in, int out, int fd)
{
	struct event event;
	char byte = 0;

	if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
		_exit(1);
	_exit(event_read(fd, &event, 0) == EAGAIN ? 0 : 2);
}

/*
 * Gives another namespace a number in this one, so that its events could arrive
 * here.
 */
static int name_namespace(int netns)
{
	struct {
		struct nlmsghdr nlh;
		struct rtgenmsg rtgen;
		char pad[3];
		struct nlattr attr_id;
		uint32_t id;
		struct nlattr attr_fd;
		uint32_t fd;
	} request = {
		.nlh = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWNSID,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.attr_id = { 8, NETNSA_NSID }, .id = 5,
		.attr_fd = { 8, NETNSA_FD }, .fd = netns,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	char answer[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)answer;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0 ||
	    recv(fd, answer, sizeof(answer), 0) < 0)
		return errno;
	close(fd);
	return nlh->nlmsg_type == NLMSG_ERROR ?
	       -((struct nlmsgerr *)NLMSG_DATA(nlh))->error : 0;
}

FIXTURE(access)
{
	struct family family;
	struct actor raised;
	int events;
};

FIXTURE_SETUP(access)
{
	int fd = genl_socket();

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, start_raised(&self->raised));
	ASSERT_EQ(0, family_get(fd, &self->family));
	close(fd);
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
}

FIXTURE_TEARDOWN(access)
{
	actor_stop(&self->raised);
	close(self->events);
	umount2(DIR, MNT_DETACH);
}

FIXTURE_VARIANT(access)
{
	uid_t uid;
	int unshare;
	int lookup;		/* errno of asking for the family by name */
	int join;		/* errno of joining by number */
};

FIXTURE_VARIANT_ADD(access, ordinary_user) {
	.uid = USER_ID, .join = EPERM,
};

FIXTURE_VARIANT_ADD(access, user_namespace) {
	.uid = USER_ID, .unshare = CLONE_NEWUSER, .join = EPERM,
};

FIXTURE_VARIANT_ADD(access, root_of_user_namespace) {
	.unshare = CLONE_NEWUSER, .join = EPERM,
};

/* The owner of a network namespace may join any group in it. */
FIXTURE_VARIANT_ADD(access, net_namespace) {
	.uid = USER_ID, .unshare = CLONE_NEWUSER | CLONE_NEWNET,
	.lookup = ENOENT,
};

FIXTURE_VARIANT_ADD(access, net_namespace_of_root) {
	.unshare = CLONE_NEWNET, .lookup = ENOENT,
};

/* LG-*: a task without the right to listen gets no event, by whatever way. */
TEST_F(access, no_event_without_the_right)
{
	const int wanted = variant->join;
	int to[2], from[2], status, on = 1;
	struct event event;
	char byte = 0;
	pid_t pid;

	ASSERT_EQ(0, pipe(to));
	ASSERT_EQ(0, pipe(from));
	pid = fork();
	if (pid == 0) {
		int netns = open("/proc/self/ns/net", O_RDONLY), fd;
		struct family family;

		if (variant->uid && (setgid(variant->uid) ||
				     setuid(variant->uid)))
			_exit(10);
		if (variant->unshare && unshare(variant->unshare))
			_exit(11);
		fd = genl_socket();
		if (family_get(fd, &family) != variant->lookup)
			_exit(12);
		if (join_group(fd, self->family.events) != wanted ||
		    join_group(fd, self->family.grants) != wanted)
			_exit(13);
		if (variant->unshare & CLONE_NEWNET &&
		    (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on,
				sizeof(on)) || name_namespace(netns)))
			_exit(14);
		listener(to[0], from[1], fd);
	}
	close(from[1]);
	EXPECT_EQ(1, read(from[0], &byte, 1));
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	/*
	 * Messages go to one listener after the other: a second event shows
	 * that the first has reached all.
	 */
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_EQ(1, write(to[1], &byte, 1));
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
