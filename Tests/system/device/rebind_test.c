// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that get other blocks, or another number (fault 10), once
 * kernel.clip.mount is locked: by the node of the whole disk or of a
 * partition, by a partition number that another disk takes over, and by a
 * table for a mapped device that was loaded before. Tests without a fixture
 * run first.
 */
#include "device.h"
#include "files.h"
#include "latch.h"
#include "loop.h"
#include "process.h"
#include "table.h"

#include <linux/blkpg.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/rebind"
#define M	DIR "/m"
#define SIZE	(8 << 20)

/*
 * Loop devices: a rule for the partition, for the whole disk, for neither; and
 * two of which one takes over a number of the other.
 */
enum { PART_X, WHOLE_X, NONE, GOING, COMING, MAPPED, MAPPED_TOO, LOOPS };

static const char *image(int number)
{
	static char path[64];

	snprintf(path, sizeof(path), DIR "/image%d", number);
	return path;
}

static const char *part_node(int number)
{
	static char path[64];

	snprintf(path, sizeof(path), "%sp1", loop_node(number));
	return path;
}

static int on_node(const char *node, unsigned long request, void *arg)
{
	int fd = open(node, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return 1000 + errno;
	err = ioctl(fd, request, arg) ? errno : 0;
	close(fd);
	return err;
}

static int partition(int number, int operation)
{
	struct blkpg_partition part = { .length = SIZE, .pno = 1 };
	struct blkpg_ioctl_arg arg = {
		.op = operation, .datalen = sizeof(part), .data = &part,
	};

	return on_node(loop_node(number), BLKPG, &arg);
}

/* The number of the partition; 0 if there is none. */
static dev_t part_number(int number)
{
	struct stat st;

	for (int tries = 0; tries < 100; tries++) {
		if (!stat(part_node(number), &st))
			return st.st_rdev;
		usleep(20000);
	}
	return 0;
}

static int change_fd(const char *node)
{
	int fd = open(DIR "/other", O_RDONLY | O_CLOEXEC), err;

	err = on_node(node, LOOP_CHANGE_FD, (void *)(long)fd);
	close(fd);
	return err;
}

static const char *backing_file(int number)
{
	static char path[64];

	snprintf(path, sizeof(path), "/sys/block/loop%d/loop/backing_file",
		 number);
	return read_line(path);
}

static int ask_mapper(unsigned long request, int target, dev_t *dev)
{
	struct {
		struct dm_ioctl head;
		struct dm_target_spec spec;
		char arguments[64];
	} mapping = {
		.head = {
			.version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(mapping),
			.data_start = sizeof(mapping.head),
			.name = "rebind",
			.target_count = request == DM_TABLE_LOAD,
			.flags = request == DM_TABLE_STATUS ?
				 DM_STATUS_TABLE_FLAG : 0,
		},
		.spec = { .length = 2048, .target_type = "linear" },
	};
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err;

	snprintf(mapping.arguments, sizeof(mapping.arguments), "%d:%d 0", LOOP,
		 target);
	err = ioctl(fd, request, &mapping) ? errno : 0;
	if (dev)
		*dev = mapping.head.dev;
	close(fd);
	return err;
}

/* ------------------------------------------------------ before the lock */

/* Tests are processes of their own, and share this page. */
static dev_t *going;

__attribute__((constructor)) static void share_number(void)
{
	going = mmap(NULL, sizeof(*going), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

TEST(everything_was_allowed)
{
	const char *probe = M "/probe";
	struct clip_device_rule rules[4];
	dev_t part, mapped;

	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, mkdir(M, 0755));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", DIR "/other",
			       0600));
	ASSERT_EQ(0, bind_loop(NONE, DIR "/other", 0));
	ASSERT_EQ(0, mount(loop_node(NONE), M, "ext4", 0, NULL));
	ASSERT_EQ(0, copy_file(PROBE, probe, 0755));
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, on_node(loop_node(NONE), LOOP_CLR_FD, NULL));
	for (int i = 0; i < LOOPS; i++) {
		ASSERT_EQ(0, copy_file(DIR "/other", image(i), 0600));
		ASSERT_EQ(0, bind_loop(i, image(i), i <= NONE ?
				       LO_FLAGS_READ_ONLY : 0));
	}
	for (int i = 0; i <= GOING; i++) {
		ASSERT_EQ(0, partition(i, BLKPG_ADD_PARTITION));
		ASSERT_NE(0, part_number(i));
	}
	/* The file behind a device can be changed by either node. */
	EXPECT_EQ(0, change_fd(loop_node(NONE)));
	EXPECT_STREQ(DIR "/other", backing_file(NONE));
	EXPECT_EQ(0, change_fd(part_node(NONE)));
	part = part_number(PART_X);
	*going = part_number(GOING);
	ASSERT_EQ(0, ask_mapper(DM_DEV_CREATE, 0, &mapped));
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, MAPPED, NULL));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, 0, NULL));
	/* Loaded, and not in use yet. */
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, MAPPED_TOO, NULL));
	rules[0] = (struct clip_device_rule) {
		.major = major(part), .minor = minor(part), .priority = 1,
		.permissions = R | X,
	};
	rules[1] = (struct clip_device_rule)LOOP_RULE(WHOLE_X, 0, 1, R | X);
	rules[2] = (struct clip_device_rule) {
		.major = major(*going), .minor = minor(*going), .priority = 1,
		.permissions = R | D | X | S,
	};
	rules[3] = (struct clip_device_rule) {
		.major = major(mapped), .minor = minor(mapped), .priority = 1,
		.permissions = R | X,
	};
	ASSERT_EQ(0, change_table(CLIP_COMMIT_REPLACE, rules, 4, NULL));
}

TEST(lock)
{
	ASSERT_EQ(0, set_latch("mount", "0"));
}

/* ---------------------------------------------------------- after it */

FIXTURE(locked) {};

FIXTURE_SETUP(locked)
{
}

FIXTURE_TEARDOWN(locked)
{
	umount2(M, MNT_DETACH);
}

/* Runs the probe of a filesystem that is mounted read-only. */
static int run_from(const char *node, unsigned long flags)
{
	int err = mount(node, M, "ext4", MS_RDONLY | flags, NULL) ? errno : 0;

	if (err)
		return 1000 + err;
	err = probe_run(M "/probe", USER_ID).error;
	umount(M);
	return err;
}

TEST_F(locked, file_behind_a_loop_device)
{
	const long long before = status_value("refused.device");

	EXPECT_EQ(EPERM, change_fd(loop_node(PART_X)));
	EXPECT_EQ(EPERM, change_fd(part_node(PART_X)));
	EXPECT_EQ(EPERM, change_fd(loop_node(WHOLE_X)));
	EXPECT_EQ(EPERM, change_fd(part_node(WHOLE_X)));
	EXPECT_EQ((before < 0 ? 0 : before) + 4,
		  status_value("refused.device"));
	EXPECT_STREQ(image(PART_X), backing_file(PART_X));
	EXPECT_STREQ(image(WHOLE_X), backing_file(WHOLE_X));
	EXPECT_EQ(0, run_from(part_node(PART_X), MS_NOSUID | MS_NODEV));
	/* The twin: no rule for it gives anything to files. */
	EXPECT_EQ(0, change_fd(loop_node(NONE)));
	EXPECT_EQ(0, change_fd(part_node(NONE)));
}

/* Gives the disk a partition with this number, which may still be in use. */
static int take_number(int number, dev_t wanted)
{
	for (int tries = 0; tries < 100; tries++) {
		int err = partition(number, BLKPG_ADD_PARTITION);

		if (err)
			return err;
		if (part_number(number) == wanted)
			return 0;
		partition(number, BLKPG_DEL_PARTITION);
		usleep(20000);
	}
	return ETIME;
}

/* A rule ends with its device. */
TEST_F(locked, number_of_a_partition_goes_to_another_disk)
{
	EXPECT_EQ(0, run_from(part_node(GOING), 0));
	ASSERT_EQ(0, partition(GOING, BLKPG_DEL_PARTITION));
	ASSERT_EQ(0, take_number(COMING, *going));
	EXPECT_EQ(1000 + EPERM, run_from(part_node(COMING), 0));
	EXPECT_EQ(1000 + EPERM, run_from(part_node(COMING),
					 MS_NOSUID | MS_NODEV));
	EXPECT_EQ(EACCES, run_from(part_node(COMING),
				   MS_NOSUID | MS_NODEV | MS_NOEXEC));
	/* The rest of the rule stays: there is no w. */
	EXPECT_EQ(0, try_open(part_node(COMING), O_RDONLY));
	EXPECT_EQ(EPERM, try_open(part_node(COMING), O_RDWR));
	/* Nor does the first disk get the permissions back. */
	ASSERT_EQ(0, partition(COMING, BLKPG_DEL_PARTITION));
	ASSERT_EQ(0, take_number(GOING, *going));
	EXPECT_EQ(1000 + EPERM, run_from(part_node(GOING), 0));
}

/* Neither a table from before nor a message to a target. */
TEST_F(locked, table_of_a_mapped_device)
{
	EXPECT_EQ(EPERM, ask_mapper(DM_DEV_SUSPEND, 0, NULL));
	EXPECT_EQ(EPERM, ask_mapper(DM_TABLE_LOAD, MAPPED_TOO, NULL));
	EXPECT_EQ(EPERM, ask_mapper(DM_TARGET_MSG, 0, NULL));
	/* A request that this kernel does not know. */
	EXPECT_EQ(EPERM, ask_mapper(_IOWR(DM_IOCTL, 0x7f, struct dm_ioctl), 0,
				    NULL));
	/* The twins: what gives it no other blocks. */
	EXPECT_EQ(0, ask_mapper(DM_DEV_STATUS, 0, NULL));
	EXPECT_EQ(0, ask_mapper(DM_TABLE_STATUS, 0, NULL));
	EXPECT_EQ(0, ask_mapper(DM_TABLE_CLEAR, 0, NULL));
	EXPECT_EQ(0, ask_mapper(DM_DEV_REMOVE, 0, NULL));
}

TEST_HARNESS_MAIN
