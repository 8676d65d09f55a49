/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: memory is either writable or executable
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_H
#define _SECURITY_CLIP_MEMORY_WX_H

#include "core/cred_blob.h"
#include "core/latch.h"
#include "store/context.h"

struct file;
struct linux_binprm;
struct vm_area_struct;

/**
 * clip_wx_applies - Is the memory of a task subject to the check?
 * @blob: clip's part of its credential
 *
 * Return: true if the latch or the level of its context requires it; the entry
 * of the task may still exempt it.
 */
static __always_inline bool clip_wx_applies(const struct clip_cred *blob)
{
	const u32 asked = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY;

	return clip_latched(CLIP_LATCH_WX_MEMORY) ||
	       (blob->context &&
		(READ_ONCE(blob->context->level) & asked) == asked);
}

int clip_wx_check_mmap(struct file *file, unsigned long prot);
int clip_wx_check_backing(struct file *file);
int clip_wx_check_mprotect(struct vm_area_struct *vma, unsigned long prot);
int clip_wx_check_exec(struct linux_binprm *bprm);
int clip_wx_check_low(void);
bool clip_wx_may_trace(const struct clip_cred *actor,
		       const struct clip_cred *target);

#endif /* _SECURITY_CLIP_MEMORY_WX_H */
