/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: reporting refusals, grants and changes
 */
#ifndef _SECURITY_CLIP_REPORT_REPORT_H
#define _SECURITY_CLIP_REPORT_REPORT_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "report/event.h"

struct clip_verdict;

void clip_report(const struct clip_event *event);

/* Wrappers for the kinds of events that are reported in several places. */
void clip_report_verdict(enum clip_report_kind kind,
			 const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err,
			 bool permitted);
void clip_report_memory(const char *act, const struct clip_context *ctx,
			struct file *file, enum clip_reason reason, int err,
			bool permitted);
void clip_report_change(const char *act, u64 generation);
void clip_report_admin(const char *act, u32 xid, enum clip_reason reason);
void clip_report_commit(enum clip_reason reason, int err);
void clip_report_task(const char *act, struct task_struct *target);
void clip_report_privilege(const char *act, u64 needs);
void clip_report_object(const char *act);
void clip_report_exchange(const char *act, const struct clip_context *ctx,
			  u32 xid, enum clip_reason reason, int err);
void clip_report_device(const char *act, dev_t dev, u32 needs);

#endif /* _SECURITY_CLIP_REPORT_REPORT_H */
