// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
	struct nlmsghdr header;
	uint8_t body[2048];
};

static void begin(struct message *m, int type, int flags, const void *body,
		  size_t size)
{
	memset(m, 0, sizeof(*m));
	m->header.nlmsg_type = type;
	m->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m->header.nlmsg_len = NLMSG_LENGTH(size);
	if (size)
		memcpy(m->body, body, size);
}

static struct nlattr *add(struct message *m, int type, const void *data,
			  size_t size)
{
	struct nlattr *attr = (void *)((uint8_t *)m +
				       NLMSG_ALIGN(m->header.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + size;
	if (size)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, size);
	m->header.nlmsg_len = NLMSG_ALIGN(m->header.nlmsg_len) +
			      NLA_ALIGN(attr->nla_len);
	return attr;
}

static int transact(int protocol, const struct message *m)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		uint8_t rest[1024];
	} answer = {};
	int err = 0;

	if (sendto(fd, m, m->header.nlmsg_len, 0, (void *)&kernel,
		   sizeof(kernel)) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		err = errno;
	close(fd);
	return err ?: -answer.error.error;
}

static const struct xfrm_lifetime_cfg for_ever = {
	XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0,
};

int policy_add(enum policy policy, const char *gateway)
{
	struct xfrm_userpolicy_info info = {
		.sel = { .family = AF_INET, .prefixlen_s = 24, .prefixlen_d = 24 },
		.lft = for_ever, .dir = XFRM_POLICY_OUT,
		.action = XFRM_POLICY_ALLOW, .priority = 1,
	};
	struct xfrm_user_tmpl tmpl = {
		.id = { .proto = IPPROTO_ESP }, .family = AF_INET,
		.aalgos = ~0U, .ealgos = ~0U, .calgos = ~0U,
		.mode = policy == TUNNEL ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT,
	};
	struct message m;

	inet_pton(AF_INET, "10.0.0.0", &info.sel.saddr.a4);
	inet_pton(AF_INET, "10.9.0.0", &info.sel.daddr.a4);
	if (policy == TUNNEL) {
		inet_pton(AF_INET, gateway, &tmpl.saddr.a4);
		inet_pton(AF_INET, "10.9.0.2", &tmpl.id.daddr.a4);
	}
	begin(&m, XFRM_MSG_NEWPOLICY, NLM_F_CREATE, &info, sizeof(info));
	if (policy != PASS)
		add(&m, XFRMA_TMPL, &tmpl, sizeof(tmpl));
	return transact(NETLINK_XFRM, &m);
}

static struct xfrm_usersa_info describe_keys(enum policy policy,
					     const char *from, const char *to)
{
	struct xfrm_usersa_info info = {
		.sel = { .family = AF_INET }, .lft = for_ever, .family = AF_INET,
		.id = { .spi = htonl(0x1000), .proto = IPPROTO_ESP },
		.mode = policy == TUNNEL ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT,
		.replay_window = 32,
	};

	inet_pton(AF_INET, from, &info.saddr.a4);
	inet_pton(AF_INET, to, &info.id.daddr.a4);
	return info;
}

int keys_add(enum policy policy, const char *from, const char *to)
{
	const struct xfrm_usersa_info info = describe_keys(policy, from, to);
	struct {
		struct xfrm_algo algo;
		char key[16];
	} crypt = { { "cbc(aes)", 128 }, "sixteen bytes ok" };
	struct {
		struct xfrm_algo algo;
		char key[32];
	} auth = { { "hmac(sha256)", 256 }, "thirty two bytes of a key, good" };
	struct message m;

	begin(&m, XFRM_MSG_NEWSA, NLM_F_CREATE, &info, sizeof(info));
	add(&m, XFRMA_ALG_CRYPT, &crypt, sizeof(struct xfrm_algo) + 16);
	add(&m, XFRMA_ALG_AUTH, &auth, sizeof(struct xfrm_algo) + 32);
	return transact(NETLINK_XFRM, &m);
}

int null_keys_add(enum null form, const char *from, const char *to)
{
	const struct xfrm_usersa_info info = describe_keys(TRANSPORT, from, to);
	const struct xfrm_algo crypt = { "ecb(cipher_null)", 0 };
	struct {
		struct xfrm_algo algo;
		char key[32];
	} auth = { { "hmac(sha256)", 256 }, "thirty two bytes of a key, good" };
	struct {
		struct xfrm_algo_aead algo;
		char key[20];
	} both = { { "rfc4543(gcm(aes))", 160, 128 }, "twenty bytes, a key" };
	struct message m;

	begin(&m, XFRM_MSG_NEWSA, NLM_F_CREATE, &info, sizeof(info));
	if (form == NULL_CIPHER) {
		add(&m, XFRMA_ALG_CRYPT, &crypt, sizeof(crypt));
		add(&m, XFRMA_ALG_AUTH, &auth, sizeof(struct xfrm_algo) + 32);
	} else {
		add(&m, XFRMA_ALG_AEAD, &both, sizeof(struct xfrm_algo_aead) + 20);
	}
	return transact(NETLINK_XFRM, &m);
}

int ipsec_flush(void)
{
	const struct xfrm_usersa_flush flush = { .proto = IPPROTO_ESP };
	struct message m;
	int err;

	begin(&m, XFRM_MSG_FLUSHPOLICY, 0, NULL, 0);
	err = transact(NETLINK_XFRM, &m);
	begin(&m, XFRM_MSG_FLUSHSA, 0, &flush, sizeof(flush));
	transact(NETLINK_XFRM, &m);
	return err;
}

int wireguard_add(void)
{
	const struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq request = { .ifr_name = "wg0" };
	struct sockaddr_in *address = (void *)&request.ifr_addr;
	struct nlattr *link;
	struct message m;
	int err;

	begin(&m, RTM_NEWLINK, NLM_F_CREATE, &info, sizeof(info));
	add(&m, IFLA_IFNAME, "wg0", 4);
	link = add(&m, IFLA_LINKINFO, NULL, 0);
	add(&m, IFLA_INFO_KIND, "wireguard", 10);
	link->nla_len = (uint8_t *)&m + m.header.nlmsg_len - (uint8_t *)link;
	err = transact(NETLINK_ROUTE, &m);
	if (err && err != EEXIST)
		return err;
	address->sin_family = AF_INET;
	inet_pton(AF_INET, "10.8.0.1", &address->sin_addr);
	err = ioctl(fd, SIOCSIFADDR, &request) ? errno : 0;
	inet_pton(AF_INET, "255.255.255.0", &address->sin_addr);
	if (!err)
		err = ioctl(fd, SIOCSIFNETMASK, &request) ? errno : 0;
	request.ifr_flags = IFF_UP;
	if (!err)
		err = ioctl(fd, SIOCSIFFLAGS, &request) ? errno : 0;
	close(fd);
	return err;
}
