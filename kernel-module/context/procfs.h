/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the restrictions that a context puts on its tasks
 */
#ifndef _SECURITY_CLIP_CONTEXT_PROCFS_H
#define _SECURITY_CLIP_CONTEXT_PROCFS_H

struct cred;
struct file;
struct user_namespace;

int clip_context_capable(const struct cred *cred, struct user_namespace *ns,
			 int cap);
int clip_procfs_check_open(struct file *file);

#endif /* _SECURITY_CLIP_CONTEXT_PROCFS_H */
