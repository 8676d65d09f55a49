/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: requiring privileges for acts on sockets
 */
#ifndef _SECURITY_CLIP_NETWORK_PRIVILEGE_H
#define _SECURITY_CLIP_NETWORK_PRIVILEGE_H

#include <linux/types.h>

#include "network/rules.h"

int clip_net_require_all(int family, enum clip_net_act act, u64 needs);
int clip_net_require_any(int family, enum clip_net_act act, u64 needs);

#endif /* _SECURITY_CLIP_NETWORK_PRIVILEGE_H */
