// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: fs-verity digests
 *
 * A file with fs-verity cannot be opened for writing, and the filesystem checks
 * each page that it reads against a tree of hashes. The hash of the root of
 * that tree stands for the whole content, and is known once the file is open.
 */
#include "core/common.h"

#include <linux/fsverity.h>
#include <linux/string.h>

#include "digest/fsverity.h"

static_assert(CLIP_DIGEST_MAX >= FS_VERITY_MAX_DIGEST_SIZE);

/**
 * clip_verity_digest - Get the fs-verity digest of a file
 * @file: an open file
 * @algorithm: CLIP_ALGO_FSVERITY_*
 * @digest: receives the digest; has room for %CLIP_DIGEST_MAX bytes
 *
 * Takes constant time, regardless of the size of the file.
 *
 * Return: 0; -ENODATA if fs-verity is not enabled on the file, or is enabled
 * with another hash algorithm.
 */
int clip_verity_digest(const struct file *file, u16 algorithm, u8 *digest)
{
	const u8 wanted = algorithm == CLIP_ALGO_FSVERITY_SHA256 ?
			  FS_VERITY_HASH_ALG_SHA256 :
			  FS_VERITY_HASH_ALG_SHA512;
	u8 raw[FS_VERITY_MAX_DIGEST_SIZE];
	u8 alg;
	int size = fsverity_get_digest(file_inode(file), raw, &alg, NULL);

	/* Compares the number, because algorithms can share a digest size. */
	if (size <= 0 || alg != wanted)
		return -ENODATA;
	memcpy(digest, raw, size);
	return 0;
}
