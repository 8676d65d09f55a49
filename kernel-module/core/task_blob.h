/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blob of a task
 */
#ifndef _SECURITY_CLIP_CORE_TASK_BLOB_H
#define _SECURITY_CLIP_CORE_TASK_BLOB_H

#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "core/common.h"

struct clip_context;
struct file;

/* clip_task.interpreter */
#define CLIP_INTERPRETER_NONE	0	/* none was opened */
#define CLIP_INTERPRETER_GOOD	1	/* its headers are known to be good */
#define CLIP_INTERPRETER_OTHER	2	/* they have to be looked at */

/**
 * struct clip_task - Security blob of a task
 * @clone_checks: Number of capability checks in which the clone(2) in progress
 *	may still use its scoped capability.
 * @mount_checks: Number of capability checks in which the mount(2) in progress
 *	may still use its scoped capability.
 * @drm_core_ioctl: The last ioctl(2) that reached the hook was one of the DRM
 *	core, on a graphics card.
 * @shared_files: Another task has shared the file descriptor table at some time
 *	since this task executed its program.
 * @chrooted: The root of the task, or of an ancestor of it, was changed by
 *	chroot(2). Set with WRITE_ONCE() by any task that shares the root.
 * @held: A file that is about to be mapped executable, see verify/code.c.
 *	NULL if there is no such file.
 * @hold: The task work that releases @held. Its function is NULL if the end of
 *	the call releases it that maps the file.
 * @clone_ending: @clone_end is pending.
 * @clone_end: The task work that ends the scope of a clone(2) when the system
 *	call returns.
 *
 * @unlisted_end: When the time is over in which the task may run files that no
 *	rule allows, as of ktime_get_boottime_seconds(); 0 if it may not.
 * @unlisted_serial: The serial number of the context in which it may.
 * @counted: The context in which the task is counted, with a reference; NULL in
 *	context 0.
 * @armed: Of a thread group leader: the context that it takes at its next exec,
 *	with a reference, or NULL. Replaced by any task, with xchg().
 * @made_userns: The system call in progress makes a user namespace.
 * @interpreter: CLIP_INTERPRETER_*; see memory/wx_elf.c.
 *
 * Once the task runs, only the task itself reads and writes these fields, with
 * the exception of @chrooted, @armed, and of @unlisted_end and @unlisted_serial,
 * which other tasks read. The small ones come first, because each task has them.
 */
struct clip_task {
	u8 clone_checks;
	u8 mount_checks;
	bool drm_core_ioctl;
	bool shared_files;
	bool chrooted;
	bool clone_ending;
	bool made_userns;
	u8 interpreter;
	struct file *held;
	struct callback_head hold;
	struct callback_head clone_end;
	time64_t unlisted_end;
	u64 unlisted_serial;
	struct clip_context *counted;
	struct clip_context *armed;
};

static inline struct clip_task *clip_task(const struct task_struct *task)
{
	return task->security + clip_blob_sizes.lbs_task;
}

#endif /* _SECURITY_CLIP_CORE_TASK_BLOB_H */
