// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what the files of an exec would give it
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

/* The flags that widen what a script is given: both entries must have them. */
#define WIDENING	(CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT)

/**
 * clip_grant_free - end an offer
 * @offer: an offer, or NULL
 */
void clip_grant_free(struct clip_grant *offer)
{
	if (!offer)
		return;
	clip_entry_put(offer->entry);
	kfree(offer->interpreter);
	kfree(offer);
}

/* Nothing will be granted; the first reason is the one that is told. */
static void strip(struct clip_grant *offer, enum clip_reason reason)
{
	if (offer->reason == CLIP_REASON_NONE)
		offer->reason = reason;
}

/* Why no entry of this file can grant anything, or CLIP_REASON_NONE. */
static enum clip_reason place_reason(const struct file *file)
{
	if (!mnt_may_suid(file->f_path.mnt) || clip_sb_no_suid(file))
		return CLIP_REASON_NOSUID_MOUNT;
	if (!clip_sb_trusted(file_inode(file)->i_sb))
		return CLIP_REASON_UNTRUSTED_FS;
	return CLIP_REASON_NONE;
}

/**
 * clip_grant_obstacle - why an entry grants nothing, wherever it is executed
 * @file: the file
 * @entry: its entry
 *
 * What depends on the task that executes it is not asked here.
 *
 * Return: %CLIP_REASON_NONE, or why.
 */
enum clip_reason clip_grant_obstacle(const struct file *file,
				     const struct clip_entry *entry)
{
	const enum clip_reason reason = place_reason(file);

	if (reason != CLIP_REASON_NONE)
		return reason;
	/* EX-09: by itself an interpreter is given nothing. */
	return entry->flags & CLIP_ENTRY_INTERP ? CLIP_REASON_INTERPRETER :
						  CLIP_REASON_NONE;
}

/**
 * clip_grant_limit - cut a script's offer by the entry of its interpreter
 * @offer: what there is
 * @flags: CLIP_ENTRY_* of the interpreter's entry
 * @caps: its capabilities
 * @privileges: its privileges
 *
 * Capabilities and privileges are two groups, and each is cut only if the
 * interpreter's entry has something in it: an entry that is empty there says
 * "any script" and not "nothing" (EX-16). Root loses what the interpreter's
 * entry lacks of the capabilities that it would have without the script, too.
 * The flags are the interpreter's from now on (EX-20); but those that widen
 * the grant count only if the script's entry has them as well, or the entry of
 * a common interpreter would widen those of all scripts.
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

/* Is this the interpreter of the script, and not one of binfmt_misc's? */
static bool is_named(const struct clip_grant *offer,
		     const struct linux_binprm *bprm)
{
	return !bprm->have_execfd && offer->interpreter &&
	       !strcmp(offer->interpreter, bprm->interp);
}

/*
 * The last file goes on from here. If yet another follows, this one is a
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

/* EX-15 to EX-20. The caller's own credentials are none of our business. */
static void add_interpreter(struct clip_grant *offer,
			    const struct linux_binprm *bprm,
			    const struct clip_entry *entry)
{
	const struct clip_caps caps = entry ? (struct clip_caps) {
		.effective = entry->cap_effective,
		.permitted = entry->cap_permitted,
		.inheritable = entry->cap_inheritable,
	} : (struct clip_caps) {};

	strip(offer, offer->follow_reason);
	if (!entry || !(entry->flags & CLIP_ENTRY_INTERP))
		strip(offer, CLIP_REASON_INTERPRETER);
	else if (!is_named(offer, bprm))
		strip(offer, CLIP_REASON_SCRIPT);
	else
		clip_grant_limit(offer, entry->flags, &caps,
				 entry->privileges);
	strip(offer, place_reason(bprm->file));
}

static struct clip_grant *make_offer(const struct linux_binprm *bprm,
				     struct clip_entry *entry)
{
	struct clip_grant *offer = kzalloc(sizeof(*offer), GFP_KERNEL);

	if (!offer)
		return NULL;
	refcount_inc(&entry->usage);
	offer->entry = entry;
	offer->caps.effective = entry->cap_effective;
	offer->caps.permitted = entry->cap_permitted;
	offer->caps.inheritable = entry->cap_inheritable;
	offer->root = (struct clip_caps) { U64_MAX, U64_MAX, U64_MAX };
	/* PREINIT may be written in a rule, but stands for nothing. */
	offer->privileges = entry->privileges & ~CLIP_PRIV_PREINIT;
	offer->flags = entry->flags;
	offer->script = entry->flags & CLIP_ENTRY_SCRIPT;
	if (clip_caps_any(&offer->caps))
		offer->task_flags |= CLIP_TASK_RAISED;
	if (offer->privileges & ~CLIP_PRIV_PLAIN)
		offer->task_flags |= CLIP_TASK_BUMPED;
	offer->reason = clip_grant_obstacle(bprm->file, entry);
	return offer;
}

/**
 * clip_grant_update - take in one more file of an exec
 * @pending: what the files before this one came to, or NULL; changed
 * @bprm: the exec, with the file in it
 * @entry: the file's entry if it counts and the file matches it, else NULL
 *
 * Behind a file whose entry says SCRIPT, each file is an interpreter and can
 * only take away. Otherwise each file is a new beginning (EX-02).
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
		offer = make_offer(bprm, entry);
		if (!offer)
			return -ENOMEM;
		*pending = offer;
	}
	offer->inode = file_inode(bprm->file);
	return offer->script ? expect_interpreter(offer, bprm) : 0;
}
