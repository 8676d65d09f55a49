/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a context keeps from those in it
 */
#ifndef _SECURITY_CLIP_CONTEXT_PROCFS_H
#define _SECURITY_CLIP_CONTEXT_PROCFS_H

#include <linux/jump_label.h>

struct file;

/* Opening files is looked at; from the first use of what needs that on. */
DECLARE_STATIC_KEY_FALSE(clip_bound_used);

void clip_bound_use(void);
int clip_bound_open(struct file *file);
void clip_add_bound_hooks(void);

#endif /* _SECURITY_CLIP_CONTEXT_PROCFS_H */
