// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Running before /proc is mounted and before the kernel has random numbers, as at the
 * start of an initramfs.
 *
 * The Swift runtime reads /proc in two places: CommandLine takes the arguments
 * from /proc/self/cmdline (and finds none without it), and the backtracer looks
 * for /proc/self/exe and aborts the process if that fails. glibc hands the
 * arguments to constructors, also in static programs; a priority of 101 is the
 * first that programs may use and comes before the runtime's own constructor.
 *
 * The runtime also takes the seed of its hash tables from getrandom(2). On a machine
 * without a source of random numbers that call makes some itself, which takes as long
 * as all else at boot. Without a seed, chosen keys can make a table slow; that early, the
 * keys are those of root's own rules.
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/* The size of a block that goes back to the kernel when it is freed, in bytes. */
#define LARGE_BLOCK	(4 << 20)

static int argument_count;
static char **argument_vector;

__attribute__((constructor(101)))
static void csystem_start(int argc, char **argv)
{
	char target, byte;

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
	if (getrandom(&byte, 1, GRND_NONBLOCK) < 0 && errno == EAGAIN)
		setenv("SWIFT_DETERMINISTIC_HASHING", "1", 0);
}

int csystem_argument_count(void)
{
	return argument_count;
}

const char *csystem_argument(int index)
{
	return index >= 0 && index < argument_count ? argument_vector[index] : NULL;
}

#ifdef CLIP_STATIC
/*
 * The installed programs get these instead of the runtime's. Its functions for the
 * arguments search the stack for them at each start, by /proc/self/maps. The other two
 * bring its backtracer, which looks for a program in nine places at each start, and which
 * the variable SWIFT_BACKTRACE could make execute another one when a program has crashed.
 */
char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **vector, int count);
bool _swift_backtrace_isThunkFunction(const char *name);
extern const unsigned int _swift_backtraceSettings[];

char **_swift_stdlib_getUnsafeArgvArgc(int *count)
{
	*count = argument_count;
	return argument_vector;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **vector, int count)
{
	argument_vector = vector;
	argument_count = count;
}

bool _swift_backtrace_isThunkFunction(const char *name)
{
	(void)name;
	return false;
}

/*
 * The second number says that a backtracer is there: the runtime then writes the message
 * of a crash, and does not unwind the stack itself, for which it would need the tables that
 * are stripped. It reads nothing else of it without its own backtracer.
 */
const unsigned int _swift_backtraceSettings[22] = { 0, 1 };
#endif
