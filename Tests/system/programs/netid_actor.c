// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor that uses addresses. It has some sockets at a time, which the commands
 * call by the number of their place, and never blocks for long.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include "inet.h"
#include "socket_actor.h"

#define PLACES		16
#define PATIENCE_MS	300	/* what comes at all comes at once */

static int sockets[PLACES];

static int domain(int fd)
{
	int family = AF_INET;
	socklen_t size = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	return family;
}

/* "@NAME" has no file. */
static socklen_t fill_unix(struct sockaddr_un *address, const char *name)
{
	const size_t length = strlen(name);

	*address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	memcpy(address->sun_path, name, length);
	if (*name == '@')
		address->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + length;
}

static long keep(int place, int fd)
{
	if (fd < 0)
		return errno;
	if (sockets[place] > 0)
		close(sockets[place]);
	sockets[place] = fd;
	return 0;
}

/* A server does not wait for the end of the connections of an earlier one. */
static long open_socket(int place, int family, int type, int protocol)
{
	long err = keep(place, socket(family, type | SOCK_NONBLOCK, protocol));

	if (!err && type == SOCK_STREAM && family != AF_UNIX)
		setsockopt(sockets[place], SOL_SOCKET, SO_REUSEADDR, &(int) { 1 },
			   sizeof(int));
	return err;
}

/* The options of SCTP that take a list of addresses, here of one or two. */
static long give_list(int fd, int option, int port, const char *one, const char *two)
{
	char list[2 * sizeof(struct sockaddr_in6)];
	struct sockaddr_storage address;
	socklen_t size = 0, more;

	for (int i = 0; i < 2; i++) {
		if (!*(i ? two : one))
			break;
		more = inet_fill(&address, i ? two : one, port);
		memcpy(list + size, &address, more);
		size += more;
	}
	return setsockopt(fd, IPPROTO_SCTP, option, list, size) < 0 ? errno : 0;
}

/* Waits for a connection that was begun. */
static long finish(int fd, long err)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	if (err != EINPROGRESS)
		return err;
	if (poll(&wait, 1, PATIENCE_MS) <= 0)
		return ETIMEDOUT;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return error;
}

static long take_in(int place, int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (poll(&wait, 1, PATIENCE_MS) <= 0)
		return ETIMEDOUT;
	return keep(place, accept4(fd, NULL, NULL, SOCK_NONBLOCK));
}

static long receive(int fd, int patience_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char bytes[256];

	poll(&wait, 1, patience_ms);
	return result(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT));
}

/* Whether the socket has this address: 1, or 0. */
static long is_bound_to(int fd, const char *text)
{
	struct sockaddr_storage wanted, address = {};
	socklen_t size = sizeof(address);

	if (getsockname(fd, (void *)&address, &size))
		return -errno;
	inet_fill(&wanted, text, 0);
	if (address.ss_family == AF_INET6)
		return !memcmp(&((struct sockaddr_in6 *)&wanted)->sin6_addr,
			       &((struct sockaddr_in6 *)&address)->sin6_addr, 16);
	return ((struct sockaddr_in *)&wanted)->sin_addr.s_addr ==
	       ((struct sockaddr_in *)&address)->sin_addr.s_addr;
}

/* A datagram with a source of its own. */
static long send_from(int fd, const char *from, const char *text, int port)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = "";
	struct sockaddr_storage address;
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_name = &address, .msg_iov = &iov, .msg_iovlen = 1,
		.msg_namelen = inet_fill(&address, text, port),
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (domain(fd) == AF_INET6) {
		struct in6_pktinfo info = {};

		inet_pton(AF_INET6, from, &info.ipi6_addr);
		cmsg->cmsg_level = IPPROTO_IPV6;
		cmsg->cmsg_type = IPV6_PKTINFO;
		cmsg->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	} else {
		struct in_pktinfo info = {};

		inet_pton(AF_INET, from, &info.ipi_spec_dst);
		cmsg->cmsg_level = IPPROTO_IP;
		cmsg->cmsg_type = IP_PKTINFO;
		cmsg->cmsg_len = CMSG_LEN(sizeof(info));
		msg.msg_controllen = CMSG_SPACE(sizeof(info));
		memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	}
	return result(sendmsg(fd, &msg, MSG_DONTWAIT));
}

/* A datagram of UDP with a header that this program writes. */
static long send_raw(const char *from, const char *to, int port)
{
	struct {
		struct iphdr ip;
		uint16_t udp[4];
		char byte;
	} __attribute__((packed)) packet = {
		.ip = { .version = 4, .ihl = 5, .ttl = 9, .protocol = IPPROTO_UDP },
		.udp = { htons(9), htons(port), htons(9), 0 },
		.byte = 'x',
	};
	const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	struct sockaddr_storage address;
	socklen_t size = inet_fill(&address, to, 0);
	long err;

	if (fd < 0)
		return errno;
	inet_pton(AF_INET, from, &packet.ip.saddr);
	inet_pton(AF_INET, to, &packet.ip.daddr);
	packet.ip.tot_len = htons(sizeof(packet));
	err = result(sendto(fd, &packet, sizeof(packet), 0, (void *)&address, size));
	close(fd);
	return err;
}

/* Passes a descriptor to the socket that is bound to a name. */
static long give_to(int fd, const char *name)
{
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &byte, 1 };
	struct sockaddr_un address;
	struct msghdr msg = {
		.msg_name = &address, .msg_namelen = fill_unix(&address, name),
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	const int by = socket(AF_UNIX, SOCK_DGRAM, 0);
	long err;

	if (by < 0)
		return errno;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	err = result(sendmsg(by, &msg, 0));
	close(by);
	return err;
}

/* Receives a descriptor; ENOMSG if the message came without it. */
static long take_from(int place, int fd)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int got;

	if (recvmsg(fd, &msg, MSG_DONTWAIT) < 0)
		return errno;
	if (!CMSG_FIRSTHDR(&msg) || CMSG_FIRSTHDR(&msg)->cmsg_len < CMSG_LEN(4))
		return ENOMSG;
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return keep(place, got);
}

static long use_unix(const char *verb, int fd, const char *name)
{
	struct sockaddr_un address;
	const socklen_t size = fill_unix(&address, name);

	if (!strcmp(verb, "ubind"))
		return result(bind(fd, (void *)&address, size));
	if (!strcmp(verb, "uconnect"))
		return result(connect(fd, (void *)&address, size));
	return result(sendto(fd, "x", 1, MSG_DONTWAIT, (void *)&address, size));
}

static long open_here(int place, const char *path)
{
	return keep(place, open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

/* Attaches to a tunnel; it stays behind with 1, and goes again with 2. */
static long attach(int place, const char *path, const char *name, int stay)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	const int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	memcpy(request.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
	if (ioctl(fd, TUNSETIFF, &request) ||
	    (stay && ioctl(fd, TUNSETPERSIST, stay == 1)))
		return close(fd), errno;
	if (!stay)
		return keep(place, fd);
	return result(close(fd));
}

static long run(const char *verb, const char *rest)
{
	char first[108] = "", second[64] = "", third[64] = "", fourth[64] = "";
	struct sockaddr_storage address;
	long a = 0, b = 0, c = 0, d = 0;
	int place = 0, fd;

	sscanf(rest, "%d %107s %63s %63s", &place, first, second, third);
	place &= PLACES - 1;
	fd = sockets[place];
	a = strtol(first, NULL, 0);
	b = strtol(second, NULL, 0);
	c = strtol(third, NULL, 0);
#define IS(name) (!strcmp(verb, name))
	if (IS("socket"))
		return open_socket(place, a, b, c);
	if (IS("close"))
		return sockets[place] = 0, result(close(fd));
	if (IS("option")) {
		sscanf(rest, "%*d %*s %*s %li", &d);
		return result(setsockopt(fd, a, b, &(int) { d }, sizeof(int)));
	}
	if (IS("sctp")) {
		sscanf(rest, "%*d %*s %*s %*s %63s", fourth);
		return finish(fd, give_list(fd, a, b, third, fourth));
	}
	if (IS("bind"))
		return result(bind(fd, (void *)&address,
				   inet_fill(&address, first, b)));
	if (IS("connect"))
		return finish(fd, result(connect(fd, (void *)&address,
						 inet_fill(&address, first, b))));
	if (IS("sendto"))
		return finish(fd, result(sendto(fd, "x", 1, c | MSG_DONTWAIT,
						(void *)&address,
						inet_fill(&address, first, b))));
	if (IS("sendfrom"))
		return send_from(fd, first, second, c);
	if (IS("sendraw"))
		return send_raw(first, second, c);
	if (IS("send"))
		return result(send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
	if (IS("recv"))
		return receive(fd, PATIENCE_MS);
	if (IS("soon"))
		return receive(fd, 30);
	if (IS("listen"))
		return result(listen(fd, 8));
	if (IS("accept"))
		return take_in(a, fd);
	if (IS("bound"))
		return is_bound_to(fd, first);
	if (IS("pair")) {
		int ends[2];

		if (socketpair(AF_UNIX, a, 0, ends))
			return errno;
		return keep(place, ends[0]) ?: keep(b, ends[1]);
	}
	if (IS("ubind") || IS("uconnect") || IS("usendto"))
		return use_unix(verb, fd, first);
	if (IS("tunnel"))
		return attach(place, first, second, c);
	if (IS("open"))
		return open_here(place, first);
	if (IS("chroot"))
		return result(chroot(first));
	if (IS("give"))
		return give_to(fd, first);
	if (IS("take"))
		return take_from(place, sockets[a]);
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
