// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: hooks of credentials
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/user_namespace.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "exec/offer.h"
#include "store/context.h"

/*
 * The blob of @to is zeroed memory. What a pending grant holds belongs to one
 * exec and is never copied.
 */
static __always_inline void copy_cred(const struct cred *to,
				      const struct cred *from)
{
	const struct clip_cred *old = clip_cred(from);
	struct clip_cred *new = clip_cred(to);

	new->context = clip_context_get(old->context);
	new->privileges = old->privileges;
	new->saved_privileges = old->saved_privileges;
	new->scoped = old->scoped;
	new->entry_flags = old->entry_flags;
	new->task_flags = old->task_flags;
	new->former_securebits = from->securebits;
	new->extra = old->extra;
	static_assert(sizeof(*new) == 8 * sizeof(u64));
}

static int hook_cred_prepare(struct cred *new, const struct cred *old,
			     gfp_t gfp)
{
	copy_cred(new, old);
	return 0;
}

/*
 * Without this hook, KEYCTL_SESSION_TO_PARENT would give the parent a zeroed
 * blob: the parent would leave its context and lose its restrictions.
 */
static void hook_cred_transfer(struct cred *new, const struct cred *old)
{
	copy_cred(new, old);
}

static void hook_cred_free(struct cred *cred)
{
	const struct clip_cred *blob = clip_cred(cred);

	if (unlikely(blob->pending))
		clip_grant_free(blob->pending);
	if (unlikely(blob->matched))
		clip_entry_put(blob->matched);
	clip_context_put(blob->context);
}

static struct security_hook_list clip_cred_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(cred_prepare, hook_cred_prepare),
	LSM_HOOK_INIT(cred_transfer, hook_cred_transfer),
};

/*
 * Until a file is checked or a task enters a context, no credential holds a
 * reference that counts.
 */
static struct security_hook_list clip_cred_free_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(cred_free, hook_cred_free),
};

/**
 * clip_cred_init - Put the first task into context 0
 *
 * Every other credential descends from this one, or has no context.
 */
void __init clip_cred_init(void)
{
	struct clip_cred *blob = clip_cred(current_cred());

	blob->context = clip_context_get(&clip_admin_context);
	/*
	 * The kernel's own threads have all capabilities, including this one.
	 */
	blob->extra = CLIP_EXTRA_EFFECTIVE | CLIP_EXTRA_PERMITTED;
}

/**
 * clip_add_cred_hooks - Register the hooks of this file
 */
void __init clip_add_cred_hooks(void)
{
	security_add_hooks(clip_cred_hooks, ARRAY_SIZE(clip_cred_hooks),
			   &clip_lsm_id);
	clip_add_sleeping_hooks(clip_cred_free_hooks,
				ARRAY_SIZE(clip_cred_free_hooks),
				CLIP_WAKE_CODE | CLIP_WAKE_CONTEXT);
}
