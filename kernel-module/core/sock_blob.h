/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blob of a socket
 */
#ifndef _SECURITY_CLIP_CORE_SOCK_BLOB_H
#define _SECURITY_CLIP_CORE_SOCK_BLOB_H

#include <net/sock.h>

#include "core/common.h"

struct clip_context;

/**
 * struct clip_sock - Security blob of the protocol's part of a socket
 * @owner: The context in which the socket was made, with a reference. NULL for
 *	context 0 and for the kernel. Written before the socket can be used, by
 *	no more than one task, and never changed then.
 * @settled: The source of the datagrams has been chosen. Read and written without
 *	a lock: to choose twice does no harm.
 *
 * The part of a socket that a packet reaches is the protocol's: a descriptor may
 * be gone already. What is accepted is owned as the socket that listens.
 */
struct clip_sock {
	struct clip_context *owner;
	bool settled;
};

static inline struct clip_sock *clip_sock(const struct sock *sk)
{
	return sk->sk_security + clip_blob_sizes.lbs_sock;
}

#endif /* _SECURITY_CLIP_CORE_SOCK_BLOB_H */
