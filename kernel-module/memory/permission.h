/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: permission to execute, asked for when a file is mapped
 */
#ifndef _SECURITY_CLIP_MEMORY_PERMISSION_H
#define _SECURITY_CLIP_MEMORY_PERMISSION_H

#include "core/latch.h"

struct file;
struct vm_area_struct;

/**
 * clip_permission_applies - is there anything to ask when a file is mapped?
 *
 * Return: whether a latch says so.
 */
static __always_inline bool clip_permission_applies(void)
{
	return READ_ONCE(clip_latches) & (BIT(CLIP_LATCH_EXEC_PERMISSION) |
					  BIT(CLIP_LATCH_MOUNT) |
					  BIT(CLIP_LATCH_WX_MEMORY) |
					  BIT(CLIP_LATCH_TPE));
}

int clip_permission_check_mmap(struct file *file, unsigned long prot);
int clip_permission_check_mprotect(struct vm_area_struct *vma, unsigned long prot);

#endif /* _SECURITY_CLIP_MEMORY_PERMISSION_H */
