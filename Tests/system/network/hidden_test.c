// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of the network, which a context with HIDE_INTERFACES does not see (NET-16).
 *
 *	context X: hide_interfaces       context Y: no flag
 *
 * Both share all namespaces with context 0, and have the same address. Each list is
 * tried in all three places.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "inet.h"
#include "netid.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

#define X	2601
#define Y	2602

FIXTURE(hidden)
{
	int x, y;
};

static int make(uint32_t xid, uint32_t flags)
{
	const int fd = context_create(xid, 0, ALL_CAPS, CLIP_PRIV_ALL);
	int err = fd < 0 ? errno : context_set_up(fd, flags, 0);

	if (!err)
		err = context_address(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32");
	return err ? -err : fd;
}

FIXTURE_SETUP(hidden)
{
	ASSERT_EQ(0, make_addresses());
	self->x = make(X, CLIP_CONTEXT_HIDE_INTERFACES);
	ASSERT_LE(0, self->x);
	self->y = make(Y, 0);
	ASSERT_LE(0, self->y);
}

FIXTURE_TEARDOWN(hidden)
{
	close(self->x);
	close(self->y);
	context_delete(X);
	context_delete(Y);
}

/* Nothing is refused where @data is NULL, and otherwise each thing in a list is. */
static int expected(const void *data, int err)
{
	return data ? err : 0;
}

#define EVERYWHERE(act) do { \
	int yes; \
	\
	EXPECT_EQ(0, act(NULL)); \
	EXPECT_EQ(0, do_in_context(self->y, act, NULL)); \
	EXPECT_EQ(0, do_in_context(self->x, act, &yes)); \
} while (0)

/* ---------------------------------------------------------------- netlink */

/* Returns the place in the list of the first that is not as expected, from 1, or 0. */
static int makes_sockets(void *data)
{
	static const struct {
		int protocol;
		bool hidden;
	} protocols[] = {
		{ NETLINK_ROUTE, true }, { NETLINK_GENERIC, true },
		{ NETLINK_KOBJECT_UEVENT, true }, { NETLINK_XFRM, true },
		{ NETLINK_NETFILTER, true }, { NETLINK_AUDIT, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		const long long before = refused(CLIP_REASON_NO_NETWORK);
		const bool hidden = data && protocols[i].hidden;
		const int fd = socket(AF_NETLINK, SOCK_RAW, protocols[i].protocol);

		if ((fd < 0 ? errno : 0) != (hidden ? EAFNOSUPPORT : 0) ||
		    refused(CLIP_REASON_NO_NETWORK) != before + hidden)
			return i + 1;
		close(fd);
	}
	return 0;
}

TEST_F(hidden, netlink)
{
	EVERYWHERE(makes_sockets);
}

/* Asks for all addresses, and returns the error of sending, or of the answer. */
static int asks(int fd)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg message;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETADDR,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};
	struct nlmsghdr answer;

	if (send(fd, &request, sizeof(request), 0) < 0)
		return errno;
	if (recv(fd, &answer, sizeof(answer), MSG_DONTWAIT) < 0)
		return errno;
	return answer.nlmsg_type == RTM_NEWADDR ? 0 : EBADMSG;
}

/* The standard input is a socket of context 0. */
static int uses_it(void *data)
{
	const long long before = refused(CLIP_REASON_NO_NETWORK);
	const int err = asks(STDIN_FILENO);

	if (refused(CLIP_REASON_NO_NETWORK) != before + !!data)
		return 200;
	return err == expected(data, EACCES) ? 0 : err;
}

TEST_F(hidden, socket_of_another_context)
{
	const int before = dup(STDIN_FILENO);
	const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	int yes;

	ASSERT_LE(0, fd);
	ASSERT_EQ(STDIN_FILENO, dup2(fd, STDIN_FILENO));
	EXPECT_EQ(0, do_in_context(self->x, uses_it, &yes));
	/* Nothing was asked, so that there is no answer. */
	EXPECT_EQ(EAGAIN, recv(fd, &yes, 1, MSG_DONTWAIT) < 0 ? errno : 0);
	EXPECT_EQ(0, do_in_context(self->y, uses_it, NULL));
	dup2(before, STDIN_FILENO);
	close(before);
	close(fd);
}

/* ---------------------------------------------------- requests on sockets */

static int makes_requests(void *data)
{
	static const unsigned long about_devices[] = {
		SIOCGIFCONF, SIOCGIFNAME, SIOCGIFADDR, SIOCGIFINDEX, SIOCGIFFLAGS,
		SIOCGIFHWADDR, SIOCGIFMTU, SIOCGIFBRDADDR, SIOCGIFNETMASK,
		SIOCGARP, SIOCETHTOOL, SIOCGIFMAP, SIOCGIFTXQLEN, SIOCDEVPRIVATE,
		0x8b01, /* SIOCGIWNAME */
	};
	static const unsigned long about_sockets[] = {
		FIONREAD, SIOCATMARK, SIOCOUTQ, SIOCOUTQNSD, FIOGETOWN,
	};
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t place[32] = {};

	for (size_t i = 0; i < ARRAY_SIZE(about_devices); i++) {
		const long long before = refused(CLIP_REASON_NO_NETWORK);

		snprintf((char *)place, IFNAMSIZ, "lo");
		if ((ioctl(fd, about_devices[i], place) && errno == EACCES) !=
			    !!data ||
		    refused(CLIP_REASON_NO_NETWORK) != before + !!data)
			return i + 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(about_sockets); i++)
		if (ioctl(fd, about_sockets[i], place) && errno != EINVAL)
			return 100 + i;
	close(fd);
	return 0;
}

TEST_F(hidden, requests)
{
	struct ifreq request = { .ifr_name = "lo" };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	EVERYWHERE(makes_requests);
	/* That they fail otherwise is not the reason. */
	EXPECT_EQ(0, ioctl(fd, SIOCGIFADDR, &request));
	EXPECT_EQ(0, ioctl(fd, SIOCGIFINDEX, &request));
	close(fd);
}

/* ------------------------------------------------------------------ files */

static int opens(const char *const *paths, int err)
{
	for (int i = 0; paths[i]; i++) {
		const long long before = refused(CLIP_REASON_NO_NETWORK);

		if (try_open(paths[i], O_RDONLY) != err ||
		    refused(CLIP_REASON_NO_NETWORK) != before + !!err)
			return i + 1;
	}
	return 0;
}

static int opens_files(void *data)
{
	static const char *const of_devices[] = {
		"/proc/self/net/dev", "/proc/self/net/route", "/proc/net/if_inet6",
		"/proc/self/net/arp", "/proc/self/net/fib_trie",
		"/proc/self/net/dev_snmp6", "/proc/self/net/dev_snmp6/lo",
		"/proc/thread-self/net/ipv6_route", "/proc/sys/net/ipv4/conf",
		"/proc/sys/net/ipv4/conf/lo/forwarding", "/proc/sys/net/ipv6/neigh",
		"/sys/class/net", "/sys/devices/virtual/net",
		"/sys/devices/virtual/net/lo/address", NULL,
	};
	static const char *const others[] = {
		"/proc/self/status", "/proc/self", "/proc/sys/net/core/somaxconn",
		"/proc/sys/net/ipv4", "/sys/class", "/sys/devices/virtual",
		"/proc/meminfo", NULL,
	};

	return opens(of_devices, expected(data, EACCES)) ?:
	       opens(others, 0) ? 100 + opens(others, 0) : 0;
}

TEST_F(hidden, files)
{
	EVERYWHERE(opens_files);
}

/* -------------------------------------------------- what is not in the way */

/* A context uses its own address, and sees it at its own sockets. */
static int connects(void *data)
{
	struct sockaddr_storage address, name;
	socklen_t size = inet_fill(&address, "10.0.0.5", 7401);
	const int listener = socket(AF_INET, SOCK_STREAM, 0);
	const int client = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int) { 1 }, sizeof(int));
	if (bind(listener, (void *)&address, size) || listen(listener, 1) ||
	    connect(client, (void *)&address, size) ||
	    getsockname(listener, (void *)&name, &size))
		return errno;
	close(client);
	close(listener);
	return memcmp(&name, &address, size);
}

TEST_F(hidden, but_not_its_own_address)
{
	EVERYWHERE(connects);
}

TEST_HARNESS_MAIN
