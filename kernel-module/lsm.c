// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: registration
 */
#include "core/common.h"

#include <linux/init.h>
#include <linux/lsm_hooks.h>

#include "store/context.h"

static int __init clip_init(void)
{
	int err = clip_context_init();

	if (err) {
		pr_err("no memory for the first context, not started\n");
		return err;
	}
	clip_cred_init();
	clip_add_cred_hooks();
	clip_add_capable_hooks();
	clip_add_file_hooks();
	clip_add_memory_hooks();
	clip_add_path_hooks();
	clip_add_superblock_hooks();
	clip_add_exec_hooks();
	clip_add_task_hooks();
	clip_add_access_hooks();
	clip_add_creds_hooks();
	clip_add_oom_hooks();
	clip_add_sigio_hooks();
	clip_add_procattr_hooks();
	clip_add_procfs_hooks();
	clip_add_chroot_hooks();
	clip_add_confine_hooks();
	clip_add_block_hooks();
	clip_add_fuse_hooks();
	clip_add_mount_hooks();
	clip_add_nolock_hooks();
	clip_add_socket_hooks();
	clip_add_netlink_hooks();
	clip_add_owner_hooks();
	clip_add_packet_hooks();
	clip_add_unix_hooks();
	clip_add_surface_hooks();
	clip_add_namespaces_hooks();
	clip_add_kernel_load_hooks();
	clip_add_keys_hooks();
	clip_add_syslog_hooks();
	clip_add_wx_hooks();
	clip_add_members_hooks();
	clip_add_objects_hooks();
	clip_initialized = true;
	pr_info("ready\n");
	return 0;
}

/*
 * LSM_ORDER_LAST is appended independent of "lsm=": a user that can edit the
 * command line must not be able to drop the module by naming others. Tests of
 * coexistence want another place.
 */
DEFINE_LSM(CLIP_NAME) = {
	.name = CLIP_NAME,
	.order = IS_ENABLED(CONFIG_SECURITY_CLIP_LAST) ?
			 LSM_ORDER_LAST : LSM_ORDER_MUTABLE,
	.init = clip_init,
	.blobs = &clip_blob_sizes,
};
