/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: permission to execute, asked for when a file is mapped
 */
#ifndef _SECURITY_CLIP_MAPPERM_H
#define _SECURITY_CLIP_MAPPERM_H

void clip_add_mapperm_hooks(void);

#endif /* _SECURITY_CLIP_MAPPERM_H */
