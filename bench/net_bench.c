// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets cost on the loopback device.
 *
 * usage: net_bench [context]
 *
 * Prints "NAME=TIME" for each exchange. With "context", they are those of a
 * context that has four addresses.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <fcntl.h>
#include <linux/clip.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "measure.h"

#define CALLS	8

static struct sockaddr_in address = { .sin_family = AF_INET };
static int listener, client, server, from, to;

static int exchange(int out, int in)
{
	char byte = 'x';

	return send(out, &byte, 1, 0) != 1 || recv(in, &byte, 1, 0) != 1;
}

/* A client's whole life: the end is abrupt, so that no port stays in use. */
static int do_connect(void)
{
	static const struct linger none = { .l_onoff = 1 };
	int out = socket(AF_INET, SOCK_STREAM, 0), in, bad;

	bad = connect(out, (struct sockaddr *)&address, sizeof(address));
	in = accept(listener, NULL, NULL);
	bad |= exchange(out, in) ||
	       setsockopt(out, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(out);
	close(in);
	return bad;
}

static int do_stream(void)
{
	return exchange(client, server);
}

static int do_datagram(void)
{
	return exchange(from, to);
}

static int bound(int type)
{
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, type, 0);

	address.sin_port = 0;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, size) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		exit(1);
	return fd;
}

static int connected(int type)
{
	int fd = socket(AF_INET, type, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		exit(1);
	return fd;
}

/* The address that is used comes last. */
static int enter_context(void)
{
	static const char *const list[] = {
		"10.0.0.1", "10.0.0.2", "10.0.0.3", "127.0.0.1",
	};
	struct clip_context_args args = { .size = sizeof(args), .xid = 2001 };
	int device = open(CLIP_DEVICE_PATH, O_RDWR), fd, bad = 0;

	fd = ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args);
	for (int i = 0; i < 4; i++) {
		struct clip_context_address one = {
			.size = sizeof(one), .operation = CLIP_ADDRESS_ADD,
			.family = AF_INET, .prefix = 32,
		};

		inet_pton(AF_INET, list[i], one.address);
		bad |= ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &one);
	}
	close(device);
	bad |= ioctl(fd, CLIP_IOC_ENTER, 0);
	close(fd);
	return bad;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "context") && enter_context()) {
		perror("context");
		return 1;
	}
	to = bound(SOCK_DGRAM);
	from = connected(SOCK_DGRAM);
	listener = bound(SOCK_STREAM);
	if (listen(listener, 8))
		return 1;
	client = connected(SOCK_STREAM);
	server = accept(listener, NULL, NULL);
	return measure("connect", do_connect, CALLS) |
	       measure("stream", do_stream, CALLS) |
	       measure("datagram", do_datagram, CALLS);
}
