/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: immortal tasks and the OOM killer
 */
#ifndef _SECURITY_CLIP_TASK_OOM_H
#define _SECURITY_CLIP_TASK_OOM_H

void clip_add_oom_hooks(void);

#endif /* _SECURITY_CLIP_TASK_OOM_H */
