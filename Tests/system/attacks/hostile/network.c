// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets once kernel.clip.network and netlink are set (W). A row names the
 * family, the type and the protocol of its socket.
 */
#include "hostile.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static int make(const char *what)
{
	int family = 0, type = 0, protocol = 0;

	sscanf(what, "%d %d %d", &family, &type, &protocol);
	return TRY_FD(socket, family, type, protocol);
}

/* WATCH has no address, so that it makes no such socket at any time. */
#define ADDRESSED	(EVERYWHERE & ~IN(WATCH))
/* They take a capability that root of a namespace does not have. */
#define CAPABLE	(ADDRESSED & ~IN(USERNS))

#define SOCKET(id, name, bad, places) \
	{ id, name, CALL_socket, make, bad, NULL, NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, places, HELD, {} }

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
	{},
};
