/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a context keeps from those in it
 */
#ifndef _SECURITY_CLIP_BOUND_H
#define _SECURITY_CLIP_BOUND_H

struct file;

int clip_bound_open(struct file *file);
void clip_add_bound_hooks(void);

#endif /* _SECURITY_CLIP_BOUND_H */
