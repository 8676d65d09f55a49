/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: contexts that are assigned at exec
 */
#ifndef _SECURITY_CLIP_CONTEXT_ASSIGN_H
#define _SECURITY_CLIP_CONTEXT_ASSIGN_H

#include <linux/jump_label.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct linux_binprm;
struct task_struct;

enum clip_reason clip_assign_arm(struct clip_context *ctx,
				 struct task_struct *target, bool disarm);
int clip_assign_bind(struct clip_context *ctx, int cgroup_fd,
		     const char *child, bool unbind, enum clip_reason *reason);
void clip_assign_unbind_all(const struct clip_context *ctx);
int clip_assign_begin_slow(struct linux_binprm *bprm);
void clip_assign_end_slow(const struct linux_binprm *bprm);

/* Off until a process or a cgroup is assigned for the first time. */
DECLARE_STATIC_KEY_FALSE(clip_assigning);

static inline int clip_assign_begin(struct linux_binprm *bprm)
{
	return static_branch_unlikely(&clip_assigning) ?
	       clip_assign_begin_slow(bprm) : 0;
}

static inline void clip_assign_end(const struct linux_binprm *bprm)
{
	if (static_branch_unlikely(&clip_assigning))
		clip_assign_end_slow(bprm);
}

#endif /* _SECURITY_CLIP_CONTEXT_ASSIGN_H */
