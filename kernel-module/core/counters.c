// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: counters
 *
 * Each CPU has its own counters. Readers add them up.
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
 * clip_count - Count one event
 * @counter: the kind of event
 */
void clip_count(enum clip_counter counter)
{
	this_cpu_inc(clip_counters.counts[counter]);
}

/**
 * clip_count_hashed - Count bytes that were hashed
 * @bytes: number of bytes
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
 * clip_counted - Get the sum of a counter over all CPUs
 * @counter: the kind of event
 *
 * Return: The number of events since boot.
 */
u64 clip_counted(enum clip_counter counter)
{
	return sum_of(&clip_counters.counts[counter]);
}

/**
 * clip_counted_hashed - Get the amount of data hashed
 *
 * Return: The number of bytes since boot.
 */
u64 clip_counted_hashed(void)
{
	return sum_of(&clip_counters.hashed_bytes);
}

/**
 * clip_counted_refusals - Get the number of refusals for one reason
 * @reason: the reason
 *
 * Return: The number of refusals since boot, including those that the rate
 * limit kept out of the log.
 */
u64 clip_counted_refusals(enum clip_reason reason)
{
	return sum_of(&clip_counters.refusals[reason]);
}

/**
 * clip_count_refusal - Count an act that was refused, or would have been
 * @reason: the reason
 * @enforced: true if the act was refused, false if the context is permissive
 */
void clip_count_refusal(enum clip_reason reason, bool enforced)
{
	if (enforced)
		this_cpu_inc(clip_counters.refusals[reason]);
	else
		clip_count(CLIP_COUNT_PERMITTED);
}
