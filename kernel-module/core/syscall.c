// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the system call that a task executes
 */
#include "core/common.h"

#include <linux/compat.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/unistd.h>
#include <asm/syscall.h>

#include "core/syscall.h"

#ifdef CONFIG_IA32_EMULATION
static enum clip_call call_of_ia32(int nr)
{
	switch (nr) {
	case __NR_ia32_clone:
	case __NR_ia32_clone3:
		return CLIP_CALL_CLONE;
	case __NR_ia32_unshare:
		return CLIP_CALL_UNSHARE;
	case __NR_ia32_setns:
		return CLIP_CALL_SETNS;
	case __NR_ia32_syslog:
		return CLIP_CALL_SYSLOG;
	case __NR_ia32_mount:
		return CLIP_CALL_MOUNT;
	case __NR_ia32_umount:
	case __NR_ia32_umount2:
		return CLIP_CALL_UMOUNT;
	case __NR_ia32_pivot_root:
	case __NR_ia32_open_tree:
	case __NR_ia32_move_mount:
	case __NR_ia32_fsopen:
	case __NR_ia32_fsconfig:
	case __NR_ia32_fsmount:
	case __NR_ia32_fspick:
	case __NR_ia32_mount_setattr:
		return CLIP_CALL_MOUNTING;
	case __NR_ia32_open_by_handle_at:
		return CLIP_CALL_OPEN_BY_HANDLE;
	case __NR_ia32_swapon:
		return CLIP_CALL_SWAPON;
	case __NR_ia32_mknod:
	case __NR_ia32_mknodat:
		return CLIP_CALL_MKNOD;
	case __NR_ia32_ioctl:
		return CLIP_CALL_IOCTL;
	case __NR_ia32_delete_module:
		return CLIP_CALL_DELETE_MODULE;
	case __NR_ia32_request_key:
		return CLIP_CALL_REQUEST_KEY;
	default:
		return CLIP_CALL_OTHER;
	}
}
#endif

static enum clip_call call_of(int nr)
{
	switch (nr) {
	case __NR_clone:
	case __NR_clone3:
		return CLIP_CALL_CLONE;
	case __NR_unshare:
		return CLIP_CALL_UNSHARE;
	case __NR_setns:
		return CLIP_CALL_SETNS;
	case __NR_syslog:
		return CLIP_CALL_SYSLOG;
	case __NR_mount:
		return CLIP_CALL_MOUNT;
	case __NR_umount2:
		return CLIP_CALL_UMOUNT;
	case __NR_pivot_root:
	case __NR_open_tree:
	case __NR_move_mount:
	case __NR_fsopen:
	case __NR_fsconfig:
	case __NR_fsmount:
	case __NR_fspick:
	case __NR_mount_setattr:
		return CLIP_CALL_MOUNTING;
	case __NR_open_by_handle_at:
		return CLIP_CALL_OPEN_BY_HANDLE;
	case __NR_swapon:
		return CLIP_CALL_SWAPON;
#ifdef __NR_mknod
	case __NR_mknod:
#endif
	case __NR_mknodat:
		return CLIP_CALL_MKNOD;
#ifdef __NR_open
	case __NR_open:
	case __NR_readlink:
	case __NR_stat:
	case __NR_lstat:
#endif
	case __NR_openat:
	case __NR_openat2:
	case __NR_readlinkat:
	case __NR_newfstatat:
	case __NR_statx:
	case __NR_read:
	case __NR_pread64:
		return CLIP_CALL_LOOK;
	case __NR_write:
	case __NR_pwrite64:
	case __NR_writev:
		return CLIP_CALL_WRITE;
	case __NR_ioctl:
		return CLIP_CALL_IOCTL;
	case __NR_delete_module:
		return CLIP_CALL_DELETE_MODULE;
	case __NR_request_key:
		return CLIP_CALL_REQUEST_KEY;
	default:
		return CLIP_CALL_OTHER;
	}
}

/**
 * clip_current_call - Get the system call that the current task executes
 *
 * Kernel workers carry a copy of their creator's registers, which has no
 * relation to the work they do. %CLIP_CALL_OTHER is returned for them.
 *
 * Context: Any.
 * Return: The call, whichever system call table it was made through.
 */
enum clip_call clip_current_call(void)
{
	int nr;

	if (!in_task() ||
	    (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)))
		return CLIP_CALL_OTHER;
	nr = syscall_get_nr(current, task_pt_regs(current));
#ifdef CONFIG_IA32_EMULATION
	if (in_ia32_syscall())
		return call_of_ia32(nr);
#endif
#ifdef CONFIG_X86_X32_ABI
	if (in_x32_syscall())
		nr &= ~__X32_SYSCALL_BIT;
#endif
	return call_of(nr);
}
