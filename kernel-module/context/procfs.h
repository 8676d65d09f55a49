/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a context may look at in procfs
 */
#ifndef _SECURITY_CLIP_CONTEXT_PROCFS_H
#define _SECURITY_CLIP_CONTEXT_PROCFS_H

struct file;

int clip_procfs_check_open(struct file *file);

#endif /* _SECURITY_CLIP_CONTEXT_PROCFS_H */
