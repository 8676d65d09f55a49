/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what is told of refusals and grants
 */
#ifndef _SECURITY_CLIP_REPORT_LOG_H
#define _SECURITY_CLIP_REPORT_LOG_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "core/counters.h"

struct clip_context;
struct clip_entry;
struct clip_verdict;
struct cred;
struct task_struct;

const char *clip_reason_name(enum clip_reason reason);

void clip_report_refusal(const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err,
			 bool enforced);
void clip_report_match(const struct clip_context *ctx, struct file *file,
		       const struct clip_entry *entry);
void clip_report_grant(const struct cred *cred, struct file *file,
		       const struct clip_entry *entry);
void clip_report_ungranted(const struct clip_context *ctx, struct file *file,
			   const struct clip_entry *entry,
			   enum clip_reason reason);
void clip_report_map(const struct clip_context *ctx, struct file *file,
		     const struct clip_entry *entry,
		     const struct clip_verdict *verdict, int err,
		     bool enforced);
void clip_report_memory(const char *act, const struct clip_context *ctx,
			struct file *file, enum clip_reason reason, int err,
			bool enforced);
void clip_report_load(enum clip_reason reason, int err);
void clip_report_change(const char *act, u64 generation);
void clip_report_admin(const char *what, u32 xid, enum clip_reason reason);
void clip_report_task(const char *what, struct task_struct *target);
void clip_report_socket(const char *operation, int family, u64 needs,
			char separator);
void clip_report_privilege(const char *act, u64 needs);
void clip_report_device(const char *operation, dev_t dev, u32 needs);
void clip_report_mount(const char *operation, const struct super_block *sb,
		       const char *needs);

#endif /* _SECURITY_CLIP_REPORT_LOG_H */
