/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which context a socket belongs to
 */
#ifndef _SECURITY_CLIP_NETWORK_OWNER_H
#define _SECURITY_CLIP_NETWORK_OWNER_H

#include "core/sock_blob.h"
#include "store/context.h"

void clip_owner_set(struct sock *sk, struct clip_context *ctx);
int clip_owner_check_family(int family, int protocol);
int clip_owner_check_device(const struct inode *inode);

/**
 * clip_sock_context - Get the context in which a socket was made
 * @sk: the socket
 *
 * Return: The context, context 0 for sockets of the kernel; without a reference
 * of the caller's own.
 */
static inline struct clip_context *clip_sock_context(const struct sock *sk)
{
	return clip_sock(sk)->owner ?: &clip_admin_context;
}

#endif /* _SECURITY_CLIP_NETWORK_OWNER_H */
