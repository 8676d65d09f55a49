// SPDX-License-Identifier: GPL-2.0-only
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int loop_attach(const char *image, char *path, size_t size)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = ioctl(control, LOOP_CTL_GET_FREE);
	int file = open(image, O_RDWR | O_CLOEXEC), loop;

	close(control);
	snprintf(path, size, "/dev/loop%d", number);
	loop = open(path, O_RDWR | O_CLOEXEC);
	if (loop < 0 || ioctl(loop, LOOP_SET_FD, file))
		return -1;
	close(file);
	close(loop);
	/* A descriptor for writing would prevent a mount of the device. */
	return open(path, O_RDONLY | O_CLOEXEC);
}

const char *loop_node(int number)
{
	static char path[64];

	snprintf(path, sizeof(path), "/dev/loop%d", number);
	return path;
}

int bind_loop(int number, const char *file, uint32_t flags)
{
	int fd = open(loop_node(number), O_RDWR | O_CLOEXEC);
	int back = open(file, (flags & LO_FLAGS_READ_ONLY ? O_RDONLY : O_RDWR) |
			O_CLOEXEC);
	struct loop_config config = { .fd = back, .info.lo_flags = flags };
	int err = fd < 0 || back < 0 ||
		  ioctl(fd, LOOP_CONFIGURE, &config) ? errno : 0;

	close(back);
	close(fd);
	return err;
}
