// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: memory is either writable or executable
 *
 * In a context with WX_MEMORY, or everywhere once the latch is set, code comes
 * only from regular files, and only from pages that cannot be written. Memory
 * that was writable never becomes executable later. This is checked where
 * memory becomes executable: in mmap, in mprotect, and in exec and
 * personality(2), which can bypass these two. Executable memory is not written
 * by ptrace or /proc/PID/mem either. A file is kept from writers while it is
 * mapped; see verify/code.c.
 *
 * An entry with JIT exempts the program that runs by it. The flag comes with
 * the exec that makes the address space, and all tasks that share the address
 * space descend from this exec. The exemption therefore belongs to the address
 * space, although it is stored in the credential.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/security.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "memory/permission.h"
#include "memory/wx.h"
#include "memory/wx_elf.h"
#include "report/report.h"
#include "verify/code.h"

/* Not current_cred(): overlayfs maps with the credentials of its mounter. */
static struct clip_cred *task_blob(void)
{
	return clip_cred(current_real_cred());
}

/*
 * A permissive context does not weaken a latch, which applies to all contexts.
 */
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
 * Reports the first use of an exemption only, and not one for each function
 * that a program compiles. Two threads at once may both report it.
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

/* Handles a violation of the rule: it is refused, or only reported. */
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

/*
 * Only root of the task's user namespace, or a holder of capabilities, can write
 * to the file.
 */
static bool only_root_can_write(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	const kuid_t root = make_kuid(current_user_ns(), 0);

	return !(READ_ONCE(inode->i_mode) & 0022) &&
	       vfsuid_eq_kuid(i_uid_into_vfsuid(file_mnt_idmap(file), inode),
			      root);
}

enum keep { KEEP_OFF, KEEP_NOT, KEEP_REFUSE };

/*
 * Writers can be kept off for long, so a task may do that to files that are its
 * own or that it may execute, as with any program. Another file that only root
 * can write, like a library that is not marked as executable, can be mapped and
 * written: root does not need that to change what runs. What is left could be
 * written by another user while it runs here.
 */
static enum keep how_current_keeps(const struct file *file, bool locked)
{
	/* exec has asked, with the credentials from before. */
	if (current->in_execve ||
	    vfsuid_eq_kuid(i_uid_into_vfsuid(file_mnt_idmap(file),
					     file_inode(file)),
			   current_fsuid()) ||
	    clip_permission_to_execute(file, locked))
		return KEEP_OFF;
	return only_root_can_write(file) ? KEEP_NOT : KEEP_REFUSE;
}

/* With the credentials of the task, as in task_blob(). */
static enum keep how_to_keep(const struct file *file, bool locked)
{
	const struct cred *saved;
	enum keep how;

	if (likely(current_cred() == current_real_cred()))
		return how_current_keeps(file, locked);
	saved = override_creds(current_real_cred());
	how = how_current_keeps(file, locked);
	revert_creds(saved);
	return how;
}

/*
 * Protects a suitable file that becomes code; @inode is the inode that holds
 * its data, and @layer says that this is the file of a layer, which the caller
 * may not keep open. Who may write is looked at first, and then who does.
 */
static noinline int keep_writers_off(const struct clip_cred *blob,
				     const char *act, struct file *file,
				     const struct inode *inode, bool locked,
				     bool layer)
{
	const bool enforced = is_enforced(blob);
	enum keep how;
	int err = 0;

	if (is_exempt(blob))
		return 0;
	how = how_to_keep(file, locked);
	/* A writer from before the file had this owner is seen below. */
	smp_rmb();
	if (how == KEEP_REFUSE)
		err = -EACCES;
	else if (inode_is_open_for_write(inode))
		err = -ETXTBSY;
	else if (how == KEEP_OFF && enforced)
		err = layer ? clip_code_hold_longer(file) : clip_code_hold(file);
	if (err == -ETXTBSY || err == -EACCES)
		clip_report_memory(act, blob->context, file,
				   err == -EACCES ?
				   CLIP_REASON_NO_EXEC_PERMISSION :
				   CLIP_REASON_BEING_WRITTEN, err, !enforced);
	return enforced ? err : 0;
}

/* The same for exec, which has asked with the credentials from before. */
static __always_inline bool holds_for_exec(const struct clip_cred *blob,
					   struct file *file,
					   const struct inode *inode)
{
	return current->in_execve && clip_latched(CLIP_LATCH_WX_MEMORY) &&
	       !is_exempt(blob) && !inode_is_open_for_write(inode) &&
	       !clip_code_hold_longer(file);
}

/**
 * clip_wx_check_mmap - Check an executable mapping
 * @file: the file, or NULL for memory without one
 * @prot: PROT_*, with PROT_EXEC
 *
 * For a task that is subject to the check. hugetlb memory and shared memory
 * come with a file too, although no task has opened one.
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report.
 */
int clip_wx_check_mmap(struct file *file, unsigned long prot)
{
	struct clip_cred *blob = task_blob();

	const struct inode *inode;

	if (!file || (prot & PROT_WRITE) ||
	    !clip_code_possible(file_inode(file)))
		return judge(blob, "mmap", file, -EACCES);
	if (likely(clip_wx_holds_own(file)))
		return 0;
	inode = d_real_inode(file->f_path.dentry);
	if (holds_for_exec(blob, file, inode))
		return 0;
	return keep_writers_off(blob, "mmap", file, inode, false, false);
}

/* Covers the kernel's own mappings, and mappings that have always been code. */
static bool is_code_already(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_EXEC | VM_WRITE)) == VM_EXEC &&
	       !vma->anon_vma;
}

/**
 * clip_wx_check_mprotect - Check whether a mapping may become executable
 * @vma: the present mapping
 * @prot: the new PROT_*, with PROT_EXEC
 *
 * For a task that is subject to the check.
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
	if (!clip_wx_may_become_code(vma))
		return judge(blob, "mprotect", vma->vm_file, -EACCES);
	if (likely(clip_wx_holds_own(vma->vm_file)))
		return 0;
	return keep_writers_off(blob, "mprotect", vma->vm_file,
				file_inode(vma->vm_file), true, false);
}

/**
 * clip_wx_check_exec - Check the memory that a program's headers request
 * @bprm: the exec, with its final credentials
 *
 * The later hooks would end the process when it is too late for exec to fail.
 * They still apply, in case the loader reads other contents of the file.
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
	if (err == -EACCES || err == -ETXTBSY)
		clip_report_memory("exec", blob->context, bprm->file,
				   err == -EACCES ? CLIP_REASON_WX_MEMORY :
						    CLIP_REASON_BEING_WRITTEN,
				   err, !enforced);
	if (!enforced)
		return 0;
	bprm->per_clear |= READ_IMPLIES_EXEC;
	return err;
}

/**
 * clip_wx_may_trace - May one task trace another, by their exemptions?
 * @actor: credential of the tracing task
 * @target: credential of the traced task
 *
 * A task that could write to the memory of an exempt program could run code
 * there.
 *
 * Return: false if tracing would lend an exemption that the actor needs.
 */
bool clip_wx_may_trace(const struct clip_cred *actor,
		       const struct clip_cred *target)
{
	return !is_exempt(target) || is_exempt(actor) ||
	       !clip_wx_applies(actor) || !is_enforced(actor);
}

/**
 * clip_wx_check_low - Check a mapping below the lowest address for programs
 *
 * WX-05. When the kernel uses a wrong pointer, it is often NULL plus a small
 * offset. CAP_SYS_RAWIO therefore does not allow such a mapping, and neither
 * does an exemption.
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

/*
 * userfaultfd installs pages of any content in the memory of the task that made
 * the descriptor, and never looks at its protection. Such memory may have been
 * checked under the rules of another context than that of the calling task, and
 * the pages are no part of the file that was checked. The check is therefore
 * the same for all tasks, and an exemption does not count. Memory that was
 * filled before it becomes executable has an anon_vma, which mprotect refuses.
 */
static int check_fill(const struct clip_cred *blob)
{
	if (!clip_code_checked())
		return 0;
	clip_report_memory("userfaultfd", blob->context, NULL,
			   CLIP_REASON_WX_MEMORY, -EACCES, false);
	return -EACCES;
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
	case LSM_EXEC_MEMORY_FILL:
		break;
	}
	return judge(blob, "memory", NULL, -EACCES);
}

/*
 * Covers the ways past mmap and mprotect. The last value of @what stands for
 * writes to the memory of another task, or to the task's own by its name in
 * procfs; the check applies to the writing task.
 */
static int hook_exec_memory(enum lsm_exec_memory what)
{
	struct clip_cred *blob = task_blob();

	if (what == LSM_EXEC_MEMORY_FILL)
		return check_fill(blob);
	return likely(!clip_wx_applies(blob)) ? 0 :
						   check_other_ways(blob, what);
}

/**
 * clip_wx_check_backing - Check the file that is in fact mapped executable
 * @file: a file of a layer of overlayfs, or one that a filesystem in user space
 *	passes through
 *
 * For a task to which the rule applies. It may be another file than the name of
 * the mapped file refers to by now.
 *
 * Context: may sleep; mmap_lock is held for writing.
 * Return: 0, or a negative errno value after a report.
 */
int clip_wx_check_backing(struct file *file)
{
	struct clip_cred *blob = task_blob();

	if (!clip_code_possible(file_inode(file)))
		return judge(blob, "mmap", file, -EACCES);
	return keep_writers_off(blob, "mmap", file, file_inode(file), true,
				true);
}

static struct security_hook_list clip_wx_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(exec_memory, hook_exec_memory),
};

/**
 * clip_add_wx_hooks - Register the hooks of this file
 */
void __init clip_add_wx_hooks(void)
{
	clip_add_sleeping_hooks(clip_wx_hooks, ARRAY_SIZE(clip_wx_hooks),
				CLIP_WAKE_CODE);
	clip_add_sleeping_key(&clip_wx_elf_noted, CLIP_WAKE_WX);
}
