// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: clock NAME
 *
 * Prints "NAME=NANOSECONDS" since the kernel began to count: under "tools/vm
 * --icount" the instructions of the boot so far.
 */
#include "measure.h"

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: clock NAME\n");
		return 2;
	}
	printf("%s=%lu\n", argv[1], now());
	return 0;
}
