// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: counters
 *
 * Of each processor its own, and added up when somebody asks.
 */
#include "core/common.h"

#include <linux/percpu.h>

#include "core/counters.h"

struct clip_counters {
	u64 counts[__CLIP_COUNT_MAX];
	u64 hashed_bytes;
	u64 refusals[__CLIP_REASON_MAX];
};

static DEFINE_PER_CPU(struct clip_counters, clip_counters);

/**
 * clip_count - count one event
 * @counter: which kind
 */
void clip_count(enum clip_counter counter)
{
	this_cpu_inc(clip_counters.counts[counter]);
}

/**
 * clip_count_hashed - count bytes that were hashed
 * @bytes: how many
 */
void clip_count_hashed(size_t bytes)
{
	this_cpu_add(clip_counters.hashed_bytes, bytes);
}

static u64 sum_of(const u64 __percpu *counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(counter, cpu);
	return sum;
}

/**
 * clip_counted - the sum of a counter over all processors
 * @counter: which kind
 *
 * Return: number of events since boot.
 */
u64 clip_counted(enum clip_counter counter)
{
	return sum_of(&clip_counters.counts[counter]);
}

/**
 * clip_counted_hashed - bytes hashed
 *
 * Return: bytes since boot.
 */
u64 clip_counted_hashed(void)
{
	return sum_of(&clip_counters.hashed_bytes);
}

/**
 * clip_counted_refusals - refusals for one reason
 * @reason: the reason
 *
 * Return: number since boot, those the rate limit kept out of the log too.
 */
u64 clip_counted_refusals(enum clip_reason reason)
{
	return sum_of(&clip_counters.refusals[reason]);
}

/**
 * clip_count_refusal - count what was refused, or would have been
 * @reason: the reason
 * @enforced: whether it was refused
 */
void clip_count_refusal(enum clip_reason reason, bool enforced)
{
	if (enforced)
		this_cpu_inc(clip_counters.refusals[reason]);
	else
		clip_count(CLIP_COUNT_PERMITTED);
}
