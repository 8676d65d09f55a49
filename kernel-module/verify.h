/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: does a file match its entry?
 */
#ifndef _SECURITY_CLIP_VERIFY_H
#define _SECURITY_CLIP_VERIFY_H

#include <linux/fs.h>
#include <uapi/linux/clip.h>

struct clip_entry;

/**
 * struct clip_verdict - the answer
 * @reason: %CLIP_REASON_NONE, or why the file may not be used
 * @hashed: the file was read now; @found is filled
 * @found: digest of the content
 */
struct clip_verdict {
	enum clip_reason reason;
	bool hashed;
	u8 found[CLIP_DIGEST_MAX];
};

int clip_verify(struct file *file, const struct clip_entry *entry,
		struct clip_verdict *verdict);

#endif /* _SECURITY_CLIP_VERIFY_H */
