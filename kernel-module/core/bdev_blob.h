/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the module's part of a block device
 */
#ifndef _SECURITY_CLIP_CORE_BDEV_BLOB_H
#define _SECURITY_CLIP_CORE_BDEV_BLOB_H

#include <linux/blk_types.h>
#include <linux/types.h>

#include "core/common.h"

/**
 * struct clip_bdev - The module's part of a block device's security blob
 * @late: the device has come into being after the device table was locked
 */
struct clip_bdev {
	bool late;
};

static inline struct clip_bdev *clip_bdev(const struct block_device *bdev)
{
	return bdev->bd_security + clip_blob_sizes.lbs_bdev;
}

#endif /* _SECURITY_CLIP_CORE_BDEV_BLOB_H */
