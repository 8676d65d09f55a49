// SPDX-License-Identifier: GPL-2.0-only
/*
 * New mounts once kernel.clip.mount is locked (MT-11 to MT-15, N-01 to N-03,
 * N-09 to N-11, N-22): no mount is both writable and executable, and none has
 * more permissions than the device table gives. Tests without a fixture run
 * first.
 */
#include "device.h"
#include "files.h"
#include "loop.h"
#include "mounts.h"
#include "process.h"

#include <linux/dm-ioctl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/newmounts"
#define LATCH	"/proc/sys/kernel/clip/mount"
#define M	DIR "/m"
#define M2	DIR "/m2"
#define MAJOR_OF_LOOP	7
#define R	CLIP_DEVICE_READ
#define W	CLIP_DEVICE_WRITE
#define D	CLIP_DEVICE_DEV
#define X	CLIP_DEVICE_EXEC
#define S	CLIP_DEVICE_SUID

/* The permissions that each loop device has. */
enum { ALL, PLAIN, READ_X, UNLISTED, BEFORE, MAPPED, IMAGE, SWAP, SWAP2 };

#define RULE(number, letters) { \
	.major = MAJOR_OF_LOOP, .minor = (number), .priority = 2, \
	.permissions = (letters), \
}

static const struct clip_device_rule table[] = {
	RULE(ALL, R | W | D | X | S),
	RULE(PLAIN, R | W),
	RULE(READ_X, R | D | X | S),
	RULE(BEFORE, R | W | D | X | S),
	RULE(MAPPED, R | W | D | X | S),
	RULE(IMAGE, R | X),
};

static int load_table(void)
{
	struct clip_device_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_REPLACE,
		.rules = (uintptr_t)table, .rule_size = sizeof(*table),
		.rules_count = sizeof(table) / sizeof(*table),
	};
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	int err = ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit) ? errno : 0;

	close(fd);
	return err;
}

/* Two results at a time stay valid. */
static const char *image(int number)
{
	static char paths[2][64];
	static int last;

	last = !last;
	snprintf(paths[last], sizeof(paths[last]), DIR "/image%d", number);
	return paths[last];
}

/* By either interface. */
static int mount_ext4(int api, int number, const char *at, unsigned long flags)
{
	return mount_by(api, "ext4", loop_node(number), at, flags, NULL, NULL);
}

static int mount_tmpfs(int api, const char *at, unsigned long flags)
{
	return mount_by(api, "tmpfs", "new", at, flags, NULL, NULL);
}

/* Lowest layer: a directory with the probe. */
static int mount_overlay(int api, const char *at, unsigned long flags)
{
	return mount_by(api, "overlay", "new", at, flags, "lowerdir",
			M2 ":" DIR "/empty");
}

/* A swap area of 1 MB; see "struct swap_info" of the kernel's headers. */
static int make_swap(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), err = 0;
	uint32_t header[2] = { 1, 255 };

	if (ftruncate(fd, 1 << 20) ||
	    pwrite(fd, header, sizeof(header), 1024) != sizeof(header) ||
	    pwrite(fd, "SWAPSPACE2", 10, 4086) != 10)
		err = errno ?: EIO;
	close(fd);
	return err;
}

/* ------------------------------------------------------ before the lock */

TEST(everything_was_allowed)
{
	int fd;

	mkdir(DIR, 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR, "tmpfs", 0, "mode=755"));
	mkdir(DIR "/empty", 0755);
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/ext4.img", image(ALL),
			       0600));
	ASSERT_EQ(0, bind_loop(ALL, image(ALL), 0));
	ASSERT_EQ(0, mount_ext4(1, ALL, M, 0));
	ASSERT_EQ(0, copy_file(PROBE, M "/probe", 0755));
	ASSERT_EQ(0, mknod(M "/null", S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
	ASSERT_EQ(0, umount(M));
	for (int i = ALL + 1; i <= MAPPED; i++) {
		ASSERT_EQ(0, copy_file(image(ALL), image(i), 0600));
		ASSERT_EQ(0, bind_loop(i, image(i), 0));
	}
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/squashfs.img", image(IMAGE),
			       0600));
	ASSERT_EQ(0, bind_loop(IMAGE, image(IMAGE), 0));
	for (int api = 0; api < 2; api++) {
		ASSERT_EQ(0, mount_tmpfs(api, M, 0));
		ASSERT_EQ(0, umount(M));
		ASSERT_EQ(0, mount_ext4(api, PLAIN, M, 0));
		EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
		ASSERT_EQ(0, umount(M));
		ASSERT_EQ(0, mount_by(api, "squashfs", loop_node(IMAGE), M, 0,
				      NULL, NULL));
		EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
		ASSERT_EQ(0, umount(M));
		/* Trap 25: an overlay on a noexec layer. */
		ASSERT_EQ(0, mount_ext4(api, PLAIN, M2, SAFE));
		EXPECT_EQ(EACCES, probe_run(M2 "/probe", USER_ID).error);
		ASSERT_EQ(0, mount_overlay(api, M, 0));
		EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
		ASSERT_EQ(0, umount(M));
		ASSERT_EQ(0, umount(M2));
	}
	/*
	 * This mount stays writable and executable, as it was before the lock.
	 */
	ASSERT_EQ(0, mount_ext4(0, BEFORE, DIR "/before", 0));
	/* MT-15: one swap area is in use, one is not. */
	for (int i = SWAP; i <= SWAP2; i++) {
		/* More loop devices than the kernel makes by itself. */
		mknod(loop_node(i), S_IFBLK | 0600,
		      makedev(MAJOR_OF_LOOP, i));
		fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
		ioctl(fd, LOOP_CTL_ADD, i);
		close(fd);
		ASSERT_EQ(0, make_swap(image(i)));
		ASSERT_EQ(0, bind_loop(i, image(i), 0));
		ASSERT_EQ(0, swapon(loop_node(i), 0) ? errno : 0);
	}
	ASSERT_EQ(0, swapoff(loop_node(SWAP2)));
	ASSERT_EQ(0, load_table());
}

TEST(lock)
{
	ASSERT_EQ(0, write_text(LATCH, "0"));
}

/* ---------------------------------------------------------- after it */

/* MT-15 */
TEST(swap)
{
	EXPECT_EQ(-1, swapon(loop_node(SWAP2), 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, swapon(image(SWAP2), 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(0, swapoff(loop_node(SWAP)));
	EXPECT_EQ(-1, swapon(loop_node(SWAP), 0));
	EXPECT_EQ(EPERM, errno);
	/* Other acts with the same capability are not affected. */
	EXPECT_EQ(0, sethostname("swap", 4));
}

FIXTURE(locked)
{
	char *before;
};

FIXTURE_VARIANT(locked)
{
	int api;
	int namespaces;
};

FIXTURE_VARIANT_ADD(locked, old_interface) { .api = 0 };
FIXTURE_VARIANT_ADD(locked, new_interface) { .api = 1 };
FIXTURE_VARIANT_ADD(locked, old_in_a_mount_namespace) {
	.api = 0, .namespaces = CLONE_NEWNS,
};
FIXTURE_VARIANT_ADD(locked, new_in_a_mount_namespace) {
	.api = 1, .namespaces = CLONE_NEWNS,
};
FIXTURE_VARIANT_ADD(locked, old_in_a_user_namespace) {
	.api = 0, .namespaces = CLONE_NEWUSER | CLONE_NEWNS,
};
FIXTURE_VARIANT_ADD(locked, new_in_a_user_namespace) {
	.api = 1, .namespaces = CLONE_NEWUSER | CLONE_NEWNS,
};

FIXTURE_SETUP(locked)
{
	if (variant->namespaces & CLONE_NEWUSER) {
		ASSERT_EQ(0, become_namespace_root(CLONE_NEWNS));
	} else if (variant->namespaces) {
		ASSERT_EQ(0, unshare(variant->namespaces));
	}
	self->before = all_mounts();
}

FIXTURE_TEARDOWN(locked)
{
	umount2(M, MNT_DETACH);
	umount2(M2, MNT_DETACH);
	free(self->before);
}

/*
 * MT-11, MT-12, N-02: filesystems without a device; each flag is missing once.
 */
TEST_F(locked, without_a_device)
{
	const unsigned long few[] = {
		0, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_RDONLY, SAFE & ~MS_NOSUID,
		SAFE & ~MS_NODEV, SAFE & ~MS_NOEXEC,
		MS_RDONLY | (SAFE & ~MS_NOEXEC),
	};

	for (size_t i = 0; i < sizeof(few) / sizeof(*few); i++)
		EXPECT_EQ(EPERM, mount_tmpfs(variant->api, M, few[i]));
	/* A source that exists is only a name. */
	EXPECT_EQ(EPERM, mount_by(variant->api, "tmpfs", loop_node(ALL), M, 0,
				  NULL, NULL));
	EXPECT_EQ(EPERM, mount_by(variant->api, "tmpfs", "/proc", M, 0, NULL,
				  NULL));
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, mount_tmpfs(variant->api, M, SAFE));
	ASSERT_EQ(0, copy_file(PROBE, M "/probe", 0755));
	EXPECT_EQ(EACCES, probe_run(M "/probe", 0).error);
	EXPECT_EQ(0, umount(M));
	/* MT-13 */
	EXPECT_EQ(0, mount_by(variant->api, "tmpfs", NULL, M, SAFE, NULL,
			      NULL));
	EXPECT_EQ(-1, mount("x", M, NULL, SAFE, NULL));
	EXPECT_EQ(EINVAL, errno);
}

/* Trap 25: an overlay does not have the flags of its layers. */
TEST_F(locked, overlay)
{
	ASSERT_EQ(0, mount_tmpfs(variant->api, M2, SAFE));
	ASSERT_EQ(0, copy_file(PROBE, M2 "/probe", 0755));
	EXPECT_EQ(EPERM, mount_overlay(variant->api, M, 0));
	EXPECT_EQ(EPERM, mount_overlay(variant->api, M, MS_RDONLY));
	EXPECT_EQ(EPERM, mount_overlay(variant->api, M, MS_NOSUID | MS_NODEV));
	EXPECT_STREQ("", options_of(M));
	ASSERT_EQ(0, mount_overlay(variant->api, M, SAFE));
	EXPECT_EQ(EACCES, probe_run(M "/probe", 0).error);
	EXPECT_EQ(0, access(M "/probe", R_OK));
}

/* N-02, N-03 */
TEST_F(locked, never_attached)
{
	char *const none[] = { NULL };
	int mnt, fd;

	EXPECT_EQ(-EPERM, make_detached("tmpfs", "new", 0, NULL, NULL));
	EXPECT_EQ(-EPERM, make_detached("tmpfs", "new",
					MS_NOSUID | MS_NODEV, NULL, NULL));
	mnt = make_detached("tmpfs", "new", SAFE, NULL, NULL);
	ASSERT_LE(0, mnt);
	fd = openat(mnt, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	ASSERT_LE(0, fd);
	ASSERT_EQ(3, write(fd, "#!x", 3));
	close(fd);
	EXPECT_EQ(-1, syscall(SYS_execveat, mnt, "f", none, none, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(EPERM, set_attr(mnt, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_NOEXEC,
				  0));
	close(mnt);
	EXPECT_UNCHANGED();
}

/*
 * Filesystems with a single superblock: no flag is lost, and no check is made.
 */
TEST_F(locked, proc_and_sysfs)
{
	if (variant->namespaces & CLONE_NEWUSER) {
		/* The kernel has its own rule for these. */
		EXPECT_EQ(EPERM, mount_by(variant->api, "proc", "proc", M, SAFE,
					  NULL, NULL));
		return;
	}
	EXPECT_EQ(EPERM, mount_by(variant->api, "proc", "proc", M, 0, NULL,
				  NULL));
	EXPECT_EQ(0, mount_by(variant->api, "proc", "proc", M, SAFE, NULL,
			      NULL));
	EXPECT_EQ(0, umount(M));
	EXPECT_EQ(EPERM, mount_by(variant->api, "devtmpfs", "dev", M, 0, NULL,
				  NULL));
	EXPECT_EQ(0, mount_by(variant->api, "devtmpfs", "dev", M, SAFE, NULL,
			      NULL));
	/* The first mount still works. */
	EXPECT_EQ(0, try_open("/dev/null", O_WRONLY));
}

FIXTURE(disk)
{
	char *before;
};

FIXTURE_VARIANT(disk)
{
	int api;
	int namespaces;
};

FIXTURE_VARIANT_ADD(disk, old_interface) { .api = 0 };
FIXTURE_VARIANT_ADD(disk, new_interface) { .api = 1 };
FIXTURE_VARIANT_ADD(disk, in_a_mount_namespace) {
	.api = 1, .namespaces = CLONE_NEWNS,
};

FIXTURE_SETUP(disk)
{
	if (variant->namespaces)
		ASSERT_EQ(0, unshare(variant->namespaces));
	self->before = all_mounts();
}

FIXTURE_TEARDOWN(disk)
{
	umount2(M, MNT_DETACH);
	umount2(M2, MNT_DETACH);
	free(self->before);
}

/* N-01, MT-11: each missing flag requires a permission. */
TEST_F(disk, flags_and_permissions)
{
	const int plain[] = { PLAIN, UNLISTED };

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EPERM, mount_ext4(variant->api, plain[i], M, 0));
		EXPECT_EQ(EPERM, mount_ext4(variant->api, plain[i], M,
					    MS_RDONLY));
		EXPECT_EQ(EPERM, mount_ext4(variant->api, plain[i], M,
					    SAFE & ~MS_NOSUID));
		EXPECT_EQ(EPERM, mount_ext4(variant->api, plain[i], M,
					    SAFE & ~MS_NODEV));
		EXPECT_EQ(EPERM, mount_ext4(variant->api, plain[i], M,
					    SAFE & ~MS_NOEXEC));
		EXPECT_UNCHANGED();
		ASSERT_EQ(0, mount_ext4(variant->api, plain[i], M, SAFE));
		EXPECT_EQ(0, try_open(M "/probe", O_WRONLY));
		EXPECT_EQ(EACCES, probe_run(M "/probe", 0).error);
		ASSERT_EQ(0, umount(M));
	}
}

/*
 * N-22, WX-04: a mount is writable or executable, whatever the table permits.
 */
TEST_F(disk, written_or_executed)
{
	int fs;

	EXPECT_EQ(EPERM, mount_ext4(variant->api, ALL, M, 0));
	EXPECT_UNCHANGED();
	ASSERT_EQ(0, mount_ext4(variant->api, ALL, M, MS_NOEXEC));
	EXPECT_EQ(0, try_open(M "/probe", O_WRONLY));
	EXPECT_EQ(0, try_open(M "/null", O_WRONLY));
	EXPECT_EQ(EACCES, probe_run(M "/probe", 0).error);
	/* Another mount of a writable filesystem, read-only itself. */
	fs = fsopen("ext4", FSOPEN_CLOEXEC);
	fsconfig(fs, FSCONFIG_SET_STRING, "source", loop_node(ALL), 0);
	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	EXPECT_EQ(-1, fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY));
	EXPECT_EQ(EPERM, errno);
	close(fs);
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, mount_ext4(variant->api, ALL, M, MS_RDONLY));
	EXPECT_EQ(EROFS, try_open(M "/probe", O_WRONLY));
	EXPECT_EQ(0, try_open(M "/null", O_WRONLY));
	EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
	/* No mount of it can become writable again. */
	EXPECT_EQ(-1, mount(NULL, M, NULL, MS_REMOUNT, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, mount(NULL, M, NULL, MS_REMOUNT | MS_NOEXEC, NULL));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(EBUSY, mount_ext4(variant->api, ALL, M2, MS_NOEXEC));
	EXPECT_EQ(0, mount_ext4(variant->api, ALL, M2, MS_RDONLY));
	EXPECT_EQ(0, probe_run(M2 "/probe", USER_ID).error);
	EXPECT_EQ(EROFS, try_open(M2 "/probe", O_WRONLY));
}

/* A request for the superblock alone. */
TEST_F(disk, superblocks_stay_read_only)
{
	int fs;

	ASSERT_EQ(0, mount_ext4(variant->api, ALL, M, MS_RDONLY));
	fs = fspick(AT_FDCWD, M, FSPICK_CLOEXEC);
	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_SET_FLAG, "rw", NULL, 0));
	EXPECT_EQ(-1, fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
	EXPECT_EQ(EPERM, errno);
	close(fs);
	/* Other options can be changed, and it can become read-only. */
	fs = fspick(AT_FDCWD, M, FSPICK_CLOEXEC);
	ASSERT_EQ(0, fsconfig(fs, FSCONFIG_SET_STRING, "errors", "continue",
			      0));
	EXPECT_EQ(0, fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
	close(fs);
	ASSERT_EQ(0, umount(M));
	ASSERT_EQ(0, mount_ext4(variant->api, ALL, M, MS_NOEXEC));
	EXPECT_EQ(0, mount(NULL, M, NULL, MS_REMOUNT | MS_RDONLY | MS_NOEXEC,
			   NULL));
	EXPECT_EQ(EROFS, try_open(M "/probe", O_WRONLY));
}

/*
 * A mount that was writable and executable at the lock stays so, and cannot be
 * mounted a second time.
 */
TEST_F(disk, mounted_before)
{
	EXPECT_EQ(0, probe_run(DIR "/before/probe", USER_ID).error);
	EXPECT_EQ(0, try_open(DIR "/before/probe", O_WRONLY));
	EXPECT_EQ(EPERM, mount_ext4(variant->api, BEFORE, M, 0));
	EXPECT_EQ(0, mount_ext4(variant->api, BEFORE, M, MS_NOEXEC));
	EXPECT_EQ(EACCES, probe_run(M "/probe", USER_ID).error);
	EXPECT_EQ(0, probe_run(DIR "/before/probe", USER_ID).error);
}

/* N-10: the name of the device does not matter. */
TEST_F(disk, names_of_devices)
{
	unlink(DIR "/name");
	ASSERT_EQ(0, symlink(loop_node(PLAIN), DIR "/name"));
	EXPECT_EQ(EPERM, mount_by(variant->api, "ext4", DIR "/name", M, 0, NULL,
				  NULL));
	EXPECT_EQ(0, mount_by(variant->api, "ext4", DIR "/name", M, SAFE, NULL,
			      NULL));
	EXPECT_EQ(0, umount(M));
	unlink(DIR "/name");
	ASSERT_EQ(0, mknod(DIR "/name", S_IFBLK | 0600,
			   makedev(MAJOR_OF_LOOP, PLAIN)));
	EXPECT_EQ(EPERM, mount_by(variant->api, "ext4", DIR "/name", M,
				  MS_RDONLY, NULL, NULL));
}

/*
 * An image that cannot be written: the filesystem is read-only, and the mount
 * must be too.
 */
TEST_F(disk, squashfs)
{
	const unsigned long most = MS_RDONLY | MS_NOSUID | MS_NODEV;

	EXPECT_EQ(EPERM, mount_by(variant->api, "squashfs", loop_node(IMAGE), M,
				  MS_RDONLY, NULL, NULL));
	EXPECT_EQ(0, mount_by(variant->api, "squashfs", loop_node(IMAGE), M,
			      most, NULL, NULL));
	EXPECT_EQ(0, probe_run(M "/probe", USER_ID).error);
}

/* FUSE by root: the kernel requires only the device. */
TEST_F(disk, fuse)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	ASSERT_LE(0, fd);
	mkdir(M, 0755);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	EXPECT_EQ(-1, mount("x", M, "fuse", MS_NOSUID | MS_NODEV, options));
	EXPECT_EQ(EPERM, errno);
	EXPECT_UNCHANGED();
	close(fd);
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	EXPECT_EQ(0, mount("x", M, "fuse", SAFE, options));
	close(fd);
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
			.name = "newmount",
			.target_count = request == DM_TABLE_LOAD,
		},
		.spec = { .length = 16384, .target_type = "linear" },
	};
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err;

	snprintf(mapping.arguments, sizeof(mapping.arguments), "%d:%d 0",
		 MAJOR_OF_LOOP, target);
	err = ioctl(fd, request, &mapping) ? errno : 0;
	if (dev)
		*dev = mapping.head.dev;
	close(fd);
	return err;
}

/* A mapped device has its own number, and the permissions of that number. */
TEST_F(disk, device_mapper)
{
	dev_t dev;

	ASSERT_EQ(0, ask_mapper(DM_DEV_CREATE, MAPPED, &dev));
	ASSERT_EQ(0, ask_mapper(DM_TABLE_LOAD, MAPPED, NULL));
	ASSERT_EQ(0, ask_mapper(DM_DEV_SUSPEND, MAPPED, NULL));
	unlink(DIR "/mapped");
	ASSERT_EQ(0, mknod(DIR "/mapped", S_IFBLK | 0600, dev));
	EXPECT_EQ(EPERM, mount_by(variant->api, "ext4", DIR "/mapped", M,
				  MS_RDONLY, NULL, NULL));
	EXPECT_EQ(0, mount_by(variant->api, "ext4", DIR "/mapped", M, SAFE,
			      NULL, NULL));
	EXPECT_EQ(0, access(M "/probe", R_OK));
	EXPECT_EQ(0, umount(M));
	EXPECT_EQ(0, ask_mapper(DM_DEV_REMOVE, MAPPED, NULL));
}

TEST_HARNESS_MAIN
