/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: memory is either writable or executable
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_H
#define _SECURITY_CLIP_MEMORY_WX_H

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/task_blob.h"
#include "store/context.h"
#include "verify/code.h"

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

/**
 * clip_wx_holds_own - Keep writers off a file of the current task
 * @file: a file that can hold programs and is about to be mapped executable
 *
 * The usual case, which is short: under the latch, a task maps a file of its own,
 * which is on no overlay and on a mount without a mapping of ids, while no task
 * has it open for writing. It calls nothing, so that the hook needs no frame.
 *
 * Return: True if writers are kept off as by clip_code_hold(). False if anything
 * is different; then nothing has been done, and clip_wx_check_mmap() decides.
 */
static __always_inline bool clip_wx_holds_own(struct file *file)
{
	const struct cred *cred = current_cred();
	struct clip_task *task = clip_task(current);

	if (!clip_latched(CLIP_LATCH_WX_MEMORY) ||
	    cred != current_real_cred() ||
	    (READ_ONCE(clip_cred(cred)->entry_flags) & CLIP_ENTRY_JIT) ||
	    current->in_execve || task->held ||
	    (file->f_path.dentry->d_flags & DCACHE_OP_REAL) ||
	    file_mnt_idmap(file) != &nop_mnt_idmap ||
	    !uid_eq(file_inode(file)->i_uid, cred->fsuid))
		return false;
	/* A writer from before the file had this owner is seen below. */
	smp_rmb();
	if (clip_code_deny_writers(file))
		return false;
	task->held = file;
	return true;
}

/*
 * If a private mapping has an anon_vma, some page may have been written: by the
 * program, or by relocations of a library that is not position independent.
 * mmap_lock is held for writing, and a fault cannot make an anon_vma without
 * it.
 */
static __always_inline bool
clip_wx_may_become_code(const struct vm_area_struct *vma)
{
	return vma->vm_file && !vma->anon_vma &&
	       !(vma->vm_flags & (VM_IO | VM_PFNMAP | VM_MIXEDMAP)) &&
	       clip_code_possible(file_inode(vma->vm_file));
}

int clip_wx_check_mmap(struct file *file, unsigned long prot);
int clip_wx_check_backing(struct file *file);
int clip_wx_check_mprotect(struct vm_area_struct *vma, unsigned long prot);
int clip_wx_check_exec(struct linux_binprm *bprm);
int clip_wx_check_low(void);
bool clip_wx_may_trace(const struct clip_cred *actor,
		       const struct clip_cred *target);

#endif /* _SECURITY_CLIP_MEMORY_WX_H */
