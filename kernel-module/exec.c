// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what happens at exec
 *
 * Each file of the chain (a script, then its interpreter) is verified in
 * bprm_check_security, while exec keeps writers off it. The entry of the file
 * verified last waits in the new credential until bprm_creds_from_file, which
 * runs once, after the capability module: there, and nowhere else, are the
 * final sets computed.
 */
#include "common.h"

#include <linux/binfmts.h>
#include <linux/lsm_hooks.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/sched/coredump.h>
#include <linux/securebits.h>

#include "caps.h"
#include "context.h"
#include "cred.h"
#include "exec.h"
#include "limits.h"
#include "report.h"
#include "store.h"
#include "superblock.h"
#include "verify.h"

static_assert(!(CAP_VALID_MASK & BIT_ULL(CLIP_CAP_CONTEXT)));

static void set_pending(struct clip_cred *blob, struct clip_entry *entry)
{
	clip_entry_put(blob->pending);
	blob->pending = entry;
}

/*
 * Does the entry count for this caller at all? If not, the file runs as if it
 * had none. The user ids are those before any setuid bit, and they are global
 * ones: root of a user namespace is nobody here.
 */
static bool entry_applies(const struct clip_entry *entry)
{
	if (!(entry->flags & CLIP_ENTRY_EXE))
		return false;
	if ((entry->flags & CLIP_ENTRY_NEEDROOT) &&
	    !(uid_eq(current_uid(), GLOBAL_ROOT_UID) &&
	      uid_eq(current_euid(), GLOBAL_ROOT_UID)))
		return false;
	if ((entry->flags & CLIP_ENTRY_KTHREAD) && current->mm)
		return false;
	return true;
}

static int hook_bprm_check_security(struct linux_binprm *bprm)
{
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_context *ctx = blob->context;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_verdict verdict;
	int err;

	set_pending(blob, NULL);
	if (!ctx || !(READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE))
		return 0;
	entry = clip_store_lookup_inode(ctx, file_inode(bprm->file));
	if (!entry || !entry_applies(entry))
		return 0;
	err = clip_verify(bprm->file, entry, &verdict);
	if (err) {
		clip_report_refusal(ctx, bprm->file, entry, &verdict, err);
		return err;
	}
	set_pending(blob, no_free_ptr(entry));
	return 0;
}

/* Why an entry must not give this exec anything, or CLIP_REASON_NONE. */
static enum clip_reason no_grant_reason(const struct linux_binprm *bprm,
					const struct clip_entry *entry)
{
	const struct file *file = bprm->file;
	/* The kernel's init shares its fs_struct with the other threads. */
	const unsigned int unsafe = is_global_init(current) ?
				    LSM_UNSAFE_PTRACE |
				    LSM_UNSAFE_NO_NEW_PRIVS : ~0U;

	if (entry->flags & CLIP_ENTRY_INTERP)
		return CLIP_REASON_INTERPRETER;
	if (bprm->unsafe & unsafe)
		return CLIP_REASON_UNSAFE_TASK;
	if (bprm->cred->user_ns != &init_user_ns)
		return CLIP_REASON_USER_NAMESPACE;
	if (!mnt_may_suid(file->f_path.mnt))
		return CLIP_REASON_NOSUID_MOUNT;
	if (!clip_sb_trusted(file_inode(file)->i_sb))
		return CLIP_REASON_UNTRUSTED_FS;
	return CLIP_REASON_NONE;
}

/* What root has whatever the entry says; for others E and P are empty. */
static struct clip_caps base_caps(const struct cred *new)
{
	struct clip_caps base = {
		.inheritable = new->cap_inheritable.val |
			       clip_cred(new)->extra_inheritable,
	};

	if (issecure(SECURE_NOROOT))
		return base;
	if (uid_eq(new->euid, GLOBAL_ROOT_UID) ||
	    uid_eq(new->uid, GLOBAL_ROOT_UID))
		base.permitted = new->cap_permitted.val;
	if (uid_eq(new->euid, GLOBAL_ROOT_UID))
		base.effective = new->cap_effective.val;
	return base;
}

static void set_caps(struct cred *new, const struct clip_caps *caps)
{
	struct clip_cred *blob = clip_cred(new);

	new->cap_effective.val = caps->effective & CAP_VALID_MASK;
	new->cap_permitted.val = caps->permitted & CAP_VALID_MASK;
	new->cap_inheritable.val = caps->inheritable & CAP_VALID_MASK;
	/* An ambient set outside P and I makes every later exec fail. */
	cap_clear(new->cap_ambient);
	blob->extra_effective = caps->effective & ~CAP_VALID_MASK;
	blob->extra_permitted = caps->permitted & ~CAP_VALID_MASK;
	blob->extra_inheritable = caps->inheritable & ~CAP_VALID_MASK;
}

static void grant(struct linux_binprm *bprm, const struct clip_entry *entry)
{
	struct cred *new = bprm->cred;
	struct clip_cred *blob = clip_cred(new);
	const struct clip_context *ctx = blob->context;
	const struct clip_caps file = {
		.effective = entry->cap_effective,
		.permitted = entry->cap_permitted,
		.inheritable = entry->cap_inheritable,
	};
	const struct clip_caps base = base_caps(new);
	const bool inherit = entry->flags & CLIP_ENTRY_INHERIT;
	const u64 bound = READ_ONCE(ctx->cap_bound) &
			  (new->cap_bset.val | ~CAP_VALID_MASK);
	struct clip_caps caps;

	caps = clip_caps_compute(&base, &file, bound, inherit);
	set_caps(new, &caps);
	/* PREINIT may be written in a rule, but stands for nothing. */
	blob->privileges = entry->privileges & READ_ONCE(ctx->priv_bound) &
			   ~CLIP_PRIV_PREINIT;
	blob->entry_flags = entry->flags;
	if (file.effective | file.permitted | file.inheritable)
		blob->task_flags |= CLIP_TASK_RAISED;
	if (blob->privileges & ~CLIP_PRIV_PLAIN)
		blob->task_flags |= CLIP_TASK_BUMPED;
	if (inherit)
		blob->task_flags |= CLIP_TASK_INHERITED;
	if (blob->task_flags & (CLIP_TASK_RAISED | CLIP_TASK_BUMPED)) {
		bprm->secureexec = 1;
		bprm->per_clear |= PER_CLEAR_ON_SETID;
	}
	if (blob->task_flags || blob->privileges)
		clip_count(CLIP_COUNT_GRANTED);
}

static bool grants_anything(const struct clip_entry *entry)
{
	return entry->cap_effective || entry->cap_permitted ||
	       entry->cap_inheritable || entry->privileges;
}

static int hook_bprm_creds_from_file(struct linux_binprm *bprm,
				     const struct file *file)
{
	struct clip_cred *blob = clip_cred(bprm->cred);
	struct clip_entry *entry __free(clip_entry_put) = blob->pending;
	enum clip_reason reason;

	/* Nothing crosses exec but the inheritable set and forced inheritance. */
	blob->pending = NULL;
	blob->privileges = 0;
	blob->saved_privileges = 0;
	blob->extra_effective = 0;
	blob->extra_permitted = 0;
	blob->entry_flags = 0;
	blob->task_flags &= CLIP_TASK_INHERITED;

	if (!entry)
		return 0;
	/*
	 * With binfmt_misc's flag C the credentials come from a document and
	 * the code from an interpreter: what is granted must be what runs.
	 */
	if (file != bprm->file || !clip_entry_is_for(entry, file_inode(file)))
		reason = CLIP_REASON_SCRIPT;
	else
		reason = no_grant_reason(bprm, entry);
	if (reason == CLIP_REASON_NONE)
		grant(bprm, entry);
	else if (grants_anything(entry))
		clip_report_ungranted(blob->context, bprm->file, entry, reason);
	return 0;
}

/*
 * secureexec does not make a task undumpable, and commit_creds() does only if
 * the permitted set grows. Here the new mm is in place, and performance events
 * of the old image are still to be dropped.
 */
static void hook_bprm_committing_creds(const struct linux_binprm *bprm)
{
	if (clip_cred(bprm->cred)->task_flags &
	    (CLIP_TASK_RAISED | CLIP_TASK_BUMPED))
		set_dumpable(current->mm, SUID_DUMP_DISABLE);
}

static struct security_hook_list clip_exec_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bprm_check_security, hook_bprm_check_security),
	LSM_HOOK_INIT(bprm_creds_from_file, hook_bprm_creds_from_file),
	LSM_HOOK_INIT(bprm_committing_creds, hook_bprm_committing_creds),
};

/**
 * clip_add_exec_hooks - register the hooks of this file
 */
void __init clip_add_exec_hooks(void)
{
	security_add_hooks(clip_exec_hooks, ARRAY_SIZE(clip_exec_hooks),
			   &clip_lsm_id);
}
