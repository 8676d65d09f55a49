/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: judging the content of a file
 */
#ifndef _SECURITY_CLIP_VERIFY_JUDGE_H
#define _SECURITY_CLIP_VERIFY_JUDGE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "core/reason.h"

struct clip_context;
struct clip_entry;
struct file;
struct inode;

/* How the content is judged. */
#define CLIP_JUDGE_KNOWN	BIT(0)	/* known digests only, no reading */
#define CLIP_JUDGE_LISTED	BIT(1)	/* ignore allow digests */
#define CLIP_JUDGE_SEAL		BIT(2)	/* exclude writers after a match */
#define CLIP_JUDGE_DIGEST	BIT(3)	/* read also what its size alone excludes */

/**
 * struct clip_judgement - Judgement of the content of a file
 * @inode: The inode whose content is judged: the one that is read, that caches
 *	the verdict, and that is executed or mapped. On an overlay, this is the
 *	inode of the layer below. The open file keeps it alive.
 * @entry: The entry of the file; the judgement holds a reference. This is the
 *	entry that the file matches or, on a refusal, the entry with which it
 *	was compared. NULL if the file has no entry, or is allowed by its
 *	digest.
 * @verdict: The details of the result.
 */
struct clip_judgement {
	struct inode *inode;
	struct clip_entry *entry;
	struct clip_verdict verdict;
};

void clip_judge_begin(struct clip_judgement *judgement,
		      struct clip_context *ctx, struct file *file);
int clip_judge(struct clip_judgement *judgement, struct clip_context *ctx,
	       struct file *file, unsigned int how);
int clip_judge_hold(struct clip_judgement *judgement, struct file *file);
bool clip_judge_allowed(const struct clip_context *ctx,
			const struct inode *inode);
int clip_judge_deny(struct clip_judgement *judgement, struct clip_context *ctx,
		    struct file *file, unsigned int how);
void clip_judge_end(struct clip_judgement *judgement);

#endif /* _SECURITY_CLIP_VERIFY_JUDGE_H */
