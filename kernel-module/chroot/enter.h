/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: changes of the root directory
 */
#ifndef _SECURITY_CLIP_CHROOT_ENTER_H
#define _SECURITY_CLIP_CHROOT_ENTER_H

#include <linux/types.h>

struct task_struct;

bool clip_chroot_confines(const struct task_struct *task);

#endif /* _SECURITY_CLIP_CHROOT_ENTER_H */
