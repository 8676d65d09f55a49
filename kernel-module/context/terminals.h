/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: terminals of other contexts
 */
#ifndef _SECURITY_CLIP_CONTEXT_TERMINALS_H
#define _SECURITY_CLIP_CONTEXT_TERMINALS_H

#include <linux/types.h>

struct dentry;
struct inode;

bool clip_is_terminal(unsigned int major);
bool clip_terminal_is_made_here(const struct inode *inode);
bool clip_terminal_request_is_harmless(unsigned int cmd);
bool clip_terminal_is_master(const struct inode *inode);
bool clip_terminal_is_own(const struct dentry *dentry,
			  const struct inode *inode);
void clip_terminal_note_inode(const struct inode *inode);

#endif /* _SECURITY_CLIP_CONTEXT_TERMINALS_H */
