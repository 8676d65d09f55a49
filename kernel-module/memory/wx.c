// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: memory is writable or executable, and never one after the other
 *
 * In a context with WX_MEMORY, or everywhere once the latch is set, code comes
 * from regular files and nowhere else, and from pages that nobody can write.
 * What becomes executable is asked about where it does: mmap, mprotect, and the
 * ways of exec and personality(2) past these two. What is executable is not
 * written either, by ptrace or /proc/PID/mem. A file is kept from writers while
 * it is mapped; that is memory/wx_file.c.
 *
 * An entry with JIT exempts the program that runs by it. The flag comes with
 * the exec that makes the address space, and all who share that descend from
 * this exec: so it is a matter of the address space, though it is kept with the
 * credential.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/security.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "memory/wx.h"
#include "memory/wx_elf.h"
#include "memory/wx_file.h"
#include "report/report.h"

/* Not current_cred(): overlayfs maps with the rights of who mounted it. */
static struct clip_cred *task_blob(void)
{
	return clip_cred(current_real_cred());
}

/* A permissive context cannot make a latch of all contexts laxer. */
static bool is_enforced(const struct clip_cred *blob)
{
	return clip_latched(CLIP_LATCH_WX_MEMORY) || !blob->context ||
	       !(READ_ONCE(blob->context->level) & CLIP_LEVEL_PERMISSIVE);
}

static bool is_exempt(const struct clip_cred *blob)
{
	return READ_ONCE(blob->entry_flags) & CLIP_ENTRY_JIT;
}

/*
 * That a program makes use of its exemption is worth a word, and not one for
 * each function it compiles. Two threads at once may both say it.
 */
static int report_exemption(struct clip_cred *blob, const char *act,
			    struct file *file, int err)
{
	const u32 flags = READ_ONCE(blob->entry_flags);

	if (flags & CLIP_CRED_JIT_REPORTED)
		return 0;
	WRITE_ONCE(blob->entry_flags, flags | CLIP_CRED_JIT_REPORTED);
	clip_report_memory(act, blob->context, file, CLIP_REASON_WX_MEMORY, err,
			   true);
	return 0;
}

/* What is against the rule: refused, or told. */
static int judge(struct clip_cred *blob, const char *act, struct file *file,
		 int err)
{
	const bool enforced = is_enforced(blob);

	if (is_exempt(blob))
		return report_exemption(blob, act, file, err);
	clip_report_memory(act, blob->context, file, CLIP_REASON_WX_MEMORY, err,
			   !enforced);
	return enforced ? err : 0;
}

/* A file that would do becomes code; @inode is where it really is. */
static int keep_writers_off(struct clip_cred *blob, const char *act,
			    struct file *file, const struct inode *inode)
{
	const bool enforced = is_enforced(blob);
	int err = 0;

	if (is_exempt(blob))
		return 0;
	if (inode_is_open_for_write(inode))
		err = -ETXTBSY;
	else if (enforced)
		err = clip_wx_file_hold(file);
	if (err == -ETXTBSY)
		clip_report_memory(act, blob->context, file,
				   CLIP_REASON_BEING_WRITTEN, err, !enforced);
	return enforced ? err : 0;
}

/**
 * clip_wx_check_mmap - may this be mapped executable?
 * @file: the file, or NULL for memory without one
 * @prot: PROT_*, with PROT_EXEC
 *
 * For a task that is asked. hugetlb memory and shared memory come with a file
 * too, that nobody has opened.
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_wx_check_mmap(struct file *file, unsigned long prot)
{
	struct clip_cred *blob = task_blob();

	if (!file || (prot & PROT_WRITE) ||
	    !clip_wx_file_may_be_code(file_inode(file)))
		return judge(blob, "mmap", file, -EACCES);
	return keep_writers_off(blob, "mmap", file,
				d_real_inode(file->f_path.dentry));
}

/* The kernel's own mappings, and what has been code all the time. */
static bool is_code_already(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC &&
	       !vma->anon_vma;
}

/*
 * Of a private mapping that has an anon_vma some page may have been written: by
 * the program, or by relocations of a library that is not position independent.
 * mmap_lock is held for writing, and a fault cannot make one without it.
 */
static bool may_become_code(const struct vm_area_struct *vma)
{
	return vma->vm_file && !vma->anon_vma &&
	       !(vma->vm_flags & (VM_IO | VM_PFNMAP | VM_MIXEDMAP)) &&
	       clip_wx_file_may_be_code(file_inode(vma->vm_file));
}

/**
 * clip_wx_check_mprotect - may this mapping become executable?
 * @vma: the mapping, as it is
 * @prot: PROT_* as it will be, with PROT_EXEC
 *
 * For a task that is asked.
 *
 * Context: may sleep; mmap_lock is held for writing.
 * Return: 0, or a negative errno value after a report.
 */
int clip_wx_check_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	struct clip_cred *blob = task_blob();

	if (prot & PROT_WRITE)
		return judge(blob, "mprotect", vma->vm_file, -EACCES);
	if (is_code_already(vma))
		return 0;
	if (!may_become_code(vma))
		return judge(blob, "mprotect", vma->vm_file, -EACCES);
	return keep_writers_off(blob, "mprotect", vma->vm_file,
				file_inode(vma->vm_file));
}

/**
 * clip_wx_check_exec - does a program ask for memory that it must not have?
 * @bprm: the exec, with its final credentials
 *
 * The hooks behind this one would end the process when it is too late to fail;
 * and they are there, if the file shows the loader something else.
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_wx_check_exec(struct linux_binprm *bprm)
{
	const struct clip_cred *blob = clip_cred(bprm->cred);
	const bool enforced = is_enforced(blob);
	int err;

	if (is_exempt(blob))
		return 0;
	err = clip_wx_elf_check(bprm->file);
	if (err == -EACCES)
		clip_report_memory("exec", blob->context, bprm->file,
				   CLIP_REASON_WX_MEMORY, err, !enforced);
	if (!enforced)
		return 0;
	bprm->per_clear |= READ_IMPLIES_EXEC;
	return err;
}

/**
 * clip_wx_may_trace - would tracing lend an exemption?
 * @actor: who traces
 * @target: whom
 *
 * Who could write to the memory of an exempt program could run code there.
 *
 * Return: false if it must not be.
 */
bool clip_wx_may_trace(const struct clip_cred *actor,
		       const struct clip_cred *target)
{
	return !is_exempt(target) || is_exempt(actor) ||
	       !clip_wx_applies(actor) || !is_enforced(actor);
}

/**
 * clip_wx_check_low - may a page below the lowest address for programs be mapped?
 *
 * WX-05. What the kernel takes for a pointer by mistake is often NULL and a bit,
 * so CAP_SYS_RAWIO does not help there, and neither does an exemption.
 *
 * Context: any; mmap_lock may be held for writing.
 * Return: 0, or -EPERM after a report.
 */
int clip_wx_check_low(void)
{
	const struct clip_cred *blob = task_blob();
	bool enforced;

	if (!clip_wx_applies(blob))
		return 0;
	enforced = is_enforced(blob);
	clip_report_memory("low address", blob->context, NULL,
			   CLIP_REASON_WX_MEMORY, -EPERM, !enforced);
	return enforced ? -EPERM : 0;
}

static noinline int check_other_ways(struct clip_cred *blob,
				     enum lsm_exec_memory what)
{
	switch (what) {
	case LSM_EXEC_MEMORY_PERSONALITY:
		return judge(blob, "personality", NULL, -EPERM);
	case LSM_EXEC_MEMORY_BRK:
		return judge(blob, "heap", NULL, -EACCES);
	case LSM_EXEC_MEMORY_STACK:
		return judge(blob, "stack", NULL, -EACCES);
	case LSM_EXEC_MEMORY_FORCE:
		return judge(blob, "write to code", NULL, -EACCES);
	}
	return judge(blob, "memory", NULL, -EACCES);
}

/*
 * The ways past mmap and mprotect. For the last, @what is done to the memory of
 * another task, or to the own by its name in procfs: who writes is asked.
 */
static int hook_exec_memory(enum lsm_exec_memory what)
{
	struct clip_cred *blob = task_blob();

	return likely(!clip_wx_applies(blob)) ? 0 :
						   check_other_ways(blob, what);
}

/*
 * The mapping that mmap_file was asked about is of this file in truth: of a
 * layer of overlayfs, or what a filesystem in user space passes through. It may
 * be another one than the name stands for by now.
 */
static noinline int check_backing(struct clip_cred *blob, struct file *file)
{
	if (!clip_wx_file_may_be_code(file_inode(file)))
		return judge(blob, "mmap", file, -EACCES);
	return keep_writers_off(blob, "mmap", file, file_inode(file));
}

static int hook_mmap_backing_file(struct vm_area_struct *vma,
				  struct file *backing_file,
				  struct file *user_file)
{
	struct clip_cred *blob = task_blob();

	if (likely(!(vma->vm_flags & VM_EXEC) || !clip_wx_applies(blob)))
		return 0;
	return check_backing(blob, backing_file);
}

static struct security_hook_list clip_wx_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(exec_memory, hook_exec_memory),
	LSM_HOOK_INIT(mmap_backing_file, hook_mmap_backing_file),
};

/**
 * clip_add_wx_hooks - register the hooks of this file
 */
void __init clip_add_wx_hooks(void)
{
	security_add_hooks(clip_wx_hooks, ARRAY_SIZE(clip_wx_hooks),
			   &clip_lsm_id);
}
