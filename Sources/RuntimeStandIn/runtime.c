// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What stands for parts of the Swift runtime in the installed programs, which are linked
 * without shared libraries. tools/swift-build links this file; the tests, which are built
 * without it, use the real runtime.
 */
#include <stdint.h>
#include <stdlib.h>

/*
 * The functions of tasks that swift-argument-parser calls for commands that are
 * asynchronous. No command is, so that none of these runs. The library that has them, and
 * libdispatch behind it, would be a fifteenth of a program, and libdispatch fills tables
 * at each start.
 */
void *swift_task_alloc(size_t size)
{
	(void)size;
	abort();
}

void swift_task_dealloc(void *memory)
{
	(void)memory;
	abort();
}

void swift_task_switch(void *context, void *function, void *executor)
{
	(void)context;
	(void)function;
	(void)executor;
	abort();
}

/*
 * The name of a Unicode scalar, which a program can ask for as `properties.name`. None of
 * the programs does; with this answer, which is that of a scalar without a name, the
 * linker leaves out the table of all names, half a megabyte.
 */
intptr_t clip_no_scalar_name(uint32_t scalar, uint8_t *buffer, intptr_t capacity)
{
	(void)scalar;
	(void)buffer;
	(void)capacity;
	return 0;
}
