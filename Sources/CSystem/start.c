// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Running before /proc is mounted, as at the start of an initramfs.
 *
 * The Swift runtime reads /proc in two places: CommandLine takes the arguments
 * from /proc/self/cmdline (and finds none without it), and the backtracer looks
 * for /proc/self/exe and aborts the process if that fails. glibc hands the
 * arguments to constructors, also in static programs; a priority of 101 is the
 * first that programs may use and comes before the runtime's own constructor.
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

/* The size of a block that goes back to the kernel when it is freed, in bytes. */
#define LARGE_BLOCK	(4 << 20)

static int argument_count;
static char **argument_vector;

__attribute__((constructor(101)))
static void csystem_start(int argc, char **argv)
{
	char target;

	argument_count = argc;
	argument_vector = argv;
	/*
	 * Otherwise the first large block that is freed raises this size, and the
	 * next ones stay although nothing uses them.
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	/* With SWIFT_ROOT the backtracer does not ask for the program's path. */
	if (readlink("/proc/self/exe", &target, 1) < 0)
		setenv("SWIFT_ROOT", "/", 0);
}

int csystem_argument_count(void)
{
	return argument_count;
}

const char *csystem_argument(int index)
{
	return index >= 0 && index < argument_count ? argument_vector[index] : NULL;
}
