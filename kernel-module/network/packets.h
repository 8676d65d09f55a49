/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the packets that sockets of contexts send and receive
 */
#ifndef _SECURITY_CLIP_NETWORK_PACKETS_H
#define _SECURITY_CLIP_NETWORK_PACKETS_H

#include <linux/types.h>

int clip_packets_judge(bool protected);

#endif /* _SECURITY_CLIP_NETWORK_PACKETS_H */
