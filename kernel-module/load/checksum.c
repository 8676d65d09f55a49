// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the checksum of an image
 *
 * The tables of crc32_le() take three instructions a byte, which is a tenth of a
 * commit. Processors with a multiplication for it take less than one.
 */
#include "core/common.h"

#include <crypto/hash.h>
#include <linux/byteorder/generic.h>
#include <linux/crc32.h>
#include <linux/crypto.h>
#include <linux/err.h>

#include "load/checksum.h"

static int compute(struct crypto_shash *tfm, u32 crc, const void *bytes,
		   size_t size, u32 *sum)
{
	SHASH_DESC_ON_STACK(desc, tfm);
	const __le32 seed = cpu_to_le32(crc);
	__le32 out;
	int err;

	desc->tfm = tfm;
	err = crypto_shash_setkey(tfm, (const u8 *)&seed, sizeof(seed)) ?:
	      crypto_shash_digest(desc, bytes, size, (u8 *)&out);
	*sum = le32_to_cpu(out);
	return err;
}

/**
 * clip_checksum - Continue a CRC-32 with the polynomial of IEEE 802.3
 * @crc: the value so far
 * @bytes: what follows
 * @size: size of @bytes in bytes
 *
 * Context: May sleep.
 * Return: As crc32_le().
 */
u32 clip_checksum(u32 crc, const void *bytes, size_t size)
{
	/* Whether it is there must not depend on a program that loads modules. */
	struct crypto_shash *tfm = crypto_alloc_shash("crc32", 0, CRYPTO_NOLOAD);
	u32 sum;
	int err;

	if (IS_ERR(tfm))
		return crc32_le(crc, bytes, size);
	err = compute(tfm, crc, bytes, size, &sum);
	crypto_free_shash(tfm);
	return err ? crc32_le(crc, bytes, size) : sum;
}
