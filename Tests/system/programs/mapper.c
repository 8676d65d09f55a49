// SPDX-License-Identifier: GPL-2.0-only
/*
 * A static program for the tests of library checks: does what its arguments
 * say, one after the other, and prints "VERB=errno " for each.
 *
 *   map FILE     map it readable and executable
 *   mapr FILE    map it readable
 *   prot FILE    map it readable, then add execution
 *   wx FILE      map it privately, writable and executable
 *   dirty FILE   map it privately, write, then exchange writing for execution
 *   anon -       map memory without a file executable
 *   anonprot -   map such memory writable, then add execution
 *   memfd -      map a memfd executable
 *   write FILE   open it for writing
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE	4096

static void *map(const char *path, int prot, int flags)
{
	int fd = open(path, O_RDONLY);
	void *at;

	if (fd < 0)
		return MAP_FAILED;
	at = mmap(NULL, SIZE, prot, flags, fd, 0);
	close(fd);
	return at;
}

static void *map_memfd(void)
{
	int fd = memfd_create("mapper", 0);

	if (fd < 0 || ftruncate(fd, SIZE))
		return MAP_FAILED;
	return mmap(NULL, SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
}

static int run(const char *verb, const char *path)
{
	const int rx = PROT_READ | PROT_EXEC, anon = MAP_PRIVATE | MAP_ANONYMOUS;
	char *at = MAP_FAILED;

	if (!strcmp(verb, "map"))
		return map(path, rx, MAP_PRIVATE) == MAP_FAILED ? errno : 0;
	if (!strcmp(verb, "mapr"))
		return map(path, PROT_READ, MAP_PRIVATE) == MAP_FAILED ? errno : 0;
	if (!strcmp(verb, "wx"))
		return map(path, rx | PROT_WRITE, MAP_PRIVATE) == MAP_FAILED ?
		       errno : 0;
	if (!strcmp(verb, "anon"))
		return mmap(NULL, SIZE, rx, anon, -1, 0) == MAP_FAILED ? errno : 0;
	if (!strcmp(verb, "memfd"))
		return map_memfd() == MAP_FAILED ? errno : 0;
	if (!strcmp(verb, "write"))
		return open(path, O_WRONLY) < 0 ? errno : 0;
	if (!strcmp(verb, "prot"))
		at = map(path, PROT_READ, MAP_PRIVATE);
	else if (!strcmp(verb, "dirty"))
		at = map(path, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	else if (!strcmp(verb, "anonprot"))
		at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, anon, -1, 0);
	if (at == MAP_FAILED)
		return errno;
	if (strcmp(verb, "prot"))
		at[0] = 1;
	return mprotect(at, SIZE, rx) ? errno : 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	for (int i = 1; i + 1 < argc; i += 2)
		printf("%s=%d ", argv[i], run(argv[i], argv[i + 1]));
	return 0;
}
