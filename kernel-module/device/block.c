// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: enforcement of the device table
 *
 * The table is enforced only once the latch kernel.clip.mount is set. No
 * capability, no privilege and no context is an exception. The kernel's own
 * threads are exempt: they look for partitions, and bring the system to rest.
 *
 * What a filesystem may do with its files is decided once for all its mounts,
 * when it is mounted. A filesystem that was mounted before the latch was set
 * keeps its rights.
 */
#include "core/common.h"

#include <linux/blkdev.h>
#include <linux/blkpg.h>
#include <linux/dm-ioctl.h>
#include <linux/io_uring/cmd.h>
#include <linux/kdev_t.h>
#include <linux/loop.h>
#include <linux/lsm_hooks.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/nbd.h>
#include <linux/raid/md_u.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "core/latch.h"
#include "core/superblock_blob.h"
#include "device/block.h"
#include "device/requests.h"
#include "device/table.h"
#include "report/report.h"
#include "store/filesystem.h"

#define ON_FILES	(CLIP_DEVICE_DEV | CLIP_DEVICE_EXEC | CLIP_DEVICE_SUID)

static int need(const char *operation, dev_t dev, u32 needs)
{
	if (!(needs & ~clip_device_permissions(dev)))
		return 0;
	clip_report_device(operation, dev, needs);
	return -EPERM;
}

static int refuse(const char *operation, dev_t dev)
{
	clip_report_device(operation, dev, 0);
	return -EPERM;
}

/*
 * DV-08, and DV-09 as it was intended: applies to every open, by a program or
 * inside the kernel. A device opened for neither reading nor writing still
 * accepts ioctls, so such an open counts as both.
 */
static int hook_bdev_permission(dev_t dev, int mask)
{
	u32 needs = 0;

	if (!clip_mount_applies())
		return 0;
	if (mask & MAY_READ)
		needs |= CLIP_DEVICE_READ;
	if (mask & MAY_WRITE)
		needs |= CLIP_DEVICE_WRITE;
	return need("open", dev, needs ?: CLIP_DEVICE_READ | CLIP_DEVICE_WRITE);
}

/* Returns the number of the device, or 0 for a filesystem on no device. */
static dev_t device_of(const struct super_block *sb)
{
	if (sb->s_bdev)
		return sb->s_bdev->bd_dev;
	/* For MTD, and for images in files, whose numbers no rule can list. */
	return sb->s_type->fs_flags & FS_REQUIRES_DEV ? sb->s_dev : 0;
}

static int hook_bdev_alloc_security(struct block_device *bdev)
{
	clip_bdev(bdev)->late = clip_latched(CLIP_LATCH_MOUNT);
	return 0;
}

/*
 * The kernel gives the number of a partition or of a disk that is gone to the
 * next one that comes. The permissions of files therefore end with the device
 * that had the number when the table was locked: a later device has none.
 */
static u32 permissions_of(const struct block_device *bdev)
{
	const u32 permissions = clip_device_permissions(bdev->bd_dev);

	return clip_bdev(bdev)->late ? permissions & ~ON_FILES : permissions;
}

/* All permissions that the disk of a device or one of its partitions has. */
static u32 permissions_of_disk(const struct block_device *bdev)
{
	struct block_device *part;
	unsigned long index;
	u32 permissions = 0;

	guard(rcu)();
	xa_for_each(&bdev->bd_disk->part_tbl, index, part)
		permissions |= permissions_of(part);
	return permissions;
}

/**
 * clip_block_permissions - Find the permissions of the device of a filesystem
 * @sb: its superblock
 *
 * The caller has to check whether the table is enforced at all.
 *
 * Return: CLIP_DEVICE_*; 0 for a filesystem that is on no device.
 */
u32 clip_block_permissions(const struct super_block *sb)
{
	const dev_t dev = device_of(sb);

	if (sb->s_bdev)
		return permissions_of(sb->s_bdev);
	return dev ? clip_device_permissions(dev) : 0;
}

static u32 needs_of_mount(struct super_block *sb)
{
	return clip_sb_read_only(sb) ? CLIP_DEVICE_READ :
				       CLIP_DEVICE_READ | CLIP_DEVICE_WRITE;
}

/*
 * A permission that the files of a device do not have stays denied, whichever
 * mount they are reached by. The flags that each mount must have show the same
 * restriction to every user that looks at it: mount/locked.c.
 */
static void judge_files(struct super_block *sb, u32 permissions)
{
	struct clip_superblock *blob = clip_superblock(sb);

	if (!(permissions & CLIP_DEVICE_DEV))
		sb->s_iflags |= SB_I_NODEV;
	/* Files that can be written must not be executed. */
	if (!(permissions & CLIP_DEVICE_EXEC) || !clip_sb_read_only(sb)) {
		sb->s_iflags |= SB_I_NOEXEC;
		WRITE_ONCE(blob->no_exec, true);
	}
	if (!(permissions & CLIP_DEVICE_SUID))
		WRITE_ONCE(blob->no_suid, true);
}

/**
 * clip_block_check_superblock - Check the mount of a filesystem's device
 * @sb: its superblock, new or found again; s_umount is held
 *
 * The first mount after the latch was set decides about the use of its files,
 * for all mounts.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_block_check_superblock(struct super_block *sb)
{
	struct clip_superblock *blob = clip_superblock(sb);
	const dev_t dev = device_of(sb);
	int err;

	if (!dev)
		return 0;
	if (!clip_mount_applies()) {
		blob->mounted = true;
		return 0;
	}
	err = need("mount", dev, needs_of_mount(sb));
	if (err)
		return err;
	if (!blob->mounted)
		judge_files(sb, clip_block_permissions(sb));
	blob->mounted = true;
	return 0;
}

/* Requests that change the source of a device's blocks. */
static bool rebinds(unsigned int cmd)
{
	switch (cmd) {
	case LOOP_SET_FD:
	case LOOP_CHANGE_FD:
	case LOOP_CONFIGURE:
	case LOOP_SET_STATUS:
	case LOOP_SET_STATUS64:
	case NBD_SET_SOCK:
	case NBD_DO_IT:
		return true;
	default:
		return _IOC_TYPE(cmd) == MD_MAJOR &&
		       _IOC_DIR(cmd) != _IOC_READ;
	}
}

/* Requests that change partitions, or whether the device is writable. */
static bool reshapes(unsigned int cmd)
{
	return cmd == BLKPG || cmd == BLKRRPART || cmd == BLKROSET;
}

/*
 * A request that changes the source of the blocks does so for the whole disk
 * and for all its partitions, whichever of their nodes it comes by.
 */
static int block_ioctl(const struct block_device *bdev, unsigned int cmd)
{
	if (reshapes(cmd))
		return need("partition", bdev->bd_dev, CLIP_DEVICE_WRITE);
	if (rebinds(cmd) && (permissions_of_disk(bdev) & ON_FILES))
		return refuse("rebind", bdev->bd_dev);
	return 0;
}

/*
 * The text of /proc/devices is the only place that shows the driver of a
 * number.
 */
static bool is_mapped_device(u32 major)
{
	char text[32] = "";
	struct seq_file line = { .buf = text, .size = sizeof(text) };

	blkdev_show(&line, major);
	return strstr(text, "device-mapper");
}

/*
 * Requests of device mapper that give no device other blocks. DM_TABLE_LOAD and
 * DM_DEV_SUSPEND are missing, because the latter also resumes a device with a
 * table that was loaded before the lock, and so is DM_TARGET_MSG, which chooses
 * among the devices of a table.
 */
static bool keeps_blocks(unsigned int nr)
{
	switch (nr) {
	case _IOC_NR(DM_VERSION):
	case _IOC_NR(DM_REMOVE_ALL):
	case _IOC_NR(DM_LIST_DEVICES):
	case _IOC_NR(DM_DEV_CREATE):
	case _IOC_NR(DM_DEV_REMOVE):
	case _IOC_NR(DM_DEV_RENAME):
	case _IOC_NR(DM_DEV_STATUS):
	case _IOC_NR(DM_DEV_WAIT):
	case _IOC_NR(DM_TABLE_CLEAR):
	case _IOC_NR(DM_TABLE_DEPS):
	case _IOC_NR(DM_TABLE_STATUS):
	case _IOC_NR(DM_LIST_VERSIONS):
	case _IOC_NR(DM_DEV_SET_GEOMETRY):
	case _IOC_NR(DM_DEV_ARM_POLL):
	case _IOC_NR(DM_GET_TARGET_VERSION):
		return true;
	default:
		return false;
	}
}

/*
 * The request names the device that is to get other blocks. However, it is in
 * the caller's memory, and the kernel reads it again after this check. The
 * decision is therefore based on facts that cannot change: once the table
 * grants anything to the files of any mapped device, no mapped device gets
 * other blocks.
 */
static bool maps(dev_t dev, unsigned int cmd)
{
	return dev == MKDEV(MISC_MAJOR, MAPPER_CTRL_MINOR) &&
	       _IOC_TYPE(cmd) == DM_IOCTL && !keeps_blocks(_IOC_NR(cmd)) &&
	       (clip_latched(CLIP_LATCH_DEVICES_STRICT) ||
		clip_devices_granted(ON_FILES, is_mapped_device));
}

/**
 * clip_block_check_ioctl - Check an ioctl on a device
 * @file: the open device, or any other file
 * @cmd: the request
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_block_check_ioctl(const struct file *file, unsigned int cmd)
{
	const struct inode *inode = file_inode(file);

	if (!clip_mount_applies())
		return 0;
	if (!S_ISBLK(inode->i_mode) && !S_ISCHR(inode->i_mode))
		return 0;
	if (S_ISBLK(inode->i_mode) ? !clip_request_known(cmd) :
				     clip_request_raw(cmd))
		return refuse("raw command", inode->i_rdev);
	if (S_ISBLK(inode->i_mode))
		return block_ioctl(I_BDEV(file->f_mapping->host), cmd);
	return maps(inode->i_rdev, cmd) ? refuse("map", inode->i_rdev) : 0;
}

/*
 * NVMe takes its raw commands by io_uring, too, and has no other commands
 * there.
 */
static int __maybe_unused hook_uring_cmd(struct io_uring_cmd *ioucmd)
{
	const struct inode *inode = file_inode(ioucmd->file);

	if (!clip_mount_applies() || _IOC_TYPE(ioucmd->cmd_op) != 'N')
		return 0;
	return S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode) ?
	       refuse("raw command", inode->i_rdev) : 0;
}

static struct security_hook_list clip_block_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bdev_alloc_security, hook_bdev_alloc_security),
	LSM_HOOK_INIT(bdev_permission, hook_bdev_permission),
#ifdef CONFIG_IO_URING
	LSM_HOOK_INIT(uring_cmd, hook_uring_cmd),
#endif
};

/**
 * clip_add_block_hooks - Register the hooks of this file
 */
void __init clip_add_block_hooks(void)
{
	security_add_hooks(clip_block_hooks, ARRAY_SIZE(clip_block_hooks),
			   &clip_lsm_id);
}
