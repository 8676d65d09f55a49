/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privilege for giving firmware to drivers
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_FIRMWARE_H
#define _SECURITY_CLIP_PRIVILEGE_FIRMWARE_H

#include <linux/fs.h>

int clip_firmware_check_open(struct file *file);
bool clip_firmware_writing(void);

#endif /* _SECURITY_CLIP_PRIVILEGE_FIRMWARE_H */
