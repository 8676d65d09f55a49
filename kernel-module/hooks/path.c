// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for names in directories and for extended attributes
 *
 * All concerns that restrict these acts are called here, in this order, and
 * nowhere else. Concerns that only watch come last, once no concern of clip has
 * refused the act. Other attributes of files are checked in hooks/file.c.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/path.h>

#include "chroot/confine.h"
#include "context/interfaces.h"
#include "core/latch.h"
#include "report/creation.h"
#include "verify/replaced.h"

/* Tasks are restricted by their context once one has entered any. */
static __always_inline int check_change(struct dentry *dentry)
{
	return static_branch_unlikely(&clip_opens_checked) ?
	       clip_interface_check_change(dentry) : 0;
}

/*
 * open(2) with O_CREAT asks before the kernel has looked whether the file exists.
 * Where no file can be made, as in procfs, the answer is used for nothing.
 */
static bool makes_no_file(const struct path *dir, umode_t mode)
{
	const struct inode_operations *acts = d_backing_inode(dir->dentry)->i_op;

	return S_ISREG(mode) && !acts->create && !acts->atomic_open;
}

static int hook_path_mknod(const struct path *dir, struct dentry *dentry,
			   umode_t mode, unsigned int dev)
{
	int err = clip_chroot_check_node(mode, dev);

	if (!err && !makes_no_file(dir, mode))
		err = check_change(dir->dentry);
	if (!err)
		clip_creation_node(dir, dentry, mode);
	return err;
}

static int hook_path_link(struct dentry *old_dentry,
			  const struct path *new_dir, struct dentry *new_dentry)
{
	const int err = check_change(new_dir->dentry);

	if (!err)
		clip_creation_link(new_dir, new_dentry);
	return err;
}

static int hook_path_mkdir(const struct path *dir, struct dentry *dentry,
			   umode_t mode)
{
	return check_change(dir->dentry);
}

/* Also rmdir(2). */
static int hook_path_unlink(const struct path *dir, struct dentry *dentry)
{
	return check_change(dir->dentry);
}

static int hook_path_symlink(const struct path *dir, struct dentry *dentry,
			     const char *old_name)
{
	return check_change(dir->dentry);
}

static int hook_path_rename(const struct path *old_dir,
			    struct dentry *old_dentry,
			    const struct path *new_dir,
			    struct dentry *new_dentry, unsigned int flags)
{
	int err = clip_chroot_check_move(old_dentry, old_dir->dentry,
					 new_dir->dentry);

	if (!err && (flags & RENAME_EXCHANGE))
		err = clip_chroot_check_move(new_dentry, new_dir->dentry,
					     old_dir->dentry);
	/* Both directories are on one mount. */
	return err ?: check_change(old_dir->dentry);
}

static int hook_inode_setxattr(struct mnt_idmap *idmap, struct dentry *dentry,
			       const char *name, const void *value, size_t size,
			       int flags)
{
	return check_change(dentry);
}

static int hook_inode_removexattr(struct mnt_idmap *idmap,
				  struct dentry *dentry, const char *name)
{
	return check_change(dentry);
}

static int hook_inode_set_acl(struct mnt_idmap *idmap, struct dentry *dentry,
			      const char *acl_name, struct posix_acl *kacl)
{
	return clip_chroot_check_acl(d_backing_inode(dentry), kacl) ?:
	       check_change(dentry);
}

static int hook_inode_remove_acl(struct mnt_idmap *idmap, struct dentry *dentry,
				 const char *acl_name)
{
	return check_change(dentry);
}

/* These two, unlike those above, come when the permissions are checked. */
static int hook_inode_unlink(struct inode *dir, struct dentry *dentry)
{
	clip_replaced_unlink(dentry);
	return 0;
}

static int hook_inode_rename(struct inode *old_dir, struct dentry *old_dentry,
			     struct inode *new_dir, struct dentry *new_dentry)
{
	clip_replaced_rename(old_dentry, new_dentry);
	return 0;
}

static struct security_hook_list clip_path_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_mknod, hook_path_mknod),
	LSM_HOOK_INIT(path_link, hook_path_link),
	LSM_HOOK_INIT(path_mkdir, hook_path_mkdir),
	LSM_HOOK_INIT(path_unlink, hook_path_unlink),
	LSM_HOOK_INIT(path_rmdir, hook_path_unlink),
	LSM_HOOK_INIT(path_symlink, hook_path_symlink),
	LSM_HOOK_INIT(path_rename, hook_path_rename),
	LSM_HOOK_INIT(inode_unlink, hook_inode_unlink),
	LSM_HOOK_INIT(inode_rename, hook_inode_rename),
	LSM_HOOK_INIT(inode_setxattr, hook_inode_setxattr),
	LSM_HOOK_INIT(inode_removexattr, hook_inode_removexattr),
	LSM_HOOK_INIT(inode_set_acl, hook_inode_set_acl),
	LSM_HOOK_INIT(inode_remove_acl, hook_inode_remove_acl),
};

/**
 * clip_add_path_hooks - Register the hooks of this file
 */
void __init clip_add_path_hooks(void)
{
	security_add_hooks(clip_path_hooks, ARRAY_SIZE(clip_path_hooks),
			   &clip_lsm_id);
}
