/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges for messages to the kernel by netlink
 */
#ifndef _SECURITY_CLIP_NETWORK_NETLINK_H
#define _SECURITY_CLIP_NETWORK_NETLINK_H

#include <linux/fs.h>

#include "network/rules.h"

int clip_netlink_use(int protocol, enum clip_net_act act);
int clip_netlink_config(const struct file *file, unsigned int cmd);

#endif /* _SECURITY_CLIP_NETWORK_NETLINK_H */
