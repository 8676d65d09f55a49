/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the part of a task that is ours
 */
#ifndef _SECURITY_CLIP_CORE_TASK_BLOB_H
#define _SECURITY_CLIP_CORE_TASK_BLOB_H

#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/types.h>

#include "core/common.h"

struct file;

/**
 * struct clip_task - our part of a task's security blob
 * @clone_checks: how often the clone in progress may still use its scope
 * @mount_checks: the same of the mount in progress
 * @drm_core_ioctl: the last ioctl that counts was one of the core of DRM, on a card
 * @shared_files: another task has had the same descriptors, as long as this one
 *	has run its program
 * @chrooted: its root was changed by chroot(2), perhaps of an ancestor
 * @held: a file that is becoming code, see memory/wx_file.c; NULL if there is none
 * @hold: what lets it go
 *
 * Only the task itself reads and writes all but @chrooted, once it runs.
 */
struct clip_task {
	unsigned int clone_checks;
	unsigned int mount_checks;
	bool drm_core_ioctl;
	bool shared_files;
	bool chrooted;
	struct file *held;
	struct callback_head hold;
};

static inline struct clip_task *clip_task(const struct task_struct *task)
{
	return task->security + clip_blob_sizes.lbs_task;
}

#endif /* _SECURITY_CLIP_CORE_TASK_BLOB_H */
