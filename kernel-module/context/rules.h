/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: who may administer what, as rules on facts
 */
#ifndef _SECURITY_CLIP_CONTEXT_RULES_H
#define _SECURITY_CLIP_CONTEXT_RULES_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_caller - what the rules ask about a task that wants a change
 * @admin: it is in context 0
 * @watch: it is in context 1
 * @update: it is in the update context
 * @own: what it wants to change is its own context
 * @active: its own context is active
 * @admin_active: context 0 is active
 * @inherit: its own context has %CLIP_LEVEL_ENFORCE_INHERIT
 * @verictl: it has the privilege VERICTL
 * @context: it has the capability CONTEXT in effect
 * @sys_admin: the same of CAP_SYS_ADMIN
 * @mac_admin: the same of CAP_MAC_ADMIN
 * @fsetid: it has CAP_FSETID in its inheritable set
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
