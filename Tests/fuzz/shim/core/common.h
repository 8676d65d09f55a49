/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernel-module/load/image.c takes from the kernel, for a program of the host.
 */
#ifndef FUZZ_SHIM_CORE_COMMON_H
#define FUZZ_SHIM_CORE_COMMON_H

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/capability.h>
#include <linux/types.h>
#include <zlib.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define CAP_VALID_MASK		(BIT_ULL(CAP_LAST_CAP + 1) - 1)
#define sizeof_field(type, field)	sizeof(((type *)0)->field)
#define le16_to_cpu(value)	le16toh(value)
#define le32_to_cpu(value)	le32toh(value)
#define le64_to_cpu(value)	le64toh(value)

/* The kernel's function neither begins nor ends with an inversion. */
static inline u32 crc32_le(u32 crc, const u8 *bytes, size_t size)
{
	return ~crc32_z(~crc, bytes, size);
}

static inline const void *memchr_inv(const void *start, int byte, size_t size)
{
	const u8 *bytes = start;

	for (size_t i = 0; i < size; i++)
		if (bytes[i] != (u8)byte)
			return bytes + i;
	return NULL;
}

#endif /* FUZZ_SHIM_CORE_COMMON_H */
