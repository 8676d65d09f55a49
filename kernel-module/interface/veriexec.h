/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: /dev/veriexec
 */
#ifndef _SECURITY_CLIP_INTERFACE_VERIEXEC_H
#define _SECURITY_CLIP_INTERFACE_VERIEXEC_H

#include <linux/types.h>

struct file;

bool clip_is_device_file(const struct file *file);

#endif /* _SECURITY_CLIP_INTERFACE_VERIEXEC_H */
