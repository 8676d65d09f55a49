// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: changes of a task's own rights
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/lsm_hooks.h>
#include <linux/prctl.h>
#include <linux/sched/coredump.h>
#include <linux/sched/signal.h>
#include <linux/securebits.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "core/cred_blob.h"
#include "core/latch.h"
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

/* Runs before the task returns to user space. */
static void make_undumpable(struct callback_head *work)
{
	kfree(work);
	if (current->mm && get_dumpable(current->mm) == SUID_DUMP_USER)
		set_dumpable(current->mm, SUID_DUMP_DISABLE);
}

/*
 * A change of ids makes the task as dumpable as fs.suid_dumpable says, when the
 * credential is committed, which no hook follows. A raised task stays
 * undumpable.
 */
static int stay_undumpable(const struct cred *old)
{
	struct callback_head *work;
	int err;

	if (likely(READ_ONCE(suid_dumpable) != SUID_DUMP_USER) ||
	    !clip_raised(clip_cred(old)))
		return 0;
	work = kmalloc(sizeof(*work), GFP_KERNEL);
	if (!work)
		return -ENOMEM;
	init_task_work(work, make_undumpable);
	err = task_work_add(current, work, TWA_RESUME);
	if (err)
		kfree(work);
	return err;
}

static int hook_task_fix_setgid(struct cred *new, const struct cred *old,
				int flags)
{
	return stay_undumpable(old);
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

	if (stay_undumpable(old))
		return -ENOMEM;
	if (flags == LSM_SETID_FS)
		return 0;
	rights.caps.effective = new->cap_effective.val |
				clip_extra_effective(blob);
	rights.caps.permitted = new->cap_permitted.val |
				clip_extra_permitted(blob);
	rights.caps.inheritable = new->cap_inheritable.val |
				  clip_extra_inheritable(blob);
	clip_rights_setuid(&rights, &change);

	blob->privileges = rights.privileges;
	blob->saved_privileges = rights.saved_privileges;
	blob->task_flags = rights.task_flags;
	clip_set_extra(blob, rights.caps.effective, rights.caps.permitted,
		       rights.caps.inheritable);
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
 * capset(2) has no bit for CONTEXT. Where a task holds it as root, it goes with
 * CAP_MAC_ADMIN, as at exec. A raised task may hold CONTEXT by its entry, so it
 * drops CONTEXT with the last of its other capabilities.
 */
static bool keeps_context(const struct cred *old, const kernel_cap_t *caps)
{
	return clip_raised(clip_cred(old)) ? !cap_isclear(*caps) :
					     cap_raised(*caps, CAP_MAC_ADMIN);
}

static void settle_context(struct clip_cred *blob, const struct cred *old,
			   const kernel_cap_t *effective,
			   const kernel_cap_t *permitted)
{
	if (!keeps_context(old, permitted))
		blob->extra &= ~CLIP_EXTRA_PERMITTED;
	blob->extra &= ~CLIP_EXTRA_EFFECTIVE;
	if (keeps_context(old, effective) &&
	    (blob->extra & CLIP_EXTRA_PERMITTED))
		blob->extra |= CLIP_EXTRA_EFFECTIVE;
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
	if (unlikely(clip_raised(clip_cred(old))) &&
	    (inheritable->val & ~(old->cap_inheritable.val |
				  (old->cap_permitted.val &
				   ~clip_scoped(old))))) {
		clip_report_task("capset", NULL);
		return -EPERM;
	}
	settle_context(clip_cred(new), old, effective, permitted);
	return 0;
}

/*
 * An ambient capability is effective after the next exec, in all system calls,
 * and without AT_SECURE. So a scoped capability must not become ambient, and a
 * raised task must not hand on by this set what its entry gave it. What root
 * has by being root, the next program gets anyway.
 */
static bool hands_on_grant(int option, unsigned long how, unsigned long cap)
{
	const struct cred *cred = current_cred();

	if (option != PR_CAP_AMBIENT || how != PR_CAP_AMBIENT_RAISE ||
	    cap > CAP_LAST_CAP)
		return false;
	if (clip_scoped(cred) & BIT_ULL(cap))
		return true;
	if (!clip_raised(clip_cred(cred)))
		return false;
	return !is_root(cred->uid) || issecure(SECURE_NOROOT) ||
	       !(cred->cap_bset.val & clip_latch_rootcap() & BIT_ULL(cap));
}

/*
 * The capability module has run before, and has raised the capability. A raised
 * task began without any ambient capability, so nothing else is lost. A task
 * that would keep it, for lack of memory, must not go on.
 */
static int refuse_ambient(unsigned long cap)
{
	struct cred *new = prepare_creds();

	clip_report_task("ambient", NULL);
	if (!new) {
		send_sig(SIGKILL, current, 1);
		return -ENOMEM;
	}
	cap_lower(new->cap_ambient, cap);
	commit_creds(new);
	return -EPERM;
}

/*
 * After NO_SETUID_FIXUP the kernel no longer takes capabilities from a task that
 * becomes another user, and a raised task has more of them than its user. The
 * capability module has run before, and has set the bits of the call.
 */
static bool sets_no_fixup(int option, unsigned long bits)
{
	const struct clip_cred *blob = clip_cred(current_cred());
	const unsigned long bit = issecure_mask(SECURE_NO_SETUID_FIXUP);

	return option == PR_SET_SECUREBITS && (bits & bit) &&
	       clip_raised(blob) && !(blob->former_securebits & bit);
}

/* As in refuse_ambient(), what was done is taken back. */
static int refuse_securebits(void)
{
	struct cred *new = prepare_creds();

	clip_report_task("securebits", NULL);
	if (!new) {
		send_sig(SIGKILL, current, 1);
		return -ENOMEM;
	}
	new->securebits = clip_cred(current_cred())->former_securebits;
	commit_creds(new);
	return -EPERM;
}

/* -ENOSYS means that the module does not handle this option. */
static int hook_task_prctl(int option, unsigned long arg2, unsigned long arg3,
			   unsigned long arg4, unsigned long arg5)
{
	if (unlikely(hands_on_grant(option, arg2, arg3)))
		return refuse_ambient(arg3);
	if (unlikely(sets_no_fixup(option, arg2)))
		return refuse_securebits();
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
static int __maybe_unused hook_uring_override_creds(const struct cred *new)
{
	const struct cred *old = current_cred();
	const struct clip_cred *theirs = clip_cred(new);
	const struct clip_cred *own = clip_cred(old);
	const u64 real = old->cap_permitted.val & ~clip_scoped(old);
	const u64 gain = (new->cap_permitted.val & ~clip_scoped(new) & ~real) |
			 (clip_extra_permitted(theirs) &
			  ~clip_extra_permitted(own));

	if (likely(theirs->context == own->context &&
		   !(theirs->privileges & ~own->privileges) &&
		   !(clip_raised(theirs) && gain)))
		return 0;
	clip_report_task("personality", NULL);
	return -EPERM;
}

/*
 * U-07: the thread that serves such a ring keeps the credentials of the task
 * that made the ring, whatever the task gives up later, and serves every process
 * that has the ring mapped. A task without a grant can share no more than its
 * user's rights.
 */
static int hook_uring_sqpoll(void)
{
	if (likely(!clip_raised(clip_cred(current_cred()))))
		return 0;
	clip_report_task("polled ring", NULL);
	return -EPERM;
}

static struct security_hook_list clip_creds_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_fix_setuid, hook_task_fix_setuid),
	LSM_HOOK_INIT(task_fix_setgid, hook_task_fix_setgid),
	LSM_HOOK_INIT(capset, hook_capset),
	LSM_HOOK_INIT(task_prctl, hook_task_prctl),
#ifdef CONFIG_IO_URING
	LSM_HOOK_INIT(uring_override_creds, hook_uring_override_creds),
	LSM_HOOK_INIT(uring_sqpoll, hook_uring_sqpoll),
#endif
};

/**
 * clip_add_creds_hooks - Register the hooks of this file
 */
void __init clip_add_creds_hooks(void)
{
	security_add_hooks(clip_creds_hooks, ARRAY_SIZE(clip_creds_hooks),
			   &clip_lsm_id);
}
