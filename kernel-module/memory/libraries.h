/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a task that asks for checked libraries may map executable
 */
#ifndef _SECURITY_CLIP_MEMORY_LIBRARIES_H
#define _SECURITY_CLIP_MEMORY_LIBRARIES_H

void clip_add_lib_hooks(void);

#endif /* _SECURITY_CLIP_MEMORY_LIBRARIES_H */
