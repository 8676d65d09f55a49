/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: privileges for the kernel's log and for single devices
 */
#ifndef _SECURITY_CLIP_GATE_H
#define _SECURITY_CLIP_GATE_H

#include <linux/fs.h>

int clip_gate_need(const char *operation, u64 needs);
int clip_gate_device(const struct inode *inode);
void clip_add_gate_hooks(void);

#endif /* _SECURITY_CLIP_GATE_H */
