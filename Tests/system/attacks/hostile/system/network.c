// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets once kernel.clip.network and netlink are set (W). A row names the
 * family, the type and the protocol of its socket.
 */
#include "../hostile.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static int make(const char *what)
{
	int family = 0, type = 0, protocol = 0;

	sscanf(what, "%d %d %d", &family, &type, &protocol);
	return TRY_FD(socket, family, type, protocol);
}

/* ------------------------------------------------ sockets from before */

/* The errors of the network come after that of the right. */
static int let_through(int err)
{
	return err == EINVAL || err == EAGAIN || err == ENETUNREACH ||
	       err == EISCONN || err == ECONNREFUSED || err == EINPROGRESS ||
	       err == ENOTCONN || err == EALREADY ? 0 : err;
}

static long local(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return COPY(address);
}

static int early_bind(const char *what)
{
	return let_through(TRY(bind, EARLY_UDP, local(0),
			       sizeof(struct sockaddr_in)));
}

static int early_connect(const char *what)
{
	return let_through(TRY(connect, EARLY_UDP, local(9),
			       sizeof(struct sockaddr_in)));
}

static int early_listen(const char *what)
{
	return let_through(TRY(listen, EARLY_TCP, 1));
}

static int early_accept(const char *what)
{
	int err;

	fcntl(EARLY_TCP, F_SETFL, O_NONBLOCK);
	err = failed_fd(DO(accept4, EARLY_TCP, 0, 0, 0));
	return let_through(err);
}

static int early_send(const char *what)
{
	return let_through(TRY(sendto, EARLY_UDP, T("x"), 1, MSG_DONTWAIT,
			       local(9), sizeof(struct sockaddr_in)));
}

static int early_receive(const char *what)
{
	return let_through(TRY(recvfrom, EARLY_UDP, (long)low(8), 8,
			       MSG_DONTWAIT, 0, 0));
}

/* A policy of IPsec for a socket; an empty one is malformed. */
static int early_policy(const char *what)
{
	const int err = TRY(setsockopt, EARLY_UDP, IPPROTO_IP,
			       17 /* IP_XFRM_POLICY */, (long)low(256), 256);

	return err == EOPNOTSUPP ? 0 : let_through(err);
}

/* ------------------------------------------------------- netlink messages */

/* The types of the messages of one datagram, which are empty. */
static int send_messages(const char *what)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			      NETLINK_ROUTE);
	struct {
		struct nlmsghdr header;
		char body[16];
	} messages[2] = {};
	int types[2], err;
	const int count = sscanf(what, "%d %d", types, types + 1);

	for (int i = 0; i < count; i++)
		messages[i].header = (struct nlmsghdr) {
			.nlmsg_len = sizeof(messages[i]),
			.nlmsg_type = types[i], .nlmsg_flags = NLM_F_REQUEST,
		};
	err = TRY(sendto, fd, COPY(messages), count * sizeof(*messages), 0, 0,
		  0);
	close(fd);
	return err;
}

/* WATCH has no address, so that it makes no such socket at any time. */
#define ADDRESSED	(EVERYWHERE & ~IN(WATCH))
/* They take a capability that root of a namespace does not have. */
#define CAPABLE	(ADDRESSED & ~IN(USERNS))

#define SOCKET(id, name, bad, places) \
	{ id, name, CALL_socket, make, bad, NULL, NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, places, HELD, {} }

#define EARLY(id, name, call, act) \
	{ id, name, CALL_##call, act, "", NULL, NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(HOST) | IN(USERNS), HELD, {} }
/* The twin asks for links. */
#define MESSAGES(id, name, bad) \
	{ id, name, CALL_sendto, send_messages, bad, "18 18", NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, \
	  IN(HOST) | IN(CONTEXT) | IN(CHROOT), 0, {} }

const struct row network_rows[] = {
	SOCKET("W-02", "socket_of_inet", "2 2", ADDRESSED),
	SOCKET("W-02", "socket_of_tcp", "2 1", ADDRESSED),
	SOCKET("W-02", "socket_of_inet6", "10 2", ADDRESSED),
	SOCKET("W-02", "socket_of_mptcp", "2 1 262", ADDRESSED),
	SOCKET("W-02", "socket_of_sctp", "2 1 132", ADDRESSED),
	SOCKET("W-02", "socket_of_raw_packets", "2 3 1", CAPABLE),
	SOCKET("W-02", "socket_of_packet", "17 3", CAPABLE),
	SOCKET("W-02", "socket_of_alg", "38 5", ADDRESSED),
	SOCKET("W-02", "socket_of_key", "15 3 2", CAPABLE),
	SOCKET("W-03", "socket_of_ipsec", "16 3 6", ADDRESSED),
	SOCKET("X-13", "socket_of_netfilter", "16 3 12", ADDRESSED),
	SOCKET("X-13", "socket_of_audit", "16 3 9", ADDRESSED),
	SOCKET("X-13", "socket_of_uevents", "16 3 15", ADDRESSED),
	SOCKET("X-13", "socket_of_generic_netlink", "16 3 16", ADDRESSED),
	EARLY("W-01", "early_bind", bind, early_bind),
	EARLY("W-01", "early_connect", connect, early_connect),
	EARLY("W-01", "early_listen", listen, early_listen),
	EARLY("W-01", "early_accept", accept4, early_accept),
	EARLY("W-01", "early_sendto", sendto, early_send),
	EARLY("W-01", "early_recvfrom", recvfrom, early_receive),
	{ "W-03", "early_policy", CALL_setsockopt, early_policy, "", NULL,
	  NULL, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(HOST), HELD, {} },
	MESSAGES("X-13", "new_link", "16"),
	MESSAGES("X-13", "lost_link", "17"),
	MESSAGES("X-13", "new_address", "20"),
	MESSAGES("X-13", "new_route", "24"),
	MESSAGES("X-13", "new_rule", "32"),
	MESSAGES("X-13", "new_link_behind_a_question", "18 16"),
	{},
};
