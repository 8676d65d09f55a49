/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the system call that a task is in
 */
#ifndef _SECURITY_CLIP_CORE_SYSCALL_H
#define _SECURITY_CLIP_CORE_SYSCALL_H

/* The system call that a task is in, as far as anybody here asks. */
enum clip_call {
	CLIP_CALL_OTHER,
	CLIP_CALL_CLONE,	/* clone, clone3 */
	CLIP_CALL_UNSHARE,
	CLIP_CALL_SETNS,
	CLIP_CALL_SYSLOG,
	CLIP_CALL_MOUNT,	/* mount, but none of the newer calls */
	CLIP_CALL_UMOUNT,
	CLIP_CALL_MOUNTING,	/* every other one that makes or changes mounts */
	CLIP_CALL_OPEN_BY_HANDLE,
	CLIP_CALL_SWAPON,
	CLIP_CALL_MKNOD,
	CLIP_CALL_LOOK,		/* open, readlink, stat, read and their kin */
	CLIP_CALL_WRITE,	/* write, pwrite, writev: the file comes first */
	CLIP_CALL_IOCTL,
	CLIP_CALL_DELETE_MODULE,
};

enum clip_call clip_current_call(void);

#endif /* _SECURITY_CLIP_CORE_SYSCALL_H */
