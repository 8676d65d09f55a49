/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: does a file match its entry?
 */
#ifndef _SECURITY_CLIP_VERIFY_VERIFY_H
#define _SECURITY_CLIP_VERIFY_VERIFY_H

#include <linux/fs.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;

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

int clip_verify_either(struct clip_context *ctx, struct file *file,
		       struct clip_entry **entry, struct clip_verdict *verdict);
int clip_verify_allowed(struct file *file, const struct clip_context *ctx,
			struct clip_verdict *verdict);
int clip_verify(struct file *file, const struct clip_entry *entry,
		struct clip_verdict *verdict);

#endif /* _SECURITY_CLIP_VERIFY_VERIFY_H */
