/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the checksum of an image
 */
#ifndef _SECURITY_CLIP_LOAD_CHECKSUM_H
#define _SECURITY_CLIP_LOAD_CHECKSUM_H

#include <linux/types.h>

u32 clip_checksum(u32 crc, const void *bytes, size_t size);

#endif /* _SECURITY_CLIP_LOAD_CHECKSUM_H */
