// SPDX-License-Identifier: GPL-2.0-only
/*
 * What everyday calls on ordinary files cost.
 *
 * usage: file_bench DIRECTORY
 *
 * Prints "NAME=MEDIAN" for each call, in nanoseconds of CLOCK_MONOTONIC, which
 * under "tools/vm --icount" are guest instructions. A median over many batches
 * of a few calls each leaves out what interrupts add.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCHES	400
#define CALLS	16
#define SIZE	4096

static char path[4096], buffer[SIZE];
static int fd;

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

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

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int measure(const char *name, int (*call)(void))
{
	static uint64_t times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		const uint64_t begin = now();

		for (int j = 0; j < CALLS; j++)
			if (call()) {
				perror(name);
				return 1;
			}
		times[i] = now() - begin;
	}
	qsort(times, BATCHES, sizeof(times[0]), by_size);
	printf("%s=%lu\n", name, times[BATCHES / 2] / CALLS);
	return 0;
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
	return measure("open", do_open) || measure("open-write", do_open_write) ||
	       measure("read", do_read) || measure("write", do_write) ||
	       measure("stat", do_stat) || measure("mmap-exec", do_mmap);
}
