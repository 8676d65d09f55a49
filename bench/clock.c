// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: clock [--busy] NAME
 *
 * Prints "NAME=NANOSECONDS" since the kernel began to count: under "tools/vm
 * --icount" the instructions of the boot so far.
 *
 * While the processor waits, that clock goes on without an instruction. With
 * --busy, the time is left out in which the kernel had nothing to do, which it
 * keeps in nanoseconds for its one processor.
 */
#include <string.h>

#include "measure.h"

/*
 * The time that the processor was idle, with and without a task that waits for a
 * disk. Return: -1 if the kernel does not say it.
 */
static int64_t idle(void)
{
	static const char *const names[] = { "idle_sleeptime", "iowait_sleeptime" };
	FILE *list = fopen("/proc/timer_list", "r");
	char line[256], name[64];
	int64_t sum = 0;
	int found = 0;
	long value;

	if (!list)
		return -1;
	while (fgets(line, sizeof(line), list)) {
		if (sscanf(line, " .%63[a-z_] : %ld nsecs", name, &value) != 2)
			continue;
		for (int i = 0; i < 2; i++)
			if (!strcmp(name, names[i])) {
				sum += value;
				found++;
			}
	}
	fclose(list);
	return found == 2 ? sum : -1;
}

int main(int argc, char **argv)
{
	const int busy = argc == 3 && !strcmp(argv[1], "--busy");
	const int64_t time = now();
	int64_t waited = 0;

	if (argc != 2 + busy) {
		fprintf(stderr, "usage: clock [--busy] NAME\n");
		return 2;
	}
	if (busy) {
		waited = idle();
		if (waited < 0) {
			fprintf(stderr, "clock: /proc/timer_list does not say how long one processor was idle\n");
			return 1;
		}
	}
	printf("%s=%ld\n", argv[argc - 1], time - waited);
	return 0;
}
