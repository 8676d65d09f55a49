/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: facts about the current task, for the rules about contexts
 */
#ifndef _SECURITY_CLIP_CONTEXT_CALLER_H
#define _SECURITY_CLIP_CONTEXT_CALLER_H

#include <linux/types.h>

struct clip_caller;
struct clip_context;
struct cred;

bool clip_has_context(const struct cred *cred);
u32 clip_update_context(void);
bool clip_declare_update_context(u32 xid);
void clip_caller_now(struct clip_caller *caller,
		     const struct clip_context *target);
struct clip_context *clip_context_named(u32 xid);
bool clip_context_visible(const struct clip_context *ctx);

#endif /* _SECURITY_CLIP_CONTEXT_CALLER_H */
