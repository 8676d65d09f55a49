/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the latches under kernel.clip
 */
#ifndef _SECURITY_CLIP_SYSCTL_H
#define _SECURITY_CLIP_SYSCTL_H

#include <linux/types.h>

u64 clip_sysctl_rootcap(void);
u64 clip_sysctl_capbound(void);
bool clip_sysctl_nosuid_root(void);

int clip_sysctl_parse(const char *text, size_t size, u64 most, u64 *value);

#endif /* _SECURITY_CLIP_SYSCTL_H */
