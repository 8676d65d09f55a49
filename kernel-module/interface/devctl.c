// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /dev/devctl
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "context/carried.h"
#include "core/latch.h"
#include "device/rules.h"
#include "device/table.h"
#include "interface/args.h"
#include "interface/devctl.h"
#include "report/report.h"

static_assert(sizeof(struct clip_device_rule) == 24);
static_assert(sizeof(struct clip_device_commit) == 72);
static_assert(sizeof(struct clip_device_list) == 40);

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
	int err;

	err = clip_args_reserve(u64_to_user_ptr(args->results),
				args->results ? change.room * sizeof(*results) : 0);
	if (err)
		return err;
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
	err = clip_device_table_change(file, &change, dry_run,
				       &args->generation);
	args->results_count = change.noted;
	args->added = err ? 0 : change.added;
	args->removed = err ? 0 : change.removed;
	args->unchanged = err ? 0 : change.unchanged;
	args->skipped = change.skipped;
	args->reason = change.reason;
	if (err && !dry_run)
		clip_report_commit(change.reason, err);
	else if (!dry_run && (change.added || change.removed))
		clip_report_change("device table", args->generation);
	if (args->results)
		clip_args_write_results(args->results, change.results,
					min(change.noted, change.room));
	return err;
}

static int ioctl_commit(const struct file *file, void __user *argp)
{
	struct clip_device_commit args;
	int err = clip_args_read(&args, sizeof(args), sizeof(args), argp);

	if (err)
		return err;
	if (!commit_ok(&args))
		return -EINVAL;
	if (args.rules_count > CLIP_DEVICE_RULES_MAX)
		return -E2BIG;
	args.generation = 0;
	args.results_count = 0;
	args.reason = CLIP_REASON_NONE;
	err = clip_args_reserve(argp, sizeof(args));
	if (err)
		return err;
	err = commit(file, &args);
	args.size = sizeof(args);
	/* What has happened has; an answer that is lost now changes nothing. */
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

static int copy_rules(struct clip_device_list *list)
{
	struct clip_devtable *table __free(kvfree) = clip_device_table_copy();
	u32 count;

	if (IS_ERR(table))
		return PTR_ERR(table);
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
	int err = clip_args_read(&list, sizeof(list), sizeof(list), argp);

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
	if (!clip_initialized)
		return 0;
	clip_enter_forbid(&clip_devctl_fops);
	return misc_register(&clip_devctl);
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

/* IF-09, in the form of rules that could be loaded. */
static int devices_show(struct seq_file *seq, void *unused)
{
	const struct clip_devtable *table;

	guard(rcu)();
	table = clip_device_table_rcu();
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
