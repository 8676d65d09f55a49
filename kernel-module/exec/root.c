// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: root's capabilities at exec
 *
 * The capability module gives root all capabilities again at each exec, so each
 * exec has to take them away again.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/securebits.h>
#include <linux/security.h>
#include <linux/user_namespace.h>
#include <uapi/linux/clip.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "exec/root.h"
#include "store/context.h"

/**
 * clip_root_bound - Take away what is beyond the context's bounding set
 * @new: credentials after the exec that put the task into its context
 *
 * The capability module has used the bounding set from before the exec.
 */
void clip_root_bound(struct cred *new)
{
	const u64 bound = READ_ONCE(clip_cred(new)->context->cap_bound);

	new->cap_permitted.val &= bound;
	new->cap_effective.val &= bound;
	cap_clear(new->cap_inheritable);
	cap_clear(new->cap_ambient);
}

static bool sets_uid_to_root(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return READ_ONCE(inode->i_mode) & S_ISUID &&
	       vfsuid_eq_kuid(i_uid_into_vfsuid(file_mnt_idmap(file), inode),
			      GLOBAL_ROOT_UID);
}

/**
 * clip_root_ignore_setuid - Take back the effect of a set-uid bit of root
 * @bprm: the exec
 * @file: the file whose mode bits counted
 *
 * NS-01. Set-uid bits of other owners and all set-gid bits count as usual. The
 * exec is still treated as one that gains something (AT_SECURE, personality):
 * other code may have had its own reasons for that.
 *
 * The mode is checked as well as the id because of unsafe execs. There the id
 * has been restored already, but the capabilities are still the part of root's
 * that the caller had.
 *
 * Return: 0, or the capability module's error.
 */
int clip_root_ignore_setuid(struct linux_binprm *bprm, const struct file *file)
{
	const struct cred *old = current_cred();
	struct cred *new = bprm->cred;

	if (!clip_latched(CLIP_LATCH_NOSUID_ROOT) || uid_eq(old->euid, GLOBAL_ROOT_UID))
		return 0;
	if (!uid_eq(new->euid, GLOBAL_ROOT_UID) && !sets_uid_to_root(file))
		return 0;
	new->euid = old->euid;
	new->suid = old->euid;
	new->fsuid = old->euid;
	/*
	 * Becoming root emptied the ambient set; without the bit it would have
	 * been kept.
	 */
	new->cap_ambient = old->cap_ambient;
	return cap_bprm_creds_from_file(bprm, file);
}

/**
 * clip_root_ignore_file_caps - Take back the effect of a file's capabilities
 * @bprm: the exec
 * @file: the file that the capability module used
 *
 * Without them, only root and the ambient set count. A set-uid or set-gid bit
 * has emptied the ambient set, as it does without a file's capabilities.
 */
void clip_root_ignore_file_caps(struct linux_binprm *bprm,
				const struct file *file)
{
	const struct cred *old = current_cred();
	const kuid_t root = make_kuid(bprm->cred->user_ns, 0);
	struct cred *new = bprm->cred;
	struct cpu_vfs_cap_data caps;

	if (get_vfs_caps_from_disk(file_mnt_idmap(file),
				   file->f_path.dentry, &caps))
		return;
	if (!issecure(SECURE_NOROOT) &&
	    (uid_eq(new->uid, root) || uid_eq(new->euid, root)))
		return;
	if (uid_eq(new->euid, old->euid) && gid_eq(new->egid, old->egid))
		new->cap_ambient = old->cap_ambient;
	else
		cap_clear(new->cap_ambient);
	new->cap_permitted = new->cap_ambient;
	new->cap_effective = new->cap_ambient;
}

/**
 * clip_root_ignore_file - Take back the effect of a file's mode and caps
 * @bprm: the exec
 * @file: the file that the capability module used
 *
 * For a file on a device whose files grant nothing: the effect is that of a
 * nosuid mount.
 *
 * Return: 0, or the capability module's error.
 */
int clip_root_ignore_file(struct linux_binprm *bprm, const struct file *file)
{
	const struct cred *old = current_cred();
	struct cred *new = bprm->cred;
	int err;

	new->euid = old->euid;
	new->suid = old->euid;
	new->fsuid = old->euid;
	new->egid = old->egid;
	new->sgid = old->egid;
	new->fsgid = old->egid;
	new->cap_ambient = old->cap_ambient;
	err = cap_bprm_creds_from_file(bprm, file);
	if (!err)
		clip_root_ignore_file_caps(bprm, file);
	return err;
}
