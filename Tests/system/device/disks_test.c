// SPDX-License-Identifier: GPL-2.0-only
/*
 * Other kinds of devices than in devices_test: disks with partitions and
 * commands of their own, mapped devices, a journal on a second device. The lock
 * cannot be undone, so the order of the tests matters.
 */
#include "device.h"
#include "files.h"
#include "latch.h"
#include "loop.h"

#include <linux/blkpg.h>
#include <linux/bsg.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <scsi/sg.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/disks"
#define MNT	DIR "/mnt"
#define ADD_HOST "/sys/bus/pseudo/drivers/scsi_debug/add_host"

#define R	CLIP_DEVICE_READ
#define W	CLIP_DEVICE_WRITE
#define D	CLIP_DEVICE_DEV
#define X	CLIP_DEVICE_EXEC
#define S	CLIP_DEVICE_SUID

/*
 * Two disks: of one the partitions may be opened, of the other the whole disk.
 */
#define PARTS	"/dev/sda"
#define WHOLE	"/dev/sdb"
#define DISK	8
#define LOOP	7

enum { MAPPED, MAPPED_ELSE };		/* minor numbers of mapped devices */

static int try_ioctl(const char *path, int flags, unsigned long request,
		     void *arg)
{
	int fd = open(path, flags | O_CLOEXEC), err;

	if (fd < 0)
		return 1000 + errno;
	err = ioctl(fd, request, arg) ? errno : 0;
	close(fd);
	return err;
}

static unsigned int mapper_major(void)
{
	FILE *file = fopen("/proc/devices", "r");
	unsigned int number, found = 0;
	char line[128], name[32];
	bool block = false;

	while (fgets(line, sizeof(line), file)) {
		block |= !strncmp(line, "Block", 5);
		if (block && sscanf(line, "%u %31s", &number, name) == 2 &&
		    !strcmp(name, "device-mapper"))
			found = number;
	}
	fclose(file);
	return found;
}

static int load_table(const struct clip_device_rule *rules, uint32_t count)
{
	struct clip_device_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_REPLACE,
		.rules = (uintptr_t)rules, .rules_count = count,
		.rule_size = sizeof(*rules),
	};
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	int err = ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit) ? errno : 0;

	close(fd);
	return err;
}

/* --------------------------------------------------------------- partitions */

static int partition(const char *disk, int flags, int operation, int number,
		     long long start)
{
	struct blkpg_partition part = {
		.start = start, .length = 1 << 20, .pno = number,
	};
	struct blkpg_ioctl_arg arg = {
		.op = operation, .datalen = sizeof(part), .data = &part,
	};

	return try_ioctl(disk, flags, BLKPG, &arg);
}

/* ------------------------------------------------------------- raw commands */

static uint8_t inquiry[6] = { 0x12, 0, 0, 0, 36, 0 };
static uint8_t answer[36];

static struct sg_io_hdr by_sg(void)
{
	return (struct sg_io_hdr) {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(inquiry), .cmdp = inquiry,
		.dxfer_len = sizeof(answer), .dxferp = answer, .timeout = 5000,
	};
}

static struct sg_io_v4 by_bsg(void)
{
	return (struct sg_io_v4) {
		.guard = 'Q', .request_len = sizeof(inquiry),
		.request = (uintptr_t)inquiry, .din_xfer_len = sizeof(answer),
		.din_xferp = (uintptr_t)answer, .timeout = 5000,
	};
}

/* The name that the disk has returned, or "". */
static const char *vendor(void)
{
	static char text[9];

	memcpy(text, answer + 8, 5);
	memset(answer, 0, sizeof(answer));
	return text;
}

/* ----------------------------------------------------------- mapped devices */

struct mapping {
	struct dm_ioctl head;
	struct dm_target_spec spec;
	char arguments[64];
};

static int ask_mapper(unsigned long request, const char *name, int minor,
		      int loop, struct mapping *back)
{
	struct mapping mapping = {
		.head = {
			.version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(mapping),
			.data_start = sizeof(mapping.head),
		},
		.spec = { .length = 2048, .target_type = "linear" },
	};
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return 1000 + errno;
	snprintf(mapping.head.name, sizeof(mapping.head.name), "%s", name);
	if (request == DM_TABLE_LOAD) {
		mapping.head.target_count = 1;
		snprintf(mapping.arguments, sizeof(mapping.arguments),
			 "%d:%d 0", LOOP, loop);
	}
	if (request == DM_DEV_CREATE) {
		mapping.head.flags = DM_PERSISTENT_DEV_FLAG;
		mapping.head.dev = makedev(mapper_major(), minor);
	}
	if (request == DM_TABLE_STATUS)
		mapping.head.flags = DM_STATUS_TABLE_FLAG;
	if (request == DM_DEV_RENAME)
		strcpy((char *)&mapping.spec, "renamed");
	err = ioctl(fd, request, &mapping) ? errno : 0;
	close(fd);
	if (back)
		*back = mapping;
	return err;
}

/* The target that the device is mapped to now. */
static const char *mapped_to(const char *name)
{
	static struct mapping mapping;

	if (ask_mapper(DM_TABLE_STATUS, name, 0, 0, &mapping))
		return "?";
	return (char *)&mapping + mapping.head.data_start +
	       sizeof(struct dm_target_spec);
}

/* ---------------------------------------------------------- a second device */

static uint32_t crc32c(const uint8_t *bytes, size_t size)
{
	uint32_t crc = ~0U;

	while (size--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
	}
	return crc;
}

/* Changes an image of ext4 so that its journal is on another device. */
static int want_journal(const char *path)
{
	uint8_t super[1024];
	uint32_t sum;
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (pread(fd, super, sizeof(super), 1024) != sizeof(super))
		err = EIO;
	super[0x5c] |= 4;			/* s_feature_compat */
	memset(super + 0xe0, 0, 4);		/* s_journal_inum */
	sum = crc32c(super, 0x3fc);
	memcpy(super + 0x3fc, &sum, 4);
	if (!err && pwrite(fd, super, sizeof(super), 1024) != sizeof(super))
		err = EIO;
	close(fd);
	return err;
}

static int mount_with_journal(int loop, int journal, bool rdonly)
{
	char device[32], option[32];
	int err;

	snprintf(device, sizeof(device), "/dev/loop%d", loop);
	snprintf(option, sizeof(option), "journal_dev=%#x", LOOP << 8 | journal);
	mkdir(MNT, 0755);
	err = mount(device, MNT, "ext4", rdonly ? MS_RDONLY : 0, option) ?
	      errno : 0;
	if (!err)
		umount(MNT);
	return err;
}

/* ------------------------------------------------------------ before the lock */

enum { IMAGE, JOURNAL, NO_JOURNAL, MAP_TARGET };

TEST(two_disks_are_there)
{
	ASSERT_EQ(0, write_text(ADD_HOST, "1"));
	for (int tries = 0; tries < 100 && access(WHOLE, F_OK); tries++)
		usleep(50000);
	ASSERT_EQ(0, access(PARTS, F_OK));
	ASSERT_EQ(0, access(WHOLE, F_OK));
	for (int i = 0; i < 2; i++) {
		const char *disk = i ? WHOLE : PARTS;

		ASSERT_EQ(0, partition(disk, O_RDWR, BLKPG_ADD_PARTITION, 1,
				       1 << 20));
		ASSERT_EQ(0, partition(disk, O_RDWR, BLKPG_ADD_PARTITION, 2,
				       2 << 20));
	}
	EXPECT_EQ(0, try_open(PARTS, O_RDWR));
	EXPECT_EQ(0, try_open(PARTS "1", O_RDWR));
	EXPECT_EQ(0, try_open(WHOLE "1", O_RDWR));
}

TEST(raw_commands_before_the_lock)
{
	struct sg_io_hdr sg = by_sg();
	struct sg_io_v4 bsg = by_bsg();

	EXPECT_EQ(0, try_ioctl(PARTS, O_RDONLY, SG_IO, &sg));
	EXPECT_STREQ("Linux", vendor());
	EXPECT_EQ(0, try_ioctl("/dev/sg0", O_RDWR, SG_IO, &sg));
	EXPECT_STREQ("Linux", vendor());
	EXPECT_EQ(0, try_ioctl("/dev/bsg/0:0:0:0", O_RDWR, SG_IO, &bsg));
	EXPECT_STREQ("Linux", vendor());
}

TEST(mapped_devices_before_the_lock)
{
	ASSERT_NE(0, mapper_major());
	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	for (int i = IMAGE; i <= MAP_TARGET; i++) {
		char path[64];

		snprintf(path, sizeof(path), DIR "/image%d", i);
		ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", path,
				       0600));
		if (i == IMAGE)
			ASSERT_EQ(0, want_journal(path));
		ASSERT_EQ(0, bind_loop(i, path, 0));
	}
	ASSERT_EQ(0, ask_mapper(DM_DEV_CREATE, "listed", MAPPED, 0, NULL));
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, "listed", 0, MAP_TARGET, NULL));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, "listed", 0, 0, NULL));
	EXPECT_STREQ("7:3 0", mapped_to("listed"));
	/* It can be mapped to other blocks until the lock. */
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, "listed", 0, JOURNAL, NULL));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, "listed", 0, 0, NULL));
	EXPECT_STREQ("7:1 0", mapped_to("listed"));
}

/* Opened before the first test, so that all tests inherit the descriptors. */
static int kept_sg, kept_disk;

__attribute__((constructor)) static void keep_descriptors(void)
{
	kept_sg = open("/dev/sg0", O_RDWR);
	kept_disk = open(PARTS, O_RDWR);
}

TEST(lock)
{
	const struct clip_device_rule table[] = {
		{ DISK, 0, 0, 1, 0, 0 },
		{ DISK, 1, 0, 1, R | W, 0 },
		{ DISK, 2, 0, 1, R, 0 },
		{ DISK, 16, 0, 1, R | W, 0 },
		{ DISK, 17, 0, 1, 0, 0 },
		{ LOOP, NO_JOURNAL, 0, 1, R, 0 },
		{ mapper_major(), MAPPED, 0, 1, R | W | X, 0 },
	};

	ASSERT_EQ(0, load_table(table, sizeof(table) / sizeof(*table)));
	ASSERT_EQ(0, set_latch("mount", "0"));
}

/* ------------------------------------------------------------- after the lock */

FIXTURE(locked) {};

FIXTURE_SETUP(locked)
{
}

FIXTURE_TEARDOWN(locked)
{
}

/*
 * DV-10: a partition does not have the permissions of its disk, nor the disk
 * those of a partition.
 */
TEST_F(locked, partitions)
{
	EXPECT_EQ(EPERM, try_open(PARTS, O_RDONLY));
	EXPECT_EQ(EPERM, try_open(PARTS, O_RDWR));
	EXPECT_EQ(0, try_open(PARTS "1", O_RDWR));
	EXPECT_EQ(0, try_open(PARTS "2", O_RDONLY));
	EXPECT_EQ(EPERM, try_open(PARTS "2", O_RDWR));
	EXPECT_EQ(0, try_open(WHOLE, O_RDWR));
	EXPECT_EQ(EPERM, try_open(WHOLE "1", O_RDONLY));
	/* Not listed. */
	EXPECT_EQ(0, try_open(WHOLE "2", O_RDWR));
}

/* D-09: a new partition would put other blocks behind its number. */
TEST_F(locked, changed_partitions)
{
	/*
	 * The device of the descriptor counts, and PARTS as a whole has no
	 * permission.
	 */
	EXPECT_EQ(EPERM, partition(PARTS "2", O_RDONLY, BLKPG_ADD_PARTITION, 3,
				   4 << 20));
	EXPECT_EQ(0, partition(WHOLE, O_RDWR, BLKPG_ADD_PARTITION, 3,
			       4 << 20));
	EXPECT_EQ(0, try_open(WHOLE "3", O_RDWR));
	EXPECT_EQ(0, partition(WHOLE, O_RDWR, BLKPG_DEL_PARTITION, 3, 0));
}

/* D-09: a request that writes needs a descriptor for writing. */
TEST_F(locked, discarding)
{
	uint64_t range[2] = { 0, 4096 };

	EXPECT_EQ(EBADF, try_ioctl("/dev/loop2", O_RDONLY, BLKDISCARD, range));
	EXPECT_EQ(EBADF, try_ioctl(PARTS "2", O_RDONLY, BLKZEROOUT, range));
	EXPECT_EQ(0, try_ioctl(PARTS "1", O_RDWR, BLKZEROOUT, range));
}

/*
 * The same commands as before, on a device that may be opened for everything
 * else.
 */
TEST_F(locked, raw_commands)
{
	struct sg_io_hdr sg = by_sg();
	struct sg_io_v4 bsg = by_bsg();

	EXPECT_EQ(EPERM, try_ioctl(WHOLE, O_RDWR, SG_IO, &sg));
	EXPECT_STREQ("", vendor());
	EXPECT_EQ(EPERM, try_ioctl(PARTS "1", O_RDWR, SG_IO, &sg));
	EXPECT_EQ(EPERM, try_open("/dev/sg0", O_RDONLY));
	EXPECT_EQ(EPERM, try_open("/dev/sg0", O_RDWR));
	EXPECT_EQ(EPERM, try_open("/dev/sg1", O_RDWR));
	EXPECT_EQ(EPERM, try_ioctl("/dev/bsg/0:0:0:0", O_RDWR, SG_IO, &bsg));
	EXPECT_STREQ("", vendor());
	/* Requests that are not commands for the disk still work. */
	EXPECT_EQ(0, try_ioctl("/dev/bsg/0:0:0:0", O_RDWR, SG_GET_VERSION_NUM,
			       answer));
}

/*
 * D-14: requests are checked; reading and writing by an open descriptor are
 * not.
 */
TEST_F(locked, descriptors_from_before)
{
	struct sg_io_hdr sg = by_sg();
	char block[512];

	ASSERT_LE(0, kept_sg);
	ASSERT_LE(0, kept_disk);
	EXPECT_EQ(-1, ioctl(kept_sg, SG_IO, &sg));
	EXPECT_EQ(EPERM, errno);
	EXPECT_STREQ("", vendor());
	EXPECT_EQ(-1, ioctl(kept_disk, SG_IO, &sg));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, ioctl(kept_disk, BLKRRPART, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(512, pread(kept_disk, block, sizeof(block), 0));
}

/* A mapped device has x, so that no mapped device may be given other blocks. */
TEST_F(locked, mapped_devices)
{
	const long long before = status_value("refused.device");

	EXPECT_EQ(EPERM, ask_mapper(DM_TABLE_LOAD, "listed", 0, MAP_TARGET,
				    NULL));
	EXPECT_EQ(before < 0 ? 1 : before + 1, status_value("refused.device"));
	/* A table may have been loaded before: rebind_test. */
	EXPECT_EQ(EPERM, ask_mapper(DM_DEV_SUSPEND, "listed", 0, 0, NULL));
	EXPECT_STREQ("7:1 0", mapped_to("listed"));
	EXPECT_EQ(0, ask_mapper(DM_DEV_CREATE, "other", MAPPED_ELSE, 0, NULL));
	EXPECT_EQ(EPERM, ask_mapper(DM_TABLE_LOAD, "other", 0, MAP_TARGET,
				    NULL));
	EXPECT_EQ(0, ask_mapper(DM_DEV_REMOVE, "other", 0, 0, NULL));
	/* Names of mapped devices do not matter: the table has numbers. */
	EXPECT_EQ(0, ask_mapper(DM_DEV_RENAME, "listed", 0, 0, NULL));
	EXPECT_STREQ("7:1 0", mapped_to("renamed"));
	/*
	 * A device that is removed and made again has no blocks, and gets none.
	 */
	EXPECT_EQ(0, ask_mapper(DM_DEV_REMOVE, "renamed", 0, 0, NULL));
	EXPECT_EQ(0, ask_mapper(DM_DEV_CREATE, "again", MAPPED, 0, NULL));
	EXPECT_EQ(EPERM, ask_mapper(DM_TABLE_LOAD, "again", 0, MAP_TARGET,
				    NULL));
	EXPECT_EQ(0, ask_mapper(DM_DEV_REMOVE, "again", 0, 0, NULL));
}

/* D-06: the kernel opens the journal by its number, and for writing. */
TEST_F(locked, journal_on_another_device)
{
	const long long before = status_value("refused.device");

	/* The device may be opened, and has no journal. */
	EXPECT_EQ(EUCLEAN, mount_with_journal(IMAGE, JOURNAL, false));
	EXPECT_EQ(before, status_value("refused.device"));
	EXPECT_EQ(EPERM, mount_with_journal(IMAGE, NO_JOURNAL, false));
	EXPECT_EQ(EPERM, mount_with_journal(IMAGE, NO_JOURNAL, true));
	EXPECT_EQ(before + 2, status_value("refused.device"));
}

TEST_HARNESS_MAIN
