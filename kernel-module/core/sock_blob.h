/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blob of a socket
 */
#ifndef _SECURITY_CLIP_CORE_SOCK_BLOB_H
#define _SECURITY_CLIP_CORE_SOCK_BLOB_H

#include <linux/bits.h>
#include <net/sock.h>

#include "core/common.h"

struct clip_context;

/*
 * No address of IPv4 as struct clip_sock keeps it: those are numbers of 32 bits with a
 * sign.
 */
#define CLIP_NO_ADDRESS		((s64)BIT_ULL(32))

/**
 * struct clip_sock - Security blob of the protocol's part of a socket
 * @owner: The context in which the socket was made, with a reference. NULL for
 *	context 0 and for the kernel. Written before the socket can be used, by
 *	no more than one task, and never changed then.
 * @known: Of a socket of AF_INET that is not raw, and whose owner has a list that
 *	is final, an address that was found to be the owner's: the last that was
 *	judged, that of the listening socket, or the source of the route;
 *	otherwise %CLIP_NO_ADDRESS. Without an owner it is 0, and says nothing:
 *	each address is allowed. Read and written without a lock.
 * @recent: The same where the list can change: the address in the lower half, and
 *	clip_address_changes of that time in the upper one; otherwise 0. One word,
 *	so that neither is ever seen with another one's half. Read and written
 *	without a lock.
 * @settled: clip_address_changes of the time at which the source of the datagrams
 *	was chosen or judged, or 0. Read and written without a lock: to choose
 *	twice does no harm.
 *
 * The part of a socket that a packet reaches is the protocol's: a descriptor may
 * be gone already. What is accepted is owned as the socket that listens.
 */
struct clip_sock {
	struct clip_context *owner;
	s64 known;
	u64 recent;
	u64 settled;
};

static inline struct clip_sock *clip_sock(const struct sock *sk)
{
	return sk->sk_security + clip_blob_sizes.lbs_sock;
}

#endif /* _SECURITY_CLIP_CORE_SOCK_BLOB_H */
