/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the rules about administration, as rules on facts
 */
#ifndef _SECURITY_CLIP_CONTEXT_RULES_H
#define _SECURITY_CLIP_CONTEXT_RULES_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_caller - The facts about a task that the rules need
 * @admin: the task is in context 0
 * @watch: the task is in context 1
 * @update: the task is in the update context
 * @own: the context of the request is the task's own
 * @active: the task's own context is active
 * @admin_active: context 0 is active
 * @inherit: the task's own context has %CLIP_LEVEL_ENFORCE_INHERIT
 * @verictl: the task has the privilege VERICTL
 * @context: the task has the capability CONTEXT in effect
 * @sys_admin: the task has CAP_SYS_ADMIN in effect
 * @mac_admin: the task has CAP_MAC_ADMIN in effect
 * @fsetid: the task has CAP_FSETID in its inheritable set
 */
struct clip_caller {
	bool admin;
	bool watch;
	bool update;
	bool own;
	bool active;
	bool admin_active;
	bool inherit;
	bool verictl;
	bool context;
	bool sys_admin;
	bool mac_admin;
	bool fsetid;
};

bool clip_may_load_at_all(const struct clip_caller *caller);
bool clip_may_load_into(const struct clip_caller *caller);
bool clip_may_change_entries(const struct clip_caller *caller, u32 level);
bool clip_may_make_contexts(const struct clip_caller *caller);
bool clip_may_set_level(const struct clip_caller *caller);
bool clip_may_see_context(const struct clip_caller *caller);
enum clip_reason clip_level_change(u32 old, u32 wanted, u32 *next);
enum clip_reason clip_context_number(u32 xid);

#endif /* _SECURITY_CLIP_CONTEXT_RULES_H */
