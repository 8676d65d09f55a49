/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the features of this kernel and the size of its tables
 */
#ifndef _SECURITY_CLIP_INTERFACE_INFO_H
#define _SECURITY_CLIP_INTERFACE_INFO_H

#include <uapi/linux/clip.h>

void clip_info_fill(struct clip_info *info);

#endif /* _SECURITY_CLIP_INTERFACE_INFO_H */
