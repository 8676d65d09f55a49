// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests and nodes that reach a disk, or the memory, past the device table
 * (D-09, D-15, Z-03, fault 10). A request that no list has is refused, whatever
 * driver it is for, so most of these drivers need not be there: without the
 * lock their requests and nodes have another error. Tests without a fixture run
 * first.
 */
#include "device.h"
#include "files.h"
#include "latch.h"
#include "loop.h"
#include "ring.h"
#include "table.h"

#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/mmc/ioctl.h>
#include <linux/nvme_ioctl.h>
#include <linux/pr.h>
#include <linux/sed-opal.h>
#include <scsi/sg.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/requests"
#define MTD	31		/* the block devices of flash chips */
#define MTD_CHAR 90		/* and the chips */
#define CCISS(nr, size)	_IOC(_IOC_READ | _IOC_WRITE, 'B', nr, size)

static const struct clip_device_rule table[] = {
	LOOP_RULE(0, 0, 2, R | W),
	{ .major = MTD, .minor = 1, .priority = 2, .permissions = R },
	{ .major = MTD, .minor = 2, .priority = 2, .permissions = 0 },
};

/* Commands for the hardware, of drivers for disks. */
static const struct {
	const char *name;
	unsigned int number;
} commands[] = {
	{ "SG_IO", SG_IO },
	{ "SCSI_IOCTL_SEND_COMMAND", 1 },
	{ "CDROM_SEND_PACKET", CDROM_SEND_PACKET },
	{ "HDIO_DRIVE_CMD", HDIO_DRIVE_CMD },
	{ "HDIO_DRIVE_TASK", HDIO_DRIVE_TASK },
	{ "HDIO_DRIVE_TASKFILE", HDIO_DRIVE_TASKFILE },
	{ "NVME_IOCTL_IO_CMD", NVME_IOCTL_IO_CMD },
	{ "MMC_IOC_CMD", MMC_IOC_CMD },
	{ "MMC_IOC_MULTI_CMD", MMC_IOC_MULTI_CMD },
	{ "CCISS_PASSTHRU", CCISS(11, 88) },
	{ "CCISS_BIG_PASSTHRU", CCISS(18, 96) },
	{ "IOC_OPAL_LOCK_UNLOCK", IOC_OPAL_LOCK_UNLOCK },
	{ "IOC_OPAL_WRITE_SHADOW_MBR", IOC_OPAL_WRITE_SHADOW_MBR },
	{ "IOC_OPAL_GENERIC_TABLE_RW", IOC_OPAL_GENERIC_TABLE_RW },
	{ "FSACTL_SEND_RAW_SRB", 0x4204c },	/* aacraid */
	{ "FDRAWCMD", _IO(2, 0x58) },
	{ "BIODASDFMT", _IOW('D', 1, char[20]) },
	{ "of an unknown driver", _IO(0xee, 1) },
};

/* Requests that stay, with or without the lock. */
static const struct {
	const char *name;
	unsigned int number;
} harmless[] = {
	{ "BLKGETSIZE64", BLKGETSIZE64 },
	{ "BLKSSZGET", BLKSSZGET },
	{ "BLKROGET", BLKROGET },
	{ "LOOP_GET_STATUS64", LOOP_GET_STATUS64 },
	{ "FIONREAD", FIONREAD },
	{ "TCGETS", 0x5401 },
	{ "FIFREEZE", FIFREEZE },
	{ "HDIO_GETGEO", HDIO_GETGEO },
	{ "HDIO_GET_IDENTITY", HDIO_GET_IDENTITY },
	{ "CDROM_GET_CAPABILITY", CDROM_GET_CAPABILITY },
	{ "SCSI_IOCTL_GET_IDLUN", 0x5382 },
	{ "SG_GET_VERSION_NUM", SG_GET_VERSION_NUM },
	{ "IOC_PR_CLEAR", IOC_PR_CLEAR },
	{ "NVME_IOCTL_ID", NVME_IOCTL_ID },
	{ "FDGETPRM", _IOR(2, 4, char[32]) },
};

#define COUNT(list)	(sizeof(list) / sizeof(*(list)))

/* Each test is a process: the errors without the lock are kept in a file. */
#define ERRORS	DIR "/errors"

static int request(const char *node, int flags, unsigned int number)
{
	char argument[4096] = "";
	int fd = open(node, flags | O_CLOEXEC), err;

	if (fd < 0)
		return 1000 + errno;
	err = ioctl(fd, number, argument) ? errno : 0;
	close(fd);
	return err;
}

/* The same by the system calls of 32-bit programs. */
static int request_32(const char *node, unsigned int number)
{
	char *argument = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int fd = open(node, O_RDONLY | O_CLOEXEC), result = 54;

	if (fd < 0 || argument == MAP_FAILED)
		return 1000 + errno;
	asm volatile("int $0x80" : "+a"(result)
		     : "b"(fd), "c"(number), "d"((int)(long)argument)
		     : "memory");
	close(fd);
	munmap(argument, 4096);
	return -result;
}

/*
 * A raw command of NVMe, by the only other way there is. The null device takes every
 * command of io_uring.
 */
static int raw_by_ring(unsigned int number)
{
	const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int err = command_by_ring(fd, number);

	close(fd);
	return err;
}

/* A node with these numbers. */
static const char *node(unsigned int major, unsigned int minor)
{
	static char path[64];

	snprintf(path, sizeof(path), DIR "/c%u-%u", major, minor);
	mknod(path, S_IFCHR | 0600, makedev(major, minor));
	return path;
}

TEST(everything_reaches_the_driver)
{
	int errors[COUNT(harmless)];

	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, put_file(DIR "/image", "", 0));
	ASSERT_EQ(0, truncate(DIR "/image", 1 << 20));
	ASSERT_EQ(0, bind_loop(0, DIR "/image", 0));
	for (size_t i = 0; i < COUNT(commands); i++) {
		TH_LOG("%s", commands[i].name);
		EXPECT_NE(EPERM, request(loop_node(0), O_RDWR,
					 commands[i].number));
	}
	for (size_t i = 0; i < COUNT(harmless); i++)
		errors[i] = request(loop_node(0), O_RDONLY, harmless[i].number);
	ASSERT_EQ(0, put_file(ERRORS, errors, sizeof(errors)));
	EXPECT_EQ(0, raw_by_ring(NVME_URING_CMD_IO));
	EXPECT_EQ(0, raw_by_ring(_IO('M', 0)));
	EXPECT_EQ(ENXIO, try_open(node(202, 0), O_RDWR));
	EXPECT_EQ(ENODEV, try_open(node(10, 231), O_RDWR));
	EXPECT_EQ(ENXIO, try_open(node(MTD_CHAR, 2), O_RDWR));
}

TEST(lock)
{
	ASSERT_EQ(0, change_table(CLIP_COMMIT_REPLACE, table, COUNT(table),
				  NULL));
	ASSERT_EQ(0, set_latch("mount", "0"));
	ASSERT_EQ(0, latch("mount"));
}

FIXTURE(locked) {};
FIXTURE_SETUP(locked) {}
FIXTURE_TEARDOWN(locked) {}

/* By descriptors for both, for reading, for neither, and by 32-bit calls. */
TEST_F(locked, commands_of_every_driver)
{
	const int flags[] = { O_RDWR, O_RDONLY, 3 };
	const long long before = refused(CLIP_REASON_DEVICE);
	long long count = 0;

	for (size_t i = 0; i < COUNT(commands); i++) {
		TH_LOG("%s", commands[i].name);
		for (int j = 0; j < 3; j++)
			EXPECT_EQ(EPERM, request(loop_node(0), flags[j],
						 commands[i].number));
		EXPECT_EQ(EPERM, request_32(loop_node(0), commands[i].number));
		count += 4;
	}
	EXPECT_EQ(before + count, refused(CLIP_REASON_DEVICE));
}

/* Their errors are those of before. */
TEST_F(locked, requests_that_stay)
{
	const long long before = refused(CLIP_REASON_DEVICE);
	int errors[COUNT(harmless)], fd = open(ERRORS, O_RDONLY | O_CLOEXEC);

	ASSERT_EQ(sizeof(errors), read(fd, errors, sizeof(errors)));
	close(fd);
	for (size_t i = 0; i < COUNT(harmless); i++) {
		TH_LOG("%s", harmless[i].name);
		EXPECT_EQ(errors[i], request(loop_node(0), O_RDONLY,
					     harmless[i].number));
	}
	EXPECT_EQ(before, refused(CLIP_REASON_DEVICE));
}

TEST_F(locked, raw_commands_by_io_uring)
{
	const long long before = refused(CLIP_REASON_DEVICE);

	EXPECT_EQ(EPERM, raw_by_ring(NVME_URING_CMD_IO));
	EXPECT_EQ(EPERM, raw_by_ring(NVME_URING_CMD_ADMIN));
	EXPECT_EQ(before + 2, refused(CLIP_REASON_DEVICE));
	/* A command of another driver. */
	EXPECT_EQ(0, raw_by_ring(_IO('M', 0)));
	EXPECT_EQ(before + 2, refused(CLIP_REASON_DEVICE));
}

/* The registers of a processor, and an image of the memory. */
TEST_F(locked, nodes_of_memory)
{
	const int flags[] = { O_RDWR, O_RDONLY, O_WRONLY, 3 };
	const long long before = refused(CLIP_REASON_DEVICE);

	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(EPERM, try_open(node(202, 0), flags[i]));
		EXPECT_EQ(EPERM, try_open(node(10, 231), flags[i]));
	}
	EXPECT_EQ(before + 8, refused(CLIP_REASON_DEVICE));
	/* Identification of a processor, and another node of the same driver. */
	EXPECT_EQ(ENXIO, try_open(node(203, 0), O_RDONLY));
	EXPECT_EQ(ENODEV, try_open(node(10, 230), O_RDWR));
	EXPECT_EQ(before + 8, refused(CLIP_REASON_DEVICE));
}

/* A chip has the permissions of the block device with its number. */
TEST_F(locked, nodes_of_flash_chips)
{
	const int first = 2, read_only = 3, none = 4, unlisted = 10;

	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, first), O_RDWR));
	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, first), O_WRONLY));
	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, first), 3));
	EXPECT_EQ(ENXIO, try_open(node(MTD_CHAR, first), O_RDONLY));
	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, read_only), O_RDWR));
	EXPECT_EQ(ENXIO, try_open(node(MTD_CHAR, read_only), O_RDONLY));
	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, none), O_RDONLY));
	EXPECT_EQ(EPERM, try_open(node(MTD_CHAR, none + 1), O_RDONLY));
	EXPECT_EQ(ENXIO, try_open(node(MTD_CHAR, unlisted), O_RDWR));
}

TEST_HARNESS_MAIN
