// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: files that are code in memory, and their writers
 *
 * While a file is mapped executable by a task that is subject to a check, it
 * cannot be opened for writing or truncated. There is no notification when the
 * last such mapping goes, so an opener searches for one.
 * From the check until the mapping can be found, writers are denied as exec
 * denies them:
 *
 *   mapper                                   opener for writing
 *
 *   deny writers, or ETXTBSY                 i_writecount++, or ETXTBSY
 *   mark the inode                             (VFS, full barrier)
 *   ... the mapping is made                  marked? a mapping that is
 *   at the end of the call: allow them         executable? -> ETXTBSY
 *                                            none: take the mark away
 *
 * A hook runs at the end of mmap and mprotect, once a level or a latch needs it. Until
 * then, and for what exec checks and maps by later calls, writers are denied until the
 * task returns to user mode.
 *
 * Both change i_writecount, so one comes first. If the opener is first, the
 * mapper fails. If the mapper is first, the opener fails until writers are
 * allowed again, and then finds the mark and the mapping. A mapping that leaves
 * the tree is gone for good: fork and mremap insert the new one before the old
 * one can go, with mmap_lock held.
 *
 * The opener that finds no such mapping takes the mark away, so that the next
 * one does not search among the mappings of everybody else. It does so before
 * it lowers i_writecount, and a mapper sets the mark while it is lowered: the
 * mark of a later mapper stays.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "core/inode_blob.h"
#include "core/task_blob.h"
#include "verify/code.h"

DEFINE_STATIC_KEY_FALSE(clip_code_ends_told);

/* Writers of a file are denied until this work has run. */
struct hold {
	struct callback_head work;
	struct file *file;
};

static void end_hold(struct callback_head *work)
{
	struct hold *hold = container_of(work, struct hold, work);

	clip_code_allow_writers(hold->file);
	fput(hold->file);
	kfree(hold);
}

static void end_first_hold(struct callback_head *work)
{
	struct clip_task *task = container_of(work, struct clip_task, hold);
	struct file *file = task->held;

	task->held = NULL;
	work->func = NULL;
	clip_code_allow_writers(file);
	fput(file);
}

static int deny_until_return(struct file *file, struct callback_head *work,
			     task_work_func_t end)
{
	int err = clip_code_deny_writers(file);

	if (err)
		return err;
	init_task_work(work, end);
	err = task_work_add(current, work, TWA_RESUME);
	if (err) {
		work->func = NULL;
		clip_code_allow_writers(file);
	} else {
		get_file(file);
	}
	return err;
}

/* For a call that maps more than one file. */
static int hold_another(struct file *file)
{
	struct hold *hold __free(kfree) = kmalloc(sizeof(*hold),
						  GFP_KERNEL_ACCOUNT);
	int err;

	if (!hold)
		return -ENOMEM;
	hold->file = file;
	err = deny_until_return(file, &hold->work, end_hold);
	if (!err)
		retain_and_null_ptr(hold);
	return err;
}

/**
 * clip_code_hold_longer - Keep writers off a file until the system call is over
 * @file: the file
 *
 * Like clip_code_hold(), for an exec, for the file of a layer of overlayfs, which
 * the caller does not keep open until it is mapped, and as long as no hook runs at
 * the end of a call that maps memory. Exec itself keeps writers off the program for
 * as long as the memory refers to it.
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: 0; -ETXTBSY if a task has it open for writing; -ENOMEM; -ESRCH if the
 * task is ending.
 */
int clip_code_hold_longer(struct file *file)
{
	struct clip_task *task = clip_task(current);
	int err;

	if (!FMODE_FSNOTIFY_HSM(file->f_mode) && clip_code_of_exec(file)) {
		clip_inode_mark_code(file_inode(file));
		return 0;
	}
	if (task->held)
		return task->held == file && task->hold.func ?
		       0 : hold_another(file);
	err = deny_until_return(file, &task->hold, end_first_hold);
	if (!err)
		task->held = file;
	return err;
}

/**
 * clip_code_check_writer - Check a writer of a file that was code once
 * @inode: the file
 * @opened: the caller itself has raised i_writecount, as open(2) does; false if
 *	that is not known
 *
 * The mark means that a task that is subject to the check has mapped the file;
 * the mapping that is found may belong to another task.
 *
 * Context: may sleep.
 * Return: 0, or -ETXTBSY.
 */
int clip_code_check_writer(const struct inode *inode, bool opened)
{
	struct address_space *mapping = inode->i_mapping;
	struct vm_area_struct *vma;
	int err = 0;

	i_mmap_lock_read(mapping);
	vma_interval_tree_foreach(vma, &mapping->i_mmap, 0, ULONG_MAX) {
		if (READ_ONCE(vma->vm_flags) & VM_EXEC) {
			err = -ETXTBSY;
			break;
		}
	}
	i_mmap_unlock_read(mapping);
	if (!err && opened)
		clip_inode_unmark_code(inode);
	return err;
}
