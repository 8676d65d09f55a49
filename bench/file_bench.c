// SPDX-License-Identifier: GPL-2.0-only
/*
 * What everyday calls on ordinary files cost.
 *
 * usage: file_bench DIRECTORY
 *
 * Prints "NAME=TIME" for each call.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"

#define CALLS	16
#define SIZE	4096

static char path[4096], buffer[SIZE];
static int fd;

static int do_open(void)
{
	return close(open(path, O_RDONLY));
}

static int do_open_write(void)
{
	return close(open(path, O_WRONLY));
}

static int do_read(void)
{
	return pread(fd, buffer, SIZE, 0) != SIZE;
}

static int do_write(void)
{
	return pwrite(fd, buffer, SIZE, 0) != SIZE;
}

static int do_stat(void)
{
	struct stat st;

	return stat(path, &st);
}

static int do_mmap(void)
{
	void *at = mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	return at == MAP_FAILED || munmap(at, SIZE);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: file_bench DIRECTORY\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/file_bench.data", argv[1]);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0755);
	if (fd < 0 || pwrite(fd, buffer, SIZE, 0) != SIZE) {
		perror(path);
		return 1;
	}
	if (measure("open", do_open, CALLS) ||
	    measure("open-write", do_open_write, CALLS) ||
	    measure("read", do_read, CALLS) ||
	    measure("write", do_write, CALLS) ||
	    measure("stat", do_stat, CALLS))
		return 1;
	/* A file that is open for writing is not mapped executable everywhere. */
	close(fd);
	fd = open(path, O_RDONLY);
	return fd < 0 || measure("mmap-exec", do_mmap, CALLS);
}
