/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the context of a socket's other end
 */
#ifndef _SECURITY_CLIP_NETWORK_PEER_H
#define _SECURITY_CLIP_NETWORK_PEER_H

struct clip_context_of;

int clip_peer_request(struct clip_context_of *args);

#endif /* _SECURITY_CLIP_NETWORK_PEER_H */
