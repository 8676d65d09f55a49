// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: character devices that reach memory and disks
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <uapi/linux/clip.h>

#include "core/latch.h"
#include "device/devmem.h"
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

/* Refuses the devices that reach disks or memory past all block devices. */
static int check_lock(dev_t dev)
{
	if (!clip_mount_applies())
		return 0;
	switch (MAJOR(dev)) {
	case MEM_MAJOR:
		if (MINOR(dev) == MEM_MINOR || MINOR(dev) == KMEM_MINOR ||
		    MINOR(dev) == PORT_MINOR)
			return refuse("open memory", dev);
		return 0;
	case SCSI_GENERIC_MAJOR:
		return refuse("open raw", dev);
	default:
		return 0;
	}
}

/**
 * clip_devmem_check_open - Check the opening of a character device
 * @inode: the device's node
 *
 * Two latches apply: kernel.clip.devmem requires a privilege, and with
 * kernel.clip.mount no right is sufficient.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_devmem_check_open(const struct inode *inode)
{
	return check_privilege(inode) ?: check_lock(inode->i_rdev);
}
