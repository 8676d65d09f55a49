/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: reading and writing the latches under /proc/sys/kernel/clip
 */
#ifndef _SECURITY_CLIP_INTERFACE_SYSCTL_H
#define _SECURITY_CLIP_INTERFACE_SYSCTL_H

#include <linux/types.h>

int clip_sysctl_parse_half(const char *text, size_t size, u32 *value);
int clip_sysctl_parse(const char *text, size_t size, u64 most, u64 *value);

#endif /* _SECURITY_CLIP_INTERFACE_SYSCTL_H */
