// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel counted.
 *
 * A kernel with CONFIG_GCOV_KERNEL shows the counters of each object as a file
 * NAME.gcda in debugfs, beside a symbolic link to NAME.gcno of the build.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coverage.h"

#define COUNTERS	"/sys/kernel/debug/gcov"

static int counters = -1;

void coverage_open(void)
{
	counters = open(COUNTERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		data += n;
		size -= n;
	}
	return 0;
}

/* The size of such a file is not known before it was read. */
static int read_all(int fd, char **data, size_t *size)
{
	size_t room = 0;
	ssize_t n;

	do {
		if (*size == room) {
			char *more = realloc(*data, room += 65536);

			if (!more)
				return ENOMEM;
			*data = more;
		}
		n = read(fd, *data + *size, room - *size);
		if (n < 0)
			return errno;
		*size += n;
	} while (n);
	return 0;
}

static int send_file(int port, int fd, const char *path)
{
	char *data = NULL;
	size_t size = 0;
	int err = read_all(fd, &data, &size);

	if (!err && dprintf(port, "%zu %s\n", size, path) < 0)
		err = errno;
	if (!err)
		err = write_all(port, data, size);
	free(data);
	return err;
}

static bool is_counter_file(const char *name)
{
	size_t length = strlen(name);

	return length > 5 && !strcmp(name + length - 5, ".gcda");
}

/* Consumes FD, the directory PATH. */
static int send_directory(int port, int fd, const char *path)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		err = errno;
		close(fd);
		return err;
	}
	while (!err && (entry = readdir(dir))) {
		char below[PATH_MAX];
		int file;

		if (entry->d_type != DT_DIR && !is_counter_file(entry->d_name))
			continue;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		file = openat(dirfd(dir), entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (file < 0) {
			err = errno;
		} else if (entry->d_type == DT_DIR) {
			err = send_directory(port, file, below);
		} else {
			err = send_file(port, file, below);
			close(file);
		}
	}
	closedir(dir);
	return err;
}

int coverage_send(int port)
{
	int fd = counters;

	counters = -1;
	return fd < 0 ? 0 : send_directory(port, fd, "");
}
