/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the error that goes with a reason
 */
#ifndef _SECURITY_CLIP_CORE_REASON_H
#define _SECURITY_CLIP_CORE_REASON_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_verdict - the answer
 * @reason: %CLIP_REASON_NONE, or why the file may not be used
 * @hashed: the file was read now; @found is filled
 * @found: digest of the content
 * @algorithm: CLIP_ALGO_* of @found, if that is not the entry's
 */
struct clip_verdict {
	enum clip_reason reason;
	bool hashed;
	u8 found[CLIP_DIGEST_MAX];
	u16 algorithm;
};

const char *clip_reason_name(enum clip_reason reason);
int clip_reason_errno(enum clip_reason reason);

#endif /* _SECURITY_CLIP_CORE_REASON_H */
