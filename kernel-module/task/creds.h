/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a task may do to its own rights
 */
#ifndef _SECURITY_CLIP_TASK_CREDS_H
#define _SECURITY_CLIP_TASK_CREDS_H

void clip_add_rights_hooks(void);

#endif /* _SECURITY_CLIP_TASK_CREDS_H */
