// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers for the fuzzer.
 */
#include "device_fuzzer.h"

#include <string.h>

static uint64_t state = 1;

void seed_numbers(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL | 1;
}

/* xorshift64*: the same numbers on every machine. */
uint64_t number(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

unsigned int below(unsigned int limit)
{
	return (number() >> 32) % limit;
}

bool once_in(unsigned int times)
{
	return !below(times);
}

uint64_t edge(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 4095, 4096, 65535, 65536,
		INT32_MAX, INT32_MAX + 1ULL, UINT32_MAX, UINT32_MAX + 1ULL,
		INT64_MAX, INT64_MAX + 1ULL, UINT64_MAX - 7, UINT64_MAX,
	};

	switch (below(4)) {
	case 0:
		return 1ULL << below(64);
	case 1:
		return number() >> below(64);
	default:
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	}
}

void *at_the_end(struct caller *caller, size_t size)
{
	if (size > caller->area.size)
		size = caller->area.size;
	return caller->area.start + caller->area.size - size;
}

void damage(void *data, size_t size)
{
	uint8_t *bytes = data;
	unsigned int times = once_in(2) ? 0 : 1 + below(3);

	while (times-- && size) {
		const uint64_t value = edge();
		size_t at = below(size), length;

		if (once_in(3)) {
			bytes[at] ^= 1U << below(8);
			continue;
		}
		/* Fields are aligned. */
		length = once_in(2) ? 4 : 8;
		at -= at % length;
		memcpy(bytes + at, &value, length < size - at ? length : size - at);
	}
}
