// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: descriptors that a process keeps */
#define _GNU_SOURCE
#include "internal.h"

#include <limits.h>
#include <unistd.h>

/* The lists are short, and nothing may be allocated here. */
static void sort(int *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const int number = numbers[i];
		size_t place = i;

		for (; place && numbers[place - 1] > number; place--)
			numbers[place] = numbers[place - 1];
		numbers[place] = number;
	}
}

int clip_close_all_but(int *kept, size_t count)
{
	unsigned int next = 0;

	sort(kept, count);
	for (size_t i = 0; i < count; i++) {
		if (kept[i] < 0 || (unsigned int)kept[i] < next)
			continue;
		if ((unsigned int)kept[i] > next && close_range(next, (unsigned int)kept[i] - 1, 0) < 0)
			return -1;
		next = (unsigned int)kept[i] + 1;
	}
	return close_range(next, UINT_MAX, 0);
}
