/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: who may use sockets
 */
#ifndef _SECURITY_CLIP_NETWORK_SOCKET_H
#define _SECURITY_CLIP_NETWORK_SOCKET_H

#include <linux/types.h>

#include "network/rules.h"

int clip_net_have_all(int family, enum clip_net_act act, u64 needs);
void clip_add_net_hooks(void);

#endif /* _SECURITY_CLIP_NETWORK_SOCKET_H */
