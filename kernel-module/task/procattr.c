// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the rights of a task in procfs
 *
 * /proc/PID/attr/clip/task is readable like /proc/PID/status and shows numbers
 * and masks, as in the interface header. The original had lines of letters in
 * "status".
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/cred_blob.h"
#include "store/context.h"
#include "task/access.h"

static char *describe(const struct clip_cred *blob)
{
	return kasprintf(GFP_ATOMIC,
			 "context %u\nserial %llu\ntask_flags %#x\nentry_flags %#x\nprivileges %#llx\nsaved_privileges %#llx\nextra_effective %#llx\nextra_permitted %#llx\nextra_inheritable %#llx\n",
			 blob->context ? blob->context->xid : CLIP_CONTEXT_OWN,
			 blob->context ? blob->context->serial : 0,
			 blob->task_flags,
			 blob->entry_flags & CLIP_ENTRY_ALL, blob->privileges,
			 blob->saved_privileges, clip_extra_effective(blob),
			 clip_extra_permitted(blob),
			 clip_extra_inheritable(blob));
}

/*
 * The file of a task in another context cannot be opened, but a descriptor of
 * it can have been handed over. The contexts are therefore checked again at
 * each read.
 */
static int hook_getprocattr(struct task_struct *p, const char *name,
			    char **value)
{
	const struct clip_cred *blob;

	if (strcmp(name, "task"))
		return -EINVAL;
	guard(rcu)();
	blob = clip_cred(__task_cred(p));
	if (!clip_may_see(clip_cred(current_cred()), blob))
		return -EACCES;
	*value = describe(blob);
	return *value ? strlen(*value) : -ENOMEM;
}

static struct security_hook_list clip_procattr_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(getprocattr, hook_getprocattr),
};

/**
 * clip_add_procattr_hooks - Register the hooks of this file
 */
void __init clip_add_procattr_hooks(void)
{
	security_add_hooks(clip_procattr_hooks, ARRAY_SIZE(clip_procattr_hooks),
			   &clip_lsm_id);
}
