/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: where the device table is enforced
 */
#ifndef _SECURITY_CLIP_DEVICE_BLOCK_H
#define _SECURITY_CLIP_DEVICE_BLOCK_H

#include <linux/fs.h>
#include <linux/sched.h>

#include "core/latch.h"

/* Are devices and mounts locked, for the current task? */
static inline bool clip_mount_enforced(void)
{
	return unlikely(clip_latched(CLIP_LATCH_MOUNT)) &&
	       !(current->flags & PF_KTHREAD);
}

dev_t clip_devgate_device(const struct super_block *sb);
int clip_devgate_open(const struct file *file);
int clip_devgate_ioctl(const struct file *file, unsigned int cmd);
bool clip_devgate_no_exec(const struct file *file);
bool clip_devgate_no_suid(const struct file *file);
void clip_add_devgate_hooks(void);

#endif /* _SECURITY_CLIP_DEVICE_BLOCK_H */
