// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: contexts_bench DIRECTORY COUNT...
 *
 * Prints what it costs to delete a file that no rule lists, with COUNT contexts
 * without rules besides those of the boot, as "contexts-COUNT". COUNTs grow.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/clip.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCHES	100
#include "measure.h"

#define CALLS	4
#define FIRST	1000	/* number of the first context */

static const char *directory;
static int next_made, next_gone;

static void path_of(char *path, size_t size, int number)
{
	snprintf(path, size, "%s/%04d", directory, number);
}

static int make_files(void)
{
	char path[256];

	for (next_made = 0; next_made < BATCHES * CALLS; next_made++) {
		path_of(path, sizeof(path), next_made);
		if (mknod(path, S_IFREG | 0755, 0))
			return 1;
	}
	next_gone = 0;
	return 0;
}

/* What a worker of the kernel does for it, it does when this task yields. */
static int unlink_one(void)
{
	char path[256];
	int err;

	path_of(path, sizeof(path), next_gone++);
	err = unlink(path);
	sched_yield();
	return err;
}

static int make_context(int device, int number)
{
	struct clip_context_args args = {
		.size = sizeof(args), .xid = FIRST + number,
		.level = CLIP_LEVEL_ACTIVE,
	};
	int fd = ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args);

	return fd < 0 || close(fd);
}

int main(int argc, char **argv)
{
	int device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC), have = 0;
	char name[32];

	if (argc < 3 || device < 0) {
		fprintf(stderr, "usage: contexts_bench DIRECTORY COUNT...\n");
		return 2;
	}
	directory = argv[1];
	for (int i = 2; i < argc; i++) {
		for (; have < atoi(argv[i]); have++)
			if (make_context(device, have)) {
				perror("a context");
				return 1;
			}
		if (make_files()) {
			perror(directory);
			return 1;
		}
		snprintf(name, sizeof(name), "contexts-%d", have);
		if (measure(name, unlink_one, CALLS))
			return 1;
	}
	return 0;
}
