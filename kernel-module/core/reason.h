/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the name and the error of a reason
 */
#ifndef _SECURITY_CLIP_CORE_REASON_H
#define _SECURITY_CLIP_CORE_REASON_H

#include <linux/errno.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_verdict - Result of the verification of a file
 * @reason: %CLIP_REASON_NONE, or the reason why the file may not be used
 * @hashed: true if @found is valid
 * @found: digest of the content
 * @algorithm: CLIP_ALGO_* of @found, if it differs from that of the entry
 */
struct clip_verdict {
	enum clip_reason reason;
	bool hashed;
	u8 found[CLIP_DIGEST_MAX];
	u16 algorithm;
};

/**
 * clip_is_interrupted - Did a check end before it had a result?
 * @err: its error
 *
 * The task is being killed, or memory is exhausted. The act fails, but it was
 * not refused, and it is not let through where refusals are only reported.
 *
 * Return: True if the check has no result, false if it has refused.
 */
static inline bool clip_is_interrupted(int err)
{
	switch (err) {
	case -EINTR:
	case -ENOMEM:
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
		return true;
	default:
		return false;
	}
}

const char *clip_reason_name(enum clip_reason reason);
int clip_reason_errno(enum clip_reason reason);

#endif /* _SECURITY_CLIP_CORE_REASON_H */
