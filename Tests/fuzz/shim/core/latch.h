/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_SHIM_CORE_LATCH_H
#define FUZZ_SHIM_CORE_LATCH_H

#include <uapi/linux/clip.h>

#define CLIP_CAPS_ACCEPTED	(CAP_VALID_MASK | BIT_ULL(CLIP_CAP_CONTEXT))

#endif /* FUZZ_SHIM_CORE_LATCH_H */
