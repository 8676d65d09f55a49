/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: /dev/devctl, and the device table in force
 */
#ifndef _SECURITY_CLIP_INTERFACE_DEVCTL_H
#define _SECURITY_CLIP_INTERFACE_DEVCTL_H

#include <linux/fs.h>
#include <linux/types.h>

extern const struct file_operations clip_devices_fops;

void clip_devctl_lock(void);
u32 clip_device_permissions(dev_t dev);
bool clip_devices_granted(u32 permissions, bool (*is_meant)(u32 major));

#endif /* _SECURITY_CLIP_INTERFACE_DEVCTL_H */
