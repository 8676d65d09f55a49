/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a task may take along into a context or a chroot
 */
#ifndef _SECURITY_CLIP_CONTEXT_CARRIED_H
#define _SECURITY_CLIP_CONTEXT_CARRIED_H

#include <linux/fs.h>
#include <linux/path.h>

void clip_enter_forbid(const struct file_operations *fops);
bool clip_carried_outside(const struct path *path, const struct path *root);
bool clip_carried_file(const struct file *file);
bool clip_carried_work(void);
bool clip_carried_mappings(void);
bool clip_carried_memory(void);

#endif /* _SECURITY_CLIP_CONTEXT_CARRIED_H */
