// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include "csystem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

int csystem_open(const char *path, int flags, unsigned int mode)
{
	return open(path, flags | O_CLOEXEC, mode);
}

int csystem_open_to_append(const char *path, unsigned int mode)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
		.mode = mode,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	const int number = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	struct stat status;

	if (number < 0)
		return -1;
	if (fstat(number, &status) == 0 && fcntl(number, F_SETFL, O_APPEND) == 0 &&
	    (S_ISCHR(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink == 1)))
		return number;
	close(number);
	errno = EINVAL;
	return -1;
}

int csystem_open_in_root(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

long csystem_get_attribute(const char *path, const char *name, void *value, unsigned long size)
{
	return getxattr(path, name, value, size);
}

long csystem_get_open_attribute(int fd, const char *name, void *value, unsigned long size)
{
	return fgetxattr(fd, name, value, size);
}

int csystem_set_attribute(const char *path, const char *name, const void *value, unsigned long size)
{
	return setxattr(path, name, value, size, 0);
}

int csystem_filesystem(const char *path, unsigned int *type, int *noexec)
{
	struct statfs status;

	if (statfs(path, &status) < 0)
		return -1;
	*type = (unsigned int)status.f_type;
	*noexec = (status.f_flags & ST_NOEXEC) != 0;
	return 0;
}

int csystem_open_filesystem(int fd, unsigned int *type)
{
	struct statfs status;

	if (fstatfs(fd, &status) < 0)
		return -1;
	*type = (unsigned int)status.f_type;
	return 0;
}

long csystem_read_names(int fd, void *records, unsigned long size)
{
	return getdents64(fd, records, size);
}

int csystem_folds_case(int fd)
{
	unsigned int flags = 0;

	/* Where this is no request, names are compared as they are. */
	return !ioctl(fd, FS_IOC_GETFLAGS, &flags) && (flags & FS_CASEFOLD_FL);
}

int csystem_try_lease(int fd)
{
	/* A task that opens the file meanwhile would cause a signal. */
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;
	int result;

	sigaction(SIGIO, &ignore, &before);
	result = fcntl(fd, F_SETLEASE, F_RDLCK);
	if (!result)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	sigaction(SIGIO, &before, NULL);
	return result;
}

int csystem_ioctl(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

const char *csystem_error_text(int number)
{
	return strerrordesc_np(number);
}

const char *csystem_error_name(int number)
{
	return strerrorname_np(number);
}

int csystem_is_privileged(void)
{
	return getauxval(AT_SECURE) != 0;
}

int csystem_processor_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
