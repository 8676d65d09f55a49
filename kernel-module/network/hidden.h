/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: contexts that do not see the devices of the network
 */
#ifndef _SECURITY_CLIP_NETWORK_HIDDEN_H
#define _SECURITY_CLIP_NETWORK_HIDDEN_H

#include <linux/types.h>

struct file;
struct sock;

bool clip_hidden_netlink(int protocol);
int clip_hidden_check_message(const struct sock *sk);
int clip_hidden_check_request(const struct file *file, unsigned int cmd);
int clip_hidden_check_open(const struct file *file);

#endif /* _SECURITY_CLIP_NETWORK_HIDDEN_H */
