// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for superblocks
 *
 * All concerns that restrict mounts of a filesystem are called here, in this
 * order, and nowhere else. The first refusal wins.
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>

#include "core/superblock_blob.h"
#include "core/task_blob.h"
#include "device/block.h"
#include "mount/fuse.h"
#include "mount/locked.h"
#include "store/filesystem.h"
#include "store/lookup.h"

static int hook_sb_mount(const char *dev_name, const struct path *path,
			 const char *type, unsigned long flags, void *data)
{
	const int err = clip_mount_check_call(path, flags);

	clip_task(current)->mount_checks = 0;
	return err ?: clip_fuse_check_mount(path, type, flags, data);
}

/*
 * Called for each mount, by either interface, with s_umount held. This includes
 * a mount that finds the superblock of an earlier one and opens no device.
 */
static int hook_sb_set_mnt_opts(struct super_block *sb, void *mnt_opts,
				unsigned long kern_flags,
				unsigned long *set_kern_flags)
{
	const int err = clip_fuse_check_superblock(sb);

	return err ?: clip_block_check_superblock(sb);
}

/*
 * Runs while the superblock can still be found, in a context that may sleep:
 * after umount(2) has returned, no entry of this filesystem is left.
 */
static void hook_sb_delete(struct super_block *sb)
{
	const u32 id = READ_ONCE(clip_superblock(sb)->id);

	if (id)
		clip_store_forget_sb(id);
}

static void hook_sb_free_security(struct super_block *sb)
{
	struct clip_superblock *blob = clip_superblock(sb);

	clip_sb_put(blob->id);
	blob->id = 0;
}

static struct security_hook_list clip_superblock_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(sb_mount, hook_sb_mount),
	LSM_HOOK_INIT(sb_set_mnt_opts, hook_sb_set_mnt_opts),
	LSM_HOOK_INIT(sb_delete, hook_sb_delete),
	LSM_HOOK_INIT(sb_free_security, hook_sb_free_security),
};

/**
 * clip_add_superblock_hooks - Register the hooks of this file
 */
void __init clip_add_superblock_hooks(void)
{
	security_add_hooks(clip_superblock_hooks,
			   ARRAY_SIZE(clip_superblock_hooks), &clip_lsm_id);
}
