/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the source that the routing table chooses
 */
#ifndef _SECURITY_CLIP_NETWORK_ROUTE_H
#define _SECURITY_CLIP_NETWORK_ROUTE_H

#include <linux/types.h>

struct sock;

__be32 clip_route_source4(const struct sock *sk, __be32 to);

#endif /* _SECURITY_CLIP_NETWORK_ROUTE_H */
