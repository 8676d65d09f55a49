// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the data with which the module registers as an LSM
 */
#include "core/common.h"

#include <linux/cache.h>
#include <linux/lsm_hooks.h>
#include <uapi/linux/lsm.h>

#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/object_blob.h"
#include "core/sock_blob.h"
#include "core/superblock_blob.h"
#include "core/task_blob.h"

bool clip_initialized __ro_after_init;

struct lsm_blob_sizes clip_blob_sizes __ro_after_init = {
	.lbs_bdev = sizeof(struct clip_bdev),
	.lbs_cred = sizeof(struct clip_cred),
	.lbs_file = sizeof(struct clip_file),
	.lbs_inode = sizeof(struct clip_inode),
	.lbs_ipc = sizeof(struct clip_object),
#ifdef CONFIG_KEYS
	.lbs_key = sizeof(struct clip_object),
#endif
	.lbs_perf_event = sizeof(struct clip_object),
	.lbs_sock = sizeof(struct clip_sock),
	.lbs_superblock = sizeof(struct clip_superblock),
	.lbs_task = sizeof(struct clip_task),
};

const struct lsm_id clip_lsm_id = {
	.name = CLIP_NAME,
	.id = LSM_ID_CLIP,
};
