/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: events to report
 */
#ifndef _SECURITY_CLIP_REPORT_EVENT_H
#define _SECURITY_CLIP_REPORT_EVENT_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct cred;
struct sockaddr;
struct task_struct;

/**
 * enum clip_report_kind - Kinds of events, finer than those of the UAPI
 * @CLIP_REPORT_EXEC: a file must not run
 * @CLIP_REPORT_CHECK: a file must not be interpreted
 * @CLIP_REPORT_MATCH: a file of an exec matches its entry
 * @CLIP_REPORT_GRANT: an exec was granted capabilities or privileges
 * @CLIP_REPORT_UNGRANTED: a listed file runs without the grant of its entry
 * @CLIP_REPORT_MAP: a file must not become executable
 * @CLIP_REPORT_MEMORY: memory must not become executable, or writable
 * @CLIP_REPORT_COMMIT: a commit was refused
 * @CLIP_REPORT_ADMIN: a change of a context, or entering one, was refused
 * @CLIP_REPORT_CHANGE: a change of the rules is now in force
 * @CLIP_REPORT_TASK: the task must not act on another task, or on itself
 * @CLIP_REPORT_PRIVILEGE: the task lacks a privilege
 * @CLIP_REPORT_SOCKET: the task lacks a privilege to use a socket
 * @CLIP_REPORT_ADDRESS: a context must not use a network address
 * @CLIP_REPORT_EXCHANGE: two contexts must not exchange something
 * @CLIP_REPORT_DEVICE: the task must not use a device in this way
 * @CLIP_REPORT_MOUNT: the task must not change mounts in this way
 * @CLIP_REPORT_OBJECT: an object belongs to another context
 * @CLIP_REPORT_CREATE: a file was created
 * @CLIP_REPORT_REPLACED: a listed file loses its name
 */
enum clip_report_kind {
	CLIP_REPORT_EXEC,
	CLIP_REPORT_CHECK,
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
	CLIP_REPORT_ADDRESS,
	CLIP_REPORT_EXCHANGE,
	CLIP_REPORT_DEVICE,
	CLIP_REPORT_MOUNT,
	CLIP_REPORT_OBJECT,
	CLIP_REPORT_CREATE,
	CLIP_REPORT_REPLACED,
	/* private: */
	__CLIP_REPORT_MAX
};

/**
 * struct clip_event - One event, caused by the current task
 * @report: kind of the event
 * @reason: reason of a refusal, or %CLIP_REASON_NONE
 * @err: error of a refusal, negative; or 0
 * @permitted: the refusal is reported but not enforced, because the context is
 *	permissive or an entry makes an exemption
 * @act: name of the act, or NULL
 * @ctx: context of the task, or NULL
 * @xid: for ADMIN and EXCHANGE, number of the context that is acted on
 * @file: the file that is acted on, or NULL
 * @place: the place at which a file is about to be created, or NULL
 * @entry: entry of the file, or NULL
 * @found: digest of the file, of the same size as that of the entry; or NULL
 * @found_algorithm: CLIP_ALGO_* of @found if there is no entry
 * @target: the task that is acted on, or NULL
 * @gains: the credential of an exec that received a grant, or NULL
 * @generation: generation of the store after a change, or 0
 * @needs: CLIP_PRIV_* that the act needs; for DEVICE, CLIP_DEVICE_*; 0 if the
 *	act is refused in any case
 * @any: true if any one of @needs is enough, false if all of them are needed
 * @family: for SOCKET and ADDRESS, AF_*
 * @address: for ADDRESS, the address, or NULL
 * @dev: for DEVICE, the device
 * @sb: for MOUNT, the superblock, or NULL; for REPLACED, that of the file
 * @path: for REPLACED, the path of the file; NULL if memory is exhausted
 * @lacks: for MOUNT, what the act lacks, in words; "-" if it is refused in any
 *	case
 *
 * An event lives on the stack of its reporter and owns nothing: the reporter
 * keeps all objects alive until clip_report() returns.
 */
struct clip_event {
	enum clip_report_kind report;
	enum clip_reason reason;
	int err;
	bool permitted;
	bool any;
	int family;
	const struct sockaddr *address;
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
	const char *path;
	const char *lacks;
};

/**
 * struct clip_report_rule - Where a kind of events is reported
 * @kind: kind of the event in the UAPI
 * @class: CLIP_REFUSALS_*, by which a refusal is counted for the context
 * @counter: the counter to increment, or -1; refusals are counted by reason
 * @refusal: the event is a refusal, and is counted by its reason
 * @log: the event is written to the kernel log
 * @listen: the event is sent to the listeners of a netlink group
 * @audit: the event is written to the audit log
 * @atomic: the event can occur in atomic context
 */
struct clip_report_rule {
	enum clip_event_kind kind;
	unsigned int class;
	int counter;
	bool refusal;
	bool log;
	bool listen;
	bool audit;
	bool atomic;
};

extern const struct clip_report_rule clip_report_rules[__CLIP_REPORT_MAX];

/**
 * clip_event_rule - Get the rule for the report of an event
 * @event: the event
 *
 * Return: The rule of its kind.
 */
static inline const struct clip_report_rule *
clip_event_rule(const struct clip_event *event)
{
	return &clip_report_rules[event->report];
}

#define CLIP_ACT_MAX	32	/* bytes for the name of an act */

bool clip_event_act(const struct clip_event *event, char *text, size_t size);

#endif /* _SECURITY_CLIP_REPORT_EVENT_H */
