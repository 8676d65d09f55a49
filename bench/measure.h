/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of the benchmarks, and medians
 *
 * Times are nanoseconds of CLOCK_MONOTONIC, which under "tools/vm --icount" are
 * guest instructions, kernel and user together.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifndef BATCHES
#define BATCHES	400
#endif

static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Print "NAME=MEDIAN" of one call. A median over many batches of a few calls
 * each leaves out what interrupts add. Return 0, or 1 if a call failed.
 */
static inline int measure(const char *name, int (*call)(void), int calls)
{
	static uint64_t times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		const uint64_t begin = now();

		for (int j = 0; j < calls; j++)
			if (call()) {
				perror(name);
				return 1;
			}
		times[i] = now() - begin;
	}
	qsort(times, BATCHES, sizeof(times[0]), by_size);
	printf("%s=%lu\n", name, times[BATCHES / 2] / calls);
	return 0;
}

#endif /* BENCH_MEASURE_H */
