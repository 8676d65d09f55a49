// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: changes of a task's own rights
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include <linux/security.h>

#include "core/cred_blob.h"
#include "privilege/scoped.h"
#include "report/report.h"
#include "task/access.h"
#include "task/rules.h"

static bool is_root(kuid_t uid)
{
	/*
	 * Only global root counts: root of a user namespace has no meaning
	 * here.
	 */
	return uid_eq(uid, GLOBAL_ROOT_UID);
}

static struct clip_setuid setuid_change(const struct cred *new,
					const struct cred *old)
{
	const bool was = is_root(old->uid) || is_root(old->euid) ||
			 is_root(old->suid);
	const bool is = is_root(new->uid) || is_root(new->euid) ||
			is_root(new->suid);

	return (struct clip_setuid) {
		.left_all = was && !is &&
			    !(new->securebits & issecure_mask(SECURE_KEEP_CAPS)),
		.euid_left = is_root(old->euid) && !is_root(new->euid),
		.euid_joined = !is_root(old->euid) && is_root(new->euid),
	};
}

/*
 * The capability module has run before: it has emptied or filled the ordinary E
 * and P by the same rules, unless the task set NO_SETUID_FIXUP. For a raised
 * task this bit does not count, and I is emptied as well when the task leaves
 * root with all its ids; for other tasks the ordinary sets stay as the
 * capability module left them. File system ids need no work: none of clip's
 * rights is about files.
 */
static int hook_task_fix_setuid(struct cred *new, const struct cred *old,
				int flags)
{
	struct clip_cred *blob = clip_cred(new);
	const struct clip_setuid change = setuid_change(new, old);
	const bool raised = blob->task_flags;
	struct clip_rights rights = {
		.privileges = blob->privileges,
		.saved_privileges = blob->saved_privileges,
		.task_flags = blob->task_flags,
	};

	if (flags == LSM_SETID_FS)
		return 0;
	rights.caps.effective = new->cap_effective.val | blob->extra_effective;
	rights.caps.permitted = new->cap_permitted.val | blob->extra_permitted;
	rights.caps.inheritable = new->cap_inheritable.val |
				  blob->extra_inheritable;
	clip_rights_setuid(&rights, &change);

	blob->privileges = rights.privileges;
	blob->saved_privileges = rights.saved_privileges;
	blob->task_flags = rights.task_flags;
	blob->extra_effective = rights.caps.effective & ~CAP_VALID_MASK;
	blob->extra_permitted = rights.caps.permitted & ~CAP_VALID_MASK;
	blob->extra_inheritable = rights.caps.inheritable & ~CAP_VALID_MASK;
	if (!raised)
		return 0;
	new->cap_effective.val = rights.caps.effective & CAP_VALID_MASK;
	new->cap_permitted.val = rights.caps.permitted & CAP_VALID_MASK;
	new->cap_inheritable.val = rights.caps.inheritable & CAP_VALID_MASK;
	new->cap_ambient.val &= new->cap_permitted.val &
				new->cap_inheritable.val;
	clip_scoped_setuid(new, old);
	return 0;
}

/*
 * capset(2) has no bit for CONTEXT. Where a task holds it as root and not by an
 * entry, it goes with CAP_MAC_ADMIN, as at exec.
 */
static void settle_context(struct clip_cred *blob,
			   const kernel_cap_t *effective,
			   const kernel_cap_t *permitted)
{
	if (!cap_raised(*permitted, CAP_MAC_ADMIN))
		blob->extra_permitted = 0;
	blob->extra_effective = cap_raised(*effective, CAP_MAC_ADMIN) ?
				blob->extra_permitted : 0;
}

/*
 * With CAP_SETPCAP, the capability module allows any capability of the bounding
 * set to be added to I. A raised task must not pass on capabilities that no
 * entry gave it, so it has no such exception. The original had no such
 * exception for any task; here, tasks without an entry keep the rights that
 * every other Linux gives them.
 */
static int hook_capset(struct cred *new, const struct cred *old,
		       const kernel_cap_t *effective,
		       const kernel_cap_t *inheritable,
		       const kernel_cap_t *permitted)
{
	if (likely(!clip_raised(clip_cred(old)))) {
		settle_context(clip_cred(new), effective, permitted);
		return 0;
	}
	if (!(inheritable->val & ~(old->cap_inheritable.val |
				   (old->cap_permitted.val &
				    ~clip_scoped(old)))))
		return 0;
	clip_report_task("capset", NULL);
	return -EPERM;
}

/*
 * An ambient capability would be effective after the next exec, and in all
 * system calls, so a scoped capability must not become ambient.
 */
static bool makes_scope_ambient(int option, unsigned long how,
				unsigned long cap)
{
	return option == PR_CAP_AMBIENT && how == PR_CAP_AMBIENT_RAISE &&
	       cap <= CAP_LAST_CAP &&
	       (clip_scoped(current_cred()) & BIT_ULL(cap));
}

/* -ENOSYS means that the module does not handle this option. */
static int hook_task_prctl(int option, unsigned long arg2, unsigned long arg3,
			   unsigned long arg4, unsigned long arg5)
{
	if (unlikely(makes_scope_ambient(option, arg2, arg3))) {
		clip_report_task("ambient", NULL);
		return -EPERM;
	}
	if (option != PR_SET_DUMPABLE || !arg2 ||
	    !clip_raised(clip_cred(current_cred())))
		return -ENOSYS;
	clip_report_task("dumpable", NULL);
	return -EPERM;
}

/*
 * An io_uring ring keeps credentials for every later holder of the ring, also
 * across exec. They must not hand on rights that an entry granted: no
 * privilege, and no capability of a raised credential.
 */
static int hook_uring_override_creds(const struct cred *new)
{
	const struct cred *old = current_cred();
	const struct clip_cred *theirs = clip_cred(new);
	const struct clip_cred *own = clip_cred(old);
	const u64 real = old->cap_permitted.val & ~clip_scoped(old);
	const u64 gain = (new->cap_permitted.val & ~clip_scoped(new) & ~real) |
			 (theirs->extra_permitted & ~own->extra_permitted);

	if (likely(!(theirs->privileges & ~own->privileges) &&
		   !(clip_raised(theirs) && gain)))
		return 0;
	clip_report_task("personality", NULL);
	return -EPERM;
}

static struct security_hook_list clip_creds_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_fix_setuid, hook_task_fix_setuid),
	LSM_HOOK_INIT(capset, hook_capset),
	LSM_HOOK_INIT(task_prctl, hook_task_prctl),
	LSM_HOOK_INIT(uring_override_creds, hook_uring_override_creds),
};

/**
 * clip_add_creds_hooks - Register the hooks of this file
 */
void __init clip_add_creds_hooks(void)
{
	security_add_hooks(clip_creds_hooks, ARRAY_SIZE(clip_creds_hooks),
			   &clip_lsm_id);
}
