/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: descriptors that a task of a context receives
 */
#ifndef _SECURITY_CLIP_NETWORK_RECEIVED_H
#define _SECURITY_CLIP_NETWORK_RECEIVED_H

struct file;

int clip_received_check(struct file *file);

#endif /* _SECURITY_CLIP_NETWORK_RECEIVED_H */
