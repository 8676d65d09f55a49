// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the device table in force
 *
 * A change makes a new table next to the old one, and readers see one or the
 * other. The lock is also taken to set the latch, so that no change that began
 * before can take effect after it.
 */
#include "core/common.h"

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "context/caller.h"
#include "context/rules.h"
#include "core/latch.h"
#include "core/reason.h"
#include "device/rules.h"
#include "device/table.h"
#include "report/report.h"

static DEFINE_MUTEX(lock);
static struct clip_devtable __rcu *in_force;

/* A rule of priority 0 is for no device. */
static bool has_rules(const struct clip_devtable *table)
{
	return table && table->count && table->rules[0].priority;
}

/**
 * clip_device_table_lock - Enforce the table, and forbid further changes
 * @empty: the caller has asked for a table without rules by name
 *
 * A table in which no rule counts is most likely one that could not be loaded,
 * and no rule could be loaded after this. So it is locked on request only. A
 * table that is locked already is no failure.
 *
 * Return: 0, or -ENODATA.
 */
int clip_device_table_lock(bool empty)
{
	guard(mutex)(&lock);
	if (!empty && !clip_latched(CLIP_LATCH_MOUNT) &&
	    !has_rules(rcu_dereference_protected(in_force,
						 lockdep_is_held(&lock)))) {
		clip_report_commit(CLIP_REASON_NO_ENTRY, -ENODATA);
		return -ENODATA;
	}
	clip_set_latches(BIT(CLIP_LATCH_MOUNT));
	return 0;
}

/**
 * clip_device_permissions - Find the permissions of a device
 * @dev: its number
 *
 * The caller has to check whether the table is enforced at all.
 *
 * Return: CLIP_DEVICE_*
 */
u32 clip_device_permissions(dev_t dev)
{
	guard(rcu)();
	return clip_devtable_permissions(rcu_dereference(in_force), MAJOR(dev),
					 MINOR(dev),
					 clip_latched(CLIP_LATCH_DEVICES_STRICT));
}

/**
 * clip_devices_granted - Does the table grant this to devices of some kind?
 * @permissions: CLIP_DEVICE_*
 * @is_meant: returns whether a major number belongs to such devices; must not
 *	sleep
 *
 * Return: true if it grants one of @permissions to any of them.
 */
bool clip_devices_granted(u32 permissions, bool (*is_meant)(u32 major))
{
	guard(rcu)();
	return clip_devtable_grants(rcu_dereference(in_force), permissions,
				    is_meant);
}

static enum clip_reason check_right(const struct file *file)
{
	struct clip_caller caller;

	clip_caller_now(&caller, NULL);
	if (!(file->f_mode & FMODE_WRITE) || !clip_may_change_devices(&caller))
		return CLIP_REASON_PERMISSION;
	return clip_latched(CLIP_LATCH_MOUNT) ? CLIP_REASON_IMMUTABLE :
						CLIP_REASON_NONE;
}

/**
 * clip_device_table_change - Put another table in force
 * @file: the descriptor of /dev/devctl that the change is requested with
 * @change: the change; its output fields are written
 * @dry_run: only compute the results of the change
 * @generation: out: generation of the table that is in force afterwards
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value that @change->reason explains.
 */
int clip_device_table_change(const struct file *file,
			     struct clip_devchange *change, bool dry_run,
			     u64 *generation)
{
	struct clip_devtable *old, *table;

	guard(mutex)(&lock);
	change->reason = check_right(file);
	if (change->reason != CLIP_REASON_NONE)
		return clip_reason_errno(change->reason);
	old = rcu_dereference_protected(in_force, lockdep_is_held(&lock));
	*generation = old ? old->generation : 0;
	table = clip_devtable_make(old, change);
	if (IS_ERR(table))
		return PTR_ERR(table);
	if (dry_run || !(change->added || change->removed)) {
		kvfree(table);
		return 0;
	}
	*generation = table->generation;
	rcu_assign_pointer(in_force, table);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/**
 * clip_device_table_rcu - Get the table in force
 *
 * Context: the caller holds the RCU read lock for as long as it uses the table.
 * Return: the table, or NULL before the first load.
 */
const struct clip_devtable *clip_device_table_rcu(void)
{
	return rcu_dereference(in_force);
}

/**
 * clip_device_table_copy - Copy the table in force
 *
 * For callers that sleep while they use it.
 *
 * Context: may sleep.
 * Return: the copy, to be freed with kvfree(); NULL before the first load; or
 * ERR_PTR(-ENOMEM).
 */
struct clip_devtable *clip_device_table_copy(void)
{
	const struct clip_devtable *table;
	struct clip_devtable *copy;

	guard(mutex)(&lock);
	table = rcu_dereference_protected(in_force, lockdep_is_held(&lock));
	if (!table)
		return NULL;
	copy = kvmalloc(struct_size(copy, rules, table->count),
			GFP_KERNEL_ACCOUNT);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	copy->generation = table->generation;
	copy->room = table->count;
	copy->count = table->count;
	memcpy(copy->rules, table->rules,
	       table->count * sizeof(*table->rules));
	return copy;
}
