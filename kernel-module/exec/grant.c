// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: applying a pending grant to an exec
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/security.h>

#include "core/caps.h"
#include "core/counters.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "exec/grant.h"
#include "exec/offer.h"
#include "exec/root.h"
#include "privilege/scoped.h"
#include "report/events.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"

static_assert(!(CAP_VALID_MASK & BIT_ULL(CLIP_CAP_CONTEXT)));

/**
 * clip_unsafe_rule - Choose the part of a grant that a reachable task may get
 * @unsafe: LSM_UNSAFE_* of the exec: how other tasks can reach this one
 * @flags: CLIP_ENTRY_* that apply to the exec
 * @global_init: the task is the kernel's init, which shares its fs_struct with
 *	other kernel threads until it executes the first program
 *
 * EX-22. Under no_new_privs there is no exception: sandboxes of unprivileged
 * users rely on it.
 *
 * Return: the rule.
 */
enum clip_unsafe_rule clip_unsafe_rule(unsigned int unsafe, u32 flags,
				       bool global_init)
{
	if (global_init)
		unsafe &= ~LSM_UNSAFE_SHARE;
	if (!unsafe)
		return CLIP_UNSAFE_ALL;
	/* Unknown bits are not known to be harmless. */
	if (unsafe & ~(LSM_UNSAFE_SHARE | LSM_UNSAFE_PTRACE))
		return CLIP_UNSAFE_NOTHING;
	return flags & CLIP_ENTRY_UNSAFE ? CLIP_UNSAFE_CUT : CLIP_UNSAFE_PLAIN;
}

/**
 * clip_unsafe_jit - May a task that others can reach be exempt by JIT?
 * @unsafe: LSM_UNSAFE_* of the exec
 * @rule: the result of clip_unsafe_rule() for it
 *
 * An exemption gives no authority over other tasks. no_new_privs is therefore
 * no reason against it, or a compiler could not be put into a sandbox, and
 * neither is a shared fs_struct. A tracer, however, could put its own code into
 * the program.
 *
 * Return: true if it may.
 */
bool clip_unsafe_jit(unsigned int unsafe, enum clip_unsafe_rule rule)
{
	if (!(unsafe & ~(LSM_UNSAFE_SHARE | LSM_UNSAFE_NO_NEW_PRIVS)))
		return true;
	return rule == CLIP_UNSAFE_ALL || rule == CLIP_UNSAFE_CUT;
}

/*
 * Returns the capabilities that root has independent of the entry. For other
 * users E and P are empty.
 */
static __always_inline struct clip_caps
base_caps(const struct cred *new, const struct clip_root *root,
	  const struct clip_caps *limit)
{
	struct clip_caps base = {
		.inheritable = new->cap_inheritable.val |
			       clip_extra_inheritable(clip_cred(new)),
	};

	if (issecure(SECURE_NOROOT))
		return base;
	if (uid_eq(new->euid, GLOBAL_ROOT_UID) ||
	    uid_eq(new->uid, GLOBAL_ROOT_UID))
		base.permitted = (new->cap_permitted.val | root->extra) &
				 root->mask & limit->permitted;
	if (uid_eq(new->euid, GLOBAL_ROOT_UID))
		base.effective = (new->cap_effective.val | root->extra) &
				 base.permitted & limit->effective;
	return base;
}

/*
 * Returns the most that the grant can add to the capabilities that the task has
 * anyway.
 */
static u64 grant_bound(const struct cred *new, enum clip_unsafe_rule rule)
{
	const struct clip_cred *blob = clip_cred(new);
	const struct cred *old = current_cred();
	u64 bound = READ_ONCE(blob->context->cap_bound) &
		    clip_latch_capbound() &
		    (new->cap_bset.val | ~CAP_VALID_MASK);

	/* EX-24: a task that traces or shares could use new capabilities. */
	if (rule == CLIP_UNSAFE_CUT &&
	    !ns_capable_noaudit(&init_user_ns, CAP_SETPCAP))
		bound &= (old->cap_permitted.val & ~clip_scoped(old)) |
			 clip_extra_permitted(clip_cred(old));
	return bound;
}

static __always_inline void set_caps(struct cred *new,
				     const struct clip_caps *caps)
{
	new->cap_effective.val = caps->effective & CAP_VALID_MASK;
	new->cap_permitted.val = caps->permitted & CAP_VALID_MASK;
	new->cap_inheritable.val = caps->inheritable & CAP_VALID_MASK;
	/* An ambient set outside P and I makes every later exec fail. */
	cap_clear(new->cap_ambient);
	clip_set_extra(clip_cred(new), caps->effective, caps->permitted,
		       caps->inheritable);
}

/* As for tasks without an entry, but only after I has been used. */
static __always_inline void set_and_limit(struct cred *new,
					  const struct clip_root *root,
					  struct clip_caps *caps)
{
	if (!(clip_cred(new)->task_flags & CLIP_TASK_INHERITED))
		caps->inheritable &= root->mask;
	set_caps(new, caps);
}

static void grant_caps(struct cred *new, const struct clip_grant *offer,
		       enum clip_unsafe_rule rule)
{
	struct clip_cred *blob = clip_cred(new);
	const struct clip_root root = clip_root_rights(new);
	const struct clip_caps base = base_caps(new, &root, &offer->root);
	const bool inherit = offer->flags & CLIP_ENTRY_INHERIT;
	struct clip_caps caps;

	caps = clip_caps_compute(&base, &offer->caps, grant_bound(new, rule),
				 inherit);
	blob->task_flags |= offer->task_flags;
	if (inherit)
		blob->task_flags |= CLIP_TASK_INHERITED;
	set_and_limit(new, &root, &caps);
	blob->entry_flags = offer->flags;
}

/*
 * Returns why the pending grant must not be kept at all, or CLIP_REASON_NONE.
 */
static enum clip_reason no_grant_reason(const struct linux_binprm *bprm,
					const struct file *file,
					const struct clip_grant *offer)
{
	/*
	 * With binfmt_misc's flag C the credentials come from a document and
	 * the code from an interpreter. The grant must belong to the file that
	 * runs.
	 */
	if (file != bprm->file || file_inode(file) != offer->inode)
		return CLIP_REASON_SCRIPT;
	if (offer->reason != CLIP_REASON_NONE)
		return offer->reason;
	if (bprm->cred->user_ns != &init_user_ns)
		return CLIP_REASON_USER_NAMESPACE;
	return CLIP_REASON_NONE;
}

/* JIT is the only flag that also counts where no capability may be granted. */
static void grant_jit_alone(const struct linux_binprm *bprm,
			    const struct clip_grant *offer,
			    enum clip_reason reason, enum clip_unsafe_rule rule)
{
	clip_root_limit(bprm->cred);
	if (reason == CLIP_REASON_UNSAFE_TASK &&
	    clip_unsafe_jit(bprm->unsafe, rule))
		clip_cred(bprm->cred)->entry_flags =
			offer->flags & CLIP_ENTRY_JIT;
}

/* Returns the privileges of the pending grant that the rule keeps. */
static u64 kept_privileges(const struct clip_grant *offer,
			   enum clip_unsafe_rule rule)
{
	switch (rule) {
	case CLIP_UNSAFE_ALL:
	case CLIP_UNSAFE_CUT:
		return offer->privileges;
	case CLIP_UNSAFE_PLAIN:
		return offer->privileges & CLIP_PRIV_PLAIN;
	default:
		return 0;
	}
}

static noinline void report_grant(const struct linux_binprm *bprm,
				  const struct clip_grant *offer)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_GRANT,
		.ctx = clip_cred(bprm->cred)->context,
		.file = bprm->file,
		.entry = offer->entry,
		.gains = bprm->cred,
	});
}

/* Only listeners receive these events; without any, there is only a counter. */
static void note_grant(const struct linux_binprm *bprm,
		       const struct clip_grant *offer)
{
	if (clip_matches_are_reported())
		report_grant(bprm, offer);
	else
		clip_count(CLIP_COUNT_GRANTED);
}

/**
 * clip_grant_is_plain - Does an exec give all of an entry that grants nothing?
 * @bprm: the exec
 * @file: the file that the capability module uses
 * @entry: the entry of the only file of the exec
 *
 * Return: True if nothing has to be decided, false otherwise.
 */
bool clip_grant_is_plain(const struct linux_binprm *bprm,
			 const struct file *file,
			 const struct clip_entry *entry)
{
	const u32 widening = CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE |
			     CLIP_ENTRY_JIT;

	return !entry->has_rights && !(entry->flags & widening) &&
	       !bprm->unsafe &&
	       file == bprm->file && bprm->cred->user_ns == &init_user_ns &&
	       clip_grant_obstacle(file, entry) == CLIP_REASON_NONE;
}

/**
 * clip_grant_set_plain - Apply an entry that grants nothing
 * @new: the credentials of the exec, which hold nothing that an earlier entry
 *	granted
 * @flags: CLIP_ENTRY_* of the entry
 *
 * Such an entry still replaces the file's capabilities and the ambient set. The
 * result is that of clip_grant_apply() with the same entry, if the exec is as
 * clip_grant_is_plain() wants it.
 */
void clip_grant_set_plain(struct cred *new, u32 flags)
{
	static const struct clip_caps no_limit = { U64_MAX, U64_MAX, U64_MAX };
	const struct clip_root root = clip_root_rights(new);
	struct clip_caps caps = base_caps(new, &root, &no_limit);

	set_and_limit(new, &root, &caps);
	clip_cred(new)->entry_flags = flags;
}

/**
 * clip_grant_apply - Apply the allowed part of an exec's pending grant
 * @bprm: the exec; its credentials hold nothing that an earlier entry granted
 * @file: the file that the capability module used
 * @offer: the pending grant of its files, or NULL
 *
 * Context: may sleep.
 */
void clip_grant_apply(struct linux_binprm *bprm, const struct file *file,
		      const struct clip_grant *offer)
{
	struct cred *new = bprm->cred;
	struct clip_cred *blob = clip_cred(new);
	enum clip_reason reason;
	enum clip_unsafe_rule rule;
	bool caps;
	u64 kept;

	if (!offer) {
		clip_root_limit(new);
		return;
	}
	reason = no_grant_reason(bprm, file, offer);
	rule = reason != CLIP_REASON_NONE ? CLIP_UNSAFE_NOTHING :
	       clip_unsafe_rule(bprm->unsafe, offer->flags,
				is_global_init(current));
	if (reason == CLIP_REASON_NONE && rule != CLIP_UNSAFE_ALL)
		reason = CLIP_REASON_UNSAFE_TASK;
	caps = rule == CLIP_UNSAFE_ALL || rule == CLIP_UNSAFE_CUT;
	if (caps)
		grant_caps(new, offer, rule);
	else
		grant_jit_alone(bprm, offer, reason, rule);
	kept = kept_privileges(offer, rule);
	if (kept & (CLIP_PRIV_PROCFD | CLIP_PRIV_FIRMWARE))
		clip_check_opens();
	blob->privileges = kept & READ_ONCE(blob->context->priv_bound);

	if (blob->privileges ||
	    (caps && (offer->task_flags || offer->flags & CLIP_ENTRY_INHERIT)))
		note_grant(bprm, offer);
	if (kept != offer->privileges ||
	    (!caps && clip_caps_any(&offer->caps)) ||
	    (offer->flags & ~blob->entry_flags & CLIP_ENTRY_JIT))
		clip_report(&(const struct clip_event) {
			.report = CLIP_REPORT_UNGRANTED,
			.reason = reason,
			.ctx = blob->context,
			.file = bprm->file,
			.entry = offer->entry,
		});
	/*
	 * This comes last: the grant is the privilege, and the scoped
	 * capabilities only follow from it.
	 */
	if (blob->privileges)
		clip_scoped_grant(new);
}
