// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the device table, as rules on numbers
 *
 * Nothing in this file looks at a task, a device or the table in force.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "context/rules.h"
#include "core/reason.h"
#include "device/rules.h"

/**
 * clip_may_change_devices - May the caller change the table?
 * @caller: facts about the caller
 *
 * DV-11, except for the latch. Only context 0 decides about the machine's
 * devices. No privilege is asked for: programs that load the table at boot hold
 * the capability by their entry, and have loaded it before there was a
 * privilege.
 *
 * Return: true if it may.
 */
bool clip_may_change_devices(const struct clip_caller *caller)
{
	return caller->admin && caller->sys_admin;
}

/**
 * clip_device_rule_check - Check that a rule is valid
 * @rule: the rule
 *
 * DV-03. The sum is compared as a difference, which cannot wrap around.
 *
 * Return: %CLIP_REASON_NONE, or why it is not valid.
 */
enum clip_reason clip_device_rule_check(const struct clip_device_rule *rule)
{
	if (rule->major > CLIP_DEVICE_MAJOR_MAX ||
	    rule->minor > CLIP_DEVICE_MINOR_MAX ||
	    rule->range > CLIP_DEVICE_MINOR_MAX - rule->minor ||
	    rule->reserved)
		return CLIP_REASON_BAD_DEVICE;
	if (rule->permissions & ~CLIP_DEVICE_ALL)
		return CLIP_REASON_BAD_FLAGS;
	return CLIP_REASON_NONE;
}

static bool covers(const struct clip_device_rule *rule, u32 major, u32 minor)
{
	/*
	 * If minor is smaller, the subtraction wraps to a large value and the
	 * test fails.
	 */
	return rule->major == major && minor - rule->minor <= rule->range;
}

/**
 * clip_devtable_permissions - Find the permissions of a device
 * @table: the table, or NULL for an empty one
 * @major: major number of the device
 * @minor: minor number of the device
 * @strict: devices that are not listed have no permissions
 *
 * DV-05, DV-06.
 *
 * Return: CLIP_DEVICE_*
 */
u32 clip_devtable_permissions(const struct clip_devtable *table, u32 major,
			      u32 minor, bool strict)
{
	for (u32 i = 0; table && i < table->count; i++) {
		const struct clip_device_rule *rule = &table->rules[i];

		if (!rule->priority)
			break;
		if (covers(rule, major, minor))
			return rule->permissions;
	}
	return strict ? 0 : CLIP_DEVICE_READ | CLIP_DEVICE_WRITE;
}

/**
 * clip_devtable_grants - Does any rule grant this to devices of some kind?
 * @table: the table, or NULL for an empty one
 * @permissions: CLIP_DEVICE_*
 * @is_meant: returns whether a major number belongs to such devices
 *
 * It makes no difference whether such a device exists, or whether another rule
 * has priority: the result stays the same as long as the table does.
 *
 * Return: true if a rule grants at least one of @permissions.
 */
bool clip_devtable_grants(const struct clip_devtable *table, u32 permissions,
			  bool (*is_meant)(u32 major))
{
	for (u32 i = 0; table && i < table->count; i++) {
		const struct clip_device_rule *rule = &table->rules[i];

		if (!rule->priority)
			break;
		if ((rule->permissions & permissions) && is_meant(rule->major))
			return true;
	}
	return false;
}

static bool same_place(const struct clip_device_rule *a,
		       const struct clip_device_rule *b)
{
	return a->major == b->major && a->minor == b->minor &&
	       a->range == b->range;
}

static bool same(const struct clip_device_rule *a,
		 const struct clip_device_rule *b)
{
	return same_place(a, b) && a->priority == b->priority &&
	       a->permissions == b->permissions;
}

static bool ties(const struct clip_device_rule *a,
		 const struct clip_device_rule *b)
{
	return a->priority && a->priority == b->priority &&
	       (covers(a, b->major, b->minor) ||
		covers(b, a->major, a->minor));
}

static bool contains(const struct clip_devtable *table,
		     const struct clip_device_rule *rule)
{
	for (u32 i = 0; table && i < table->count; i++)
		if (same(&table->rules[i], rule))
			return true;
	return false;
}

static void note(struct clip_devchange *change, u32 index,
		 enum clip_reason reason, bool skip)
{
	if (change->noted < change->room)
		change->results[change->noted] = (struct clip_result) {
			.index = index,
			.error = -clip_reason_errno(reason),
			.reason = reason,
			.flags = skip ? CLIP_RESULT_SKIPPED : 0,
		};
	change->noted++;
	if (skip)
		change->skipped++;
	else if (change->reason == CLIP_REASON_NONE)
		change->reason = reason;
}

/*
 * Finds why a rule cannot be added to the table, whose first @before rules
 * existed before this change.
 */
static enum clip_reason conflict(const struct clip_devtable *table, u32 before,
				 const struct clip_device_rule *rule)
{
	for (u32 i = 0; i < table->count; i++) {
		const struct clip_device_rule *other = &table->rules[i];

		if (same(other, rule) && i >= before)
			return CLIP_REASON_DUPLICATE;
		if (same_place(other, rule))
			return CLIP_REASON_EXISTS;
		if (ties(other, rule))
			return CLIP_REASON_DEVICE_TIE;
	}
	return CLIP_REASON_NONE;
}

static void add(struct clip_devtable *table, const struct clip_devtable *old,
		struct clip_devchange *change, u32 index)
{
	const struct clip_device_rule *rule = &change->rules[index];
	const bool replace = change->mode == CLIP_COMMIT_REPLACE;
	const u32 before = replace || !old ? 0 : old->count;
	enum clip_reason reason = clip_device_rule_check(rule);

	if (reason == CLIP_REASON_NONE && !replace && contains(old, rule)) {
		change->unchanged++;
		return;
	}
	if (reason == CLIP_REASON_NONE)
		reason = conflict(table, before, rule);
	if (reason == CLIP_REASON_NONE && table->count >= table->room)
		reason = CLIP_REASON_NO_MEMORY;
	if (reason != CLIP_REASON_NONE) {
		note(change, index, reason, false);
		return;
	}
	table->rules[table->count++] = *rule;
	if (replace && contains(old, rule))
		change->unchanged++;
	else
		change->added++;
}

/* DV-12: everything but the permissions has to match. */
static void take_away(struct clip_devtable *table,
		      struct clip_devchange *change, u32 index)
{
	const struct clip_device_rule *rule = &change->rules[index];

	for (u32 i = 0; i < table->count; i++) {
		if (!same_place(&table->rules[i], rule) ||
		    table->rules[i].priority != rule->priority)
			continue;
		table->rules[i] = table->rules[--table->count];
		change->removed++;
		return;
	}
	note(change, index, CLIP_REASON_NO_ENTRY, change->skip_missing);
}

static int order(const void *left, const void *right)
{
	const struct clip_device_rule *a = left, *b = right;

	if (a->priority != b->priority)
		return a->priority < b->priority ? 1 : -1;
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	return 0;
}

/**
 * clip_devtable_make - Make the table that a change results in
 * @old: the present table, or NULL for an empty one
 * @change: the requested change; its output fields are written
 *
 * Every fault is noted, each with the first reason against it.
 *
 * Context: may sleep.
 * Return: the table, to be freed with kvfree(), or an error pointer. For errors
 * like -EINVAL, @change.reason contains the reason.
 */
struct clip_devtable *clip_devtable_make(const struct clip_devtable *old,
					 struct clip_devchange *change)
{
	struct clip_devtable *table __free(kvfree) = NULL;

	table = kvzalloc(struct_size(table, rules, CLIP_DEVICE_RULES_MAX),
			 GFP_KERNEL_ACCOUNT);
	if (!table)
		return ERR_PTR(-ENOMEM);
	table->room = CLIP_DEVICE_RULES_MAX;
	table->generation = old ? old->generation : 0;
	if (old && change->mode != CLIP_COMMIT_REPLACE) {
		table->count = old->count;
		memcpy(table->rules, old->rules,
		       flex_array_size(old, rules, old->count));
	}
	for (u32 i = 0; i < change->count; i++) {
		if (change->mode == CLIP_COMMIT_REMOVE)
			take_away(table, change, i);
		else
			add(table, old, change, i);
		cond_resched();
	}
	if (change->reason != CLIP_REASON_NONE)
		return ERR_PTR(clip_reason_errno(change->reason));
	if (change->mode == CLIP_COMMIT_REPLACE && old)
		change->removed = old->count - change->unchanged;
	if (change->added || change->removed)
		table->generation++;
	sort(table->rules, table->count, sizeof(*table->rules), order, NULL);
	return no_free_ptr(table);
}
