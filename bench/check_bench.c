// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: check_bench FILE
 *
 * Prints what it costs to ask by AT_EXECVE_CHECK whether FILE may be executed,
 * and to execute it, in nanoseconds. FILE is listed, may be executed, and is in
 * no format that the kernel knows, so that exec fails after its last check.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK	0x10000
#endif

#define CALLS	10

static char *const none[] = { NULL };
static int fd;

static int check(void)
{
	return syscall(SYS_execveat, fd, "", none, none,
		       AT_EMPTY_PATH | AT_EXECVE_CHECK);
}

static int execute(void)
{
	syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH);
	return errno != ENOEXEC;
}

int main(int argc, char **argv)
{
	fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0) {
		fprintf(stderr, "usage: check_bench FILE\n");
		return 2;
	}
	return measure("check", check, CALLS) ||
	       measure("execute", execute, CALLS);
}
