/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what procfs tells of a task
 */
#ifndef _SECURITY_CLIP_TASK_PROCATTR_H
#define _SECURITY_CLIP_TASK_PROCATTR_H

void clip_add_procattr_hooks(void);

#endif /* _SECURITY_CLIP_TASK_PROCATTR_H */
