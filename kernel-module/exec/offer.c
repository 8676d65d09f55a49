// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: collecting the pending grant of an exec
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/caps.h"
#include "core/cred_blob.h"
#include "exec/offer.h"
#include "exec/script.h"
#include "store/entry.h"
#include "store/filesystem.h"

/* These flags widen the grant of a script: both entries must have them. */
#define WIDENING	(CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT)

/**
 * clip_grant_free - Free a pending grant
 * @offer: the pending grant, or NULL
 */
void clip_grant_free(struct clip_grant *offer)
{
	if (!offer)
		return;
	clip_entry_put(offer->entry);
	kfree(offer->interpreter);
	kfree(offer);
}

/* Grants nothing from now on. The first reason is the one that is reported. */
static void strip(struct clip_grant *offer, enum clip_reason reason)
{
	if (offer->reason == CLIP_REASON_NONE)
		offer->reason = reason;
}

/**
 * clip_grant_place - Find a reason why a file is in a place without grants
 * @file: the file
 *
 * Return: %CLIP_REASON_NONE, or why no entry of the file can grant anything.
 */
enum clip_reason clip_grant_place(const struct file *file)
{
	if (!mnt_may_suid(file->f_path.mnt) || clip_sb_no_suid(file))
		return CLIP_REASON_NOSUID_MOUNT;
	if (!clip_sb_trusted(file_inode(file)->i_sb))
		return CLIP_REASON_UNTRUSTED_FS;
	return CLIP_REASON_NONE;
}

/**
 * clip_grant_obstacle - Find a reason why an entry never grants anything
 * @file: the file
 * @entry: its entry
 *
 * Reasons that depend on the executing task are not considered here.
 *
 * Return: %CLIP_REASON_NONE, or the reason.
 */
enum clip_reason clip_grant_obstacle(const struct file *file,
				     const struct clip_entry *entry)
{
	const enum clip_reason reason = clip_grant_place(file);

	if (reason != CLIP_REASON_NONE)
		return reason;
	/* EX-09: an interpreter gets no grant by itself. */
	return entry->flags & CLIP_ENTRY_INTERP ? CLIP_REASON_INTERPRETER :
						  CLIP_REASON_NONE;
}

/**
 * clip_grant_limit - Limit the grant of a script by its interpreter's entry
 * @offer: the pending grant; updated
 * @flags: CLIP_ENTRY_* of the interpreter's entry
 * @caps: its capabilities
 * @privileges: its privileges
 *
 * Capabilities and privileges are two groups, and each is cut only if the
 * interpreter's entry has something in it: an empty group means "any script"
 * and not "nothing" (EX-16). Of the capabilities that root would have without
 * the script, it also loses those that the interpreter's entry lacks. The flags
 * are the interpreter's from now on (EX-20). Flags that widen the grant count
 * only if the script's entry has them as well; otherwise the entry of a common
 * interpreter would widen the grants of all scripts.
 */
void clip_grant_limit(struct clip_grant *offer, u32 flags,
		      const struct clip_caps *caps, u64 privileges)
{
	if (clip_caps_any(caps)) {
		clip_caps_intersect(&offer->caps, caps);
		clip_caps_intersect(&offer->root, caps);
		offer->task_flags |= CLIP_TASK_RAISED;
	}
	if (privileges)
		offer->privileges &= privileges;
	offer->flags = flags & (offer->flags | ~WIDENING);
}

/*
 * Is this the interpreter that the script names, and not one of binfmt_misc's?
 */
static bool is_named(const struct clip_grant *offer,
		     const struct linux_binprm *bprm)
{
	return !bprm->have_execfd && offer->interpreter &&
	       !strcmp(offer->interpreter, bprm->interp);
}

/*
 * Starts over from the last file. If another file follows, the last one is a
 * script, and its interpreter will open it by its name.
 */
static int expect_interpreter(struct clip_grant *offer,
			      const struct linux_binprm *bprm)
{
	const char *name;
	size_t length;
	int good;

	kfree(offer->interpreter);
	offer->interpreter = NULL;
	offer->follow_reason = CLIP_REASON_SCRIPT;
	name = clip_script_interpreter(bprm->buf, sizeof(bprm->buf), &length);
	if (!name)
		return 0;
	offer->interpreter = kmemdup_nul(name, length, GFP_KERNEL);
	if (!offer->interpreter)
		return -ENOMEM;
	good = clip_script_guarded(bprm);
	if (good > 0)
		offer->follow_reason = CLIP_REASON_NONE;
	return good < 0 ? good : 0;
}

static struct clip_caps caps_of(const struct clip_entry *entry)
{
	const struct clip_entry_rights *rights = clip_entry_rights(entry);

	return (struct clip_caps) {
		.effective = rights->cap_effective,
		.permitted = rights->cap_permitted,
		.inheritable = rights->cap_inheritable,
	};
}

/* EX-15 to EX-20. The caller's own credentials do not matter here. */
static void add_interpreter(struct clip_grant *offer,
			    const struct linux_binprm *bprm,
			    const struct clip_entry *entry)
{
	const struct clip_caps caps = entry ? caps_of(entry) :
					      (struct clip_caps) {};

	strip(offer, offer->follow_reason);
	if (!entry || !(entry->flags & CLIP_ENTRY_INTERP))
		strip(offer, CLIP_REASON_INTERPRETER);
	else if (!is_named(offer, bprm))
		strip(offer, CLIP_REASON_SCRIPT);
	else
		clip_grant_limit(offer, entry->flags, &caps,
				 clip_entry_rights(entry)->privileges);
	strip(offer, clip_grant_place(bprm->file));
}

/**
 * clip_grant_make - Make the pending grant of one file
 * @offer: the pending grant; what it held before is not freed
 * @bprm: the exec, with the file in it
 * @entry: the file's entry; the caller's reference becomes that of the grant
 */
void clip_grant_make(struct clip_grant *offer, const struct linux_binprm *bprm,
		     struct clip_entry *entry)
{
	*offer = (struct clip_grant) {
		.entry = entry,
		.inode = file_inode(bprm->file),
		.caps = caps_of(entry),
		.root = { U64_MAX, U64_MAX, U64_MAX },
		/* A rule may contain PREINIT, but it has no effect. */
		.privileges = clip_entry_rights(entry)->privileges &
			      ~CLIP_PRIV_PREINIT,
		.flags = entry->flags,
		.script = entry->flags & CLIP_ENTRY_SCRIPT,
		.reason = clip_grant_obstacle(bprm->file, entry),
	};
	if (clip_caps_any(&offer->caps))
		offer->task_flags |= CLIP_TASK_RAISED;
	if (offer->privileges & ~CLIP_PRIV_PLAIN)
		offer->task_flags |= CLIP_TASK_BUMPED;
}

/**
 * clip_grant_update - Add one more file of an exec to its pending grant
 * @pending: the pending grant of the files before this one, or NULL; updated
 * @bprm: the exec, with the file in it
 * @entry: the file's entry if it counts and the file matches it, else NULL
 *
 * After a file whose entry says SCRIPT, each file is an interpreter and can
 * only reduce the grant. Otherwise each file starts a new grant (EX-02).
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM.
 */
int clip_grant_update(struct clip_grant **pending,
		      const struct linux_binprm *bprm,
		      struct clip_entry *entry)
{
	struct clip_grant *offer = *pending;

	if (offer && offer->script) {
		add_interpreter(offer, bprm, entry);
	} else {
		*pending = NULL;
		clip_grant_free(offer);
		if (!entry)
			return 0;
		offer = kmalloc(sizeof(*offer), GFP_KERNEL);
		if (!offer)
			return -ENOMEM;
		refcount_inc(&entry->usage);
		clip_grant_make(offer, bprm, entry);
		*pending = offer;
	}
	offer->inode = file_inode(bprm->file);
	return offer->script ? expect_interpreter(offer, bprm) : 0;
}
