/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: who may use what most programs never do
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SURFACE_H
#define _SECURITY_CLIP_PRIVILEGE_SURFACE_H

#include <linux/types.h>

int clip_gate(const char *act, u64 needs);
void clip_add_gate_hooks(void);

#endif /* _SECURITY_CLIP_PRIVILEGE_SURFACE_H */
