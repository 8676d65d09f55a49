// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts after the lock (N). Below TOP/alias every filesystem is mounted a
 * second time, with the flags "ro,nosuid,nodev,noexec".
 */
#include "hostile.h"

#include "process.h"

#include <linux/mount.h>
#include <sched.h>
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
	{ "D-10", "swap_on_a_file", CALL_swapon, swap_on, "", "", read_data,
	  EPERM, CLIP_REASON_MOUNT, ON(EXT4) | ON(LOOP) | ON(MAPPER),
	  IN(HOST) | IN(CONTEXT) | IN(CHROOT), PREPARES,
	  { { .places = IN(CHROOT), .error = EPERM,
	      .reason = CLIP_REASON_NO_PRIVILEGE } } },
	{},
};
