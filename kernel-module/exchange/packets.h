/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the packets that sockets of contexts send and receive
 */
#ifndef _SECURITY_CLIP_EXCHANGE_PACKETS_H
#define _SECURITY_CLIP_EXCHANGE_PACKETS_H

int clip_packets_judge(void);

#endif /* _SECURITY_CLIP_EXCHANGE_PACKETS_H */
