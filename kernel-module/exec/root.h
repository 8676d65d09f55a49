/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: root's capabilities at exec
 */
#ifndef _SECURITY_CLIP_EXEC_ROOT_H
#define _SECURITY_CLIP_EXEC_ROOT_H

#include <linux/cred.h>
#include <linux/securebits.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "core/cred_blob.h"
#include "core/latch.h"

struct file;
struct linux_binprm;

/**
 * struct clip_root - What a task may have as root
 * @mask: the most capabilities, as in the entries
 * @extra: those beyond kernel_cap_t that it has
 */
struct clip_root {
	u64 mask;
	u64 extra;
};

void clip_root_bound(struct cred *new);
int clip_root_ignore_setuid(struct linux_binprm *bprm,
			    const struct file *file);
void clip_root_ignore_file_caps(struct linux_binprm *bprm,
				const struct file *file);
int clip_root_ignore_file(struct linux_binprm *bprm, const struct file *file);

/**
 * clip_root_rights - Get what a task may have as root
 * @new: its credentials after the exec, as the capability module left them
 *
 * The limit does not apply to root of a user namespace: its capabilities do not
 * reach beyond the namespace, whatever its id is outside.
 *
 * Root has CONTEXT like any other capability, as far as the latch leaves it.
 * CONTEXT has no bounding set, so it goes with CAP_MAC_ADMIN: a task that was
 * kept from setting policy is kept from CONTEXT, too.
 *
 * Return: The most capabilities that the task may have, and those beyond
 * kernel_cap_t that it has; all, and none, for a task that is not root.
 */
static __always_inline struct clip_root
clip_root_rights(const struct cred *new)
{
	struct clip_root rights = { .mask = U64_MAX };

	if (new->user_ns != &init_user_ns ||
	    (!uid_eq(new->uid, GLOBAL_ROOT_UID) &&
	     !uid_eq(new->euid, GLOBAL_ROOT_UID)))
		return rights;
	rights.mask = clip_latch_rootcap();
	if (!(new->securebits & issecure_mask(SECURE_NOROOT)) &&
	    cap_raised(new->cap_permitted, CAP_MAC_ADMIN))
		rights.extra = BIT_ULL(CLIP_CAP_CONTEXT) & rights.mask;
	return rights;
}

/**
 * clip_root_limit - Limit the capabilities that root has without an entry
 * @new: credentials after the exec
 *
 * The ambient set is limited as well: left outside the permitted set, it would
 * make every later exec fail. An inheritable set that was forced by an entry
 * stays, since it was granted. Any other inheritable set would bring back the
 * capabilities that are taken away here, through a file's capabilities.
 */
static __always_inline void clip_root_limit(struct cred *new)
{
	const struct clip_root rights = clip_root_rights(new);
	struct clip_cred *blob = clip_cred(new);
	u64 inheritable = clip_extra_inheritable(blob);

	if (!(blob->task_flags & CLIP_TASK_INHERITED))
		inheritable &= rights.mask;
	clip_set_extra(blob,
		       uid_eq(new->euid, GLOBAL_ROOT_UID) ? rights.extra : 0,
		       rights.extra, inheritable);
	new->cap_permitted.val &= rights.mask;
	new->cap_effective.val &= rights.mask;
	new->cap_ambient.val &= rights.mask;
	if (!(blob->task_flags & CLIP_TASK_INHERITED))
		new->cap_inheritable.val &= rights.mask;
}

#endif /* _SECURITY_CLIP_EXEC_ROOT_H */
