/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files that are code in memory, and their writers
 */
#ifndef _SECURITY_CLIP_VERIFY_CODE_H
#define _SECURITY_CLIP_VERIFY_CODE_H

#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/magic.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "core/inode_blob.h"
#include "core/task_blob.h"

/* A hook runs at the end of each call that maps or protects memory, and ends holds. */
DECLARE_STATIC_KEY_FALSE(clip_code_ends_told);

int clip_code_hold_longer(struct file *file);
int clip_code_check_writer(const struct inode *inode, bool opened);

/**
 * clip_code_possible - Is this a file that can hold programs?
 * @inode: inode of the mapped file
 *
 * Devices, anonymous inodes and files of the kernel's internal mounts (memfd,
 * SysV shared memory, hugetlb) are memory by another name. So are files in
 * which the kernel shows its own memory.
 *
 * Return: true if it is.
 */
static __always_inline bool clip_code_possible(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;

	return S_ISREG(inode->i_mode) &&
	       !(sb->s_flags & (SB_NOUSER | SB_KERNMOUNT)) &&
	       !(sb->s_iflags & SB_I_NOEXEC) &&
	       sb->s_magic != DEBUGFS_MAGIC &&
	       sb->s_magic != HUGETLBFS_MAGIC && sb->s_magic != TRACEFS_MAGIC;
}

/**
 * clip_code_of_exec - Is this the program that is being executed?
 * @file: a file that is about to be mapped
 *
 * Return: True if the loader of exec maps it, false otherwise.
 */
static inline bool clip_code_of_exec(const struct file *file)
{
	const struct file *program;

	/* A program that the kernel starts has no memory until it is loaded. */
	if (!current->in_execve || !current->mm)
		return false;
	guard(rcu)();
	program = rcu_dereference(current->mm->exe_file);
	return program && file_inode(program) == file_inode(file);
}

/**
 * clip_code_deny_writers - Keep writers off a file and mark it as code
 * @file: the file
 *
 * This is a full barrier if it succeeds.
 *
 * Return: 0, or -ETXTBSY if a task has it open for writing.
 */
static __always_inline int clip_code_deny_writers(struct file *file)
{
	struct inode *inode = file_inode(file);

	/* As in deny_write_access(), which would be a call here. */
	if (!atomic_dec_unless_positive(&inode->i_writecount))
		return -ETXTBSY;
	clip_inode_mark_code(inode);
	return 0;
}

/**
 * clip_code_allow_writers - End clip_code_deny_writers()
 * @file: the file
 */
static __always_inline void clip_code_allow_writers(struct file *file)
{
	/*
	 * The mapping must be in the tree before any opener can search for it.
	 */
	smp_mb__before_atomic();
	allow_write_access(file);
}

/**
 * clip_code_hold - Keep writers off a file that becomes code
 * @file: the file; on overlayfs also the file of the layer
 *
 * The file cannot be opened for writing until the call that maps it is at its
 * end, or the exec in progress, and afterwards not while it is mapped executable.
 * The caller of mmap, or the mapping whose protection is changed, keeps the file
 * open until then.
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: 0; -ETXTBSY if a task has it open for writing; -ENOMEM; -ESRCH if the
 * task is ending.
 */
static inline int clip_code_hold(struct file *file)
{
	struct clip_task *task = clip_task(current);
	int err;

	if (task->held == file)
		return 0;
	if (unlikely(current->in_execve || task->held) ||
	    !static_branch_likely(&clip_code_ends_told))
		return clip_code_hold_longer(file);
	err = clip_code_deny_writers(file);
	if (!err)
		task->held = file;
	return err;
}

/**
 * clip_code_end_hold - Allow the writers of the file that has been mapped
 *
 * At the end of a call that maps or protects memory. What an exec holds, or what
 * is held for a layer, has a task work to release it.
 *
 * Context: any; mmap_lock may be held.
 */
static inline void clip_code_end_hold(void)
{
	struct clip_task *task = clip_task(current);
	struct file *file = task->held;

	if (!file || task->hold.func)
		return;
	task->held = NULL;
	clip_code_allow_writers(file);
}

#endif /* _SECURITY_CLIP_VERIFY_CODE_H */
