/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checked libraries
 */
#ifndef _SECURITY_CLIP_MEMORY_LIBRARIES_H
#define _SECURITY_CLIP_MEMORY_LIBRARIES_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct file;
struct vm_area_struct;

#define CLIP_LIBS_FLAGS	(CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS)

int clip_libs_check_mmap(struct file *file, unsigned long prot, u32 wanted);
int clip_libs_check_mprotect(const struct vm_area_struct *vma, unsigned long prot,
			     u32 wanted);
int clip_libs_check_context_mmap(struct file *file, unsigned long prot);
int clip_libs_check_context_mprotect(const struct vm_area_struct *vma,
				     unsigned long prot);
int clip_libs_check_program_mmap(struct file *file);
int clip_libs_check_program_mprotect(const struct vm_area_struct *vma);
int clip_libs_check_backing(struct clip_context *ctx, struct file *file);

#endif /* _SECURITY_CLIP_MEMORY_LIBRARIES_H */
