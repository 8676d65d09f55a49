/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the device table, as rules on numbers
 */
#ifndef _SECURITY_CLIP_DEVICE_RULES_H
#define _SECURITY_CLIP_DEVICE_RULES_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_caller;

/**
 * struct clip_devtable - Device rules, of which the first match counts
 * @rcu: frees the table after its last reader
 * @generation: number of changes up to this table
 * @room: number of slots in @rules
 * @count: number of used slots
 * @rules: the rules in descending order of priority, then by major and minor
 *	number
 *
 * A table never changes once readers can see it.
 */
struct clip_devtable {
	struct rcu_head rcu;
	u64 generation;
	u32 room;
	u32 count;
	struct clip_device_rule rules[] __counted_by(room);
};

/**
 * struct clip_devchange - A change of the table in progress
 * @mode: CLIP_COMMIT_ADD, _REPLACE or _REMOVE
 * @skip_missing: removing a missing rule is not a fault
 * @rules: the requested rules
 * @count: number of @rules
 * @results: the results of the rules that were not accepted
 * @room: number of slots in @results
 * @noted: number of rules that were not accepted, including those that did not
 *	fit into @results
 * @added: out: number of new rules
 * @removed: out: number of removed rules
 * @unchanged: out: number of rules that existed before
 * @skipped: out: number of rules that were skipped
 * @reason: out: why the first rule was refused
 */
struct clip_devchange {
	u32 mode;
	bool skip_missing;
	const struct clip_device_rule *rules;
	u32 count;
	struct clip_result *results;
	u32 room;
	u32 noted;
	u32 added;
	u32 removed;
	u32 unchanged;
	u32 skipped;
	enum clip_reason reason;
};

bool clip_may_change_devices(const struct clip_caller *caller);
enum clip_reason clip_device_rule_check(const struct clip_device_rule *rule);
u32 clip_devtable_permissions(const struct clip_devtable *table, u32 major,
			      u32 minor, bool strict);
bool clip_devtable_grants(const struct clip_devtable *table, u32 permissions,
			  bool (*is_meant)(u32 major));
struct clip_devtable *clip_devtable_make(const struct clip_devtable *old,
					 struct clip_devchange *change);

#endif /* _SECURITY_CLIP_DEVICE_RULES_H */
