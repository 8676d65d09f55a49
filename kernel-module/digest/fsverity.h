/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: fs-verity digests
 */
#ifndef _SECURITY_CLIP_DIGEST_FSVERITY_H
#define _SECURITY_CLIP_DIGEST_FSVERITY_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#ifdef CONFIG_FS_VERITY
int clip_verity_digest(const struct file *file, u16 algorithm, u8 *digest);
#else
static inline int clip_verity_digest(const struct file *file, u16 algorithm,
				     u8 *digest)
{
	return -EOPNOTSUPP;
}
#endif

/**
 * clip_is_verity - Is this an algorithm of fs-verity?
 * @algorithm: CLIP_ALGO_*
 *
 * Return: True if it is, false otherwise.
 */
static inline bool clip_is_verity(u16 algorithm)
{
	return algorithm == CLIP_ALGO_FSVERITY_SHA256 ||
	       algorithm == CLIP_ALGO_FSVERITY_SHA512;
}

#endif /* _SECURITY_CLIP_DIGEST_FSVERITY_H */
