/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: permission to execute, asked for when a file is mapped
 */
#ifndef _SECURITY_CLIP_MAPPERM_H
#define _SECURITY_CLIP_MAPPERM_H

struct file;
struct vm_area_struct;

int clip_mapperm_mmap(struct file *file, unsigned long prot);
int clip_mapperm_mprotect(struct vm_area_struct *vma, unsigned long prot);

#endif /* _SECURITY_CLIP_MAPPERM_H */
