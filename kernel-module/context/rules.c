// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the rules about administration, as rules on facts
 *
 * Nothing in this file looks at a task or a context. Each rule names the items
 * of the description of the original that it implements.
 */
#include "core/common.h"

#include "context/rules.h"
#include "core/latch.h"

/**
 * clip_may_load_at_all - May the caller change entries of any context?
 * @caller: facts about the caller
 *
 * CX-10. While the caller's context is not active, the capability for policy
 * takes the place of the privilege, which no entry can have granted so far.
 *
 * Return: true if it may.
 */
bool clip_may_load_at_all(const struct clip_caller *caller)
{
	if (caller->inherit && !caller->fsetid)
		return false;
	return caller->active ? caller->verictl : caller->mac_admin;
}

/**
 * clip_may_load_into - May the caller change entries of this context?
 * @caller: facts about the caller, with @own set for the context
 *
 * CX-09, and CX-19: the update context reaches every other one.
 *
 * Return: true if it may, as far as the two contexts are concerned.
 */
bool clip_may_load_into(const struct clip_caller *caller)
{
	return caller->own || caller->update ||
	       (caller->admin && caller->context);
}

/**
 * clip_may_change_entries - Does a context's level let its entries change?
 * @caller: facts about the caller, with @own set for the context
 * @level: level of that context
 *
 * CX-12, as intended: each bit bars one class of callers, independent of the
 * other bits. A caller of two classes is barred by either bit.
 *
 * Return: true if it does.
 */
bool clip_may_change_entries(const struct clip_caller *caller, u32 level)
{
	u32 barring = CLIP_LEVEL_SEAL;

	if (caller->own)
		barring |= CLIP_LEVEL_SELF_IMMUTABLE;
	if (caller->admin)
		barring |= CLIP_LEVEL_ADMIN_IMMUTABLE;
	if (caller->update)
		barring |= CLIP_LEVEL_UPDATE_IMMUTABLE;
	return !(level & barring);
}

/**
 * clip_may_make_contexts - May the caller make, narrow and delete contexts?
 * @caller: facts about the caller
 *
 * CX-14, and for the update context CX-18.
 *
 * Return: true if it may.
 */
bool clip_may_make_contexts(const struct clip_caller *caller)
{
	return caller->admin && caller->sys_admin && caller->context &&
	       (caller->verictl || !caller->admin_active);
}

/**
 * clip_may_set_level - May the caller set the level of a context?
 * @caller: facts about the caller, with @own set for the context
 *
 * CX-07, with the capability for policy as in clip_may_load_at_all().
 *
 * Return: true if it may.
 */
bool clip_may_set_level(const struct clip_caller *caller)
{
	if (!caller->admin || !(caller->own || caller->context))
		return false;
	return caller->admin_active ? caller->verictl : caller->mac_admin;
}

/**
 * clip_may_see_context - May the caller read a context's level and sets?
 * @caller: facts about the caller, with @own set for the context
 *
 * CX-08; in addition, context 1 exists to see all contexts.
 *
 * Return: true if it may.
 */
bool clip_may_see_context(const struct clip_caller *caller)
{
	return caller->own || caller->watch ||
	       (caller->admin && caller->context);
}

/**
 * clip_level_change - Compute the level that a request results in
 * @old: the present level
 * @wanted: the requested level
 * @next: out: the new level, only if the request is allowed
 *
 * CX-06: with LVL_IMMUTABLE, bits can be set and not cleared. The one bit that
 * makes a level laxer is the opposite: it can be cleared and not set. SEAL
 * forbids all changes.
 *
 * Return: %CLIP_REASON_NONE, or why the request is not allowed.
 */
enum clip_reason clip_level_change(u32 old, u32 wanted, u32 *next)
{
	if (wanted & ~CLIP_LEVELS_ENFORCED)
		return CLIP_REASON_BAD_LEVEL;
	if (old & CLIP_LEVEL_SEAL)
		return CLIP_REASON_IMMUTABLE;
	if (!(old & CLIP_LEVEL_LVL_IMMUTABLE)) {
		*next = wanted;
		return CLIP_REASON_NONE;
	}
	if (wanted & ~old & CLIP_LEVEL_PERMISSIVE)
		return CLIP_REASON_IMMUTABLE;
	*next = (old | wanted) & ~CLIP_LEVEL_PERMISSIVE;
	*next |= old & wanted & CLIP_LEVEL_PERMISSIVE;
	return CLIP_REASON_NONE;
}

/**
 * clip_context_number - Check whether a context with this number can be made
 * @xid: the number
 *
 * CX-15: contexts 0 and 1 always exist, and the number that stands for the
 * caller's own context can belong to none.
 *
 * Return: %CLIP_REASON_NONE, or why it cannot be made.
 */
enum clip_reason clip_context_number(u32 xid)
{
	switch (xid) {
	case CLIP_CONTEXT_ADMIN:
	case CLIP_CONTEXT_WATCH:
		return CLIP_REASON_EXISTS;
	case CLIP_CONTEXT_OWN:
		return CLIP_REASON_NO_CONTEXT;
	default:
		return CLIP_REASON_NONE;
	}
}
