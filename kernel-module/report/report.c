// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: reporting refusals, grants and changes
 *
 * Each event is passed to clip_report() once. The table of report/rules.c says
 * which of the counters, the kernel log, the listeners and audit receive it.
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
#include "store/context.h"

/**
 * clip_report - Report an event
 * @event: the event
 *
 * Context: May sleep; mmap_lock may be held. Any for the kinds whose rule says
 * that they are atomic: tasklist_lock or the lock of a socket may be held,
 * interrupts may be off, or the caller may hold the RCU read lock.
 */
void clip_report(const struct clip_event *event)
{
	const struct clip_report_rule *rule = clip_event_rule(event);

	if (rule->refusal) {
		clip_count_refusal(event->reason, !event->permitted);
		clip_context_count_refusal(event->ctx, rule->class);
	}
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
 * clip_report_verdict - Report a refusal that is due to the content of a file
 * @kind: %CLIP_REPORT_EXEC, %CLIP_REPORT_CHECK or %CLIP_REPORT_MAP
 * @ctx: context of the task
 * @file: the file, or NULL for anonymous memory
 * @entry: entry of the file, or NULL
 * @verdict: verdict on the file, with the reason
 * @err: error of the call, negative
 * @permitted: the refusal is not enforced, and the call continues
 *
 * Nothing is reported if the check was interrupted: the file was not refused.
 */
void clip_report_verdict(enum clip_report_kind kind,
			 const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err,
			 bool permitted)
{
	if (clip_is_interrupted(err))
		return;
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
 * clip_report_memory - Report memory that would be both writable and executable
 * @act: name of the act
 * @ctx: context of the task
 * @file: the file that is mapped there, or NULL
 * @reason: reason of the refusal
 * @err: error of the call, negative
 * @permitted: the refusal is not enforced, and the call continues
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
 * clip_report_commit - Report the refusal of a commit
 * @reason: reason of the refusal
 * @err: error of the call, negative
 *
 * Nothing is reported if the commit was interrupted.
 */
void clip_report_commit(enum clip_reason reason, int err)
{
	if (clip_is_interrupted(err))
		return;
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_COMMIT,
		.reason = reason,
		.err = err,
		.act = "commit",
		.ctx = own_context(),
	});
}

/**
 * clip_report_change - Report that a change of the rules is in force
 * @act: name of the change
 * @generation: present generation of the store
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
 * clip_report_admin - Report the refusal to change or enter a context
 * @act: name of the act
 * @xid: number of the context
 * @reason: reason of the refusal
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
 * clip_report_task - Report that the current task must not act on a task
 * @act: name of the act
 * @target: the task that is acted on; NULL if that is the current task itself,
 *	or is not known
 *
 * Context: Any.
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
 * clip_report_privilege - Report that the current task lacks a privilege
 * @act: name of the act
 * @needs: CLIP_PRIV_* that the act needs; 0 if no privilege allows it
 *
 * Context: Any.
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
 * clip_report_object - Report that an object belongs to another context
 * @act: name of the act
 *
 * Context: Any.
 */
void clip_report_object(const char *act)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_OBJECT,
		.reason = CLIP_REASON_OTHER_CONTEXT,
		.err = -EACCES,
		.act = act,
		.ctx = own_context(),
	});
}

/**
 * clip_report_exchange - Report that two contexts must not exchange something
 * @act: name of the act
 * @ctx: the context that acts
 * @xid: number of the other context
 * @reason: reason of the refusal
 * @err: error of the call, negative
 *
 * Context: Any.
 */
void clip_report_exchange(const char *act, const struct clip_context *ctx,
			  u32 xid, enum clip_reason reason, int err)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_EXCHANGE,
		.reason = reason,
		.err = err,
		.act = act,
		.ctx = ctx,
		.xid = xid,
	});
}

/**
 * clip_report_device - Report that a device must not be used in this way
 * @act: name of the use
 * @dev: the device
 * @needs: CLIP_DEVICE_* that the use needs; 0 if it is allowed on no device
 *
 * Context: Any.
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
