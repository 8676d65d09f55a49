/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checks at exec
 */
#ifndef _SECURITY_CLIP_EXEC_CHAIN_H
#define _SECURITY_CLIP_EXEC_CHAIN_H

#include <uapi/linux/clip.h>

struct clip_entry;
struct file;
struct linux_binprm;

enum clip_reason clip_entry_unmet(const struct clip_entry *entry);
int clip_exec_check(struct linux_binprm *bprm);
int clip_exec_settle(struct linux_binprm *bprm, const struct file *file);

#endif /* _SECURITY_CLIP_EXEC_CHAIN_H */
