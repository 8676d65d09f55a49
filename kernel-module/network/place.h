/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: where the address of a request is
 */
#ifndef _SECURITY_CLIP_NETWORK_PLACE_H
#define _SECURITY_CLIP_NETWORK_PLACE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <net/ipv6.h>
#include <net/sock.h>

/**
 * struct place - Where the address of a request is
 * @v4: the address, if it is one of IPv4, also in the form of IPv6; or NULL
 * @v6: the address, if it is one of IPv6; or NULL
 * @scope: number of the interface to which it belongs, or 0
 */
struct place {
	__be32 *v4;
	struct in6_addr *v6;
	u32 scope;
};

/*
 * The layout is that of the socket's family, because some protocols do not look
 * at the family of an address of IPv4. Sockets of IPv6 that take both say so.
 */
static inline int place_find(const struct sock *sk, struct sockaddr *address,
			     int length, struct place *place)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;

	*place = (struct place) {};
	if (length < (int)sizeof(address->sa_family))
		return -EINVAL;
	if (sk->sk_family == AF_INET || address->sa_family == AF_INET) {
		if (length < (int)sizeof(*in))
			return -EINVAL;
		place->v4 = &in->sin_addr.s_addr;
		return 0;
	}
	if (length < SIN6_LEN_RFC2133)
		return -EINVAL;
	if (ipv6_addr_v4mapped(&in6->sin6_addr)) {
		place->v4 = &in6->sin6_addr.s6_addr32[3];
		return 0;
	}
	place->v6 = &in6->sin6_addr;
	if (length >= (int)sizeof(*in6))
		place->scope = in6->sin6_scope_id;
	return 0;
}

static inline bool place_is_any(const struct place *place)
{
	return place->v4 ? !*place->v4 : ipv6_addr_any(place->v6);
}

static inline bool place_is_loopback(const struct place *place)
{
	return place->v4 ? ipv4_is_loopback(*place->v4) :
			   ipv6_addr_loopback(place->v6);
}

#endif /* _SECURITY_CLIP_NETWORK_PLACE_H */
