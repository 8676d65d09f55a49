// SPDX-License-Identifier: GPL-2.0-only
/* The acts of memory_actor.c on real files. */
#include "memory_actor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_file(int flags) { return must(open(path, flags | O_CLOEXEC)); }

void file(void)
{
	int fd = open_file(O_RDONLY);

	map_and_call(fd, R | X, MAP_PRIVATE);
	close(fd);
}

void file_shared(void)
{
	int fd = open_file(O_RDONLY);

	map_and_call(fd, R | X, MAP_SHARED);
	close(fd);
}

void file_prot(void)
{
	int fd = open_file(O_RDONLY);
	void *at = must_map(fd, R, MAP_PRIVATE);

	close(fd);
	change_to(at, R | X);
	munmap(at, PAGE);
}

void file_wx(void)
{
	map_and_call(open_file(O_RDONLY), R | W | X, MAP_PRIVATE);
}

/* execmod */
void file_dirty(void)
{
	char *at = must_map(open_file(O_RDONLY), R | W, MAP_PRIVATE);

	at[PAGE - 1] = 1;
	change_to(at, R | X);
}

/* As a library that is not position independent changes its own text. */
void relocation(void)
{
	char *at = must_map(open_file(O_RDONLY), R | X, MAP_PRIVATE);

	must(mprotect(at, PAGE, R | W));
	at[PAGE - 1] = 1;
	change_to(at, R | X);
}

/* Maps through a descriptor for writing. */
void file_rdwr(void)
{
	int fd = open_file(O_RDWR);

	map_and_call(fd, R | X, MAP_SHARED);
	close(fd);
}

/* Maps through a descriptor for reading, while another mapping is writable. */
void file_twice(void)
{
	int fd = open_file(O_RDWR), again = open_file(O_RDONLY);
	void *at = must_map(fd, R | W, MAP_SHARED);

	close(fd);
	map_and_call(again, R | X, MAP_PRIVATE);
	close(again);
	munmap(at, PAGE);
}

void file_twice_prot(void)
{
	int fd = open_file(O_RDWR);
	void *at = must_map(fd, R | W, MAP_SHARED);
	void *other = must_map(open_file(O_RDONLY), R, MAP_PRIVATE);

	close(fd);
	change_to(other, R | X);
	munmap(at, PAGE);
	munmap(other, PAGE);
}

/* A mapping that grows stays in the file, which is allowed. */
void grow(void)
{
	int fd = open_file(O_RDONLY);
	char *at = must_map(fd, R | X, MAP_PRIVATE), *grown;

	grown = mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	say(grown == MAP_FAILED ? errno : 0,
	    grown != MAP_FAILED && call(grown + PAGE) == 43);
}

/* Memory that replaces code keeps its own protection. */
void move_over(void)
{
	void *at = must_map(open_file(O_RDONLY), R | X, MAP_PRIVATE);
	void *data = put(must_map(-1, R | W, ANON));

	data = mremap(data, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at);
	say(data == MAP_FAILED ? errno : 0, call(at) == 42);
}

/* Pages of code can be discarded: they are read from the file again. */
void discard(void)
{
	void *at = must_map(open_file(O_RDONLY), R | X, MAP_PRIVATE);
	const int err = madvise(at, PAGE, MADV_DONTNEED) ? errno : 0;

	say(err, call(at) == 42);
}

void remap(void)
{
	int fd = open_file(O_RDWR);
	char *at = mmap(NULL, 2 * PAGE, R | X, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		say(errno, false);
	else if (syscall(SYS_remap_file_pages, at, PAGE, 0, 1, 0))
		say(errno, false);
	else
		say(0, call(at) == 43);
	close(fd);
}

/* Keeps @path mapped executable until its input ends. */
void hold(void)
{
	int fd = open_file(O_RDONLY);
	void *at = mmap(NULL, PAGE, R | X, MAP_PRIVATE, fd, 0);
	char byte;

	close(fd);
	say(at == MAP_FAILED ? errno : 0, at != MAP_FAILED && call(at) == 42);
	if (read(STDIN_FILENO, &byte, 1) == 1)
		munmap(at, PAGE);
	say(0, false);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}
