/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: parts of the pages of a file that a digest does not cover
 */
#ifndef _SECURITY_CLIP_DIGEST_PAGES_H
#define _SECURITY_CLIP_DIGEST_PAGES_H

#include <linux/types.h>

struct inode;

bool clip_pages_pinned(const struct inode *inode);
bool clip_pages_end_clear(const struct inode *inode);

#endif /* _SECURITY_CLIP_DIGEST_PAGES_H */
