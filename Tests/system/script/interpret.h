/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an interpreter asks: AT_EXECVE_CHECK, O_MAYEXEC, and the securebits that
 * say whether it has to obey. The values are those of the kernel; Debian's
 * headers are older.
 */
#ifndef CLIP_TESTS_INTERPRET_H
#define CLIP_TESTS_INTERPRET_H

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK		0x10000
#endif

#ifndef SECBIT_EXEC_RESTRICT_FILE
#define SECBIT_EXEC_RESTRICT_FILE		0x100
#define SECBIT_EXEC_RESTRICT_FILE_LOCKED	0x200
#define SECBIT_EXEC_DENY_INTERACTIVE		0x400
#define SECBIT_EXEC_DENY_INTERACTIVE_LOCKED	0x800
#endif
#define SECBITS_EXEC		0xf00

#ifndef O_MAYEXEC
#define O_MAYEXEC		(1ULL << 62)
#endif

/* 0 or the errno value of the question whether @fd may be executed. */
static inline int ask_exec(int fd)
{
	char *const none[] = { NULL };

	return syscall(SYS_execveat, fd, "", none, none,
		       AT_EMPTY_PATH | AT_EXECVE_CHECK) ? errno : 0;
}

static inline int ask_exec_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = ask_exec(fd);
	close(fd);
	return err;
}

/* A descriptor, or the negative errno value. */
static inline int open_to_interpret(const char *path, uint64_t flags)
{
	struct open_how how = { .flags = O_MAYEXEC | flags };
	int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* 0 or the errno value of an open with O_MAYEXEC. */
static inline int ask_open(const char *path)
{
	int fd = open_to_interpret(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -fd;
	close(fd);
	return 0;
}

#endif /* CLIP_TESTS_INTERPRET_H */
