/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: who may use other people's keys
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_KEYS_H
#define _SECURITY_CLIP_PRIVILEGE_KEYS_H

void clip_add_key_hooks(void);

#endif /* _SECURITY_CLIP_PRIVILEGE_KEYS_H */
