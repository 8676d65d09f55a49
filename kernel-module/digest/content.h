/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: digests of files
 */
#ifndef _SECURITY_CLIP_DIGEST_CONTENT_H
#define _SECURITY_CLIP_DIGEST_CONTENT_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

u8 clip_digest_size(u16 algorithm);
bool clip_digest_usable(u16 algorithm);
u64 clip_digest_usable_mask(void);
int clip_digest_file(struct file *file, u16 algorithm, u8 *digest);

#endif /* _SECURITY_CLIP_DIGEST_CONTENT_H */
