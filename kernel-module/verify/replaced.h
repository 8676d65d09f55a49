/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: listed files that lose their name
 */
#ifndef _SECURITY_CLIP_VERIFY_REPLACED_H
#define _SECURITY_CLIP_VERIFY_REPLACED_H

struct dentry;

void clip_replaced_unlink(struct dentry *dentry);
void clip_replaced_rename(struct dentry *from, struct dentry *to);

#endif /* _SECURITY_CLIP_VERIFY_REPLACED_H */
