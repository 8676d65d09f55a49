// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor that talks to the kernel by netlink and AF_KEY. An error that the
 * kernel answered in a message, not by the system call, is greater by ANSWERED.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/pfkeyv2.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "socket_actor.h"


/* ---------------------------------------------------------------- netlink */

struct datagram {
	uint8_t bytes[4096];
	size_t size;
};

static struct nlmsghdr *add_message(struct datagram *d, int type, size_t body)
{
	struct nlmsghdr *header = (void *)(d->bytes + d->size);

	memset(header, 0, NLMSG_SPACE(body));
	header->nlmsg_len = NLMSG_LENGTH(body);
	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	d->size += NLMSG_SPACE(body);
	return header;
}

static void add_attribute(struct datagram *d, struct nlmsghdr *header, int type,
			  const void *data, size_t size)
{
	struct nlattr *attribute = (void *)(d->bytes + d->size);

	attribute->nla_len = NLA_HDRLEN + size;
	attribute->nla_type = type;
	memcpy((uint8_t *)attribute + NLA_HDRLEN, data, size);
	d->size += NLA_HDRLEN + NLA_ALIGN(size);
	header->nlmsg_len = d->bytes + d->size - (uint8_t *)header;
}

/* Sends, and reads until the answer: ANSWERED + error, or that of sending. */
static long transact(const struct datagram *d)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	uint8_t buffer[16384];

	/* Old answers that were not read do not belong to this request. */
	while (recv(held, buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
		continue;
	if (sendto(held, d->bytes, d->size, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return errno;
	return netlink_error();
}

/* Any number of messages that are nothing but a header and zeros. */
static long send_messages(const char *types)
{
	struct datagram d = {};
	int type, used;

	while (sscanf(types, "%i%n", &type, &used) == 1) {
		add_message(&d, type, 16);
		types += used;
	}
	return transact(&d);
}

/*
 * Sends @size bytes with the given length in the header, by the other system
 * call.
 */
static long send_raw(int type, size_t size, int length)
{
	uint8_t bytes[64] = {};
	struct nlmsghdr *header = (void *)bytes;

	header->nlmsg_len = length;
	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST;
	return result(write(held, bytes, size));
}

static long link_message(int type, const char *name, bool behind_question)
{
	static const char kind[] = "dummy";
	struct datagram d = {};
	struct nlmsghdr *header;
	struct nlattr *info;

	if (behind_question) {
		struct ifinfomsg *info;

		header = add_message(&d, RTM_GETLINK, sizeof(*info));
		info = NLMSG_DATA(header);
		info->ifi_index = 1;
	}
	header = add_message(&d, type, sizeof(struct ifinfomsg));
	if (type == RTM_NEWLINK) {
		header->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
		info = (void *)(d.bytes + d.size);
		add_attribute(&d, header, IFLA_LINKINFO, "", 0);
		add_attribute(&d, header, IFLA_INFO_KIND, kind, sizeof(kind));
		info->nla_len = d.bytes + d.size - (uint8_t *)info;
	}
	add_attribute(&d, header, IFLA_IFNAME, name, strlen(name) + 1);
	return transact(&d);
}

static long netlink_bind(unsigned int groups)
{
	const struct sockaddr_nl own = { .nl_family = AF_NETLINK,
					 .nl_groups = groups };

	return result(bind(held, (const void *)&own, sizeof(own)));
}

/* ------------------------------------------------------------------ IPsec */

static void add_algorithm(struct datagram *d, struct nlmsghdr *header, int type,
			  const char *name, int bits)
{
	uint8_t buffer[sizeof(struct xfrm_algo) + 64] = {};
	struct xfrm_algo *algorithm = (void *)buffer;

	strcpy(algorithm->alg_name, name);
	algorithm->alg_key_len = bits;
	memset(algorithm->alg_key, 7, bits / 8);
	add_attribute(d, header, type, buffer, sizeof(*algorithm) + bits / 8);
}

/* An association of 127.0.0.1 with 127.0.0.2, named by its number. */
static long association(int type, uint32_t spi, int hard_bytes)
{
	struct datagram d = {};
	struct nlmsghdr *header;

	if (type == XFRM_MSG_NEWSA || type == XFRM_MSG_UPDSA) {
		struct xfrm_usersa_info *sa;

		header = add_message(&d, type, sizeof(*sa));
		sa = NLMSG_DATA(header);
		sa->family = AF_INET;
		sa->saddr.a4 = htonl(INADDR_LOOPBACK);
		sa->id.daddr.a4 = htonl(INADDR_LOOPBACK + 1);
		sa->id.spi = htonl(spi);
		sa->id.proto = IPPROTO_ESP;
		sa->lft.soft_byte_limit = XFRM_INF;
		sa->lft.hard_byte_limit = hard_bytes;
		sa->lft.soft_packet_limit = XFRM_INF;
		sa->lft.hard_packet_limit = XFRM_INF;
		add_algorithm(&d, header, XFRMA_ALG_CRYPT, "cbc(aes)", 128);
		add_algorithm(&d, header, XFRMA_ALG_AUTH, "hmac(sha256)", 256);
	} else {
		struct xfrm_usersa_id *id;

		header = add_message(&d, type, sizeof(*id));
		id = NLMSG_DATA(header);
		id->family = AF_INET;
		id->daddr.a4 = htonl(INADDR_LOOPBACK + 1);
		id->spi = htonl(spi);
		id->proto = IPPROTO_ESP;
	}
	return transact(&d);
}

/* The limit of an association, in bytes. */
static long limit_of(uint32_t spi)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct datagram d = {};
	struct nlmsghdr *header = add_message(&d, XFRM_MSG_GETSA,
					      sizeof(struct xfrm_usersa_id));
	struct xfrm_usersa_id *id = NLMSG_DATA(header);
	union {
		struct nlmsghdr header;
		uint8_t bytes[16384];
	} got;

	header->nlmsg_flags = NLM_F_REQUEST;
	id->family = AF_INET;
	id->daddr.a4 = htonl(INADDR_LOOPBACK + 1);
	id->spi = htonl(spi);
	id->proto = IPPROTO_ESP;
	if (sendto(held, d.bytes, d.size, 0, (void *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	if (recv(held, &got, sizeof(got), MSG_DONTWAIT) < 0 ||
	    got.header.nlmsg_type != XFRM_MSG_NEWSA)
		return -1;
	return ((struct xfrm_usersa_info *)NLMSG_DATA(&got.header))
		->lft.hard_byte_limit;
}

static long flush_associations(void)
{
	struct datagram d = {};
	struct nlmsghdr *header = add_message(&d, XFRM_MSG_FLUSHSA,
					      sizeof(struct xfrm_usersa_flush));
	struct xfrm_usersa_flush *flush = NLMSG_DATA(header);

	flush->proto = IPPROTO_ESP;
	return transact(&d);
}

static void fill_policy(struct xfrm_userpolicy_info *policy, int priority)
{
	memset(policy, 0, sizeof(*policy));
	policy->sel.family = AF_INET;
	policy->sel.daddr.a4 = htonl(INADDR_LOOPBACK + 3);
	policy->sel.prefixlen_d = 32;
	policy->lft.soft_byte_limit = XFRM_INF;
	policy->lft.hard_byte_limit = XFRM_INF;
	policy->lft.soft_packet_limit = XFRM_INF;
	policy->lft.hard_packet_limit = XFRM_INF;
	policy->dir = XFRM_POLICY_OUT;
	policy->priority = priority;
}

static long policy(int type, int priority)
{
	struct datagram d = {};
	struct nlmsghdr *header;

	if (type == XFRM_MSG_NEWPOLICY || type == XFRM_MSG_UPDPOLICY) {
		header = add_message(&d, type,
				     sizeof(struct xfrm_userpolicy_info));
		fill_policy(NLMSG_DATA(header), priority);
	} else if (type == XFRM_MSG_FLUSHPOLICY) {
		add_message(&d, type, 0);
	} else {
		struct xfrm_userpolicy_info wanted;
		struct xfrm_userpolicy_id *id;

		fill_policy(&wanted, 0);
		header = add_message(&d, type, sizeof(*id));
		id = NLMSG_DATA(header);
		id->sel = wanted.sel;
		id->dir = wanted.dir;
	}
	return transact(&d);
}

/* A policy for this socket alone. */
static long socket_policy(int level, int option)
{
	struct xfrm_userpolicy_info info;

	fill_policy(&info, 1);
	info.sel.family = level == SOL_IP ? AF_INET : AF_INET6;
	return result(setsockopt(held, level, option, &info, sizeof(info)));
}

static long key_message(int type)
{
	const struct sadb_msg message = {
		.sadb_msg_version = PF_KEY_V2, .sadb_msg_type = type,
		.sadb_msg_satype = SADB_SATYPE_ESP,
		.sadb_msg_len = sizeof(message) / 8,
	};

	return result(send(held, &message, sizeof(message), 0));
}

/* ------------------------------------------------------------------ ioctl */

/* One word serves for the request and for the value. */
static long interface(unsigned int request, const char *name, int value)
{
	struct ifreq word = {};

	snprintf(word.ifr_name, sizeof(word.ifr_name), "%s", name);
	word.ifr_ifru.ifru_mtu = value;
	return result(ioctl(held, request, &word));
}

static long address(const char *name, const char *text)
{
	struct ifreq word = {};
	struct sockaddr_in *in = (void *)&word.ifr_addr;

	snprintf(word.ifr_name, sizeof(word.ifr_name), "%s", name);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, text, &in->sin_addr);
	return result(ioctl(held, SIOCSIFADDR, &word));
}

/* To nowhere in particular. */
static long route(unsigned int request)
{
	struct rtentry entry = {};

	return result(ioctl(held, request, &entry));
}

/* --------------------------------------------------------------- commands */

static long run(const char *verb, const char *rest)
{
	long a = 0, b = 0, c = 0;
	char byte, name[16] = "", text[32] = "";

	sscanf(rest, "%li %li %li", &a, &b, &c);
#define IS(name) (!strcmp(verb, name))
	if (IS("messages"))
		return send_messages(rest);
	if (IS("raw"))
		return send_raw(a, b, c);
	if (IS("recv"))
		return result(recv(held, &byte, 1, MSG_DONTWAIT));
	if (IS("nlbind"))
		return netlink_bind(a);
	if (IS("newlink"))
		return link_message(RTM_NEWLINK, rest, false);
	if (IS("newlink2"))
		return link_message(RTM_NEWLINK, rest, true);
	if (IS("dellink"))
		return link_message(RTM_DELLINK, rest, false);
	if (IS("sa"))
		return association(a, b, c);
	if (IS("flushsa"))
		return flush_associations();
	if (IS("limit"))
		return limit_of(a);
	if (IS("policy"))
		return policy(a, b);
	if (IS("socketpolicy"))
		return socket_policy(a, b);
	if (IS("key"))
		return key_message(a);
	if (IS("interface")) {
		sscanf(rest, "%li %15s %li", &a, name, &b);
		return interface(a, name, b);
	}
	if (IS("address")) {
		sscanf(rest, "%15s %31s", name, text);
		return address(name, text);
	}
	if (IS("route"))
		return route(a);
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
