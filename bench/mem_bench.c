// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mapping, protecting and touching memory costs.
 *
 * usage: mem_bench DIRECTORY
 *
 * The program stands in for everybody whom a rule about memory may concern: it
 * does what a loader of libraries and an allocator do, and nothing that is ever
 * refused. Files in DIRECTORY are mapped through a descriptor for reading.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "measure.h"

#define CALLS	16
#define PAGE	4096UL
#define SIZE	(4 * PAGE)

static char path[4096], content[SIZE];
static char *data, *text;
static int fd;

static int map(int prot, int flags, int file)
{
	void *at = mmap(NULL, SIZE, prot, flags, file, 0);

	return at == MAP_FAILED || munmap(at, SIZE);
}

static int do_map(void)
{
	return map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int do_map_file(void)
{
	return map(PROT_READ, MAP_PRIVATE, fd);
}

static int do_map_exec(void)
{
	return map(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
}

/* As the loader does with what it has relocated. */
static int do_protect(void)
{
	return mprotect(data, PAGE, PROT_READ) ||
	       mprotect(data, PAGE, PROT_READ | PROT_WRITE);
}

static int do_protect_exec(void)
{
	return mprotect(text, PAGE, PROT_READ) ||
	       mprotect(text, PAGE, PROT_READ | PROT_EXEC);
}

static int do_fault(void)
{
	*(volatile char *)data = 1;
	return madvise(data, PAGE, MADV_DONTNEED);
}

static int do_fault_file(void)
{
	(void)*(volatile char *)text;
	return madvise(text, PAGE, MADV_DONTNEED);
}

int main(int argc, char **argv)
{
	int out;

	if (argc != 2) {
		fprintf(stderr, "usage: mem_bench DIRECTORY\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/mem_bench.data", argv[1]);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (out < 0 || write(out, content, SIZE) != SIZE || close(out) ||
	    (fd = open(path, O_RDONLY)) < 0) {
		perror(path);
		return 1;
	}
	data = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	text = mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED || text == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	return measure("map", do_map, CALLS) ||
	       measure("map-file", do_map_file, CALLS) ||
	       measure("map-exec", do_map_exec, CALLS) ||
	       measure("protect", do_protect, CALLS) ||
	       measure("protect-exec", do_protect_exec, CALLS) ||
	       measure("fault", do_fault, CALLS) ||
	       measure("fault-file", do_fault_file, CALLS);
}
