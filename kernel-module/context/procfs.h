/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a context keeps from those in it
 */
#ifndef _SECURITY_CLIP_CONTEXT_PROCFS_H
#define _SECURITY_CLIP_CONTEXT_PROCFS_H

struct cred;
struct file;

int clip_context_capable(const struct cred *cred, int cap);
int clip_procfs_check_open(struct file *file);

#endif /* _SECURITY_CLIP_CONTEXT_PROCFS_H */
