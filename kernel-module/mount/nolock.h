/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: mounts without locks, leases and watches
 */
#ifndef _SECURITY_CLIP_MOUNT_NOLOCK_H
#define _SECURITY_CLIP_MOUNT_NOLOCK_H

#include <linux/fs.h>

int clip_nolock_check(const struct file *file);

#endif /* _SECURITY_CLIP_MOUNT_NOLOCK_H */
