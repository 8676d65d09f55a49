// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: who may administer what, as rules on facts
 *
 * None of this looks at a task or a context. Each rule says which items of the
 * description of the original it stands for.
 */
#include "core/common.h"

#include "context/rules.h"
#include "core/latch.h"

/**
 * clip_may_load_at_all - may the caller change entries of any context?
 * @caller: who
 *
 * CX-10. Where nothing is active yet, the capability for policy takes the place
 * of the privilege, that no entry can have granted so far.
 *
 * Return: whether it may.
 */
bool clip_may_load_at_all(const struct clip_caller *caller)
{
	if (caller->inherit && !caller->fsetid)
		return false;
	return caller->active ? caller->verictl : caller->mac_admin;
}

/**
 * clip_may_load_into - may the caller change entries of this context?
 * @caller: who, with @own set for the context
 *
 * CX-09, and CX-19: the update context reaches every other.
 *
 * Return: whether it may, as far as the two contexts are concerned.
 */
bool clip_may_load_into(const struct clip_caller *caller)
{
	return caller->own || caller->update ||
	       (caller->admin && caller->context);
}

/**
 * clip_may_change_entries - does the level of a context let its entries change?
 * @caller: who, with @own set for the context
 * @level: of that context
 *
 * CX-12, the intent: each bit bars one class of callers, whatever the others
 * say. Who belongs to two classes is barred by either bit.
 *
 * Return: whether it does.
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
 * clip_may_make_contexts - may the caller make, narrow and delete contexts?
 * @caller: who
 *
 * CX-14, and for the update context CX-18.
 *
 * Return: whether it may.
 */
bool clip_may_make_contexts(const struct clip_caller *caller)
{
	return caller->admin && caller->sys_admin && caller->context &&
	       (caller->verictl || !caller->admin_active);
}

/**
 * clip_may_set_level - may the caller set the level of a context?
 * @caller: who, with @own set for the context
 *
 * CX-07, with the capability for policy as in clip_may_load_at_all().
 *
 * Return: whether it may.
 */
bool clip_may_set_level(const struct clip_caller *caller)
{
	if (!caller->admin || !(caller->own || caller->context))
		return false;
	return caller->admin_active ? caller->verictl : caller->mac_admin;
}

/**
 * clip_may_see_context - may the caller read a context's level and bounds?
 * @caller: who, with @own set for the context
 *
 * CX-08; and context 1 is there to see all.
 *
 * Return: whether it may.
 */
bool clip_may_see_context(const struct clip_caller *caller)
{
	return caller->own || caller->watch ||
	       (caller->admin && caller->context);
}

/**
 * clip_level_change - the level that a request results in
 * @old: the present level
 * @wanted: the level that was asked for
 * @next: out: the new level, only if there is no reason against it
 *
 * CX-06: under LVL_IMMUTABLE bits can be set and not taken away. The one bit
 * that makes a level laxer goes the other way: it can be taken away and not be
 * set. SEAL ends it altogether.
 *
 * Return: %CLIP_REASON_NONE, or why not.
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
 * clip_context_number - can a context with this number be made?
 * @xid: the number
 *
 * CX-15: the two that are always there exist, so to say; the number that stands
 * for the caller's own can be nobody's.
 *
 * Return: %CLIP_REASON_NONE, or why not.
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
