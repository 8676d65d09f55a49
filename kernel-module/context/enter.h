/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: entering a context
 */
#ifndef _SECURITY_CLIP_CONTEXT_ENTER_H
#define _SECURITY_CLIP_CONTEXT_ENTER_H

#include <linux/fs.h>

struct clip_context;
struct cred;
struct linux_binprm;

void clip_enter_settle(struct cred *new, struct clip_context *ctx);
int clip_enter(struct clip_context *ctx, const struct file *by);
int clip_enter_check_exec(const struct linux_binprm *bprm);

#endif /* _SECURITY_CLIP_CONTEXT_ENTER_H */
