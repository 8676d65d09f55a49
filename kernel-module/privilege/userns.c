// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the bounding set of capabilities of a context
 *
 * A task of a context may hold any capability: by a set-uid bit, by a file's
 * attribute, as root of a user namespace. The capability works only if it is in
 * the bounding set of the context, for all its uses.
 *
 * A task of a context may be root of a user namespace that it made, and bounds
 * what it does there by a set of its own. Such a namespace is known by the tasks
 * that are in it: no task of another context can have come there, because
 * joining takes a capability there, which counts by the other bound as long as
 * the task is outside. The owner of a namespace, which is any task of the same
 * user outside, has the capabilities by the rules of the kernel as well, and is
 * no proof. The exception is the task that makes the namespace and others along
 * with it in one system call: it is still outside when it is asked for them.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "core/cred_blob.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "privilege/userns.h"
#include "store/context.h"

static bool is_below(const struct user_namespace *base,
		     const struct user_namespace *ns)
{
	return ns != base && in_userns(base, ns);
}

/* Is this the namespace that the system call in progress makes? */
static bool is_being_made(const struct cred *cred,
			  const struct user_namespace *ns)
{
	return cred == current_cred() && clip_task(current)->made_userns &&
	       ns->parent == cred->user_ns && uid_eq(ns->owner, cred->euid);
}

static bool is_own(const struct cred *cred, const struct user_namespace *base,
		   const struct user_namespace *ns)
{
	if (is_below(base, cred->user_ns) && in_userns(cred->user_ns, ns))
		return true;
	return is_below(base, ns) && is_being_made(cred, ns);
}

/* The bounding set that counts in a user namespace. */
static u64 bound_in(const struct cred *cred, struct user_namespace *ns)
{
	const struct clip_context *ctx = clip_cred(cred)->context;
	const struct user_namespace *base;

	if (!ctx)
		return 0;
	base = READ_ONCE(ctx->base_userns);
	if (likely(!base) || ns == &init_user_ns || !is_own(cred, base, ns))
		return READ_ONCE(ctx->cap_bound);
	return READ_ONCE(ctx->ns_cap_bound);
}

/**
 * clip_context_capable - Check a capability against the context's bounding set
 * @cred: the credential that holds it
 * @ns: the user namespace in which it would be effective
 * @cap: the capability
 *
 * Refusals are not reported: programs try capabilities all the time, and go on
 * without them. Context 0 is not subject to this check: its bounding set
 * applies to its entries only.
 *
 * Context: any.
 * Return: 0, or -EPERM.
 */
int clip_context_capable(const struct cred *cred, struct user_namespace *ns,
			 int cap)
{
	/* MI-03: a handle opens files that no path leads to. */
	if ((cap == CAP_DAC_READ_SEARCH || cap == CAP_SYS_ADMIN) &&
	    clip_current_call() == CLIP_CALL_OPEN_BY_HANDLE)
		return -EPERM;
	return bound_in(cred, ns) & BIT_ULL(cap) ? 0 : -EPERM;
}
