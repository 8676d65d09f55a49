/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: declarations that every file of the module needs
 *
 * Lock ordering, outermost first:
 *
 *   clip_store_lock (store/entry.c): contexts, entry tables, allow digests
 *     > the lock of the device table (device/table.c)
 *       > clip_inode.lock (core/inode_blob.h): what is known of the content
 */
#ifndef _SECURITY_CLIP_CORE_COMMON_H
#define _SECURITY_CLIP_CORE_COMMON_H

#define CLIP_NAME "clip"

/* Administrators and tests find the lines of clip in the log by this prefix. */
#ifdef pr_fmt
#undef pr_fmt
#endif
#define pr_fmt(fmt) CLIP_NAME ": " fmt

#include <linux/lsm_hooks.h>

/* True once the hooks are registered. Every later initcall checks it first. */
extern bool clip_initialized;

extern struct lsm_blob_sizes clip_blob_sizes;
extern const struct lsm_id clip_lsm_id;

/*
 * Each file that implements hooks has one table of them, and one of these
 * functions registers it. lsm.c calls each of them once.
 */
void clip_cred_init(void);
void clip_add_cred_hooks(void);
void clip_add_capable_hooks(void);
void clip_add_file_hooks(void);
void clip_add_memory_hooks(void);
void clip_add_path_hooks(void);
void clip_add_superblock_hooks(void);
void clip_add_exec_hooks(void);
void clip_add_task_hooks(void);
void clip_add_access_hooks(void);
void clip_add_creds_hooks(void);
void clip_add_oom_hooks(void);
void clip_add_sigio_hooks(void);
void clip_add_procattr_hooks(void);
void clip_add_procfs_hooks(void);
void clip_add_chroot_hooks(void);
void clip_add_confine_hooks(void);
void clip_add_block_hooks(void);
void clip_add_fuse_hooks(void);
void clip_add_mount_hooks(void);
void clip_add_nolock_hooks(void);
void clip_add_socket_hooks(void);
void clip_add_netlink_hooks(void);
void clip_add_owner_hooks(void);
void clip_add_packet_hooks(void);
void clip_add_unix_hooks(void);
void clip_add_surface_hooks(void);
void clip_add_namespaces_hooks(void);
void clip_add_kernel_load_hooks(void);
void clip_add_keys_hooks(void);
void clip_add_syslog_hooks(void);
void clip_add_wx_hooks(void);
void clip_add_members_hooks(void);
void clip_add_objects_hooks(void);

#endif /* _SECURITY_CLIP_CORE_COMMON_H */
