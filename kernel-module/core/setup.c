// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: registration
 */
#include "core/common.h"

#include <linux/init.h>
#include <linux/lsm_hooks.h>
#include <uapi/linux/lsm.h>

#include "chroot/confine.h"
#include "chroot/enter.h"
#include "context/procfs.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/setup.h"
#include "device/block.h"
#include "exec/chain.h"
#include "memory/libraries.h"
#include "memory/wx.h"
#include "mount/fuse.h"
#include "mount/locked.h"
#include "mount/nolock.h"
#include "network/netlink.h"
#include "network/socket.h"
#include "privilege/kernel_load.h"
#include "privilege/keys.h"
#include "privilege/scoped.h"
#include "privilege/surface.h"
#include "privilege/syslog.h"
#include "report/creation.h"
#include "store/context.h"
#include "store/filesystem.h"
#include "task/access.h"
#include "task/creds.h"
#include "task/oom.h"
#include "task/procattr.h"
#include "task/sigio.h"

bool clip_initialized __ro_after_init;

struct lsm_blob_sizes clip_blob_sizes __ro_after_init = {
	.lbs_cred = sizeof(struct clip_cred),
	.lbs_inode = sizeof(struct clip_inode),
	.lbs_superblock = sizeof(struct clip_superblock),
	.lbs_task = sizeof(struct clip_task),
};

const struct lsm_id clip_lsm_id = {
	.name = CLIP_NAME,
	.id = LSM_ID_CLIP,
};

static int __init clip_init(void)
{
	int err = clip_context_init();

	if (err) {
		pr_err("no memory for the first context, not started\n");
		return err;
	}
	clip_cred_init();
	clip_add_cred_hooks();
	clip_add_inode_hooks();
	clip_add_superblock_hooks();
	clip_add_exec_hooks();
	clip_add_lib_hooks();
	clip_add_wxmem_hooks();
	clip_add_rights_hooks();
	clip_add_task_hooks();
	clip_add_oom_hooks();
	clip_add_sigio_hooks();
	clip_add_bound_hooks();
	clip_add_procattr_hooks();
	clip_add_devgate_hooks();
	clip_add_net_hooks();
	clip_add_netlink_hooks();
	clip_add_gate_hooks();
	clip_add_loading_hooks();
	clip_add_key_hooks();
	clip_add_scope_hooks();
	clip_add_node_hooks();
	clip_add_chroot_hooks();
	clip_add_jail_hooks();
	clip_add_fuse_hooks();
	clip_add_mount_hooks();
	clip_add_nolock_hooks();
	clip_add_creation_hooks();
	clip_initialized = true;
	pr_info("ready\n");
	return 0;
}

/*
 * LSM_ORDER_LAST is appended whatever "lsm=" says: whoever can edit the
 * command line must not be able to drop the module by naming others.
 */
DEFINE_LSM(CLIP_NAME) = {
	.name = CLIP_NAME,
	.order = LSM_ORDER_LAST,
	.init = clip_init,
	.blobs = &clip_blob_sizes,
};
