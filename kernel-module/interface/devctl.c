// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /dev/devctl, and the device table in force
 *
 * A change makes a new table beside the old one, and readers see either. The
 * lock is also taken to set the latch, so that no change that began before can
 * take effect behind it.
 */
#include "core/common.h"

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "context/admin.h"
#include "context/rules.h"
#include "core/latch.h"
#include "core/reason.h"
#include "core/setup.h"
#include "device/rules.h"
#include "interface/devctl.h"
#include "report/log.h"

static_assert(sizeof(struct clip_device_rule) == 24);
static_assert(sizeof(struct clip_device_commit) == 72);
static_assert(sizeof(struct clip_device_list) == 40);

static DEFINE_MUTEX(lock);
static struct clip_devtable __rcu *in_force;

/**
 * clip_devctl_lock - enforce the table, and let it change no more
 */
void clip_devctl_lock(void)
{
	guard(mutex)(&lock);
	set_bit(CLIP_LATCH_MOUNT, &clip_latches);
}

/**
 * clip_device_permissions - what a device may be used for
 * @dev: its number
 *
 * Whether the table is enforced at all is for the caller to ask.
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
 * clip_devices_granted - does the table give this to devices of some kind?
 * @permissions: CLIP_DEVICE_*
 * @is_meant: is this the major number of such devices? It must not sleep.
 *
 * Return: whether it gives one of them to any.
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

static int change_table(const struct file *file, struct clip_devchange *change,
			bool dry_run, u64 *generation)
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

static bool commit_ok(const struct clip_device_commit *args)
{
	return args->mode >= CLIP_COMMIT_ADD &&
	       args->mode <= CLIP_COMMIT_REMOVE &&
	       !(args->flags & ~(CLIP_COMMIT_SKIP_MISSING |
				 CLIP_COMMIT_DRY_RUN)) &&
	       !(args->flags & CLIP_COMMIT_SKIP_MISSING &&
		 args->mode != CLIP_COMMIT_REMOVE) &&
	       args->rule_size == sizeof(struct clip_device_rule);
}

static int write_results(const struct clip_device_commit *args,
			 const struct clip_devchange *change)
{
	const size_t count = min_t(size_t, change->noted, change->room);

	if (!args->results || !count)
		return 0;
	return copy_to_user(u64_to_user_ptr(args->results), change->results,
			    count * sizeof(*change->results)) ? -EFAULT : 0;
}

static int commit(const struct file *file, struct clip_device_commit *args)
{
	const bool dry_run = args->flags & CLIP_COMMIT_DRY_RUN;
	struct clip_device_rule *rules __free(kvfree) = NULL;
	struct clip_result *results __free(kvfree) = NULL;
	struct clip_devchange change = {
		.mode = args->mode,
		.skip_missing = args->flags & CLIP_COMMIT_SKIP_MISSING,
		.count = args->rules_count,
		.room = min(args->results_capacity, args->rules_count),
	};
	int err, written;

	rules = vmemdup_array_user(u64_to_user_ptr(args->rules),
				   args->rules_count, sizeof(*rules));
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	results = kvcalloc(max(change.room, 1), sizeof(*results),
			   GFP_KERNEL_ACCOUNT);
	if (!results)
		return -ENOMEM;
	change.rules = rules;
	change.results = results;
	err = change_table(file, &change, dry_run, &args->generation);
	args->results_count = change.noted;
	args->added = err ? 0 : change.added;
	args->removed = err ? 0 : change.removed;
	args->unchanged = err ? 0 : change.unchanged;
	args->skipped = change.skipped;
	args->reason = change.reason;
	if (err)
		clip_report_load(change.reason, err);
	else if (!dry_run && (change.added || change.removed))
		clip_report_change("device table", args->generation);
	written = write_results(args, &change);
	return err ?: written;
}

/* Both structures begin with their size; there is one version of them. */
static int read_args(void *args, size_t size, const void __user *from)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)from))
		return -EFAULT;
	if (usize < size)
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(args, size, from, usize);
}

static int ioctl_commit(const struct file *file, void __user *argp)
{
	struct clip_device_commit args;
	int err = read_args(&args, sizeof(args), argp);

	if (err)
		return err;
	if (!commit_ok(&args))
		return -EINVAL;
	if (args.rules_count > CLIP_DEVICE_RULES_MAX)
		return -E2BIG;
	args.generation = 0;
	args.results_count = 0;
	args.reason = CLIP_REASON_NONE;
	err = commit(file, &args);
	args.size = sizeof(args);
	return copy_to_user(argp, &args, sizeof(args)) ? -EFAULT : err;
}

/* Under the lock, because copying may sleep. */
static int copy_rules(struct clip_device_list *list)
{
	const struct clip_devtable *table;
	u32 count;

	guard(mutex)(&lock);
	table = rcu_dereference_protected(in_force, lockdep_is_held(&lock));
	list->count = table ? table->count : 0;
	list->generation = table ? table->generation : 0;
	list->state = (clip_latched(CLIP_LATCH_MOUNT) ?
		       CLIP_DEVICES_LOCKED : 0) |
		      (clip_latched(CLIP_LATCH_DEVICES_STRICT) ?
		       CLIP_DEVICES_STRICT : 0);
	count = min(list->count, list->capacity);
	if (!list->rules || !count)
		return 0;
	return copy_to_user(u64_to_user_ptr(list->rules), table->rules,
			    count * sizeof(*table->rules)) ? -EFAULT : 0;
}

static int ioctl_list(void __user *argp)
{
	struct clip_device_list list;
	int err = read_args(&list, sizeof(list), argp);

	if (err)
		return err;
	if (list.rule_size != sizeof(struct clip_device_rule))
		return -EINVAL;
	list.reserved = 0;
	err = copy_rules(&list);
	list.size = sizeof(list);
	return copy_to_user(argp, &list, sizeof(list)) ? -EFAULT : err;
}

static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	if (_IOC_TYPE(cmd) != CLIP_IOC_MAGIC)
		return -ENOTTY;
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_DEVICE_COMMIT):
		return ioctl_commit(file, argp);
	case _IOC_NR(CLIP_IOC_DEVICE_LIST):
		return ioctl_list(argp);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations clip_devctl_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = fop_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice clip_devctl = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "devctl",
	.mode = 0600,
	.fops = &clip_devctl_fops,
};

static int __init clip_devctl_init(void)
{
	return clip_initialized ? misc_register(&clip_devctl) : 0;
}
device_initcall(clip_devctl_init);

static void show_rule(struct seq_file *seq,
		      const struct clip_device_rule *rule)
{
	static const struct {
		u32 bit;
		char letter;
	} letters[] = {
		{ CLIP_DEVICE_READ, 'r' }, { CLIP_DEVICE_WRITE, 'w' },
		{ CLIP_DEVICE_DEV, 'd' }, { CLIP_DEVICE_EXEC, 'x' },
		{ CLIP_DEVICE_SUID, 's' },
	};

	seq_printf(seq, "%u %u %u %u ", rule->major, rule->minor, rule->range,
		   rule->priority);
	for (int i = 0; i < ARRAY_SIZE(letters); i++)
		if (rule->permissions & letters[i].bit)
			seq_putc(seq, letters[i].letter);
	seq_puts(seq, rule->permissions ? "\n" : "-\n");
}

/* IF-09, but as lines that could be loaded. */
static int devices_show(struct seq_file *seq, void *unused)
{
	const struct clip_devtable *table;

	guard(rcu)();
	table = rcu_dereference(in_force);
	for (u32 i = 0; table && i < table->count; i++)
		show_rule(seq, &table->rules[i]);
	return 0;
}

static int devices_open(struct inode *inode, struct file *file)
{
	return single_open(file, devices_show, NULL);
}

const struct file_operations clip_devices_fops = {
	.owner = THIS_MODULE,
	.open = devices_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
