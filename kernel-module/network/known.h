/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a socket keeps of the answers about its local address
 */
#ifndef _SECURITY_CLIP_NETWORK_KNOWN_H
#define _SECURITY_CLIP_NETWORK_KNOWN_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <net/sock.h>

#include "core/sock_blob.h"
#include "network/given.h"

/**
 * clip_known4_applies - Does a socket keep answers?
 * @sk: the socket
 *
 * A raw socket is judged by more than the local address, and one of IPv6 has packets
 * of which the header must be looked at first.
 *
 * Return: True if it does, false otherwise.
 */
static inline bool clip_known4_applies(const struct sock *sk)
{
	return sk->sk_family == AF_INET && sk->sk_type != SOCK_RAW;
}

/**
 * clip_known4_keep - Keep with a socket that an address is one of its owner
 * @sk: the socket, of a context
 * @address: the address
 *
 * Nothing is kept if the list of the owner can change.
 *
 * Return: True if it is kept, false otherwise.
 */
static inline bool clip_known4_keep(const struct sock *sk, __be32 address)
{
	struct clip_sock *blob = clip_sock(sk);

	if (!clip_known4_applies(sk) || !clip_given_is_final(blob->owner))
		return false;
	WRITE_ONCE(blob->known, (__force s32)address);
	return true;
}

#endif /* _SECURITY_CLIP_NETWORK_KNOWN_H */
