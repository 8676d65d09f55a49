/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the system call that a task executes
 */
#ifndef _SECURITY_CLIP_CORE_SYSCALL_H
#define _SECURITY_CLIP_CORE_SYSCALL_H

/* The system calls that the checks of this module tell apart. */
enum clip_call {
	CLIP_CALL_OTHER,
	CLIP_CALL_CLONE,	/* clone, clone3 */
	CLIP_CALL_UNSHARE,
	CLIP_CALL_SETNS,
	CLIP_CALL_SYSLOG,
	CLIP_CALL_MOUNT,	/* mount, but not the newer calls */
	CLIP_CALL_UMOUNT,
	CLIP_CALL_MOUNTING,	/* other calls that create or change mounts */
	CLIP_CALL_OPEN_BY_HANDLE,
	CLIP_CALL_SWAPON,
	CLIP_CALL_MKNOD,
	CLIP_CALL_LOOK,		/* open, readlink, stat, read and the like */
	CLIP_CALL_WRITE,	/* write, pwrite, writev: fd comes first */
	CLIP_CALL_IOCTL,
	CLIP_CALL_DELETE_MODULE,
	CLIP_CALL_REQUEST_KEY,
};

enum clip_call clip_current_call(void);

#endif /* _SECURITY_CLIP_CORE_SYSCALL_H */
