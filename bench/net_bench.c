// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets cost on the loopback device.
 *
 * usage: net_bench
 *
 * Prints "NAME=MEDIAN" for each exchange, in nanoseconds of CLOCK_MONOTONIC,
 * which under "tools/vm --icount" are guest instructions. A median over many
 * batches of a few exchanges each leaves out what interrupts add.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCHES	400
#define CALLS	8

static struct sockaddr_in address = { .sin_family = AF_INET };
static int listener, client, server, from, to;

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

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

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int measure(const char *name, int (*call)(void))
{
	static uint64_t times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		const uint64_t begin = now();

		for (int j = 0; j < CALLS; j++)
			if (call()) {
				perror(name);
				return 1;
			}
		times[i] = (now() - begin) / CALLS;
	}
	qsort(times, BATCHES, sizeof(*times), by_size);
	printf("%s=%lu\n", name, times[BATCHES / 2]);
	return 0;
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
	return measure("connect", do_connect) | measure("stream", do_stream) |
	       measure("datagram", do_datagram);
}
