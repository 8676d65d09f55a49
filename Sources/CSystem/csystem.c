// SPDX-License-Identifier: LGPL-2.1-or-later
#define _GNU_SOURCE
#include "csystem.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <unistd.h>

int csystem_open(const char *path, int flags, unsigned int mode)
{
	return open(path, flags | O_CLOEXEC, mode);
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
