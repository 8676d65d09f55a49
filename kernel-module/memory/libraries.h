/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checked libraries
 */
#ifndef _SECURITY_CLIP_MEMORY_LIBRARIES_H
#define _SECURITY_CLIP_MEMORY_LIBRARIES_H

#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct file;
struct vm_area_struct;

#define CLIP_LIBS_FLAGS	(CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS)

/**
 * clip_libs_judged_by_exec - Is this the program that exec has judged?
 * @file: a file that is about to be mapped
 *
 * Return: True if the loader of exec maps it, false otherwise.
 */
static inline bool clip_libs_judged_by_exec(const struct file *file)
{
	const struct file *program;

	if (!current->in_execve)
		return false;
	/* No other task has this address space yet. */
	program = rcu_dereference_protected(current->mm->exe_file, true);
	return program && file_inode(program) == file_inode(file);
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
