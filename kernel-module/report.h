/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: counters, and messages about refusals
 */
#ifndef _SECURITY_CLIP_REPORT_H
#define _SECURITY_CLIP_REPORT_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct clip_verdict;
struct task_struct;

enum clip_counter {
	CLIP_COUNT_VERIFIED,	/* files hashed and found good */
	CLIP_COUNT_CACHED,	/* verdicts that needed no hashing */
	CLIP_COUNT_GRANTED,	/* execs that got capabilities or privileges */
	CLIP_COUNT_UNGRANTED,	/* execs that ran without their entry's grant */
	CLIP_COUNT_DROPPED,	/* messages the rate limit left out */
	__CLIP_COUNT_MAX
};

void clip_count(enum clip_counter counter);
void clip_count_hashed(size_t bytes);
u64 clip_counted(enum clip_counter counter);
u64 clip_counted_hashed(void);
u64 clip_counted_refusals(enum clip_reason reason);
const char *clip_reason_name(enum clip_reason reason);

void clip_report_refusal(const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err);
void clip_report_ungranted(const struct clip_context *ctx, struct file *file,
			   const struct clip_entry *entry,
			   enum clip_reason reason);
void clip_report_map(const struct clip_context *ctx, struct file *file,
		     const struct clip_entry *entry,
		     const struct clip_verdict *verdict, int err);
void clip_report_load(enum clip_reason reason);
void clip_report_task(const char *what, struct task_struct *target);
void clip_report_socket(const char *operation, int family, u64 needs,
			char separator);

#endif /* _SECURITY_CLIP_REPORT_H */
