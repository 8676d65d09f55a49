/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the device table in force
 */
#ifndef _SECURITY_CLIP_DEVICE_TABLE_H
#define _SECURITY_CLIP_DEVICE_TABLE_H

#include <linux/types.h>

struct clip_devchange;
struct clip_devtable;
struct file;

int clip_device_table_lock(bool empty);
u32 clip_device_permissions(dev_t dev);
bool clip_devices_granted(u32 permissions, bool (*is_meant)(u32 major));
int clip_device_table_change(const struct file *file,
			     struct clip_devchange *change, bool dry_run,
			     u64 *generation);
const struct clip_devtable *clip_device_table_rcu(void);
struct clip_devtable *clip_device_table_copy(void);

#endif /* _SECURITY_CLIP_DEVICE_TABLE_H */
