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
 * struct clip_devtable - rules, the first that matches is the one that counts
 * @rcu: frees it after its last reader
 * @generation: number of changes up to this one
 * @room: slots of @rules
 * @count: slots in use
 * @rules: in descending order of priority, then by major and minor number
 *
 * Never changed once it can be seen by readers.
 */
struct clip_devtable {
	struct rcu_head rcu;
	u64 generation;
	u32 room;
	u32 count;
	struct clip_device_rule rules[] __counted_by(room);
};

/**
 * struct clip_devchange - a change of the table in the making
 * @mode: CLIP_COMMIT_ADD, _REPLACE or _REMOVE
 * @skip_missing: to remove what is not there is no fault
 * @rules: what was asked for
 * @count: how many
 * @results: what became of the rules that were not taken
 * @room: slots of @results
 * @noted: how many such rules there were, whether they fitted or not
 * @added: out: rules that are new
 * @removed: out: rules that are gone
 * @unchanged: out: rules that were there before
 * @skipped: out: rules left out
 * @reason: out: why the first one was refused
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
