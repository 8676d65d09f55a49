// SPDX-License-Identifier: GPL-2.0-only
/*
 * Out of a chroot, once kernel.clip.chroot is set (C). Before, root does all of
 * this in a chroot.
 */
#include "tasks.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static int make_node(const char *what)
{
	mode_t type = *what == 'c' ? S_IFCHR : *what == 'b' ? S_IFBLK : S_IFIFO;
	const long number = *what == 'c' ? makedev(1, 3) :
			    *what == 'b' ? makedev(7, 0) : 0;

	return TRY(mknodat, AT_FDCWD, T(file("new")), type | 0600, number);
}

static int again(const char *what)
{
	return TRY(chroot, T(file(what)));
}

static int change_mode(const char *what)
{
	return TRY(fchmodat, AT_FDCWD, T(file("data")),
		   strtol(what, NULL, 8));
}

static int create(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("new")), O_WRONLY | O_CREAT,
		      strtol(what, NULL, 8));
}

static int set_capability(const char *what)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_CHOWN } },
	};

	return TRY(setxattr, T(file("data")), T(what), COPY(caps),
		   sizeof(caps), 0);
}

static int by_handle(const char *what)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	const int at = open(file(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int id, err;

	if (name_to_handle_at(AT_FDCWD, file("data"), &u.handle, &id, 0))
		return 1;
	err = TRY_FD(open_by_handle_at, at, COPY(u), O_RDONLY);
	close(at);
	return err;
}

static int read_file(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(file("data")), O_RDONLY, 0);
}

static int write_sysctl(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_WRONLY, 0);
}

static int open_node(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_RDONLY, 0);
}

static int mount_tmpfs(const char *what)
{
	return TRY(mount, T("new"), T(file("dir")), T("tmpfs"), 14, 0);
}

static int open_filesystem(const char *what)
{
	return TRY_FD(fsopen, T("tmpfs"), 0);
}

static int copy_tree(const char *what)
{
	return TRY_FD(open_tree, AT_FDCWD, T("alias"), 1);
}

static int join(const char *what)
{
	const int fd = open(PROC "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	const int err = fd < 0 ? 1 + errno : TRY(setns, fd, CLONE_NEWNS);

	close(fd);
	return err;
}

static int open_namespace(const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), PROC "%d/ns/uts", victim.pid);
	return TRY_FD(openat, AT_FDCWD, T(path), O_RDONLY, 0);
}

static int open_own_namespace(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(PROC "self/ns/uts"), O_RDONLY, 0);
}

static int make_user_namespace(const char *what)
{
	return TRY(unshare, strcmp(what, "user") ? CLONE_NEWUTS :
						   CLONE_NEWUSER);
}

/* Pivots where the control can: the root is a mount, and so is the new one. */
static int pivot(const char *what)
{
	return TRY(pivot_root, T("tmpfs"), T("tmpfs/c/dir"));
}

/* By a program that was executed in the chroot. */
static int after_exec(const char *what)
{
	const char *const argv[] = { PLAIN, "--try", "root", NULL };

	return -DO(execve, T(PLAIN), vector(argv), no_vector());
}

/* No task is traced from there, not even its own child. */
#define OUTSIDE(id, name, call, act, err) \
	{ id, name, CALL_##call, act, "victim", PROC "self/status", \
	  open_node, err, CLIP_REASON_PERMISSION, NO_FS, IN(CHROOT), 0, {} }
#define JAILED(id, name, call, act, bad, good, twin, filesystems) \
	{ id, name, CALL_##call, act, bad, good, twin, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, filesystems, IN(CHROOT), OWN_MOUNTS, {} }

const struct row chroot_rows[] = {
	JAILED("C-01", "chroot_again", chroot, again, "dir", "", read_file,
	       EVERY_FS),
	JAILED("C-12", "character_device", mknodat, make_node, "c", "p", NULL,
	       WRITABLE),
	JAILED("C-12", "block_device", mknodat, make_node, "b", "p", NULL,
	       WRITABLE),
	JAILED("C-12", "mount_in_a_chroot", mount, mount_tmpfs, "", "",
	       read_file, EVERY_FS),
	JAILED("C-12", "fsopen_in_a_chroot", fsopen, open_filesystem, "", "",
	       read_file, ON(TMPFS)),
	JAILED("C-12", "open_tree_in_a_chroot", open_tree, copy_tree, "", "",
	       read_file, ON(TMPFS)),
	JAILED("C-13", "open_by_handle", open_by_handle_at, by_handle, "", "",
	       read_file, ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER)),
	JAILED("C-17", "set_user_id_by_chmod", fchmodat, change_mode, "04755",
	       "01755", NULL, WRITABLE),
	JAILED("C-17", "set_group_id_by_chmod", fchmodat, change_mode, "02755",
	       "0755", NULL, WRITABLE),
	JAILED("C-17", "set_user_id_by_open", openat, create, "04755",
	       "0755", NULL, WRITABLE),
	JAILED("C-17", "file_capability", setxattr, set_capability,
	       "security.capability", "user.x", NULL, WRITABLE & ~ON(FUSE)),
	JAILED("F-16", "sysctl_in_a_chroot", openat, write_sysctl,
	       PROC "sys/kernel/core_pattern", DEV "null", NULL, NO_FS),
	JAILED("C-11", "setns_in_a_chroot", setns, join, "", "", read_file,
	       NO_FS),
	JAILED("C-12", "disk_in_a_chroot", openat, open_node, DEV "loop6",
	       DEV "null", NULL, NO_FS),
	JAILED("N-13", "pivot_root_in_a_chroot", pivot_root, pivot, "", "",
	       read_file, ON(TMPFS)),
	JAILED("C-08", "chroot_after_exec", execve, after_exec, "", "",
	       read_file, ON(TMPFS)),
	{ "C-15", "user_namespace_in_a_chroot", CALL_unshare,
	  make_user_namespace, "user", "uts", NULL, EPERM, CLIP_REASON_NONE,
	  NO_FS, IN(CHROOT), ALWAYS, {} },
	OUTSIDE("C-05", "descriptor_of_another_task", pidfd_getfd,
		take_descriptor, EPERM),
	OUTSIDE("C-09", "root_of_another_task", openat, open_root, EACCES),
	{ "C-09", "namespace_of_another_task", CALL_openat, open_namespace, "",
	  "", open_own_namespace, EACCES, CLIP_REASON_PERMISSION, NO_FS,
	  IN(CHROOT), 0, {} },
	{},
};
