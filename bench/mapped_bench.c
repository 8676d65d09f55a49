// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: mapped_bench FILE COUNT...
 *
 * Prints what it costs to open FILE for writing and to close it, when it was
 * mapped executable once and has COUNT mappings for reading since, as
 * "mapped-COUNT". COUNTs grow.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "measure.h"

#define CALLS	4
#define PAGE	4096UL

static const char *path;

static int open_write(void)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || close(fd);
}

/* A mapping at every second page, so that none is merged with its neighbour. */
static int map_more(int fd, char *area, int from, int to)
{
	for (int i = from; i < to; i++)
		if (mmap(area + 2 * i * PAGE, PAGE, PROT_READ,
			 MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	const int most = argc > 2 ? atoi(argv[argc - 1]) : -1;
	char name[32], *area;
	int fd, have = 0;
	void *code;

	path = argv[1];
	fd = most < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "usage: mapped_bench FILE COUNT...\n");
		return 2;
	}
	area = mmap(NULL, 2 * (most + 1) * PAGE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	code = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	/* The place for the mappings is empty until they come. */
	if (area == MAP_FAILED || code == MAP_FAILED || munmap(code, PAGE) ||
	    munmap(area, 2 * (most + 1) * PAGE)) {
		perror("mmap");
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		const int count = atoi(argv[i]);

		if (count < have || map_more(fd, area, have, count)) {
			perror("mmap");
			return 1;
		}
		have = count;
		snprintf(name, sizeof(name), "mapped-%d", count);
		if (measure(name, open_write, CALLS))
			return 1;
	}
	return 0;
}
