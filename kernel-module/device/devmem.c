// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: character devices that reach memory and disks
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <uapi/linux/clip.h>

#include "core/latch.h"
#include "device/devmem.h"
#include "device/table.h"
#include "privilege/require.h"
#include "report/report.h"

/* Minor numbers of MEM_MAJOR, Documentation/admin-guide/devices.txt. */
#define MEM_MINOR	1
#define KMEM_MINOR	2
#define PORT_MINOR	4

static int refuse(const char *operation, dev_t dev)
{
	clip_report_device(operation, dev, 0);
	return -EPERM;
}

/* MI-01. For both kinds of memory the kernel requires CAP_SYS_RAWIO as well. */
static int check_privilege(const struct inode *inode)
{
	if (!clip_latched(CLIP_LATCH_DEVMEM) || imajor(inode) != MEM_MAJOR)
		return 0;
	switch (iminor(inode)) {
	case MEM_MINOR:
		return clip_require("devmem", CLIP_PRIV_DRM);
	case PORT_MINOR:
		clip_report_privilege("port", 0);
		return -EPERM;
	default:
		return 0;
	}
}

/*
 * The chip that a device of MTD_BLOCK_MAJOR lies on, with the permissions of
 * that device. Each has two nodes, and the second one cannot write.
 */
static int check_flash(const struct file *file)
{
	const dev_t dev = MKDEV(MTD_BLOCK_MAJOR, iminor(file_inode(file)) / 2);
	u32 needs = 0;

	if (file->f_mode & FMODE_READ)
		needs |= CLIP_DEVICE_READ;
	if (file->f_mode & FMODE_WRITE)
		needs |= CLIP_DEVICE_WRITE;
	needs = needs ?: CLIP_DEVICE_READ | CLIP_DEVICE_WRITE;
	if (!(needs & ~clip_device_permissions(dev)))
		return 0;
	clip_report_device("open raw", dev, needs);
	return -EPERM;
}

/*
 * Refuses the devices that reach disks or memory past all block devices. The
 * registers of a processor say where its code is, and an image of the memory is
 * the memory.
 */
static int check_lock(const struct file *file)
{
	const dev_t dev = file_inode(file)->i_rdev;

	if (!clip_mount_applies())
		return 0;
	switch (MAJOR(dev)) {
	case MEM_MAJOR:
		if (MINOR(dev) == MEM_MINOR || MINOR(dev) == KMEM_MINOR ||
		    MINOR(dev) == PORT_MINOR)
			return refuse("open memory", dev);
		return 0;
	case MISC_MAJOR:
		return MINOR(dev) == SNAPSHOT_MINOR ?
		       refuse("open memory", dev) : 0;
	case MSR_MAJOR:
		return refuse("open memory", dev);
	case SCSI_GENERIC_MAJOR:
		return refuse("open raw", dev);
	case MTD_CHAR_MAJOR:
		return check_flash(file);
	default:
		return 0;
	}
}

/**
 * clip_devmem_check_open - Check the opening of a character device
 * @file: the device, which is being opened
 *
 * Two latches apply: kernel.clip.devmem requires a privilege, and with
 * kernel.clip.mount no right is sufficient.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_devmem_check_open(const struct file *file)
{
	return check_privilege(file_inode(file)) ?: check_lock(file);
}
