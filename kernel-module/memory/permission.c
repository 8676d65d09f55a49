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

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "exec/tpe.h"
#include "memory/permission.h"
#include "report/report.h"
#include "store/filesystem.h"

static noinline int check(struct file *file)
{
	const struct clip_verdict verdict = {
		.reason = CLIP_REASON_NO_EXEC_PERMISSION,
	};

	/* The mode of shared memory and devices says nothing about code. */
	if (!S_ISREG(file_inode(file)->i_mode) ||
	    !inode_permission(file_mnt_idmap(file), file_inode(file), MAY_EXEC))
		return 0;
	clip_report_verdict(CLIP_REPORT_MAP,
			    clip_cred(current_cred())->context, file, NULL,
			    &verdict, -EACCES, false);
	return -EACCES;
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
	if (!file || !(prot & PROT_EXEC))
		return 0;
	if (clip_sb_no_exec(file))
		return -EPERM;
	if (clip_latched(CLIP_LATCH_TPE) && clip_tpe_check_map(file))
		return -EACCES;
	if (!clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return 0;
	return check(file);
}

/**
 * clip_permission_check_mprotect - Check whether a mapping may turn executable
 * @vma: the present mapping
 * @prot: the new PROT_*
 *
 * Return: 0, or a negative errno value after a report.
 */
int clip_permission_check_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	if (!vma->vm_file || !(prot & PROT_EXEC) || (vma->vm_flags & VM_EXEC))
		return 0;
	if (clip_sb_no_exec(vma->vm_file))
		return -EACCES;
	if (clip_latched(CLIP_LATCH_TPE) && clip_tpe_check_map(vma->vm_file))
		return -EACCES;
	if (!clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return 0;
	return check(vma->vm_file);
}
