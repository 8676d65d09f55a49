// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts after the lock (N). Below TOP/alias every filesystem is mounted a
 * second time, with the flags "ro,nosuid,nodev,noexec".
 */
#include "../hostile.h"

#include "process.h"

#include <linux/mount.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

static const char *alias(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "alias/%s", fs_names[now.filesystem]);
	return path;
}

/* A number in C's syntax. */
static unsigned long number(const char *what)
{
	return strtoul(what, NULL, 0);
}

/* ------------------------------------------------------------- new mounts */

static int mount_tmpfs(const char *what)
{
	return TRY(mount, T("new"), T(file("dir")), T("tmpfs"), number(what),
		   0);
}

static int mount_overlay(const char *what)
{
	char options[256];

	snprintf(options, sizeof(options), "lowerdir=%s:layers/lower",
		 file("dir"));
	return TRY(mount, T("new"), T(file("dir")), T("overlay"), number(what),
		   T(options));
}

static int by_descriptors(const char *what)
{
	const long fs = DO(fsopen, T("tmpfs"), 0);
	int err = failed(fs) ?: TRY(fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0,
				    0);

	err = err ?: TRY_FD(fsmount, fs, 0, number(what));
	close(fs);
	return err;
}

/* ---------------------------------------------------------- fewer flags */

static int set_attributes(const char *path, int flags, uint64_t set,
			  uint64_t clear)
{
	const struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	return TRY(mount_setattr, AT_FDCWD, T(path), flags, COPY(attr),
		   sizeof(attr));
}

/* A positive number is cleared, a negative one set. */
static int change_attributes(const char *what)
{
	const long flags = strtol(what, NULL, 0);

	return set_attributes(alias(), 0, flags < 0 ? -flags : 0,
			      flags < 0 ? 0 : flags);
}

static int change_tree(const char *what)
{
	const long flags = strtol(what, NULL, 0);

	return set_attributes("alias", 0x8000 /* AT_RECURSIVE */,
			      flags < 0 ? -flags : 0, flags < 0 ? 0 : flags);
}

static int remount(const char *what)
{
	return TRY(mount, 0, T(alias()), 0,
		   MS_REMOUNT | MS_BIND | number(what), 0);
}

static int change_copy(const char *what)
{
	const long flags = strtol(what, NULL, 0);
	const long copy = DO(open_tree, AT_FDCWD, T(alias()),
			     1 /* OPEN_TREE_CLONE */);
	const struct mount_attr attr = {
		.attr_set = flags < 0 ? -flags : 0,
		.attr_clr = flags < 0 ? 0 : flags,
	};
	int err;

	if (copy < 0)
		return -copy;
	err = TRY(mount_setattr, copy, T(""), AT_EMPTY_PATH, COPY(attr),
		  sizeof(attr));
	close(copy);
	return err;
}

/* ------------------------------------------------------ places and groups */

static int move_by_mount(const char *what)
{
	return TRY(mount, T(alias()), T(file("dir")), 0, number(what), 0);
}

static int move_by_descriptor(const char *what)
{
	return TRY(move_mount, AT_FDCWD, T(alias()), AT_FDCWD, T(file("dir")),
		   0);
}

static int bind(const char *what)
{
	return TRY(mount, T(alias()), T(file("dir")), 0, MS_BIND, 0);
}

static int change_group(const char *what)
{
	return TRY(mount, 0, T(alias()), 0, number(what), 0);
}

/* The owners of the copy become others. */
static int map_owners(const char *what)
{
	const long copy = DO(open_tree, AT_FDCWD, T(alias()),
			     1 /* OPEN_TREE_CLONE */);
	struct mount_attr attr = { .attr_set = strtol(what, NULL, 0) };
	int err;

	if (copy < 0)
		return -copy;
	attr.userns_fd = user_namespace_fd(1000, 0);
	err = TRY(mount_setattr, copy, T(""), AT_EMPTY_PATH, COPY(attr),
		  sizeof(attr));
	close(attr.userns_fd);
	close(copy);
	return err;
}

/* Its own errors come after that of the right. */
static int change_root(const char *what)
{
	const int err = TRY(pivot_root, T("."), T("."));

	return err == EINVAL || err == EBUSY ? 0 : err;
}

/* "NUMBER FLAGS": of the loop device, and of mount(2). */
static int mount_disk(const char *what)
{
	unsigned int loop, flags;
	char path[32];

	sscanf(what, "%u %x", &loop, &flags);
	snprintf(path, sizeof(path), DEV "loop%u", loop);
	return TRY(mount, T(path), T(file("dir")), T("ext4"), flags, 0);
}

static int swap_on_a_disk(const char *what)
{
	const int err = TRY(swapon, T(DEV "loop6"), 0);

	return err == EINVAL ? 0 : err;
}

/* --------------------------------------------------- nolock, nosymfollow */

/* Below "nolock" every filesystem is mounted with both flags. */
static const char *by(const char *prefix, const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s%s", prefix, file(name));
	return path;
}

static int lock_whole(const char *what)
{
	const int fd = open(by(what, "data"), O_RDONLY | O_CLOEXEC);
	const int err = fd < 0 ? 1 : TRY(flock, fd, 1 /* LOCK_SH */);

	close(fd);
	return err;
}

/* F_SETLK and F_OFD_SETLK of the whole file, in the sizes of both kinds. */
static int lock_range(const char *what, int request)
{
	const long lock[8] = {};
	const int fd = open(by(what, "data"), O_RDONLY | O_CLOEXEC);
	const int err = fd < 0 ? 1 : TRY(fcntl, fd, request, COPY(lock));

	close(fd);
	return err;
}

static int lock_as_process(const char *what)
{
	return lock_range(what, F_SETLK);
}

static int lock_as_descriptor(const char *what)
{
	return lock_range(what, F_OFD_SETLK);
}

static int watch_names(const char *what)
{
	const int fd = inotify_init();
	const int err = failed(DO(inotify_add_watch, fd,
				  T(by(what, "data")), IN_ACCESS));

	close(fd);
	return err;
}

static int follow_link(const char *what)
{
	if (symlink("data", file("link")))
		return 1;
	return TRY_FD(openat, AT_FDCWD, T(by(what, "link")), O_RDONLY, 0);
}

static int change_nolock(const char *what)
{
	const long flags = strtol(what, NULL, 0);
	char path[64];

	snprintf(path, sizeof(path), "nolock/%s", fs_names[now.filesystem]);
	return set_attributes(path, 0, flags < 0 ? -flags : 0,
			      flags < 0 ? 0 : flags);
}

static int swap_on(const char *what)
{
	static char header[8192];
	const uint32_t words[2] = { 1, 1 };
	int fd = open(file("data"), O_RDWR | O_CLOEXEC);
	int err;

	memset(header, 0, sizeof(header));
	memcpy(header + 1024, words, sizeof(words));
	memcpy(header + 4086, "SWAPSPACE2", 10);
	if (pwrite(fd, header, sizeof(header), 0) != sizeof(header))
		return EIO;
	close(fd);
	err = TRY(swapon, T(file("data")), 0);
	if (!err)
		syscall(SYS_swapoff, file("data"));
	/* Its own errors come after that of the right. */
	return err == EINVAL ? 0 : err;
}

static int read_data(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("data")), O_RDONLY, 0);
}

#define MOUNT(id, name, call, act, bad, good, filesystems, places) \
	{ id, name, CALL_##call, act, bad, good, NULL, EPERM, \
	  CLIP_REASON_MOUNT, filesystems, places, OWN_MOUNTS, {} }

/* Refused at any time; the twin is by the mount without the flags. */
#define NOLOCK(id, name, call, act, bad, good, err, why, filesystems, places) \
	{ id, name, CALL_##call, act, bad, good, NULL, err, \
	  CLIP_REASON_##why, filesystems, places, ALWAYS | PREPARES, {} }

#define TAKE_NOLOCK	"0x400000"	/* MOUNT_ATTR_NOLOCK */
#define GIVE_NOLOCK	"-0x400000"
#define TAKE_EXEC	"8"	/* MOUNT_ATTR_NOEXEC */
#define GIVE_EXEC	"-8"
#define TAKE_RO		"1"	/* MOUNT_ATTR_RDONLY */
#define GIVE_RO		"-1"
#define ALL_FLAGS	"0xf"	/* SAFE | MS_RDONLY */
#define SAFE_FLAGS	"0xe"
#define SOME_FLAGS	"0x6"

const struct row mount_rows[] = {
	MOUNT("N-01", "mount_without_flags", mount, mount_tmpfs, "0",
	      SAFE_FLAGS, EVERY_FS, IN(HOST) | IN(CONTEXT) | IN(USERNS)),
	MOUNT("N-01", "mount_with_some_flags", mount, mount_tmpfs, SOME_FLAGS,
	      SAFE_FLAGS, EVERY_FS, IN(HOST) | IN(CONTEXT) | IN(USERNS)),
	MOUNT("N-11", "mount_an_overlay_without_flags", mount, mount_overlay,
	      "0", SAFE_FLAGS, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-02", "fsmount_without_flags", fsmount, by_descriptors, "0",
	      SAFE_FLAGS, NO_FS, IN(HOST) | IN(CONTEXT) | IN(USERNS)),
	MOUNT("N-05", "clear_noexec", mount_setattr, change_attributes,
	      TAKE_EXEC, GIVE_EXEC, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-05", "clear_ro", mount_setattr, change_attributes, TAKE_RO,
	      GIVE_RO, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-05", "clear_noexec_of_a_tree", mount_setattr, change_tree,
	      TAKE_EXEC, GIVE_EXEC, NO_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-06", "remount_with_exec", mount, remount, "0x7", ALL_FLAGS,
	      EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-06", "remount_writable", mount, remount, SAFE_FLAGS,
	      ALL_FLAGS, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-03", "clear_noexec_of_a_copy", mount_setattr, change_copy,
	      TAKE_EXEC, GIVE_EXEC, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	{ "N-09", "move_by_mount", CALL_mount, move_by_mount, "8192", "4096",
	  NULL, EPERM, CLIP_REASON_MOUNT, EVERY_FS, IN(HOST) | IN(CONTEXT),
	  OWN_MOUNTS, {} },
	{ "N-09", "move_by_descriptor", CALL_move_mount, move_by_descriptor,
	  "", "", bind, EPERM, CLIP_REASON_MOUNT, EVERY_FS,
	  IN(HOST) | IN(CONTEXT), OWN_MOUNTS, {} },
	MOUNT("N-14", "make_it_shared", mount, change_group, "0x100000",
	      "0x40000", EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-18", "map_the_owners", mount_setattr, map_owners,
	      "0x100000" /* MOUNT_ATTR_IDMAP */, "8",
	      EVERY_FS & ~ON(FUSE) & ~ON(OVERLAY), IN(HOST)),
	{ "N-13", "pivot_root_elsewhere", CALL_pivot_root, change_root, "",
	  "", bind, EPERM, CLIP_REASON_MOUNT, ON(TMPFS),
	  IN(HOST) | IN(CONTEXT), OWN_MOUNTS, {} },
	/* The kernel's own rule; the mounts of a namespace are locked. */
	{ "N-17", "clear_noexec_in_a_namespace", CALL_mount_setattr,
	  change_attributes, TAKE_EXEC, GIVE_EXEC, NULL, EPERM,
	  CLIP_REASON_NONE, EVERY_FS, IN(USERNS), ALWAYS, {} },
	{ "N-17", "clear_ro_in_a_namespace", CALL_mount_setattr,
	  change_attributes, TAKE_RO, GIVE_RO, NULL, EPERM, CLIP_REASON_NONE,
	  EVERY_FS, IN(USERNS), ALWAYS, {} },
	{ "F-18a", "clear_nolock_in_a_namespace", CALL_mount_setattr,
	  change_nolock, TAKE_NOLOCK, GIVE_NOLOCK, NULL, EPERM,
	  CLIP_REASON_NONE, EVERY_FS, IN(USERNS), ALWAYS, {} },
	MOUNT("N-19", "clear_nolock", mount_setattr, change_nolock,
	      TAKE_NOLOCK, GIVE_NOLOCK, EVERY_FS, IN(HOST) | IN(CONTEXT)),
	MOUNT("N-19", "clear_nosymfollow", mount_setattr, change_nolock,
	      "0x200000", "-0x200000", EVERY_FS, IN(HOST) | IN(CONTEXT)),
	NOLOCK("N-19", "flock_on_nolock", flock, lock_whole, "nolock/", "",
	       EPERM, MOUNT, EVERY_FS, EVERYWHERE),
	NOLOCK("N-19", "lock_on_nolock", fcntl, lock_as_process, "nolock/",
	       "", EPERM, MOUNT, EVERY_FS, EVERYWHERE),
	NOLOCK("X-14", "lock_of_a_descriptor_on_nolock", fcntl,
	       lock_as_descriptor, "nolock/", "", EPERM, MOUNT, EVERY_FS,
	       EVERYWHERE),
	NOLOCK("X-14", "inotify_on_nolock", inotify_add_watch, watch_names,
	       "nolock/", "", EPERM, MOUNT, EVERY_FS, EVERYWHERE),
	NOLOCK("N-19", "link_on_nosymfollow", openat, follow_link, "nolock/",
	       "", ELOOP, NONE, WRITABLE, WRITERS),
	/* Flags that bind mounts do not have change nothing. */
	MOUNT("N-07", "remount_with_odd_flags", mount, remount, "0x4007",
	      "0x400f", EVERY_FS, IN(HOST) | IN(CONTEXT)),
	/* Its filesystem is written by another mount. */
	{ "N-22", "second_mount_to_execute", CALL_mount, mount_disk, "0 6",
	  "0 e", NULL, EPERM, CLIP_REASON_MOUNT, ON(TMPFS), IN(HOST),
	  OWN_MOUNTS, {} },
	{ "T-20", "mount_a_disk_to_execute", CALL_mount, mount_disk, "6 7",
	  "6 f", NULL, EPERM, CLIP_REASON_MOUNT, ON(TMPFS), IN(HOST),
	  OWN_MOUNTS, {} },
	{ "D-01", "mount_a_disk_to_write", CALL_mount, mount_disk, "6 e",
	  "6 f", NULL, EPERM, CLIP_REASON_DEVICE, ON(TMPFS), IN(HOST),
	  OWN_MOUNTS, {} },
	{ "D-01", "mount_a_denied_disk", CALL_mount, mount_disk, "7 f",
	  "6 f", NULL, EPERM, CLIP_REASON_DEVICE, ON(TMPFS), IN(HOST),
	  OWN_MOUNTS, {} },
	{ "T-24", "swap_on_a_disk", CALL_swapon, swap_on_a_disk, "", "",
	  read_data, EPERM, CLIP_REASON_MOUNT, ON(TMPFS), IN(HOST), 0, {} },
	{ "D-10", "swap_on_a_file", CALL_swapon, swap_on, "", "", read_data,
	  EPERM, CLIP_REASON_MOUNT, ON(EXT4) | ON(LOOP) | ON(MAPPER),
	  IN(HOST) | IN(CONTEXT) | IN(CHROOT), PREPARES,
	  { { .places = IN(CHROOT), .error = EPERM,
	      .reason = CLIP_REASON_NO_PRIVILEGE } } },
	{},
};
