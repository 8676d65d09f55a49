/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what happens at exec
 */
#ifndef _SECURITY_CLIP_EXEC_CHAIN_H
#define _SECURITY_CLIP_EXEC_CHAIN_H

#include <uapi/linux/clip.h>

struct clip_entry;

enum clip_reason clip_entry_unmet(const struct clip_entry *entry);
void clip_add_exec_hooks(void);

#endif /* _SECURITY_CLIP_EXEC_CHAIN_H */
