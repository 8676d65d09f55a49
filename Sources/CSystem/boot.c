// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What is needed before the system is up: a /proc that is mounted nowhere, and
 * the end of a boot. The numbers of the calls are the same on every
 * architecture, and older headers lack them.
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_FSOPEN	430
#define NR_FSCONFIG	431
#define NR_FSMOUNT	432

/* FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC, FSCONFIG_CMD_CREATE */
#define CLOEXEC		1
#define CMD_CREATE	6

/* MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC */
#define ATTRIBUTES	(2 | 4 | 8)

int csystem_private_proc(void)
{
	int context = (int)syscall(NR_FSOPEN, "proc", CLOEXEC);
	int mount = -1;
	int error;

	if (context < 0)
		return -1;
	if (!syscall(NR_FSCONFIG, context, CMD_CREATE, NULL, NULL, 0))
		mount = (int)syscall(NR_FSMOUNT, context, CLOEXEC, ATTRIBUTES);
	error = errno;
	close(context);
	errno = error;
	return mount;
}

int csystem_open_at(int directory, const char *path, int flags)
{
	return openat(directory, path, flags | O_CLOEXEC);
}

int csystem_halt(void)
{
	sync();
	return reboot(RB_HALT_SYSTEM);
}
