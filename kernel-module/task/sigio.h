/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: signals that files send
 */
#ifndef _SECURITY_CLIP_TASK_SIGIO_H
#define _SECURITY_CLIP_TASK_SIGIO_H

struct file;

int clip_sigio_check_owner(const struct file *file);

#endif /* _SECURITY_CLIP_TASK_SIGIO_H */
