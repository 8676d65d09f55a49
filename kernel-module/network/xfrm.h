/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges for policies and associations of IPsec
 */
#ifndef _SECURITY_CLIP_NETWORK_XFRM_H
#define _SECURITY_CLIP_NETWORK_XFRM_H

#include <net/sock.h>

#include "network/rules.h"

int clip_xfrm_use(enum clip_net_act act);
int clip_xfrm_option(const struct sock *sk, int level, int optname);

#endif /* _SECURITY_CLIP_NETWORK_XFRM_H */
