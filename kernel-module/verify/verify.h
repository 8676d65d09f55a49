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
struct clip_verdict;

int clip_verify_either(struct clip_context *ctx, struct file *file,
		       struct clip_entry **entry, struct clip_verdict *verdict);
int clip_verify_allowed(struct file *file, const struct clip_context *ctx,
			struct clip_verdict *verdict);
int clip_verify(struct file *file, const struct clip_entry *entry,
		struct clip_verdict *verdict);

#endif /* _SECURITY_CLIP_VERIFY_VERIFY_H */
