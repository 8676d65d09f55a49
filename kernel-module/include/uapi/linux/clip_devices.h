/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of the clip security module: the device table, /dev/devctl.
 * Include <linux/clip.h>.
 */
#ifndef _UAPI_LINUX_CLIP_DEVICES_H
#define _UAPI_LINUX_CLIP_DEVICES_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Devices: the table of /dev/devctl. It lists the allowed uses of block
 * devices. It is enforced once the sysctl kernel.clip.mount is 0, and cannot be
 * changed from then on.
 */
#define CLIP_DEVCTL_PATH	"/dev/devctl"

/* clip_device_rule.permissions, with the letter of the rule language. */
#define CLIP_DEVICE_READ	0x01U	/* r */
#define CLIP_DEVICE_WRITE	0x02U	/* w: does not include r */
#define CLIP_DEVICE_DEV		0x10U	/* d: device nodes on it work */
#define CLIP_DEVICE_EXEC	0x20U	/* x: files on it can be executed */
#define CLIP_DEVICE_SUID	0x40U	/* s: ... and may receive a grant */

#define CLIP_DEVICE_ALL		0x73U

#define CLIP_DEVICE_MAJOR_MAX	4095U
#define CLIP_DEVICE_MINOR_MAX	1048575U
#define CLIP_DEVICE_RULES_MAX	1024U	/* in the table, and in a request */

/**
 * struct clip_device_rule - One rule, for a range of minor numbers
 * @major: major number, at most %CLIP_DEVICE_MAJOR_MAX
 * @minor: first minor number
 * @range: number of minor numbers after the first; @minor + @range is at most
 *	%CLIP_DEVICE_MINOR_MAX
 * @priority: of all rules for a device, the one with the highest priority
 *	applies; a rule with priority 0 never applies
 * @permissions: CLIP_DEVICE_*
 * @reserved: must be 0
 */
struct clip_device_rule {
	__u32 major;
	__u32 minor;
	__u32 range;
	__u32 priority;
	__u32 permissions;
	__u32 reserved;
};

/**
 * struct clip_device_commit - One transaction; CLIP_IOC_DEVICE_COMMIT
 * @size: in: size of this structure
 * @mode: in: CLIP_COMMIT_ADD, _REPLACE or _REMOVE
 * @flags: in: %CLIP_COMMIT_SKIP_MISSING when removing, %CLIP_COMMIT_DRY_RUN
 * @results_capacity: in: number of results that fit at @results
 * @rules: in: address of an array of struct clip_device_rule
 * @results: in: address of an array of struct clip_result, or 0
 * @generation: out: number of changes of the table so far
 * @rules_count: in: number of rules, at most %CLIP_DEVICE_RULES_MAX
 * @rule_size: in: size of struct clip_device_rule
 * @results_count: out: rules refused or skipped; may exceed the capacity
 * @added: out: rules that were added to the table
 * @removed: out: rules that were removed from the table
 * @unchanged: out: rules that were already in the table
 * @skipped: out: rules skipped on request of the caller
 * @reason: out: enum clip_reason of the first refusal
 *
 * As with CLIP_IOC_COMMIT, either all rules take effect or none. Two rules for
 * the same numbers are refused, and so are two rules of equal priority that
 * overlap. A rule to remove must agree in all but its permissions.
 */
struct clip_device_commit {
	__u32 size;
	__u32 mode;
	__u32 flags;
	__u32 results_capacity;
	__aligned_u64 rules;
	__aligned_u64 results;
	__aligned_u64 generation;
	__u32 rules_count;
	__u32 rule_size;
	__u32 results_count;
	__u32 added;
	__u32 removed;
	__u32 unchanged;
	__u32 skipped;
	__u32 reason;
};

/* clip_device_list.state */
#define CLIP_DEVICES_LOCKED	(1U << 0)	/* enforced and final */
#define CLIP_DEVICES_STRICT	(1U << 1)	/* unlisted devices are refused */

/**
 * struct clip_device_list - The device table; CLIP_IOC_DEVICE_LIST
 * @size: in: size of this structure
 * @capacity: in: number of rules that fit at @rules
 * @rules: in: address of an array of struct clip_device_rule, or 0; the rules
 *	are sorted by descending priority, then by their numbers
 * @generation: out: number of changes of the table so far
 * @rule_size: in: size of struct clip_device_rule
 * @count: out: number of rules in the table; may exceed the capacity
 * @state: out: CLIP_DEVICES_*
 * @reserved: out: 0
 */
struct clip_device_list {
	__u32 size;
	__u32 capacity;
	__aligned_u64 rules;
	__aligned_u64 generation;
	__u32 rule_size;
	__u32 count;
	__u32 state;
	__u32 reserved;
};

/* On a descriptor of /dev/devctl, which COMMIT needs to be open for writing. */
#define CLIP_IOC_DEVICE_COMMIT	_IOWR(CLIP_IOC_MAGIC, 32, struct clip_device_commit)
#define CLIP_IOC_DEVICE_LIST	_IOWR(CLIP_IOC_MAGIC, 33, struct clip_device_list)

#endif /* _UAPI_LINUX_CLIP_DEVICES_H */
