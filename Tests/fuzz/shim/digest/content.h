/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_SHIM_DIGEST_CONTENT_H
#define FUZZ_SHIM_DIGEST_CONTENT_H

#include <uapi/linux/clip.h>

/* The sizes of FIPS 180-4, as in the kernel's table. */
static inline u8 clip_digest_size(u16 algorithm)
{
	switch (algorithm) {
	case CLIP_ALGO_MD5:
		return 16;
	case CLIP_ALGO_SHA1:
		return 20;
	case CLIP_ALGO_SHA256:
	case CLIP_ALGO_FSVERITY_SHA256:
		return 32;
	case CLIP_ALGO_SHA384:
		return 48;
	case CLIP_ALGO_SHA512:
	case CLIP_ALGO_FSVERITY_SHA512:
		return 64;
	default:
		return 0;
	}
}

#endif /* FUZZ_SHIM_DIGEST_CONTENT_H */
