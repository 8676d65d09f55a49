// SPDX-License-Identifier: GPL-2.0-only
/*
 * The context that watches changes nothing: no content, no name and no
 * attribute, by whichever call (fault 13). The twin is reading.
 */
#include "../hostile.h"

#include <linux/fs.h>
#include <linux/fsverity.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int open_as(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("data")),
		      strcmp(what, "write") ? O_RDONLY : O_WRONLY, 0);
}

static int create(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("new")), O_RDWR | O_CREAT,
		      0600);
}

static int make_dir(const char *what)
{
	return TRY(mkdirat, AT_FDCWD, T(file("new")), 0755);
}

static int make_link(const char *what)
{
	return TRY(linkat, AT_FDCWD, T(file("data")), AT_FDCWD,
		   T(file("new")), 0);
}

static int make_symlink(const char *what)
{
	return TRY(symlinkat, T("data"), AT_FDCWD, T(file("new")));
}

static int make_node(const char *what)
{
	return TRY(mknodat, AT_FDCWD, T(file("new")), S_IFIFO | 0600, 0);
}

static int rename_file(const char *what)
{
	return TRY(renameat2, AT_FDCWD, T(file("data")), AT_FDCWD,
		   T(file("new")), 0);
}

static int unlink_file(const char *what)
{
	return TRY(unlinkat, AT_FDCWD, T(file("data")), 0);
}

static int change_mode(const char *what)
{
	return TRY(fchmodat, AT_FDCWD, T(file("data")), 0700);
}

static int change_owner(const char *what)
{
	return TRY(fchownat, AT_FDCWD, T(file("data")), 1, 1, 0);
}

static int set_attribute(const char *what)
{
	return TRY(setxattr, T(file("data")), T("user.x"), T("x"), 1, 0);
}

static int cut_file(const char *what)
{
	return TRY(truncate, T(file("data")), 100);
}

static int remove_dir(const char *what)
{
	return TRY(unlinkat, AT_FDCWD, T(file("dir")), AT_REMOVEDIR);
}

static int without_name(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("")), O_TMPFILE | O_RDWR, 0600);
}

static int bind_name(const char *what)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int err;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
		 file("new"));
	err = TRY(bind, fd, COPY(address), sizeof(address));
	close(fd);
	return err;
}

static int touch(const char *what)
{
	return TRY(utimensat, AT_FDCWD, T(file("data")), 0, 0);
}

static int read_only(void)
{
	return open(file("data"), O_RDONLY | O_CLOEXEC);
}

static int change_mode_of_fd(const char *what)
{
	const int fd = read_only(), err = TRY(fchmod, fd, 0700);

	close(fd);
	return err;
}

static int set_attribute_of_fd(const char *what)
{
	const int fd = read_only();
	const int err = TRY(fsetxattr, fd, T("user.x"), T("x"), 1, 0);

	close(fd);
	return err;
}

static int remove_attribute(const char *what)
{
	const int err = TRY(removexattr, T(file("data")), T("user.none"));

	/* No such attribute exists: the right was there. */
	return err == ENODATA ? 0 : err;
}

/* An access list that says no more than a mode. */
static int set_list(const char *what)
{
	const struct {
		uint32_t version;
		struct {
			uint16_t tag, permissions;
			uint32_t id;
		} entries[3];
	} list = {
		2, { { 1, 6, -1U }, { 4, 5, -1U }, { 32, 4, -1U } },
	};

	return TRY(setxattr, T(file("data")), T("system.posix_acl_access"),
		   COPY(list), sizeof(list), 0);
}

/* Flags of a file, such as "immutable", by a descriptor for reading. */
static int set_flags(const char *what)
{
	const bool narrow = now.way == NARROW;
	int *flags = low(sizeof(*flags));
	const int fd = read_only();
	int err = TRY(ioctl, fd, narrow ? FS_IOC32_GETFLAGS : FS_IOC_GETFLAGS,
		      (long)flags);

	*flags |= FS_NODUMP_FL;
	err = err ?: TRY(ioctl, fd, narrow ? FS_IOC32_SETFLAGS :
			 FS_IOC_SETFLAGS, (long)flags);
	close(fd);
	return err;
}

static int set_more_flags(const char *what)
{
	struct fsxattr *flags = low(sizeof(*flags));
	const int fd = read_only();
	int err = TRY(ioctl, fd, FS_IOC_FSGETXATTR, (long)flags);

	flags->fsx_xflags |= FS_XFLAG_NODUMP;
	err = err ?: TRY(ioctl, fd, FS_IOC_FSSETXATTR, (long)flags);
	close(fd);
	return err;
}

static int make_verity(const char *what)
{
	const struct fsverity_enable_arg args = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	const int fd = read_only();
	const int err = TRY(ioctl, fd, FS_IOC_ENABLE_VERITY, COPY(args));

	close(fd);
	return err;
}

#define WATCHED(id, name, call, act, filesystems) \
	{ id, name, CALL_##call, act, "write", "read", open_as, EACCES, \
	  CLIP_REASON_OTHER_CONTEXT, filesystems, IN(WATCH), BY_THE_PLACE, {} }
#define PLAIN_DISKS	(ON(EXT4) | ON(LOOP) | ON(MAPPER))

const struct row watch_rows[] = {
	WATCHED("F-13", "watch_opens", openat, open_as, EVERY_FS & ~ON(SQUASHFS)),
	WATCHED("F-13", "watch_creates", openat, create, WRITABLE),
	WATCHED("F-13", "watch_makes_a_directory", mkdirat, make_dir, WRITABLE),
	WATCHED("F-13", "watch_links", linkat, make_link, WRITABLE),
	WATCHED("F-13", "watch_makes_a_symbolic_link", symlinkat, make_symlink,
		WRITABLE),
	WATCHED("F-13", "watch_makes_a_fifo", mknodat, make_node, WRITABLE),
	WATCHED("F-13", "watch_renames", renameat2, rename_file, WRITABLE),
	WATCHED("F-13", "watch_unlinks", unlinkat, unlink_file, WRITABLE),
	WATCHED("F-13", "watch_changes_a_mode", fchmodat, change_mode, WRITABLE),
	WATCHED("F-13", "watch_changes_an_owner", fchownat, change_owner, WRITABLE),
	WATCHED("F-13", "watch_sets_an_attribute", setxattr, set_attribute,
		WRITABLE & ~ON(FUSE)),
	WATCHED("F-13", "watch_truncates", truncate, cut_file, WRITABLE),
	WATCHED("F-13", "watch_removes_a_directory", unlinkat, remove_dir,
		WRITABLE),
	WATCHED("F-13", "watch_opens_without_a_name", openat, without_name,
		WRITABLE & ~ON(FUSE)),
	WATCHED("F-13", "watch_binds_a_name", bind, bind_name, WRITABLE),
	WATCHED("F-13", "watch_sets_a_time", utimensat, touch, WRITABLE),
	WATCHED("F-13", "watch_changes_a_mode_by_descriptor", fchmod,
		change_mode_of_fd, WRITABLE),
	WATCHED("F-13", "watch_sets_an_attribute_by_descriptor", fsetxattr,
		set_attribute_of_fd, WRITABLE & ~ON(FUSE)),
	WATCHED("F-13", "watch_removes_an_attribute", removexattr,
		remove_attribute, WRITABLE & ~ON(FUSE)),
	WATCHED("F-13", "watch_sets_an_access_list", setxattr, set_list,
		WRITABLE & ~ON(FUSE)),
	WATCHED("F-13", "watch_sets_flags", ioctl, set_flags,
		PLAIN_DISKS | ON(TMPFS) | ON(OVERLAY)),
	WATCHED("F-13", "watch_sets_more_flags", ioctl, set_more_flags,
		PLAIN_DISKS | ON(TMPFS)),
	WATCHED("F-13", "watch_makes_verity", ioctl, make_verity, PLAIN_DISKS),
	{},
};
