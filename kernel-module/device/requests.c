// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: which ioctls hand a command to the hardware of a disk; pure
 *
 * A command for the hardware reads and writes blocks of any number, and a
 * descriptor that was opened for reading is often enough for it. The device
 * table is about block devices, so no such command passes once it is enforced.
 */
#include "core/common.h"

#include <linux/cciss_ioctl.h>
#include <linux/cdrom.h>
#include <linux/compat.h>
#include <linux/hdreg.h>
#include <linux/ioctl.h>
#include <linux/major.h>
#include <linux/mmc/ioctl.h>
#include <linux/nvme_ioctl.h>
#include <linux/pr.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

#include "device/requests.h"

/**
 * clip_request_raw - Is an ioctl on a character device such a command?
 * @cmd: the request
 *
 * Character devices of all kinds have requests, so only commands can be listed
 * here. Nothing but discs and tapes has the numbers without a type.
 *
 * Return: true if it is.
 */
bool clip_request_raw(unsigned int cmd)
{
	switch (cmd) {
	case SG_IO:
	case SCSI_IOCTL_SEND_COMMAND:
	case CDROM_SEND_PACKET:
	case HDIO_DRIVE_CMD:
	case HDIO_DRIVE_TASKFILE:
	case HDIO_DRIVE_TASK:
	case MMC_IOC_CMD:
	case MMC_IOC_MULTI_CMD:
	case CCISS_PASSTHRU:
	case CCISS_BIG_PASSTHRU:
#ifdef CONFIG_COMPAT
	case CCISS_PASSTHRU32:
	case CCISS_BIG_PASSTHRU32:
#endif
		return true;
	default:
		/* NVME_IOCTL_*, except for the one that returns a number */
		return _IOC_TYPE(cmd) == 'N' && cmd != NVME_IOCTL_ID;
	}
}

/* Requests about the place and the state of a disk or a disc. */
static bool is_scsi_state(unsigned int cmd)
{
	switch (cmd) {
	case SCSI_IOCTL_TEST_UNIT_READY:
	case SCSI_IOCTL_START_UNIT:
	case SCSI_IOCTL_STOP_UNIT:
	case SG_SET_TIMEOUT:
	case SG_GET_TIMEOUT:
	case SG_EMULATED_HOST:
	case SG_SET_RESERVED_SIZE:
	case SG_GET_RESERVED_SIZE:
	case SG_GET_VERSION_NUM:
	case SG_SCSI_RESET:
		return true;
	default:
		return false;
	}
}

/* Questions, and the one setting that the disks of today still have. */
static bool is_ata_state(unsigned int cmd)
{
	return (cmd >= HDIO_GETGEO && cmd <= HDIO_GET_ADDRESS &&
		cmd != HDIO_SET_XFER) || cmd == HDIO_SET_32BIT;
}

/*
 * Reservations say who may write. The other requests of this type are those of
 * OPAL, which shows other blocks in place of those of the disk.
 */
static bool is_reservation(unsigned int cmd)
{
	return _IOC_NR(cmd) >= _IOC_NR(IOC_PR_REGISTER) &&
	       _IOC_NR(cmd) <= _IOC_NR(IOC_PR_CLEAR);
}

/**
 * clip_request_known - Is an ioctl on a block device no such command?
 * @cmd: the request
 *
 * The drivers of disks have requests of their own. Those of the block layer and
 * of common drivers are listed; those that are not known count as commands.
 *
 * Return: true if it is known to be none.
 */
bool clip_request_known(unsigned int cmd)
{
	switch (_IOC_TYPE(cmd)) {
	case 0x12:		/* BLK*: fs.h, blkpg.h, blkzoned.h */
	case 'T':		/* requests that every file has */
	case 'X':
	case 'f':
	case 0x15:
	case 0x94:
	case 'L':		/* loop.h */
	case MD_MAJOR:
	case 0xab:		/* nbd.h */
		return true;
	case 'S':		/* cdrom.h, and a part of scsi_ioctl.h */
		return cmd != CDROM_SEND_PACKET;
	case 'N':
		return cmd == NVME_IOCTL_ID;
	case 'p':
		return is_reservation(cmd);
	case 0x02:		/* fd.h: only the questions read */
		return _IOC_DIR(cmd) == _IOC_READ;
	case 0x00:
	case 0x22:
		return is_scsi_state(cmd);
	case 0x03:
		return is_ata_state(cmd);
	default:
		return false;
	}
}
