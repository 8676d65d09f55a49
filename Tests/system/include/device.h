/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device /dev/veriexec, and the counters of the kernel. Unless their
 * comment says otherwise, the helpers of include/ return 0 or a positive errno
 * value, so that a test can name the error that it expects and the harness
 * shows the error that it got.
 */
#ifndef CLIP_TESTS_DEVICE_H
#define CLIP_TESTS_DEVICE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/clip.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USER_ID		1000	/* an ordinary user */

int device_open(void);
int device_call(unsigned long request, void *arg);
int get_info(struct clip_info *info);

/* The two numbers that a refused commit must leave as they were. */
struct store_state {
	uint64_t generation;
	uint64_t entries;
};

struct store_state store_state(void);

/* A number of the status file; -1 if the key is not there. */
long long status_value(const char *key);

/* The lines of the list of exceptions. */
int listed_exceptions(void);

/* How often the kernel has refused something for a reason. */
long long refused(enum clip_reason reason);

#endif /* CLIP_TESTS_DEVICE_H */
