/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: signals that files send
 */
#ifndef _SECURITY_CLIP_TASK_SIGIO_H
#define _SECURITY_CLIP_TASK_SIGIO_H

void clip_add_sigio_hooks(void);

#endif /* _SECURITY_CLIP_TASK_SIGIO_H */
