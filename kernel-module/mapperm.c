// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: permission to execute, asked for when a file is mapped
 *
 * LB-12. The kernel asks for it at exec, and nothing stops a loader from mapping
 * a file that may only be read. Debian installs libraries without it, so this
 * is a latch for those who do otherwise.
 */
#include "common.h"

#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "cred.h"
#include "devgate.h"
#include "mapperm.h"
#include "report.h"
#include "sysctl.h"
#include "verify.h"

static noinline int check(struct file *file)
{
	const struct clip_verdict verdict = {
		.reason = CLIP_REASON_NO_EXEC_PERMISSION,
	};

	/* Of shared memory and devices the mode says nothing about code. */
	if (!S_ISREG(file_inode(file)->i_mode) ||
	    !inode_permission(file_mnt_idmap(file), file_inode(file), MAY_EXEC))
		return 0;
	clip_report_map(clip_cred(current_cred())->context, file, NULL,
			&verdict, -EACCES, true);
	return -EACCES;
}

static int hook_mmap_file(struct file *file, unsigned long reqprot,
			  unsigned long prot, unsigned long flags)
{
	if (!file || !(prot & PROT_EXEC))
		return 0;
	if (clip_devgate_no_exec(file))
		return -EPERM;
	if (!clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return 0;
	return check(file);
}

static int hook_file_mprotect(struct vm_area_struct *vma,
			      unsigned long reqprot, unsigned long prot)
{
	if (!vma->vm_file || !(prot & PROT_EXEC) || (vma->vm_flags & VM_EXEC))
		return 0;
	if (clip_devgate_no_exec(vma->vm_file))
		return -EACCES;
	if (!clip_latched(CLIP_LATCH_EXEC_PERMISSION))
		return 0;
	return check(vma->vm_file);
}

static struct security_hook_list clip_mapperm_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(mmap_file, hook_mmap_file),
	LSM_HOOK_INIT(file_mprotect, hook_file_mprotect),
};

/**
 * clip_add_mapperm_hooks - register the hooks of this file
 */
void __init clip_add_mapperm_hooks(void)
{
	security_add_hooks(clip_mapperm_hooks, ARRAY_SIZE(clip_mapperm_hooks),
			   &clip_lsm_id);
}
