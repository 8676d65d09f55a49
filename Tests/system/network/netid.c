// SPDX-License-Identifier: GPL-2.0-only
#include "netid.h"

#include <arpa/inet.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int set_flags(int fd, const char *name)
{
	struct ifreq request = {};

	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	return ioctl(fd, SIOCSIFFLAGS, &request) ? errno : 0;
}

/* An address of an alias, which gets the mask that is usual for its class. */
static int add4(int fd, const char *name, const char *text, const char *mask)
{
	struct ifreq request = {};
	struct sockaddr_in *address = (void *)&request.ifr_addr;

	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	address->sin_family = AF_INET;
	inet_pton(AF_INET, text, &address->sin_addr);
	if (ioctl(fd, SIOCSIFADDR, &request))
		return errno;
	inet_pton(AF_INET, mask, &address->sin_addr);
	return ioctl(fd, SIOCSIFNETMASK, &request) ? errno : 0;
}

static int add6(int fd, const char *text)
{
	struct in6_ifreq request = { .ifr6_prefixlen = 128 };

	request.ifr6_ifindex = if_nametoindex("lo");
	inet_pton(AF_INET6, text, &request.ifr6_addr);
	return ioctl(fd, SIOCSIFADDR, &request) && errno != EEXIST ? errno : 0;
}

static int make_on_loopback(int v4, int v6)
{
	int err = set_flags(v4, "lo");

	for (int i = 5; i <= 8 && !err; i++) {
		char name[8], text[16];

		snprintf(name, sizeof(name), "lo:%d", i);
		snprintf(text, sizeof(text), "10.0.0.%d", i);
		err = add4(v4, name, text, "255.255.255.255");
		snprintf(text, sizeof(text), "fd00::%d", i);
		if (!err)
			err = add6(v6, text);
	}
	return err;
}

int make_loopback_addresses(void)
{
	const int v4 = socket(AF_INET, SOCK_DGRAM, 0);
	const int v6 = socket(AF_INET6, SOCK_DGRAM, 0);
	const int err = make_on_loopback(v4, v6);

	close(v4);
	close(v6);
	return err;
}

int move_device(const char *text)
{
	const int v4 = socket(AF_INET, SOCK_DGRAM, 0);
	const int err = add4(v4, "dummy0", text, "255.255.255.0");

	close(v4);
	return err;
}

int make_addresses(void)
{
	const int v4 = socket(AF_INET, SOCK_DGRAM, 0);
	int err = make_loopback_addresses();

	if (!err)
		err = add4(v4, "dummy0", "10.9.0.1", "255.255.255.0");
	if (!err)
		err = set_flags(v4, "dummy0");
	close(v4);
	return err;
}

int start_at(struct actor *actor, uint32_t xid, const char *const *addresses)
{
	const int fd = context_create(xid, 0, ALL_CAPS, CLIP_PRIV_ALL);
	int err = fd < 0 ? errno : 0;

	for (; *addresses && !err; addresses++)
		err = context_address(fd, **addresses == 'l' ?
					      CLIP_ADDRESS_LOOPBACK :
					      CLIP_ADDRESS_ADD,
				      *addresses + (**addresses == 'l'));
	if (!err)
		err = actor_start_in(actor, fd, NETID_ACTOR, 0);
	if (!err)
		return fd;
	fprintf(stderr, "# context %u: %s\n", xid, strerror(err));
	return -1;
}

int context_set_up(int fd, uint32_t flags, uint32_t confidentiality)
{
	struct clip_context_setup args = {
		.size = sizeof(args), .flags = flags,
		.confidentiality = confidentiality,
	};

	return ioctl(fd, CLIP_IOC_CONTEXT_SETUP, &args) ? errno : 0;
}
