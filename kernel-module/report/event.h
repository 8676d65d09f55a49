/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what there is to report
 */
#ifndef _SECURITY_CLIP_REPORT_EVENT_H
#define _SECURITY_CLIP_REPORT_EVENT_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct cred;
struct task_struct;

/**
 * enum clip_report_kind - kinds of events, finer than those of the interface
 * @CLIP_REPORT_EXEC: a file may not run
 * @CLIP_REPORT_MATCH: a file of an exec matches its entry
 * @CLIP_REPORT_GRANT: an exec was given something
 * @CLIP_REPORT_UNGRANTED: a listed file runs without what its entry grants
 * @CLIP_REPORT_MAP: a file may not become executable
 * @CLIP_REPORT_MEMORY: memory may not become executable, or writable
 * @CLIP_REPORT_COMMIT: a commit was refused
 * @CLIP_REPORT_ADMIN: a change of a context, or entering one, was refused
 * @CLIP_REPORT_CHANGE: other rules are in force from now on
 * @CLIP_REPORT_TASK: the task may not act on another task, or on itself
 * @CLIP_REPORT_PRIVILEGE: the task lacks a privilege
 * @CLIP_REPORT_SOCKET: the task lacks a privilege to use a socket
 * @CLIP_REPORT_DEVICE: the task may not use a device in this way
 * @CLIP_REPORT_MOUNT: the task may not change mounts in this way
 * @CLIP_REPORT_CREATE: a file was made
 */
enum clip_report_kind {
	CLIP_REPORT_EXEC,
	CLIP_REPORT_MATCH,
	CLIP_REPORT_GRANT,
	CLIP_REPORT_UNGRANTED,
	CLIP_REPORT_MAP,
	CLIP_REPORT_MEMORY,
	CLIP_REPORT_COMMIT,
	CLIP_REPORT_ADMIN,
	CLIP_REPORT_CHANGE,
	CLIP_REPORT_TASK,
	CLIP_REPORT_PRIVILEGE,
	CLIP_REPORT_SOCKET,
	CLIP_REPORT_DEVICE,
	CLIP_REPORT_MOUNT,
	CLIP_REPORT_CREATE,
	/* private: */
	__CLIP_REPORT_MAX
};

/**
 * struct clip_event - one event; the current task caused it
 * @report: its kind
 * @reason: why, or %CLIP_REASON_NONE
 * @err: error of a refusal, negative; or 0
 * @permitted: it would have been refused, and is only reported: the context is
 *	permissive, or an entry makes an exemption
 * @act: the word for the act, or NULL
 * @ctx: the task's context, or NULL
 * @xid: for ADMIN, number of the context that is acted on
 * @file: the file that is acted on, or NULL
 * @place: where a file is about to be made, or NULL
 * @entry: the file's entry, or NULL
 * @found: digest of the file, as long as the entry's; or NULL
 * @found_algorithm: CLIP_ALGO_* of @found where there is no entry
 * @target: the task that is acted on, or NULL
 * @gains: the credential of an exec that was given something, or NULL
 * @generation: of the store after a change, or 0
 * @needs: CLIP_PRIV_* that the act needs; for DEVICE, CLIP_DEVICE_*; 0 if
 *	nothing would do
 * @any: one of @needs would do; else all of them are needed
 * @family: for SOCKET, AF_*
 * @dev: for DEVICE, the device
 * @sb: for MOUNT, the superblock, or NULL
 * @lacks: for MOUNT, what is missing, in words; "-" if nothing would do
 */
struct clip_event {
	enum clip_report_kind report;
	enum clip_reason reason;
	int err;
	bool permitted;
	bool any;
	int family;
	u32 xid;
	u16 found_algorithm;
	const char *act;
	const struct clip_context *ctx;
	struct file *file;
	const struct path *place;
	const struct clip_entry *entry;
	const u8 *found;
	struct task_struct *target;
	const struct cred *gains;
	u64 generation;
	u64 needs;
	dev_t dev;
	const struct super_block *sb;
	const char *lacks;
};

/**
 * struct clip_report_rule - who hears of a kind of events
 * @kind: how the interface calls it
 * @counter: the counter that it raises, or -1; a refusal is counted by reason
 * @refusal: it is a refusal, and counted as one
 * @log: the kernel's log
 * @listen: listeners of a netlink group
 * @audit: the audit log
 * @atomic: it can arise where nothing may sleep
 */
struct clip_report_rule {
	enum clip_event_kind kind;
	int counter;
	bool refusal;
	bool log;
	bool listen;
	bool audit;
	bool atomic;
};

extern const struct clip_report_rule clip_report_rules[__CLIP_REPORT_MAX];

/**
 * clip_event_rule - who hears of an event
 * @event: the event
 *
 * Return: the rule of its kind.
 */
static inline const struct clip_report_rule *
clip_event_rule(const struct clip_event *event)
{
	return &clip_report_rules[event->report];
}

#define CLIP_ACT_MAX	32	/* bytes for the word of an act */

bool clip_event_act(const struct clip_event *event, char *text, size_t size);

#endif /* _SECURITY_CLIP_REPORT_EVENT_H */
