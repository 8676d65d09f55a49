/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the tasks of a context
 */
#ifndef _SECURITY_CLIP_CONTEXT_MEMBERS_H
#define _SECURITY_CLIP_CONTEXT_MEMBERS_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct task_struct;

enum clip_reason clip_members_admit(struct clip_context *ctx);
void clip_members_join(struct task_struct *task, struct clip_context *ctx);
u64 clip_members_count(const struct clip_context *ctx);
u32 clip_members_signal(const struct clip_context *ctx, int sig);

#endif /* _SECURITY_CLIP_CONTEXT_MEMBERS_H */
