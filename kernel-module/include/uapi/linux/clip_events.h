/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of the clip security module: events over generic netlink.
 * Include <linux/clip.h>.
 */
#ifndef _UAPI_LINUX_CLIP_EVENTS_H
#define _UAPI_LINUX_CLIP_EVENTS_H

/*
 * Events: the generic netlink family that reports refusals, grants and changes.
 * It exists in the initial network namespace only. Joining a group requires
 * CAP_SYS_ADMIN there, and contexts other than 0 and 1 receive no message. The
 * family accepts no requests; each message is one event.
 */
#define CLIP_GENL_NAME		"clip"
#define CLIP_GENL_VERSION	1
/* Refusals, missing grants, and changes: all events but those below. */
#define CLIP_GENL_GROUP_EVENTS	"events"
/* Successful execs of listed files. */
#define CLIP_GENL_GROUP_GRANTS	"grants"
/* Creations of files. */
#define CLIP_GENL_GROUP_CREATIONS	"creations"

enum clip_genl_command {
	CLIP_GENL_CMD_UNSPEC = 0,
	CLIP_GENL_CMD_EVENT = 1,
	__CLIP_GENL_CMD_MAX
};

/* Kinds of events. New kinds may be added; readers show their number. */
enum clip_event_kind {
	CLIP_EVENT_NONE = 0,
	CLIP_EVENT_EXEC = 1,	/* exec refused; matched, if no error */
	CLIP_EVENT_MAP = 2,	/* must not become executable */
	CLIP_EVENT_TASK = 3,	/* act on a task, or lack of a privilege */
	CLIP_EVENT_ADMIN = 4,	/* change of rules; in force, if no error */
	CLIP_EVENT_UNGRANTED = 5,	/* exec without the grant of its entry */
	CLIP_EVENT_GRANT = 6,	/* exec with a grant */
	CLIP_EVENT_CREATE = 7,	/* creation of a file */
	CLIP_EVENT_REPLACED = 8,	/* a listed file loses its name */
	CLIP_EVENT_CHECK = 9,	/* must not be interpreted */
	__CLIP_EVENT_MAX
};

/* Initialises an array of names, indexed by enum clip_event_kind. */
#define CLIP_EVENT_NAMES \
	[CLIP_EVENT_NONE] = "none", \
	[CLIP_EVENT_EXEC] = "exec", \
	[CLIP_EVENT_MAP] = "map", \
	[CLIP_EVENT_TASK] = "task", \
	[CLIP_EVENT_ADMIN] = "admin", \
	[CLIP_EVENT_UNGRANTED] = "ungranted", \
	[CLIP_EVENT_GRANT] = "grant", \
	[CLIP_EVENT_CREATE] = "create", \
	[CLIP_EVENT_REPLACED] = "replaced", \
	[CLIP_EVENT_CHECK] = "check",

/**
 * enum clip_event_attr - Attributes of an event
 * @CLIP_EVENT_A_UNSPEC: not used
 * @CLIP_EVENT_A_PAD: aligns the 64-bit number that follows
 * @CLIP_EVENT_A_SEQUENCE: u64; number of the message in its group, from 1. A
 *	gap means that the socket of the listener had no room for a message
 * @CLIP_EVENT_A_DROPPED: u64; events of the group that were dropped before
 *	this one because there were too many, and were not reported yet
 * @CLIP_EVENT_A_TIME: u64; CLOCK_REALTIME, nanoseconds
 * @CLIP_EVENT_A_KIND: u32; enum clip_event_kind
 * @CLIP_EVENT_A_REASON: u32; enum clip_reason
 * @CLIP_EVENT_A_ERROR: u32; errno value of a refusal, else 0
 * @CLIP_EVENT_A_ENFORCED: u8; 0 if the refusal was only reported
 * @CLIP_EVENT_A_ACT: text; name of the act, for TASK, ADMIN, CREATE and
 *	REPLACED
 * @CLIP_EVENT_A_CONTEXT: u32; number of the task's context
 * @CLIP_EVENT_A_SERIAL: u64; serial of the task's context
 * @CLIP_EVENT_A_PID: u32; process id, in the initial namespace, as all ids here
 * @CLIP_EVENT_A_TID: u32; thread id
 * @CLIP_EVENT_A_UID: u32; real user id
 * @CLIP_EVENT_A_EUID: u32; effective user id
 * @CLIP_EVENT_A_COMM: bytes; name of the thread
 * @CLIP_EVENT_A_TARGET: u32; process id of the target, if known, for TASK
 * @CLIP_EVENT_A_DEV_MAJOR: u32; major device number of the superblock of the
 *	file; for TASK, of the device whose use was refused
 * @CLIP_EVENT_A_DEV_MINOR: u32; minor device number, as for DEV_MAJOR
 * @CLIP_EVENT_A_INODE: u64; inode number of the file, if it already exists
 * @CLIP_EVENT_A_PATH: bytes; path of the file in the mount namespace of the
 *	task, from the root of that namespace; absent if the file was unlinked
 *	or never had a name
 * @CLIP_EVENT_A_ALGORITHM: u32; CLIP_ALGO_* of the entry
 * @CLIP_EVENT_A_WANTED: bytes; digest of the entry
 * @CLIP_EVENT_A_FOUND: bytes; digest of the file, if it was computed now
 * @CLIP_EVENT_A_SOURCE: bytes; rule file of the entry, if known
 * @CLIP_EVENT_A_LINE: u32; line in the rule file, if known
 * @CLIP_EVENT_A_CAP_EFFECTIVE: u64; effective set after the exec, for GRANT
 * @CLIP_EVENT_A_CAP_PERMITTED: u64; permitted set after the exec, for GRANT
 * @CLIP_EVENT_A_CAP_INHERITABLE: u64; inheritable set after the exec, for GRANT
 * @CLIP_EVENT_A_PRIVILEGES: u64; CLIP_PRIV_*; for GRANT, the privileges after
 *	the exec; for TASK, those that the refused act needs
 * @CLIP_EVENT_A_GENERATION: u64; generation after a change, for ADMIN
 * @CLIP_EVENT_A_OTHER: u32; number of the other context, for TASK
 * @CLIP_EVENT_A_ADDRESS: bytes; address of IPv4 or IPv6 that was refused, for
 *	TASK
 *
 * Bytes and text do not end with a NUL byte. Attributes that do not apply or
 * are not known are absent. New attributes may be added; readers skip those
 * that they do not know.
 */
enum clip_event_attr {
	CLIP_EVENT_A_UNSPEC = 0,
	CLIP_EVENT_A_PAD = 1,
	CLIP_EVENT_A_SEQUENCE = 2,
	CLIP_EVENT_A_DROPPED = 3,
	CLIP_EVENT_A_TIME = 4,
	CLIP_EVENT_A_KIND = 5,
	CLIP_EVENT_A_REASON = 6,
	CLIP_EVENT_A_ERROR = 7,
	CLIP_EVENT_A_ENFORCED = 8,
	CLIP_EVENT_A_ACT = 9,
	CLIP_EVENT_A_CONTEXT = 10,
	CLIP_EVENT_A_SERIAL = 11,
	CLIP_EVENT_A_PID = 12,
	CLIP_EVENT_A_TID = 13,
	CLIP_EVENT_A_UID = 14,
	CLIP_EVENT_A_EUID = 15,
	CLIP_EVENT_A_COMM = 16,
	CLIP_EVENT_A_TARGET = 17,
	CLIP_EVENT_A_DEV_MAJOR = 18,
	CLIP_EVENT_A_DEV_MINOR = 19,
	CLIP_EVENT_A_INODE = 20,
	CLIP_EVENT_A_PATH = 21,
	CLIP_EVENT_A_ALGORITHM = 22,
	CLIP_EVENT_A_WANTED = 23,
	CLIP_EVENT_A_FOUND = 24,
	CLIP_EVENT_A_SOURCE = 25,
	CLIP_EVENT_A_LINE = 26,
	CLIP_EVENT_A_CAP_EFFECTIVE = 27,
	CLIP_EVENT_A_CAP_PERMITTED = 28,
	CLIP_EVENT_A_CAP_INHERITABLE = 29,
	CLIP_EVENT_A_PRIVILEGES = 30,
	CLIP_EVENT_A_GENERATION = 31,
	CLIP_EVENT_A_OTHER = 32,
	CLIP_EVENT_A_ADDRESS = 33,
	/* private: the last attribute plus one */
	__CLIP_EVENT_A_MAX
};

#endif /* _UAPI_LINUX_CLIP_EVENTS_H */
