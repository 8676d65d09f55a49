/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: events, told to those who listen
 */
#ifndef _SECURITY_CLIP_REPORT_EVENTS_H
#define _SECURITY_CLIP_REPORT_EVENTS_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct cred;
struct task_struct;

/**
 * struct clip_event - what there is to tell; the current task did it
 * @kind: what it is about
 * @reason: why, or %CLIP_REASON_NONE
 * @err: error of a refusal, negative; or 0
 * @enforced: not one of a permissive context, that is told and nothing more
 * @atomic: the caller must not sleep
 * @act: word for the act, or NULL
 * @ctx: the task's context, or NULL
 * @file: on which file, or NULL
 * @place: where a file is about to be made, or NULL
 * @entry: the file's entry, or NULL
 * @found: digest of the file, as long as the entry's; or NULL
 * @found_algorithm: CLIP_ALGO_* of @found where there is no entry
 * @target: on which task, or NULL
 * @gains: the credential of an exec that was given something, or NULL
 * @generation: of the store after a change, or 0
 */
struct clip_event {
	enum clip_event_kind kind;
	enum clip_reason reason;
	int err;
	bool enforced;
	bool atomic;
	const char *act;
	const struct clip_context *ctx;
	struct file *file;
	const struct path *place;
	const struct clip_entry *entry;
	const u8 *found;
	u16 found_algorithm;
	struct task_struct *target;
	const struct cred *gains;
	u64 generation;
};

#ifdef CONFIG_SECURITY_CLIP_EVENTS

void clip_events_send(const struct clip_event *event);
bool clip_events_may_listen(const struct clip_context *ctx);

#else

static inline void clip_events_send(const struct clip_event *event)
{
}

#endif /* CONFIG_SECURITY_CLIP_EVENTS */

#endif /* _SECURITY_CLIP_REPORT_EVENTS_H */
