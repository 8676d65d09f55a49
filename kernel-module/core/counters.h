/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: counters
 */
#ifndef _SECURITY_CLIP_CORE_COUNTERS_H
#define _SECURITY_CLIP_CORE_COUNTERS_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

enum clip_counter {
	CLIP_COUNT_VERIFIED,	/* files hashed, with a matching digest */
	CLIP_COUNT_CACHED,	/* verdicts that needed no hashing */
	CLIP_COUNT_GRANTED,	/* execs that got capabilities or privileges */
	CLIP_COUNT_UNGRANTED,	/* execs that ran without their entry's grant */
	CLIP_COUNT_PERMITTED,	/* refusals reported but not enforced */
	CLIP_COUNT_DROPPED,	/* log messages above the rate limit */
	CLIP_COUNT_EVENTS,	/* events sent to listeners */
	CLIP_COUNT_EVENTS_DROPPED,	/* events above the rate limit */
	__CLIP_COUNT_MAX
};

void clip_count(enum clip_counter counter);
void clip_count_hashed(size_t bytes);
u64 clip_counted(enum clip_counter counter);
u64 clip_counted_hashed(void);
u64 clip_counted_refusals(enum clip_reason reason);
void clip_count_refusal(enum clip_reason reason, bool enforced);

#endif /* _SECURITY_CLIP_CORE_COUNTERS_H */
