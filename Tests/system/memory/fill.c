// SPDX-License-Identifier: GPL-2.0-only
#include "fill.h"

#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef UFFD_FEATURE_POISON
#define UFFD_FEATURE_POISON	(1 << 14)

struct uffdio_poison {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};

#define UFFDIO_POISON	_IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif

#ifndef UFFD_FEATURE_MOVE
#define UFFD_FEATURE_MOVE	(1 << 16)

struct uffdio_move {
	uint64_t dst, src, len, mode;
	int64_t move;
};

#define UFFDIO_MOVE	_IOWR(UFFDIO, 0x05, struct uffdio_move)
#endif

#define HUGE_SIZE	(2UL << 20)

const struct fill fills[FILLS] = {
	{ "copy to a private mapping", COPY, PRIVATE },
	{ "copy to a shared mapping", COPY, SHARED },
	{ "copy to anonymous memory", COPY, ANONYMOUS },
	{ "copy to a huge page", COPY, HUGE },
	{ "zeros in a private mapping", ZEROPAGE, PRIVATE },
	{ "zeros in anonymous memory", ZEROPAGE, ANONYMOUS },
	{ "a page of the file", CONTINUE, SHARED },
	{ "poison in a private mapping", POISON, PRIVATE },
	{ "a moved page", MOVE, ANONYMOUS },
};

static size_t size_of(const struct fill *fill)
{
	return fill->kind == HUGE ? HUGE_SIZE : 4096;
}

static void *map(const struct fill *fill, int prot)
{
	int fd = -1, flags = MAP_PRIVATE;
	void *at;

	switch (fill->kind) {
	case PRIVATE:
		/* A file that is read, and not what it is filled with. */
		fd = open(CODE, O_RDONLY | O_CLOEXEC);
		break;
	case SHARED:
		flags = MAP_SHARED;
		fd = open(DIR "/shared", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0755);
		if (ftruncate(fd, 4096))
			return MAP_FAILED;
		if (fill->how == CONTINUE &&
		    pwrite(fd, "\xb8\x2a\0\0\0\xc3", 6, 0) != 6)
			return MAP_FAILED;
		break;
	case HUGE:
		flags |= MAP_HUGETLB;
		/* fall through */
	case ANONYMOUS:
		flags |= MAP_ANONYMOUS;
		break;
	}
	at = mmap(NULL, size_of(fill), prot, flags, fd, 0);
	close(fd);
	return at;
}

static void *new_source(size_t size)
{
	void *source = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(source, "\xb8\x2a\0\0\0\xc3", 6);
	return source;
}

static int fill_by(int fd, const struct fill *fill, int prot, void *at,
		   void *source)
{
	const struct uffdio_range range = {
		.start = (uintptr_t)at, .len = size_of(fill),
	};
	struct uffdio_copy copy = {
		.dst = range.start, .src = (uintptr_t)source, .len = range.len,
	};
	struct uffdio_zeropage zero = { .range = range };
	struct uffdio_continue go_on = { .range = range };
	struct uffdio_poison poison = { .range = range };
	struct uffdio_move move = {
		.dst = range.start, .src = (uintptr_t)source, .len = range.len,
	};

	switch (fill->how) {
	case COPY:
		return ioctl(fd, UFFDIO_COPY, &copy) ? errno : 0;
	case ZEROPAGE:
		return ioctl(fd, UFFDIO_ZEROPAGE, &zero) ? errno : 0;
	case CONTINUE:
		return ioctl(fd, UFFDIO_CONTINUE, &go_on) ? errno : 0;
	case POISON:
		return ioctl(fd, UFFDIO_POISON, &poison) ? errno : 0;
	default:
		/* Both must have the same protection. */
		if (mprotect(source, size_of(fill), prot))
			return errno;
		return ioctl(fd, UFFDIO_MOVE, &move) ? errno : 0;
	}
}

static bool runs(void *at)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		/* The page may be missing, which would be waited for. */
		alarm(5);
		_exit(((int (*)(void))(uintptr_t)at)());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 42;
}

int fill_memory(const struct fill *fill, int prot, bool *ran, void **kept)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = (fill->how == CONTINUE ? UFFD_FEATURE_MINOR_SHMEM :
			     fill->how == POISON ? UFFD_FEATURE_POISON :
			     fill->how == MOVE ? UFFD_FEATURE_MOVE : 0),
	};
	struct uffdio_register range = {
		.mode = fill->how == CONTINUE ? UFFDIO_REGISTER_MODE_MINOR :
						UFFDIO_REGISTER_MODE_MISSING,
	};
	const size_t size = size_of(fill);
	void *source = new_source(size), *at;
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC), err;

	*ran = false;
	at = map(fill, prot);
	if (fd < 0 || at == MAP_FAILED || ioctl(fd, UFFDIO_API, &api))
		return 1000 + errno;
	range.range.start = (uintptr_t)at;
	range.range.len = size;
	if (ioctl(fd, UFFDIO_REGISTER, &range))
		return 2000 + errno;
	err = fill_by(fd, fill, prot, at, source);
	/* From here on, a missing page is the kernel's matter. */
	close(fd);
	if (prot & PROT_EXEC)
		*ran = runs(at);
	munmap(source, size);
	if (kept)
		*kept = at;
	else
		munmap(at, size);
	return err;
}
