/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: character devices that reach memory and disks
 */
#ifndef _SECURITY_CLIP_DEVICE_DEVMEM_H
#define _SECURITY_CLIP_DEVICE_DEVMEM_H

struct file;

int clip_devmem_check_open(const struct file *file);

#endif /* _SECURITY_CLIP_DEVICE_DEVMEM_H */
