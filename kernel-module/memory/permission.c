// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: execute permission for mapped files
 *
 * LB-12. The kernel checks this permission at exec, but a loader can map a file
 * that may only be read. Debian installs libraries without it, so a latch
 * enables the check for other systems.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rcupdate.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "exec/tpe.h"
#include "memory/permission.h"
#include "report/report.h"
#include "store/filesystem.h"

/**
 * clip_permission_to_execute - May the current task execute a file?
 * @file: the file
 * @locked: mmap_lock is held, and the filesystem must not be asked
 *
 * A filesystem in user space could hold the lock for as long as it likes, and
 * with it every task that looks at this one in procfs. With the lock held, only
 * what the kernel knows by itself counts: the owner and the mode as the
 * filesystem has last given them, and the access list if it was read before.
 *
 * Context: may sleep unless @locked.
 * Return: true if it may; false otherwise, or if that is not known.
 */
bool clip_permission_to_execute(const struct file *file, bool locked)
{
	struct inode *inode = file_inode(file);

	if (!locked)
		return !inode_permission(file_mnt_idmap(file), inode, MAY_EXEC);
	/* Without a reference, the access list lives as long as RCU lets it. */
	guard(rcu)();
	return !generic_permission(file_mnt_idmap(file), inode,
				   MAY_EXEC | MAY_NOT_BLOCK);
}

static noinline int check(struct file *file, bool locked)
{
	const struct clip_verdict verdict = {
		.reason = CLIP_REASON_NO_EXEC_PERMISSION,
	};

	/* The mode of shared memory and devices says nothing about code. */
	if (!S_ISREG(file_inode(file)->i_mode) ||
	    clip_permission_to_execute(file, locked))
		return 0;
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, NULL,
			    &verdict, -EACCES, false);
	return -EACCES;
}

static int check_place(struct file *file)
{
	return clip_latched(CLIP_LATCH_TPE) ? clip_tpe_check_map(file) : 0;
}

/**
 * clip_permission_check_mmap - Check whether a file may be mapped executable
 * @file: the file, or NULL
 * @prot: PROT_*
 *
 * Return: 0, or a negative errno value after a report.
 */
int clip_permission_check_mmap(struct file *file, unsigned long prot)
{
	int err;

	if (!file || !(prot & PROT_EXEC))
		return 0;
	if (clip_sb_no_exec(file))
		return -EPERM;
	err = check_place(file);
	if (err || !clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return err;
	return check(file, false);
}

/**
 * clip_permission_check_mprotect - Check whether a mapping may turn executable
 * @vma: the present mapping
 * @prot: the new PROT_*
 *
 * Context: may sleep; mmap_lock is held for writing.
 * Return: 0, or a negative errno value after a report.
 */
int clip_permission_check_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	int err;

	if (!vma->vm_file || !(prot & PROT_EXEC) || (vma->vm_flags & VM_EXEC))
		return 0;
	if (clip_sb_no_exec(vma->vm_file))
		return -EACCES;
	err = check_place(vma->vm_file);
	if (err || !clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return err;
	return check(vma->vm_file, true);
}
