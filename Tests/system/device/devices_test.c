// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the effect of the table of /dev/devctl once it is locked. The lock
 * cannot be undone, so the order of the tests matters: first the state before,
 * then the lock, then its effects.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "loop.h"
#include "mount/mounts.h"
#include "process.h"
#include "table.h"

#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <scsi/sg.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/devices"

/* The permissions that each loop device has. */
enum { ALL, PLAIN, READ, NONE, UNLISTED, NOSUID, BEFORE, READ_X };

static const struct clip_device_rule table[] = {
	LOOP_RULE(ALL, 0, 2, R | W | D | X | S),
	LOOP_RULE(PLAIN, 0, 2, R | W),
	LOOP_RULE(READ, 0, 2, R),
	LOOP_RULE(NONE, 0, 2, 0),
	LOOP_RULE(NOSUID, 0, 2, R | W | D | X),
	LOOP_RULE(READ_X, 0, 2, R | D | X | S),
	LOOP_RULE(UNLISTED, 0, 0, 0),
};

#define TABLE_SIZE	(sizeof(table) / sizeof(*table))

static const char *image(int number)
{
	static char path[64];

	snprintf(path, sizeof(path), DIR "/image%d", number);
	return path;
}

static int ask(int number, int flags, unsigned long request, void *arg)
{
	int fd = open(loop_node(number), flags | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = ioctl(fd, request, arg) ? errno : 0;
	close(fd);
	return err;
}

/* By the old interface or by the new one; the same answers are expected. */
static int mount_loop(int api, int number, const char *at, unsigned long flags)
{
	return mount_by(api, "ext4", loop_node(number), at, flags, NULL, NULL);
}

static int remount_rw(int api, const char *at)
{
	if (api)
		return pick_rw(at);
	return mount(NULL, at, NULL, MS_REMOUNT, NULL) ? errno : 0;
}

/* ---------------------------------------------------- nothing is enforced */

static int prepare_image(void)
{
	int err = bind_loop(ALL, image(ALL), 0);

	if (err)
		return err;
	err = mount_loop(0, ALL, DIR "/all", 0) ?:
	      copy_file(PROBE, DIR "/all/probe", 0755) ?:
	      copy_file(PROBE, DIR "/all/setuid", 04755) ?:
	      copy_file(PROBE, DIR "/all/setgid", 02755) ?:
	      copy_file(PROBE, DIR "/all/filecaps", 0755);
	if (err)
		return err;
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = BIND } },
	};

	if (setxattr(DIR "/all/filecaps", "security.capability", &caps,
		     sizeof(caps), 0) ||
	    mknod(DIR "/all/null", S_IFCHR | 0666, makedev(1, 3)) ||
	    mkdir(DIR "/all/dir", 0755) ||
	    umount(DIR "/all") || ask(ALL, O_RDWR, LOOP_CLR_FD, NULL))
		return errno ?: EIO;
	return 0;
}

/* DV-07: before the lock the table has no effect. */
TEST(table_is_loaded_and_not_enforced)
{
	struct clip_device_rule rules[16];
	struct clip_device_list list;
	struct change change;
	char original[64];

	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	snprintf(original, sizeof(original), "%s", image(ALL));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", original, 0600));
	ASSERT_EQ(0, prepare_image());
	for (int i = ALL + 1; i <= READ_X; i++)
		ASSERT_EQ(0, copy_file(original, image(i), 0600));
	ASSERT_EQ(0, change_table(CLIP_COMMIT_REPLACE, table, TABLE_SIZE,
				  &change));
	EXPECT_EQ(TABLE_SIZE, change.commit.added);
	ASSERT_EQ(0, list_table(&list, rules, 16));
	EXPECT_EQ(TABLE_SIZE, list.count);
	EXPECT_EQ(0, list.state);
	EXPECT_EQ(2, rules[0].priority);
	EXPECT_EQ(0, rules[TABLE_SIZE - 1].priority);
	/* Loading the same table again changes nothing. */
	ASSERT_EQ(0, change_table(CLIP_COMMIT_ADD, table, TABLE_SIZE, &change));
	EXPECT_EQ(TABLE_SIZE, change.commit.unchanged);
	EXPECT_EQ(list.generation, change.commit.generation);
	for (int i = ALL; i <= READ_X; i++)
		ASSERT_EQ(0, bind_loop(i, image(i), 0));
	EXPECT_EQ(0, try_open(loop_node(NONE), O_RDWR));
	EXPECT_EQ(0, try_open("/dev/mem", O_RDONLY));
	ASSERT_EQ(0, mount_loop(0, BEFORE, DIR "/before", 0));
	EXPECT_EQ(0, probe_run(DIR "/before/probe", USER_ID).error);
}

/* IF-09: the table as lines that can be loaded again. */
TEST(table_as_text)
{
	char text[256] = "";
	int fd = open(CLIP_SECURITYFS_PATH "/devices", O_RDONLY);

	ASSERT_LT(0, read(fd, text, sizeof(text) - 1));
	EXPECT_STREQ("7 0 0 2 rwdxs\n7 1 0 2 rw\n7 2 0 2 r\n7 3 0 2 -\n"
		     "7 5 0 2 rwdx\n7 7 0 2 rdxs\n7 4 0 0 -\n", text);
	close(fd);
}

/* ------------------------------------------------------------ the lock */

/* DV-11, D-13, SY-04 */
TEST(lock)
{
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	struct clip_device_list list;
	struct change change;

	ASSERT_EQ(0, set_latch("mount", "0"));
	EXPECT_EQ(0, latch("mount"));
	EXPECT_EQ(0, set_latch("mount", "1"));
	EXPECT_EQ(0, latch("mount"));
	for (uint32_t mode = CLIP_COMMIT_ADD; mode <= CLIP_COMMIT_REMOVE;
	     mode++) {
		EXPECT_EQ(EPERM, change_at(fd, mode, table, 1, &change));
		EXPECT_EQ(CLIP_REASON_IMMUTABLE, change.commit.reason);
	}
	ASSERT_EQ(0, list_table(&list, NULL, 0));
	EXPECT_EQ(TABLE_SIZE, list.count);
	EXPECT_EQ(CLIP_DEVICES_LOCKED, list.state);
	close(fd);
}

/* ------------------------------------------------------- what it does */

/* DV-02, DV-05, DV-06, DV-08, DV-09 */
TEST(opens_follow_the_table)
{
	static const struct {
		int device, rdonly, wronly, both;
	} cases[] = {
		{ ALL, 0, 0, 0 }, { PLAIN, 0, 0, 0 }, { UNLISTED, 0, 0, 0 },
		{ READ, 0, EPERM, EPERM }, { READ_X, 0, EPERM, EPERM },
		{ NONE, EPERM, EPERM, EPERM },
	};
	long long before;

	/* The key appears with the first refusal. */
	EXPECT_EQ(EPERM, try_open(loop_node(NONE), O_RDONLY));
	before = status_value("refused.device");

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *path = loop_node(cases[i].device);

		EXPECT_EQ(cases[i].rdonly, try_open(path, O_RDONLY));
		EXPECT_EQ(cases[i].wronly, try_open(path, O_WRONLY));
		EXPECT_EQ(cases[i].both, try_open(path, O_RDWR));
		/* D-01: even with neither, ioctls can still be made. */
		EXPECT_EQ(cases[i].both, try_open(path, 3));
		EXPECT_EQ(0, try_open(path, O_PATH));
	}
	EXPECT_EQ(10, status_value("refused.device") - before);
}

/* D-02: the device number counts, wherever the node is. */
TEST(other_nodes_of_the_device)
{
	const dev_t none = makedev(LOOP, NONE);

	ASSERT_EQ(0, mknod(DIR "/other", S_IFBLK | 0600, none));
	EXPECT_EQ(EPERM, try_open(DIR "/other", O_RDONLY));
	EXPECT_EQ(0, link(DIR "/other", DIR "/linked"));
	EXPECT_EQ(EPERM, try_open(DIR "/linked", O_RDONLY));
	ASSERT_EQ(0, mknod(DIR "/fine", S_IFBLK | 0600, makedev(LOOP, PLAIN)));
	EXPECT_EQ(0, try_open(DIR "/fine", O_RDWR));
}

FIXTURE(by_both)
{
};

FIXTURE_VARIANT(by_both)
{
	int api;
};

FIXTURE_VARIANT_ADD(by_both, old_interface) { .api = 0 };
FIXTURE_VARIANT_ADD(by_both, new_interface) { .api = 1 };

FIXTURE_SETUP(by_both)
{
}

FIXTURE_TEARDOWN(by_both)
{
	umount(DIR "/mnt");
	umount(DIR "/mnt2");
}

#define MNT	DIR "/mnt"

/*
 * Everything the table can permit. Files that are executed are not written:
 * newmount_test.
 */
TEST_F(by_both, everything_allowed)
{
	ASSERT_EQ(0, mount_loop(variant->api, ALL, MNT, MS_RDONLY));
	EXPECT_EQ(0, probe_run(MNT "/probe", USER_ID).error);
	EXPECT_EQ(0, probe_run(MNT "/setuid", USER_ID).euid);
	EXPECT_EQ(0, probe_run(MNT "/setgid", USER_ID).egid);
	EXPECT_EQ(BIND, probe_run(MNT "/filecaps", USER_ID).permitted);
	EXPECT_EQ(0, try_open(MNT "/null", O_RDONLY));
	EXPECT_EQ(0, map_executable(MNT "/probe"));
	EXPECT_EQ(0, protect_executable(MNT "/probe"));
	/* A second mount of the same superblock. */
	EXPECT_EQ(0, mount_loop(variant->api, ALL, DIR "/mnt2", MS_RDONLY));
	EXPECT_EQ(0, probe_run(DIR "/mnt2/probe", USER_ID).error);
	EXPECT_EQ(0, umount(DIR "/mnt2"));
	EXPECT_EQ(0, umount(MNT));
	EXPECT_EQ(0, mount_loop(variant->api, ALL, MNT, MS_NOEXEC));
	EXPECT_EQ(0, try_open(MNT "/probe", O_RDWR));
	EXPECT_EQ(0, try_open(MNT "/null", O_RDONLY));
}

/* DV-06, MT-11, MT-14: a device that is not listed has the permissions rw. */
TEST_F(by_both, files_only)
{
	const int devices[] = { PLAIN, UNLISTED };

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EPERM, mount_loop(variant->api, devices[i], MNT, 0));
		ASSERT_EQ(0, mount_loop(variant->api, devices[i], MNT, SAFE));
		EXPECT_EQ(EACCES, probe_run(MNT "/probe", USER_ID).error);
		EXPECT_EQ(EACCES, probe_run(MNT "/probe", 0).error);
		EXPECT_EQ(EACCES, try_open(MNT "/null", O_RDONLY));
		EXPECT_EQ(EPERM, map_executable(MNT "/probe"));
		EXPECT_EQ(EACCES, protect_executable(MNT "/probe"));
		EXPECT_EQ(0, try_open(MNT "/probe", O_RDWR));
		EXPECT_EQ(-1, mount(NULL, MNT, NULL, MS_REMOUNT | MS_BIND,
				    NULL));
		EXPECT_EQ(EPERM, errno);
		EXPECT_EQ(EACCES, probe_run(MNT "/probe", 0).error);
		ASSERT_EQ(0, umount(MNT));
	}
}

/* N-03: a mount that is never attached is checked too. */
TEST(detached_mount)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC), mnt, fd;
	char *const none[] = { NULL };

	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_SET_STRING, "source", loop_node(PLAIN),
			      0));
	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	EXPECT_EQ(-1, fsmount(fs, FSMOUNT_CLOEXEC, 0));
	EXPECT_EQ(EPERM, errno);
	mnt = fsmount(fs, FSMOUNT_CLOEXEC, SAFE);
	ASSERT_LE(0, mnt);
	fd = openat(mnt, "probe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, syscall(SYS_execveat, fd, "", none, none,
			      AT_EMPTY_PATH));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, openat(mnt, "null", O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

/*
 * Possible bypass: overlayfs has a superblock of its own, which is on no
 * device.
 */
TEST_F(by_both, through_overlayfs)
{
	ASSERT_EQ(0, mount_loop(variant->api, PLAIN, MNT, SAFE));
	mkdir(DIR "/mnt2", 0755);
	mkdir(DIR "/empty", 0755);
	EXPECT_EQ(-1, mount("overlay", DIR "/mnt2", "overlay", 0,
			    "lowerdir=" MNT ":" DIR "/empty"));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, mount("overlay", DIR "/mnt2", "overlay", SAFE,
			   "lowerdir=" MNT ":" DIR "/empty"));
	EXPECT_EQ(EACCES, probe_run(DIR "/mnt2/probe", USER_ID).error);
	EXPECT_EQ(EPERM, map_executable(DIR "/mnt2/probe"));
	EXPECT_EQ(EACCES, protect_executable(DIR "/mnt2/probe"));
	EXPECT_EQ(0, try_open(DIR "/mnt2/probe", O_RDONLY));
}

/*
 * Possible bypass: an open for reading, then a remount, which opens no device.
 */
TEST_F(by_both, read_only_stays_so)
{
	EXPECT_EQ(EPERM, mount_loop(variant->api, READ_X, MNT, 0));
	ASSERT_EQ(0, mount_loop(variant->api, READ_X, MNT, MS_RDONLY));
	EXPECT_EQ(0, probe_run(MNT "/probe", USER_ID).error);
	EXPECT_EQ(EPERM, remount_rw(variant->api, MNT));
	EXPECT_EQ(EROFS, try_open(MNT "/probe", O_RDWR));
	ASSERT_EQ(0, umount(MNT));
	ASSERT_EQ(0, mount_loop(variant->api, READ, MNT, MS_RDONLY | SAFE));
	EXPECT_EQ(EACCES, probe_run(MNT "/probe", USER_ID).error);
	EXPECT_EQ(EPERM, remount_rw(variant->api, MNT));
	ASSERT_EQ(0, umount(MNT));
	/* MT-06: a device that may be written needs a new mount for that. */
	ASSERT_EQ(0, mount_loop(variant->api, PLAIN, MNT, MS_RDONLY | SAFE));
	EXPECT_EQ(EPERM, remount_rw(variant->api, MNT));
	EXPECT_EQ(EROFS, try_open(MNT "/probe", O_RDWR));
	ASSERT_EQ(0, umount(MNT));
	ASSERT_EQ(0, mount_loop(variant->api, PLAIN, MNT, SAFE));
	EXPECT_EQ(0, try_open(MNT "/probe", O_RDWR));
}

TEST_F(by_both, nothing_allowed)
{
	EXPECT_EQ(EPERM, mount_loop(variant->api, NONE, MNT, SAFE));
	EXPECT_EQ(EPERM, mount_loop(variant->api, NONE, MNT, MS_RDONLY | SAFE));
}

/*
 * Possible bypass: a second mount opens no device, because its superblock
 * exists already.
 */
TEST_F(by_both, mounted_before_the_lock)
{
	EXPECT_EQ(EPERM, mount_loop(variant->api, BEFORE, MNT, 0));
	EXPECT_EQ(0, mount_loop(variant->api, BEFORE, MNT, SAFE));
	EXPECT_EQ(EACCES, probe_run(MNT "/probe", USER_ID).error);
	EXPECT_EQ(0, probe_run(DIR "/before/probe", USER_ID).error);
	EXPECT_EQ(0, probe_run(DIR "/before/setuid", USER_ID).euid);
	EXPECT_EQ(0, try_open(DIR "/before/null", O_RDONLY));
}

/*
 * DV-02: without s, set-uid bits and capabilities of files have no effect, and
 * the files still run.
 */
TEST_F(by_both, nosuid)
{
	struct probe p;

	EXPECT_EQ(EPERM, mount_loop(variant->api, NOSUID, MNT, MS_RDONLY));
	ASSERT_EQ(0, mount_loop(variant->api, NOSUID, MNT,
			      MS_RDONLY | MS_NOSUID));
	p = probe_run(MNT "/setuid", USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
	p = probe_run(MNT "/setgid", USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(USER_ID, p.egid);
	p = probe_run(MNT "/filecaps", USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(EACCES, p.bound);
	p = probe_run(MNT "/probe", 0);
	EXPECT_EQ(0, p.error);
	EXPECT_LT(0, p.permitted);
	EXPECT_EQ(0, try_open(MNT "/null", O_RDONLY));
}

/* D-09 */
TEST(requests_on_a_descriptor_for_reading)
{
	int off = 0;

	EXPECT_EQ(EPERM, ask(READ, O_RDONLY, BLKROSET, &off));
	EXPECT_EQ(EPERM, ask(READ, O_RDONLY, BLKRRPART, NULL));
	EXPECT_EQ(0, ask(PLAIN, O_RDWR, BLKROSET, &off));
	EXPECT_EQ(0, ask(READ, O_RDONLY, BLKROGET, &off));
}

/* Commands for the hardware ignore the mode of the descriptor. */
TEST(raw_commands)
{
	struct sg_io_hdr header = { .interface_id = 'S' };

	EXPECT_EQ(EPERM, ask(ALL, O_RDWR, SG_IO, &header));
	EXPECT_EQ(EPERM, ask(ALL, O_RDWR, _IOWR('N', 0x41, char[72]),
			     &header));
	EXPECT_EQ(EPERM, try_open("/dev/mem", O_RDONLY));
	EXPECT_EQ(EPERM, try_open("/dev/mem", O_RDWR));
	EXPECT_EQ(0, try_open("/dev/null", O_RDWR));
	EXPECT_EQ(0, try_open("/dev/zero", O_RDONLY));
	ASSERT_EQ(0, mknod(DIR "/sg", S_IFCHR | 0600, makedev(21, 0)));
	/* There is no such hardware: without a rule the error is ENXIO. */
	EXPECT_EQ(ENXIO, ({
		mknod(DIR "/sh", S_IFCHR | 0600, makedev(22, 0));
		try_open(DIR "/sh", O_RDWR);
	}));
}

/*
 * D-10, MT-15: swap is refused on each of them; see newmount_test for one where
 * it is allowed.
 */
TEST(swap_is_refused)
{
	const int devices[] = { NONE, READ_X, PLAIN, ALL };

	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(-1, swapon(loop_node(devices[i]), 0));
		EXPECT_EQ(EPERM, errno);
	}
}

struct mapping {
	struct dm_ioctl head;
	struct dm_target_spec spec;
	char arguments[64];
};

static int ask_mapper(int fd, unsigned long request, const char *name,
		      int target, bool rdonly)
{
	struct mapping mapping = {
		.head = {
			.version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(mapping),
			.data_start = sizeof(mapping.head),
			.flags = rdonly ? DM_READONLY_FLAG : 0,
		},
		.spec = { .length = 2048, .target_type = "linear" },
	};

	mapping.head.target_count = request == DM_TABLE_LOAD;
	snprintf(mapping.head.name, sizeof(mapping.head.name), "%s", name);
	snprintf(mapping.arguments, sizeof(mapping.arguments), "%d:%d 0", LOOP,
		 target);
	return ioctl(fd, request, &mapping) ? errno : 0;
}

static int map_device(const char *name, int target, bool rdonly)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = ask_mapper(fd, DM_DEV_CREATE, name, target, rdonly);
	if (!err) {
		err = ask_mapper(fd, DM_TABLE_LOAD, name, target, rdonly);
		if (ask_mapper(fd, DM_DEV_REMOVE, name, target, rdonly))
			err = EIO;
	} else {
		err = EIO;
	}
	close(fd);
	return err;
}

/* DV-08: device mapper opens what it maps. */
TEST(device_mapper)
{
	EXPECT_EQ(0, map_device("plain", PLAIN, false));
	EXPECT_EQ(EPERM, map_device("none", NONE, false));
	EXPECT_EQ(EPERM, map_device("none", NONE, true));
	EXPECT_EQ(EPERM, map_device("read", READ, false));
	EXPECT_EQ(0, map_device("read", READ, true));
}

/* The harness runs tests with a fixture after those without one. */
FIXTURE(last)
{
};

FIXTURE_SETUP(last)
{
}

FIXTURE_TEARDOWN(last)
{
	umount(MNT);
	umount(DIR "/mnt2");
}

/*
 * D-03: a device number with many permissions must not get blocks from
 * elsewhere.
 */
TEST_F(last, loop_devices_are_not_bound_anew)
{
	int fd = open(image(PLAIN), O_RDWR | O_CLOEXEC);
	struct loop_info64 info = {};

	EXPECT_EQ(0, ask(ALL, O_RDWR, LOOP_GET_STATUS64, &info));
	info.lo_offset = 4096;
	EXPECT_EQ(EPERM, ask(ALL, O_RDWR, LOOP_SET_STATUS64, &info));
	EXPECT_EQ(EPERM, ask(READ_X, O_RDONLY, LOOP_CHANGE_FD,
			     (void *)(intptr_t)fd));
	EXPECT_EQ(0, ask(NOSUID, O_RDWR, LOOP_CLR_FD, NULL));
	EXPECT_EQ(EPERM, bind_loop(NOSUID, image(NOSUID), 0));
	EXPECT_EQ(EPERM, ask(NOSUID, O_RDWR, LOOP_SET_FD,
			     (void *)(intptr_t)fd));
	/* A device whose files have no permissions may have any blocks, */
	EXPECT_EQ(0, ask(UNLISTED, O_RDWR, LOOP_CLR_FD, NULL));
	EXPECT_EQ(0, bind_loop(UNLISTED, image(UNLISTED), 0));
	/* but blocks of another device only if that one may be opened. */
	EXPECT_EQ(0, ask(UNLISTED, O_RDWR, LOOP_CLR_FD, NULL));
	EXPECT_EQ(EPERM, ({
		char path[64];

		snprintf(path, sizeof(path), "%s", loop_node(NONE));
		bind_loop(UNLISTED, path, 0);
	}));
	EXPECT_EQ(0, bind_loop(UNLISTED, image(UNLISTED), 0));
	close(fd);
}

/* An entry grants nothing on such a mount either. */
TEST_F(last, entries_grant_nothing_on_limited_devices)
{
	struct rule rule;

	ASSERT_EQ(0, mount_loop(0, ALL, MNT, MS_RDONLY));
	ASSERT_EQ(0, mount_loop(0, PLAIN, DIR "/mnt2", SAFE));
	ASSERT_EQ(0, rule_for(&rule, MNT "/probe", CLIP_ENTRY_EXE));
	rule.effective = BIND;
	rule.permitted = BIND;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, set_level(CLIP_CONTEXT_ADMIN, CLIP_LEVEL_ACTIVE));
	EXPECT_GRANTED(probe_run(MNT "/probe", USER_ID));
	EXPECT_EQ(EACCES, probe_run(DIR "/mnt2/probe", USER_ID).error);
	ASSERT_EQ(0, umount(MNT));
	ASSERT_EQ(0, umount(DIR "/mnt2"));
}

/* DV-06, strict. This test runs last. */
TEST_F(last, strict_refuses_unlisted_devices)
{
	ASSERT_EQ(0, set_latch("devices_strict", "1"));
	EXPECT_EQ(EPERM, try_open(loop_node(UNLISTED), O_RDONLY));
	EXPECT_EQ(EPERM, try_open(loop_node(UNLISTED), O_RDWR));
	EXPECT_EQ(EPERM, mount_loop(0, UNLISTED, MNT, MS_RDONLY | SAFE));
	EXPECT_EQ(0, try_open(loop_node(PLAIN), O_RDWR));
	EXPECT_EQ(0, mount_loop(0, ALL, MNT, MS_RDONLY));
	EXPECT_EQ(0, umount(MNT));
	EXPECT_EQ(EPERM, map_device("plain", PLAIN, false));
	EXPECT_EQ(0, set_latch("devices_strict", "0"));
	EXPECT_EQ(1, latch("devices_strict"));
	EXPECT_EQ(EPERM, try_open(loop_node(UNLISTED), O_RDONLY));
}

TEST_HARNESS_MAIN
