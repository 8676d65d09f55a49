// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices once the table is locked (D). hostile.sh gives /dev/loop6 the letter
 * "r" and /dev/loop7 none.
 */
#include "hostile.h"

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
	{},
};
