/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the other end of a connection by SCTP
 */
#ifndef _SECURITY_CLIP_NETWORK_PEER_SCTP_H
#define _SECURITY_CLIP_NETWORK_PEER_SCTP_H

#include <linux/errno.h>
#include <linux/kconfig.h>

struct clip_context_of;
struct sock;

#if IS_BUILTIN(CONFIG_IP_SCTP)
int clip_peer_of_sctp(struct clip_context_of *args, struct sock *sk);
#else
static inline int clip_peer_of_sctp(struct clip_context_of *args,
				    struct sock *sk)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* _SECURITY_CLIP_NETWORK_PEER_SCTP_H */
