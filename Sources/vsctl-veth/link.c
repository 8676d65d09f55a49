// SPDX-License-Identifier: LGPL-2.1-or-later
/* Network devices by rtnetlink(7), with libmnl. */
#define _GNU_SOURCE
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE		2048
/* IFALIASZ of the kernel. */
#define ALIAS		256
#define OWNER		"vsctl "

int address_of(const char *text, struct address *address)
{
	const char *slash = strchr(text, '/');
	char copy[INET6_ADDRSTRLEN];
	const size_t length = slash ? (size_t)(slash - text) : strlen(text);
	char *end = NULL;
	unsigned long prefix;

	if (length >= sizeof(copy))
		return -1;
	memcpy(copy, text, length);
	copy[length] = 0;
	address->family = strchr(copy, ':') ? AF_INET6 : AF_INET;
	address->length = address->family == AF_INET ? 4 : 16;
	if (inet_pton(address->family, copy, address->bytes) != 1)
		return -1;
	prefix = slash ? strtoul(slash + 1, &end, 10) : address->length * 8UL;
	if ((slash && (end == slash + 1 || *end)) || prefix > address->length * 8UL)
		return -1;
	address->prefix = (uint8_t)prefix;
	return 0;
}

static int failed(const char *act, const char *what)
{
	fprintf(stderr, "vsctl-veth: %s %s: %s\n", act, what, strerror(errno));
	return -1;
}

static struct nlmsghdr *begin(char *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message;

	memset(buffer, 0, SIZE);
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = 1;
	return message;
}

/* Sends a request and receives the answers to it, up to its acknowledgement. */
static int transact(struct nlmsghdr *message, mnl_cb_t answer, void *data)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	char buffer[1 << 15];
	unsigned int port;
	int result = -1, error;

	if (!socket)
		return -1;
	message->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    mnl_socket_sendto(socket, message, message->nlmsg_len) >= 0) {
		port = mnl_socket_get_portid(socket);
		do {
			const ssize_t count = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

			result = count < 0 ? -1 : mnl_cb_run(buffer, (size_t)count, message->nlmsg_seq, port, answer, data);
		} while (result > MNL_CB_STOP);
	}
	error = errno;
	mnl_socket_close(socket);
	errno = error;
	return result < 0 ? -1 : 0;
}

/* The header of a request about a device that is there; -1 if it is not. */
static int about(struct nlmsghdr *message, const char *device)
{
	struct ifinfomsg *link = mnl_nlmsg_put_extra_header(message, sizeof(*link));

	link->ifi_index = (int)if_nametoindex(device);
	return link->ifi_index ? 0 : -1;
}

int make_pair(const char *device, const char *inside, uint32_t process)
{
	char buffer[SIZE];
	struct nlmsghdr *message = begin(buffer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *information, *data, *peer;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, device);
	information = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_str(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, inside);
	mnl_attr_put_u32(message, IFLA_NET_NS_PID, process);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, information);
	return transact(message, NULL, NULL) < 0 ? failed("make the device", device) : 0;
}

int set_owner(const char *device, const char *jail)
{
	char buffer[SIZE], owner[ALIAS];
	struct nlmsghdr *message = begin(buffer, RTM_SETLINK, 0);

	snprintf(owner, sizeof(owner), OWNER "%s", jail);
	if (about(message, device) < 0)
		return failed("find the device", device);
	mnl_attr_put_str(message, IFLA_IFALIAS, owner);
	return transact(message, NULL, NULL) < 0 ? failed("describe the device", device) : 0;
}

/* Copies the alias of a device into `data`, which has ALIAS bytes. */
static int read_alias(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attribute) == IFLA_IFALIAS)
			snprintf(data, ALIAS, "%.*s", (int)mnl_attr_get_payload_len(attribute),
				 (const char *)mnl_attr_get_payload(attribute));
	return MNL_CB_OK;
}

/* Whether a device belongs to a jail; -1 for a failure. */
static int is_owned(const char *device, const char *jail)
{
	char buffer[SIZE], wanted[ALIAS], found[ALIAS] = "";
	struct nlmsghdr *message = begin(buffer, RTM_GETLINK, 0);

	snprintf(wanted, sizeof(wanted), OWNER "%s", jail);
	if (about(message, device) < 0 || transact(message, read_alias, found) < 0)
		return -1;
	return !strcmp(wanted, found);
}

int remove_device(const char *device, const char *jail)
{
	char buffer[SIZE];
	struct nlmsghdr *message = begin(buffer, RTM_DELLINK, 0);
	const int owned = jail ? is_owned(device, jail) : 1;

	if (owned == 0)
		return 0;
	/* It goes by itself, with the network of the jail, at any moment. */
	if (owned > 0 && about(message, device) == 0 && transact(message, NULL, NULL) == 0)
		return 0;
	return errno == ENODEV ? 0 : failed("remove the device", device);
}

int add_address(const char *device, const struct address *address)
{
	char buffer[SIZE];
	struct nlmsghdr *message = begin(buffer, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->ifa_family = address->family;
	header->ifa_prefixlen = address->prefix;
	header->ifa_index = if_nametoindex(device);
	/* No other machine is on the cable, so that the address can be used at once. */
	header->ifa_flags = address->family == AF_INET6 ? IFA_F_NODAD : 0;
	mnl_attr_put(message, IFA_LOCAL, address->length, address->bytes);
	mnl_attr_put(message, IFA_ADDRESS, address->length, address->bytes);
	return transact(message, NULL, NULL) < 0 ? failed("give an address to the device", device) : 0;
}

int add_gateway(const char *device, const struct address *gateway)
{
	char buffer[SIZE];
	struct nlmsghdr *message = begin(buffer, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));

	header->rtm_family = gateway->family;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_protocol = RTPROT_STATIC;
	header->rtm_scope = RT_SCOPE_UNIVERSE;
	header->rtm_type = RTN_UNICAST;
	mnl_attr_put(message, RTA_GATEWAY, gateway->length, gateway->bytes);
	mnl_attr_put_u32(message, RTA_OIF, if_nametoindex(device));
	return transact(message, NULL, NULL) < 0 ? failed("add the gateway of the device", device) : 0;
}

int bring_up(const char *device)
{
	char buffer[SIZE];
	struct nlmsghdr *message = begin(buffer, RTM_SETLINK, 0);
	struct ifinfomsg *link;

	if (about(message, device) < 0)
		return failed("find the device", device);
	link = mnl_nlmsg_get_payload(message);
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
	return transact(message, NULL, NULL) < 0 ? failed("bring up the device", device) : 0;
}
