// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: namespaces that stay without a process, as files of nsfs(5)
 *
 * A mount namespace cannot be kept on a mount that is shared, because it would be
 * mounted in itself. So the files lie below a directory that is a private mount.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_mount_root(const char *directory)
{
	struct statx status;

	return statx(AT_FDCWD, directory, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int clip_keep_place(const char *directory, struct clip_failure *failure)
{
	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return clip_fail(failure, 0, "state", "make %s", directory);
	if (is_mount_root(directory))
		return 0;
	if (mount(directory, directory, NULL, MS_BIND, NULL) < 0 || mount(NULL, directory, NULL, MS_PRIVATE, NULL) < 0)
		return clip_fail(failure, 0, "state", "make %s a mount of its own", directory);
	return 0;
}

int clip_keep_namespace(pid_t process, const char *name, const char *path, struct clip_failure *failure)
{
	const int file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
	char source[64];

	if (file < 0)
		return clip_fail(failure, 0, "state", "make %s", path);
	close(file);
	snprintf(source, sizeof(source), "/proc/%d/ns/%s", (int)process, name);
	if (mount(source, path, NULL, MS_BIND, NULL) < 0) {
		clip_fail(failure, 0, "state", "keep the namespace %s at %s", name, path);
		unlink(path);
		return -1;
	}
	return 0;
}

int clip_release_namespace(const char *path, struct clip_failure *failure)
{
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
		return clip_fail(failure, 0, "state", "unmount %s", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return clip_fail(failure, 0, "state", "remove %s", path);
	return 0;
}
