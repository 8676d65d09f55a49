/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: requests about one context and its tasks
 */
#ifndef _SECURITY_CLIP_CONTEXT_CONTROL_H
#define _SECURITY_CLIP_CONTEXT_CONTROL_H

#include <linux/poll.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct file;

int clip_control_setup(struct clip_context *ctx, struct clip_context_setup *args);
int clip_control_arm(struct clip_context *ctx, struct clip_context_arm *args);
int clip_control_bind(struct clip_context *ctx, struct clip_context_bind *args);
int clip_control_info(struct clip_context *ctx, struct clip_context_info *args);
int clip_control_kill(struct clip_context *ctx, struct clip_context_kill *args);
int clip_control_of_task(struct clip_context_of *args);
int clip_control_check_watcher(u32 *reason);
void clip_control_answer(struct clip_context_of *args,
			 const struct clip_context *ctx);
__poll_t clip_control_poll(struct clip_context *ctx, struct file *file,
			   struct poll_table_struct *table);

#endif /* _SECURITY_CLIP_CONTEXT_CONTROL_H */
