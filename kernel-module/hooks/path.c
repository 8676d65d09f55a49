// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for new names in directories
 *
 * Concerns that only watch come last, once no concern of clip has refused the
 * act.
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/path.h>

#include "chroot/confine.h"
#include "report/creation.h"

static int hook_path_mknod(const struct path *dir, struct dentry *dentry,
			   umode_t mode, unsigned int dev)
{
	const int err = clip_chroot_check_node(mode, dev);

	if (!err)
		clip_creation_node(dir, dentry, mode);
	return err;
}

static int hook_path_link(struct dentry *old_dentry,
			  const struct path *new_dir, struct dentry *new_dentry)
{
	clip_creation_link(new_dir, new_dentry);
	return 0;
}

static struct security_hook_list clip_path_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_mknod, hook_path_mknod),
	LSM_HOOK_INIT(path_link, hook_path_link),
};

/**
 * clip_add_path_hooks - Register the hooks of this file
 */
void __init clip_add_path_hooks(void)
{
	security_add_hooks(clip_path_hooks, ARRAY_SIZE(clip_path_hooks),
			   &clip_lsm_id);
}
