// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: facts about the current task, for the rules about contexts
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/lockdep.h>

#include "context/caller.h"
#include "context/rules.h"
#include "core/cred_blob.h"
#include "store/context.h"
#include "store/entry.h"

/*
 * Number of the update context; 0 until it is declared. Written with
 * clip_store_lock held, read without it.
 */
static u32 update_xid;

/**
 * clip_has_context - Does the capability CONTEXT work for a task?
 * @cred: its credential
 *
 * CONTEXT applies to the whole machine, so it has no effect in a user
 * namespace.
 *
 * Return: true if the task has it in effect and its context allows it to work.
 */
bool clip_has_context(const struct cred *cred)
{
	const struct clip_cred *blob = clip_cred(cred);

	return cred->user_ns == &init_user_ns && blob->context &&
	       (blob->extra & CLIP_EXTRA_EFFECTIVE) &&
	       (blob->context == &clip_admin_context ||
		(READ_ONCE(blob->context->cap_bound) &
		 BIT_ULL(CLIP_CAP_CONTEXT)));
}

/**
 * clip_update_context - Get the number of the update context
 *
 * Return: the number, or 0 if it was not declared.
 */
u32 clip_update_context(void)
{
	return READ_ONCE(update_xid);
}

/**
 * clip_declare_update_context - Declare the update context
 * @xid: its number
 *
 * Context: the caller holds clip_store_lock.
 * Return: false if it has been declared already.
 */
bool clip_declare_update_context(u32 xid)
{
	lockdep_assert_held(&clip_store_lock);
	if (update_xid)
		return false;
	WRITE_ONCE(update_xid, xid);
	return true;
}

/**
 * clip_caller_now - Describe the current task for the rules
 * @caller: out: the description
 * @target: the context of the request, or NULL for requests without one
 */
void clip_caller_now(struct clip_caller *caller,
		     const struct clip_context *target)
{
	const struct cred *cred = current_cred();
	const struct clip_cred *blob = clip_cred(cred);
	const struct clip_context *ctx = blob->context;

	*caller = (struct clip_caller) {};
	if (!ctx)
		return;
	caller->admin = ctx == &clip_admin_context;
	caller->watch = clip_context_is_watch(ctx);
	caller->update = ctx->xid && ctx->xid == clip_update_context() &&
			 !READ_ONCE(ctx->deleted);
	caller->own = ctx == target;
	caller->active = READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE;
	caller->inherit = READ_ONCE(ctx->level) & CLIP_LEVEL_ENFORCE_INHERIT;
	caller->admin_active = READ_ONCE(clip_admin_context.level) &
			       CLIP_LEVEL_ACTIVE;
	caller->verictl = blob->privileges & CLIP_PRIV_VERICTL;
	caller->context = clip_has_context(cred);
	caller->sys_admin = ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
	caller->mac_admin = ns_capable_noaudit(&init_user_ns, CAP_MAC_ADMIN);
	caller->fsetid = cred->user_ns == &init_user_ns &&
			 cap_raised(cred->cap_inheritable, CAP_FSETID);
}

/**
 * clip_context_named - Find the context of a request
 * @xid: its number, or %CLIP_CONTEXT_OWN for the caller's own
 *
 * Return: the context with a reference, or NULL.
 */
struct clip_context *clip_context_named(u32 xid)
{
	if (xid == CLIP_CONTEXT_OWN)
		return clip_context_get(clip_cred(current_cred())->context);
	return clip_context_find(xid);
}

/**
 * clip_context_visible - Is a context shown to the current task?
 * @ctx: the context
 *
 * Other contexts than its own are shown only to a task that may see all of
 * them.
 *
 * Return: true if it is.
 */
bool clip_context_visible(const struct clip_context *ctx)
{
	const struct clip_context *own = clip_cred(current_cred())->context;

	return own == ctx || own == &clip_admin_context ||
	       clip_context_is_watch(own);
}
