// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets cost on the loopback device.
 *
 * usage: net_bench
 *
 * Prints "NAME=TIME" for each exchange.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
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

int main(void)
{
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
