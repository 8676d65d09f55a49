/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loop devices.
 */
#ifndef CLIP_TESTS_LOOPS_H
#define CLIP_TESTS_LOOPS_H

#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Attaches an image to a free loop device; returns its descriptor. */
static inline int attach(const char *image, char *path, size_t size)
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
	/* A writer of the device would keep it from being mounted. */
	return open(path, O_RDONLY | O_CLOEXEC);
}

#endif /* CLIP_TESTS_LOOPS_H */
