// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many contexts, one after the other: each is made, entered, executes a program
 * and is deleted. None is left, no memory is lost, and each has a serial number
 * of its own. CLIP_CYCLES in the environment is their number; the figures are
 * printed.
 */
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"
#include "slab.h"

#include <linux/capability.h>
#include <time.h>

#include "kselftest_harness.h"

#define A	2001
#define DEFAULT_CYCLES	150
#define WARM_UP		50

static long cycles(void)
{
	const char *text = getenv("CLIP_CYCLES");

	return text ? strtol(text, NULL, 10) : DEFAULT_CYCLES;
}

/* Kilobytes of memory of the kernel that cannot be reclaimed. */
static long kernel_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long value = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SUnreclaim: %ld", &value) == 1)
			break;
	if (file)
		fclose(file);
	return value;
}

/* Credentials and contexts are freed some time after the last user. */
static long settled_memory(void)
{
	long value = kernel_memory(), next;

	for (int i = 0; i < 20; i++) {
		usleep(100000);
		next = kernel_memory();
		if (next >= value && i > 5)
			break;
		value = next;
	}
	return value;
}

/* 0 if the context was entered, left empty, and was none that has been there. */
static int cycle(uint64_t *serial)
{
	int fd = context_create(A, CLIP_LEVEL_ACTIVE, 0, 0), err = 0;
	struct clip_context_info info;

	if (fd < 0)
		return 1;
	info = context_info(fd);
	if (info.serial <= *serial || info.tasks || info.state)
		err = 2;
	*serial = info.serial;
	if (!err && exec_in_context(fd, "/bin/true"))
		err = 3;
	if (!err && !context_is_empty(fd, 10000))
		err = 4;
	if (context_delete(A))
		err = 5;
	close(fd);
	return err;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

FIXTURE(cycles)
{
};

FIXTURE_SETUP(cycles)
{
}

FIXTURE_TEARDOWN(cycles)
{
}

TEST_F_TIMEOUT(cycles, leave_nothing, 3000)
{
	const long long contexts = status_value("contexts");
	const long count = cycles();
	uint64_t serial = 0;
	double start, took;
	long before, after;

	for (int i = 0; i < WARM_UP; i++)
		ASSERT_EQ(0, cycle(&serial));
	before = settled_memory();
	start = seconds();
	for (long i = 0; i < count; i++)
		ASSERT_EQ(0, cycle(&serial));
	took = seconds() - start;
	after = settled_memory();
	EXPECT_EQ(contexts, status_value("contexts"));
	printf("# %ld cycles, %.2f ms each; memory of the kernel %ld kB before, %ld kB after\n",
	       count, 1e3 * took / count, before, after);
	/* A lost context would be some kilobytes each. */
	if (slab_is_exact()) {
		EXPECT_GT(before + 400 + count / 10, after);
	}
}

TEST_HARNESS_MAIN
