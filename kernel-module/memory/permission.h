/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: execute permission for mapped files
 */
#ifndef _SECURITY_CLIP_MEMORY_PERMISSION_H
#define _SECURITY_CLIP_MEMORY_PERMISSION_H

#include "core/latch.h"

struct file;
struct vm_area_struct;

/**
 * clip_permission_applies - Are mappings of files subject to any check?
 *
 * Return: true if a latch is set that checks them.
 */
static __always_inline bool clip_permission_applies(void)
{
	return READ_ONCE(clip_latches) & CLIP_LATCHES_OF_CODE;
}

bool clip_permission_to_execute(const struct file *file, bool locked);
int clip_permission_check_mmap(struct file *file, unsigned long prot);
int clip_permission_check_mprotect(struct vm_area_struct *vma, unsigned long prot);

#endif /* _SECURITY_CLIP_MEMORY_PERMISSION_H */
