// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: reporting refusals, grants and changes
 *
 * Each event comes here once, and the table of report/rules.c says which of
 * counter, kernel log, listeners and audit hear of it.
 */
#include "core/common.h"

#include <linux/cred.h>

#include "core/counters.h"
#include "core/cred_blob.h"
#include "core/reason.h"
#include "report/audit.h"
#include "report/events.h"
#include "report/log.h"
#include "report/report.h"

/**
 * clip_report - report an event
 * @event: the event
 *
 * Context: may sleep, also with mmap_lock held; any for the kinds whose rule
 * says that they are atomic, with tasklist_lock or a socket's lock held and
 * interrupts off, or under RCU.
 */
void clip_report(const struct clip_event *event)
{
	const struct clip_report_rule *rule = clip_event_rule(event);

	if (rule->refusal)
		clip_count_refusal(event->reason, !event->permitted);
	if (rule->counter >= 0)
		clip_count(rule->counter);
	if (rule->log)
		clip_log_event(event);
	if (rule->listen)
		clip_events_send(event);
	if (rule->audit)
		clip_audit(event);
}

static const struct clip_context *own_context(void)
{
	return clip_cred(current_cred())->context;
}

/**
 * clip_report_verdict - report what is refused because of a file's content
 * @kind: %CLIP_REPORT_EXEC or %CLIP_REPORT_MAP
 * @ctx: the task's context
 * @file: the file, or NULL for memory without one
 * @entry: its entry, or NULL if it has none
 * @verdict: why
 * @err: the error of the call, negative
 * @permitted: the call goes on all the same
 */
void clip_report_verdict(enum clip_report_kind kind,
			 const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err,
			 bool permitted)
{
	clip_report(&(const struct clip_event) {
		.report = kind,
		.reason = verdict->reason,
		.err = err,
		.permitted = permitted,
		.ctx = ctx,
		.file = file,
		.entry = entry,
		.found = verdict->hashed ? verdict->found : NULL,
		.found_algorithm = verdict->hashed ? verdict->algorithm : 0,
	});
}

/**
 * clip_report_memory - report memory that would be both written and executed
 * @act: how
 * @ctx: the task's context
 * @file: what is in that memory, or NULL
 * @reason: why not
 * @err: the error of the call, negative
 * @permitted: the call goes on all the same
 */
void clip_report_memory(const char *act, const struct clip_context *ctx,
			struct file *file, enum clip_reason reason, int err,
			bool permitted)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_MEMORY,
		.reason = reason,
		.err = err,
		.permitted = permitted,
		.act = act,
		.ctx = ctx,
		.file = file,
	});
}

/**
 * clip_report_commit - report that a commit was refused
 * @reason: why
 * @err: the error of the call, negative
 */
void clip_report_commit(enum clip_reason reason, int err)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_COMMIT,
		.reason = reason,
		.err = err,
		.act = "commit",
		.ctx = own_context(),
	});
}

/**
 * clip_report_change - report that other rules are in force from now on
 * @act: what was done
 * @generation: the store's, now
 */
void clip_report_change(const char *act, u64 generation)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_CHANGE,
		.act = act,
		.ctx = own_context(),
		.generation = generation,
	});
}

/**
 * clip_report_admin - report that a change of a context was refused
 * @act: the change, or entering the context
 * @xid: number of the context
 * @reason: why
 */
void clip_report_admin(const char *act, u32 xid, enum clip_reason reason)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_ADMIN,
		.reason = reason,
		.err = clip_reason_errno(reason),
		.act = act,
		.ctx = own_context(),
		.xid = xid,
	});
}

/**
 * clip_report_task - report that the current task may not act like this
 * @act: the act
 * @target: the task it acts on; NULL if that is itself, or not known
 *
 * Context: any.
 */
void clip_report_task(const char *act, struct task_struct *target)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_TASK,
		.reason = CLIP_REASON_PERMISSION,
		.err = -EPERM,
		.act = act,
		.ctx = own_context(),
		.target = target,
	});
}

/**
 * clip_report_privilege - report that the current task lacks a privilege
 * @act: what it is for
 * @needs: CLIP_PRIV_* that the act needs; 0 if none would do
 *
 * Context: any.
 */
void clip_report_privilege(const char *act, u64 needs)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_PRIVILEGE,
		.reason = CLIP_REASON_NO_PRIVILEGE,
		.err = -EPERM,
		.act = act,
		.ctx = own_context(),
		.needs = needs,
	});
}

/**
 * clip_report_device - report that a device may not be used like this
 * @act: the use
 * @dev: the device
 * @needs: CLIP_DEVICE_* that the use needs; 0 if it is allowed on no device
 *
 * Context: any.
 */
void clip_report_device(const char *act, dev_t dev, u32 needs)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_DEVICE,
		.reason = CLIP_REASON_DEVICE,
		.err = -EPERM,
		.act = act,
		.ctx = own_context(),
		.dev = dev,
		.needs = needs,
	});
}
