/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checks at exec
 */
#ifndef _SECURITY_CLIP_EXEC_CHAIN_H
#define _SECURITY_CLIP_EXEC_CHAIN_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct clip_judgement;
struct file;
struct linux_binprm;

enum clip_reason clip_entry_unmet(const struct clip_entry *entry);
int clip_exec_check_use(struct clip_judgement *judgement,
			const struct clip_context *ctx,
			const struct linux_binprm *bprm, bool after_script);
int clip_exec_check(struct linux_binprm *bprm);
int clip_exec_settle(struct linux_binprm *bprm, const struct file *file);

#endif /* _SECURITY_CLIP_EXEC_CHAIN_H */
