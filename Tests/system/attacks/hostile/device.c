// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices once the table is locked (D). hostile.sh gives /dev/loop6 the letter
 * "r" and /dev/loop7 none.
 */
#include "hostile.h"

#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int flags_of(const char *what)
{
	return *what == 'r' ? O_RDONLY : *what == 'w' ? O_WRONLY :
	       *what == 'b' ? O_RDWR : O_ACCMODE;
}

/* "r DEVICE", "w DEVICE", "b DEVICE", "n DEVICE" for neither. */
static int open_node(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what + 2), flags_of(what) |
		      O_CLOEXEC | O_NONBLOCK, 0);
}

static int open_own_node(const char *what)
{
	struct stat st;

	if (stat(what + 2, &st) ||
	    mknod(file("node"), S_IFBLK | 0600, st.st_rdev))
		return errno;
	return TRY_FD(openat, AT_FDCWD, T(file("node")), flags_of(what), 0);
}

static int open_linked_node(const char *what)
{
	unlink(DEV "other");
	return link(what + 2, DEV "other") ? errno :
	       TRY_FD(openat, AT_FDCWD, T(DEV "other"), flags_of(what), 0) |
	       (unlink(DEV "other") ? errno : 0);
}

static int open_by_procfs(const char *what)
{
	const int fd = open(what + 2, O_PATH | O_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), PROC "self/fd/%d", fd);
	return TRY_FD(openat, AT_FDCWD, T(path), flags_of(what), 0);
}

static int request(const char *what)
{
	const int fd = open(DEV "loop6", O_RDONLY | O_CLOEXEC);
	const int zero = 0;

	return fd < 0 ? 1 + errno :
	       TRY(ioctl, fd, strtoul(what, NULL, 0), COPY(zero));
}

/* Binds it anew to where it is bound. /dev/loop0 may be executed from. */
static int bind_anew(const char *what)
{
	const int fd = open(DEV "loop0", O_RDONLY | O_CLOEXEC);
	struct loop_info64 *info = low(sizeof(*info));
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(ioctl, fd, LOOP_GET_STATUS64, (long)info);
	if (!err && !strcmp(what, "set"))
		err = TRY(ioctl, fd, LOOP_SET_STATUS64, (long)info);
	close(fd);
	return err;
}

/* Resumes a mapped device that runs, or asks for the version. */
static int resume(const char *what)
{
	const struct dm_ioctl args = {
		.version = { DM_VERSION_MAJOR, 0, 0 },
		.data_size = sizeof(args), .name = "hostile",
	};
	const int fd = open(DEV "mapper/control", O_RDWR | O_CLOEXEC);
	const int err = fd < 0 ? 1 + errno :
			TRY(ioctl, fd, strcmp(what, "resume") ? DM_VERSION :
			    DM_DEV_SUSPEND, COPY(args));

	close(fd);
	return err;
}

/* An entry names a file of the filesystem. */
static int set_generation(const char *what)
{
	const int fd = open(file("data"), O_RDONLY | O_CLOEXEC);
	int *version = low(sizeof(*version));
	/* The requests are those of the kind of program. */
	const bool narrow = now.way == NARROW;
	int err = TRY(ioctl, fd, narrow ? FS_IOC32_GETVERSION :
		      FS_IOC_GETVERSION, (long)version);

	if (!err && !strcmp(what, "set"))
		err = TRY(ioctl, fd, narrow ? FS_IOC32_SETVERSION :
			  FS_IOC_SETVERSION, (long)version);
	close(fd);
	return err;
}

#define NODE(id, name, act, bad, good, filesystems) \
	{ id, name, CALL_openat, act, bad, good, NULL, EPERM, \
	  CLIP_REASON_DEVICE, filesystems, IN(HOST), 0, {} }

const struct row device_rows[] = {
	NODE("D-01", "open_to_read", open_node, "r " DEV "loop7",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_to_write", open_node, "w " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_for_both", open_node, "b " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_for_requests", open_node, "n " DEV "loop6",
	     "r " DEV "loop6", NO_FS),
	NODE("D-01", "open_by_procfs", open_by_procfs, "r " DEV "loop7",
	     "r " DEV "loop6", NO_FS),
	{ "D-02", "open_own_node", CALL_openat, open_own_node,
	  "r " DEV "loop7", "r " DEV "loop6", NULL, EPERM, CLIP_REASON_DEVICE,
	  WRITABLE & ~ON(FUSE), IN(HOST), PREPARES, {} },
	{ "D-02", "open_linked_node", CALL_openat, open_linked_node,
	  "r " DEV "loop7", "r " DEV "loop6", NULL, EPERM, CLIP_REASON_DEVICE,
	  NO_FS, IN(HOST), 0, {} },
	{ "D-09", "set_read_only", CALL_ioctl, request, "0x125d", "0x125e",
	  NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "D-03", "bind_a_loop_device_anew", CALL_ioctl, bind_anew, "set",
	  "get", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "F-10", "resume_a_mapped_device", CALL_ioctl, resume, "resume",
	  "version", NULL, EPERM, CLIP_REASON_DEVICE, NO_FS, IN(HOST), 0, {} },
	{ "F-9", "set_a_generation", CALL_ioctl, set_generation, "set", "get",
	  NULL, EPERM, CLIP_REASON_NONE, ON(EXT4) | ON(LOOP) | ON(MAPPER),
	  WRITERS & ~IN(USERNS), 0, {} },
	{},
};
