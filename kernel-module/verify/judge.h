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

/* What the judge may do, and what counts. */
#define CLIP_JUDGE_KNOWN	BIT(0)	/* read nothing: only earlier verdicts */
#define CLIP_JUDGE_LISTED	BIT(1)	/* allow digests do not count */
#define CLIP_JUDGE_SEAL		BIT(2)	/* keep writers off what is good */

/**
 * struct clip_judgement - what is known of a file's content
 * @inode: the inode whose content is judged: the one that is read, that keeps
 *	the verdict, and that is executed or mapped. On an overlay it is the
 *	inode below
 * @entry: the file's entry, with a reference: the one that it matches, or on a
 *	refusal the one that it was compared with. NULL if it has none, or if it
 *	is allowed by its digest
 * @verdict: the details
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
void clip_judge_end(struct clip_judgement *judgement);

#endif /* _SECURITY_CLIP_VERIFY_JUDGE_H */
