/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * clip: requests about one context and its tasks
 *
 * Requests 15 and 17 to 20 are made on the descriptor of a context, which
 * CLIP_IOC_CONTEXT_CREATE and CLIP_IOC_CONTEXT_OPEN return. Those that change
 * something take the right to make contexts. poll(2) reports such a descriptor
 * as readable and hung up while no task is left of those that were in the
 * context. Requests 21 and 22 are made on /dev/veriexec, by tasks of context 0
 * and of context 1. Included by clip.h.
 */
#ifndef _UAPI_LINUX_CLIP_CONTEXTS_H
#define _UAPI_LINUX_CLIP_CONTEXTS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* clip_context_setup.flags */
#define CLIP_CONTEXT_USERNS	(1U << 0)	/* may make user namespaces */
#define CLIP_CONTEXT_LIVE_ADDRESSES	(1U << 1)	/* change after entry */
#define CLIP_CONTEXT_LOOPBACK	(1U << 2)	/* 127/8 and ::1 as they are */
#define CLIP_CONTEXT_PROTECTED_TRAFFIC	(1U << 3)	/* nothing in clear */
#define CLIP_CONTEXT_KERNEL_LOG	(1U << 4)	/* may read the kernel's log */
#define CLIP_CONTEXT_HIDDEN	(1U << 5)	/* not read from context 0 */
#define CLIP_CONTEXT_NOLOCK	(1U << 6)	/* no locks on read-only mounts */
#define CLIP_CONTEXT_HIDE_INTERFACES	(1U << 7)	/* no network devices */

#define CLIP_CONTEXT_FLAGS_ALL	0xffU

/* The names of the flags, by bit. */
#define CLIP_CONTEXT_FLAGS_NAMES \
	[0] = "userns", [1] = "live_addresses", [2] = "loopback", \
	[3] = "protected_traffic", [4] = "kernel_log", [5] = "hidden", \
	[6] = "nolock", [7] = "hide_interfaces",

/* The highest level of confidentiality; 0 is neutral. */
#define CLIP_CONFIDENTIALITY_MAX	15U

/**
 * struct clip_context_setup - What is decided before the first task enters;
 *	CLIP_IOC_CONTEXT_SETUP
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @flags: in: CLIP_CONTEXT_*
 * @confidentiality: in: level of confidentiality, at most
 *	%CLIP_CONFIDENTIALITY_MAX. Contexts of two different levels, neither of
 *	which is 0, exchange nothing
 * @ns_cap_bound: in: bounding set of capabilities for what belongs to a user
 *	namespace that a task of the context is in, and that lies below the user
 *	namespace from which tasks enter; 0 without %CLIP_CONTEXT_USERNS
 *
 * Replaces what an earlier request has set. Fails with -EBUSY once a task has
 * entered.
 */
struct clip_context_setup {
	__u32 size;
	__u32 reason;
	__u32 flags;
	__u32 confidentiality;
	__aligned_u64 ns_cap_bound;
};

/* clip_context_arm.flags */
#define CLIP_ARM_DISARM		(1U << 0)	/* take it back */

/**
 * struct clip_context_arm - A process takes the context at its next exec;
 *	CLIP_IOC_CONTEXT_ARM
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @pidfd: in: descriptor of the process, which is in context 0
 * @flags: in: CLIP_ARM_*
 *
 * It takes the right to trace the process as well. It counts for one successful
 * exec, and not for the children of the process.
 */
struct clip_context_arm {
	__u32 size;
	__u32 reason;
	__s32 pidfd;
	__u32 flags;
};

/* clip_context_bind.flags */
#define CLIP_BIND_UNBIND	(1U << 0)	/* take it back */

#define CLIP_BIND_CHILD_MAX	64	/* bytes, with the NUL */
#define CLIP_BINDINGS_MAX	256U	/* at a time, of all contexts */

/**
 * struct clip_context_bind - The processes of a cgroup take the context at exec;
 *	CLIP_IOC_CONTEXT_BIND
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @cgroup_fd: in: descriptor of a directory of cgroup2
 * @flags: in: CLIP_BIND_*
 * @child: in: name of a cgroup in that directory, which need not exist yet, or
 *	empty for the directory itself
 *
 * It counts for the cgroup and those below it, and for processes of context 0.
 * Of two bindings, that of the nearer cgroup counts. It ends with the cgroup
 * that the descriptor stands for, and with the context.
 */
struct clip_context_bind {
	__u32 size;
	__u32 reason;
	__s32 cgroup_fd;
	__u32 flags;
	__u8 child[CLIP_BIND_CHILD_MAX];
};

/* Classes of refusals, the index in clip_context_info.refusals. */
#define CLIP_REFUSALS_EXEC	0	/* files that must not run */
#define CLIP_REFUSALS_MEMORY	1	/* ... or be mapped executable */
#define CLIP_REFUSALS_ADMIN	2	/* contexts, rules, kernel interfaces */
#define CLIP_REFUSALS_TASK	3	/* acts on tasks */
#define CLIP_REFUSALS_PRIVILEGE	4	/* privileges that are missing */
#define CLIP_REFUSALS_SOCKET	5	/* sockets and addresses */
#define CLIP_REFUSALS_DEVICE	6	/* devices and mounts */
#define CLIP_REFUSALS_OBJECT	7	/* IPC, keys and locks of others */
#define CLIP_REFUSALS_CLASSES	8

/* The names of the classes, by number. */
#define CLIP_REFUSALS_NAMES \
	[CLIP_REFUSALS_EXEC] = "exec", [CLIP_REFUSALS_MEMORY] = "memory", \
	[CLIP_REFUSALS_ADMIN] = "admin", [CLIP_REFUSALS_TASK] = "task", \
	[CLIP_REFUSALS_PRIVILEGE] = "privilege", \
	[CLIP_REFUSALS_SOCKET] = "socket", [CLIP_REFUSALS_DEVICE] = "device", \
	[CLIP_REFUSALS_OBJECT] = "object",

/* clip_context_info.state */
#define CLIP_CONTEXT_ENTERED	(1U << 0)	/* a task has been in it */
#define CLIP_CONTEXT_DELETED	(1U << 1)	/* no longer in the list */

/**
 * struct clip_context_info - All about a context; CLIP_IOC_CONTEXT_INFO
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @xid: out: number of the context
 * @level: out: CLIP_LEVEL_*
 * @serial: out: a number that is never assigned to another context
 * @cap_bound: out: bounding set of capabilities
 * @ns_cap_bound: out: bounding set for user namespaces of its own
 * @priv_bound: out: bounding set of privileges
 * @flags: out: CLIP_CONTEXT_*, as set by CLIP_IOC_CONTEXT_SETUP
 * @confidentiality: out: level of confidentiality
 * @state: out: %CLIP_CONTEXT_ENTERED, %CLIP_CONTEXT_DELETED
 * @addresses: out: number of network addresses
 * @tasks: out: tasks in it, with those that ended and were not waited for
 * @entries: out: entries in force
 * @digests: out: allow digests in force
 * @refusals: out: acts of its tasks that were refused, by class
 */
struct clip_context_info {
	__u32 size;
	__u32 reason;
	__u32 xid;
	__u32 level;
	__aligned_u64 serial;
	__aligned_u64 cap_bound;
	__aligned_u64 ns_cap_bound;
	__aligned_u64 priv_bound;
	__u32 flags;
	__u32 confidentiality;
	__u32 state;
	__u32 addresses;
	__aligned_u64 tasks;
	__aligned_u64 entries;
	__aligned_u64 digests;
	__aligned_u64 refusals[CLIP_REFUSALS_CLASSES];
};

/**
 * struct clip_context_kill - A signal for each process; CLIP_IOC_CONTEXT_KILL
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @signal: in: number of the signal
 * @tasks: out: processes that it was sent to
 *
 * SIGKILL leaves no process behind: none can make another one meanwhile.
 */
struct clip_context_kill {
	__u32 size;
	__u32 reason;
	__u32 signal;
	__u32 tasks;
};

/**
 * struct clip_context_of - The context of a task, or of a socket's other end;
 *	CLIP_IOC_TASK_CONTEXT, CLIP_IOC_SOCKET_CONTEXT
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @fd: in: a pidfd, or a connected socket
 * @xid: out: number of the context
 * @serial: out: a number that is never assigned to another context
 * @confidentiality: out: its level of confidentiality
 * @reserved: out: 0
 */
struct clip_context_of {
	__u32 size;
	__u32 reason;
	__s32 fd;
	__u32 xid;
	__aligned_u64 serial;
	__u32 confidentiality;
	__u32 reserved;
};

#define CLIP_IOC_CONTEXT_SETUP	_IOWR(CLIP_IOC_MAGIC, 15, struct clip_context_setup)
#define CLIP_IOC_CONTEXT_ARM	_IOWR(CLIP_IOC_MAGIC, 17, struct clip_context_arm)
#define CLIP_IOC_CONTEXT_BIND	_IOWR(CLIP_IOC_MAGIC, 18, struct clip_context_bind)
#define CLIP_IOC_CONTEXT_INFO	_IOWR(CLIP_IOC_MAGIC, 19, struct clip_context_info)
#define CLIP_IOC_CONTEXT_KILL	_IOWR(CLIP_IOC_MAGIC, 20, struct clip_context_kill)
#define CLIP_IOC_TASK_CONTEXT	_IOWR(CLIP_IOC_MAGIC, 21, struct clip_context_of)
#define CLIP_IOC_SOCKET_CONTEXT	_IOWR(CLIP_IOC_MAGIC, 22, struct clip_context_of)

#endif /* _UAPI_LINUX_CLIP_CONTEXTS_H */
