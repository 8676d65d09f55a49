// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the securebits say to interpreters, and how they can ask the
 * kernel. The C library of Debian 12 has no names for these numbers.
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif
#ifndef O_MAYEXEC
#define O_MAYEXEC (1ULL << 62)
#endif

long csystem_securebits(void)
{
	return prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL);
}

int csystem_set_securebits(unsigned long bits)
{
	return prctl(PR_SET_SECUREBITS, bits, 0UL, 0UL, 0UL);
}

/* A kernel that does not know the flag looks at nothing else. */
int csystem_answers_execve_check(void)
{
	char *const none[] = { NULL };

	return syscall(SYS_execveat, -1, "", none, none, AT_EMPTY_PATH | AT_EXECVE_CHECK) < 0 && errno == EBADF;
}

int csystem_answers_mayexec(void)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_MAYEXEC };

	return syscall(SYS_openat2, AT_FDCWD, "", &how, sizeof(how)) < 0 && errno == ENOENT;
}
