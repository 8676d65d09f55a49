/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checked libraries
 */
#ifndef _SECURITY_CLIP_MEMORY_LIBRARIES_H
#define _SECURITY_CLIP_MEMORY_LIBRARIES_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "store/filesystem.h"
#include "verify/code.h"

struct clip_context;
struct file;
struct vm_area_struct;

#define CLIP_LIBS_FLAGS	(CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS)

/**
 * clip_libs_exempt - Is a mapping of a file no use of a listed program?
 * @file: a file that is about to be mapped
 *
 * Exec has judged it and keeps writers off it, or no entry refers to a file of its
 * filesystem, which is no overlay.
 *
 * Return: True if clip_libs_check_program_mmap() has nothing to check.
 */
static inline bool clip_libs_exempt(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (unlikely(FMODE_FSNOTIFY_HSM(file->f_mode)))
		return false;
	return (!clip_sb_is_named(inode->i_sb) &&
		!(file->f_path.dentry->d_flags & DCACHE_OP_REAL)) ||
	       clip_code_of_exec(file);
}

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
