/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of the benchmarks, and what counts of many times
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
 * The lower quartile of @count times: with it, the same commands on the same
 * kernel differ by a twentieth of a percent. A median is sometimes that of calls
 * which fill a free list, and differs by ten times as much.
 */
static inline uint64_t typical(uint64_t *times, int count)
{
	qsort(times, count, sizeof(*times), by_size);
	return times[count / 4];
}

/*
 * Print "NAME=TIME" of one call. The typical one of many batches of a few calls
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
	printf("%s=%lu\n", name, typical(times, BATCHES) / calls);
	return 0;
}

#endif /* BENCH_MEASURE_H */
