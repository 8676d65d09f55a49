// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: capabilities in user namespaces of a context's own
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

#include "context/userns.h"
#include "core/cred_blob.h"
#include "core/task_blob.h"
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

/**
 * clip_userns_bound - Get the bounding set that counts in a user namespace
 * @cred: the credential of a task
 * @ns: the user namespace
 *
 * Context: any.
 * Return: a mask of capabilities.
 */
u64 clip_userns_bound(const struct cred *cred, struct user_namespace *ns)
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
