/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: changes of the root directory
 */
#ifndef _SECURITY_CLIP_CHROOT_ENTER_H
#define _SECURITY_CLIP_CHROOT_ENTER_H

#include <linux/types.h>

struct file;
struct task_struct;

int clip_chroot_check_received(struct file *file);
bool clip_chroot_confines(const struct task_struct *task);

#endif /* _SECURITY_CLIP_CHROOT_ENTER_H */
