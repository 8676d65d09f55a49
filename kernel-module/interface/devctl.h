/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: /dev/devctl
 */
#ifndef _SECURITY_CLIP_INTERFACE_DEVCTL_H
#define _SECURITY_CLIP_INTERFACE_DEVCTL_H

#include <linux/fs.h>

extern const struct file_operations clip_devices_fops;

#endif /* _SECURITY_CLIP_INTERFACE_DEVCTL_H */
