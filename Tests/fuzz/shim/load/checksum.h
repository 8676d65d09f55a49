/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_SHIM_LOAD_CHECKSUM_H
#define FUZZ_SHIM_LOAD_CHECKSUM_H

#include "core/common.h"

static inline u32 clip_checksum(u32 crc, const void *bytes, size_t size)
{
	return crc32_le(crc, bytes, size);
}

#endif /* FUZZ_SHIM_LOAD_CHECKSUM_H */
