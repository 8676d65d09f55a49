// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What an interpreter asks the kernel, and whether it has to obey.
 *
 * The kernel is always asked, so that it can report what it would refuse. The
 * securebits say whether the answer counts. Nothing here looks at the
 * environment or at a file: the caller controls both.
 */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/securebits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The headers of Debian 12 are older than these. */
#ifndef SECBIT_EXEC_RESTRICT_FILE
#define SECBIT_EXEC_RESTRICT_FILE	0x100
#define SECBIT_EXEC_DENY_INTERACTIVE	0x400
#endif
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK			0x10000
#endif
#ifndef O_MAYEXEC
#define O_MAYEXEC			(1ULL << 62)
#endif

/* Bits that a kernel of today can have set. */
#define KNOWN_BITS			0xfff
#define BOTH				(SECBIT_EXEC_RESTRICT_FILE | SECBIT_EXEC_DENY_INTERACTIVE)

/*
 * Returns the bits that count. A bit that was seen once stays, although one that
 * is not locked can be cleared: what has been loaded since then was chosen
 * under it. An answer that cannot be the kernel's counts as both bits.
 */
static unsigned int bits(void)
{
	static atomic_uint seen;
	const int now = prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL);
	const unsigned int set = now < 0 || (now & ~KNOWN_BITS) ? BOTH : now & BOTH;

	return atomic_fetch_or(&seen, set) | set;
}

/**
 * ask_restricts_files - May only files be interpreted that the kernel allows?
 *
 * Return: true if so.
 */
bool ask_restricts_files(void)
{
	return bits() & SECBIT_EXEC_RESTRICT_FILE;
}

/**
 * ask_denies_interactive - May commands only be taken from such a file?
 *
 * Return: true if so.
 */
bool ask_denies_interactive(void)
{
	return bits() & SECBIT_EXEC_DENY_INTERACTIVE;
}

/**
 * ask_execute - Ask whether a file may be executed
 * @fd: the file
 * @name: its name, for the audit record
 *
 * Return: 0, or an errno value.
 */
int ask_execute(int fd, const char *name)
{
	const char *const argv[] = { name, NULL };
	const char *const envp[] = { NULL };

	return syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH | AT_EXECVE_CHECK) ? errno : 0;
}

/**
 * ask_open_judged - Open a file for reading if it may be interpreted
 * @path: the file
 *
 * While the descriptor is open, the kernel keeps writers off a file that it has
 * compared to a rule.
 *
 * Return: a descriptor, or a negative errno value; -EINVAL if the kernel does
 * not know how to answer.
 */
int ask_open_judged(const char *path)
{
	struct open_how how = { .flags = O_MAYEXEC | O_RDONLY | O_CLOEXEC };
	const int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Opens a file where the kernel does not know O_MAYEXEC. */
static int open_and_ask(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	int err;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &status) ? errno : S_ISREG(status.st_mode) ? ask_execute(fd, path) : EACCES;
	if (!err || !ask_restricts_files())
		return fd;
	close(fd);
	return -err;
}

/**
 * ask_open_code - Open a module
 * @path: the file
 *
 * Modules have no x bit, so that O_MAYEXEC is the question of choice.
 *
 * Return: a descriptor, or a negative errno value.
 */
int ask_open_code(const char *path)
{
	/* Looked at each time, so that a bit is seen before it can be cleared. */
	const bool restricted = ask_restricts_files();
	int fd = ask_open_judged(path);

	if (fd == -EINVAL)
		return open_and_ask(path);
	if (fd >= 0 || restricted)
		return fd;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}
