// SPDX-License-Identifier: GPL-2.0-only
#include "fault.h"

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUGFS	"/tmp/debugfs"

static int fail_nth = -1;

static int set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		err = errno;
	close(fd);
	return err;
}

int fault_prepare(void)
{
	static const struct { const char *name, *value; } knobs[] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "fail_usercopy/verbose", "0" },
	};
	char path[128];
	int err = 0;

	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		return EOPNOTSUPP;
	mkdir(DEBUGFS, 0700);
	if (mount("debugfs", DEBUGFS, "debugfs", 0, NULL))
		return errno;
	for (size_t i = 0; i < sizeof(knobs) / sizeof(*knobs) && !err; i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s", knobs[i].name);
		err = set(path, knobs[i].value);
	}
	umount2(DEBUGFS, MNT_DETACH);
	return err;
}

int fault_arm(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	return pwrite(fail_nth, text, length, 0) == length ? 0 : errno;
}

bool fault_disarm(void)
{
	char text[16] = "";

	/*
	 * What is left of the count, and 0 once the fault has happened. The
	 * copy of the answer can be the fault itself, which is then one that the
	 * request did not reach.
	 */
	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		strcpy(text, "1");
	pwrite(fail_nth, "0", 1, 0);
	return !atoi(text);
}

int fault_arm_process(pid_t pid, unsigned int nth)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	snprintf(text, sizeof(text), "%u", nth);
	return set(path, text);
}

bool fault_happened(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	return !strcmp(read_line(path), "0");
}
