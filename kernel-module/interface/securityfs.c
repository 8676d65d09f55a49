// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /sys/kernel/security/clip, the state as text
 */
#include "core/common.h"

#include <linux/init.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#include "context/caller.h"
#include "core/counters.h"
#include "core/latch.h"
#include "core/reason.h"
#include "interface/devctl.h"
#include "interface/digests.h"
#include "interface/entries.h"
#include "interface/info.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"

static void show_refusals(struct seq_file *seq)
{
	u64 sum = 0, count;
	unsigned int i;

	for (i = 0; i < __CLIP_REASON_MAX; i++)
		sum += clip_counted_refusals(i);
	seq_printf(seq, "refused %llu\n", sum);
	for (i = 0; i < __CLIP_REASON_MAX; i++) {
		count = clip_counted_refusals(i);
		if (count)
			seq_printf(seq, "refused.%s %llu\n",
				   clip_reason_name(i), count);
	}
}

static void show_contexts(struct seq_file *seq, u32 count)
{
	struct clip_context *ctx;

	seq_printf(seq, "contexts %u\n", count);
	guard(rcu)();
	clip_context_for_each_rcu(ctx) {
		if (!clip_context_visible(ctx))
			continue;
		seq_printf(seq, "context.%u.entries %lu\n", ctx->xid,
			   atomic_long_read(&ctx->table.nr_entries));
		seq_printf(seq, "context.%u.level %#x\n", ctx->xid,
			   READ_ONCE(ctx->level));
		seq_printf(seq, "context.%u.cap_bound %#llx\n", ctx->xid,
			   READ_ONCE(ctx->cap_bound));
		seq_printf(seq, "context.%u.priv_bound %#llx\n", ctx->xid,
			   READ_ONCE(ctx->priv_bound));
		seq_printf(seq, "context.%u.serial %llu\n", ctx->xid,
			   ctx->serial);
		seq_printf(seq, "context.%u.digests %llu\n", ctx->xid,
			   clip_allow_count(clip_allow_in_force(&ctx->allow)));
	}
}

static void show_events(struct seq_file *seq)
{
	if (!IS_ENABLED(CONFIG_SECURITY_CLIP_EVENTS))
		return;
	seq_printf(seq, "events %llu\n", clip_counted(CLIP_COUNT_EVENTS));
	seq_printf(seq, "events_dropped %llu\n",
		   clip_counted(CLIP_COUNT_EVENTS_DROPPED));
}

static int status_show(struct seq_file *seq, void *unused)
{
	struct clip_info info;

	clip_info_fill(&info);
	seq_printf(seq, "abi_version %u\n", info.abi_version);
	seq_printf(seq, "image_version %u\n", info.image_version);
	seq_printf(seq, "features %#llx\n", info.features);
	seq_printf(seq, "algorithms %#llx\n", info.algorithms);
	seq_printf(seq, "flags_known %#llx\n", info.flags_known);
	seq_printf(seq, "flags_enforced %#llx\n", info.flags_enforced);
	seq_printf(seq, "privileges_known %#llx\n", info.privileges_known);
	seq_printf(seq, "privileges_enforced %#llx\n",
		   info.privileges_enforced);
	seq_printf(seq, "privileges_required %#llx\n",
		   clip_latch_required());
	seq_printf(seq, "capabilities %#llx\n", info.capabilities);
	seq_printf(seq, "generation %llu\n", info.generation);
	seq_printf(seq, "entries %llu\n", info.entries);
	seq_printf(seq, "entry_bytes %llu\n", info.entry_bytes);
	seq_printf(seq, "table_bytes %llu\n", info.table_bytes);
	seq_printf(seq, "name_bytes %llu\n", info.name_bytes);
	seq_printf(seq, "verified %llu\n", clip_counted(CLIP_COUNT_VERIFIED));
	seq_printf(seq, "cached %llu\n", clip_counted(CLIP_COUNT_CACHED));
	seq_printf(seq, "hashed_bytes %llu\n", clip_counted_hashed());
	seq_printf(seq, "granted %llu\n", clip_counted(CLIP_COUNT_GRANTED));
	seq_printf(seq, "ungranted %llu\n",
		   clip_counted(CLIP_COUNT_UNGRANTED));
	seq_printf(seq, "permitted %llu\n",
		   clip_counted(CLIP_COUNT_PERMITTED));
	seq_printf(seq, "unlogged %llu\n", clip_counted(CLIP_COUNT_DROPPED));
	show_events(seq);
	show_refusals(seq);
	seq_printf(seq, "digests %llu\n", info.digests);
	seq_printf(seq, "digest_bytes %llu\n", info.digest_bytes);
	seq_printf(seq, "levels_enforced %#x\n", info.levels_enforced);
	seq_printf(seq, "update_context %u\n", info.update_context);
	show_contexts(seq, info.contexts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int add_file(struct dentry *dir, const char *name, umode_t mode,
		    const struct file_operations *fops)
{
	return PTR_ERR_OR_ZERO(securityfs_create_file(name, mode, dir, NULL,
						      fops));
}

/*
 * All users may read the state: it shows what is in force, and contains no
 * address. The entries are restricted, because their paths can lie in
 * directories that not all users may list.
 */
static int __init clip_securityfs_init(void)
{
	struct dentry *dir;
	int err;

	if (!clip_initialized)
		return 0;
	dir = securityfs_create_dir(CLIP_NAME, NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	err = add_file(dir, "status", 0444, &status_fops) ?:
	      add_file(dir, "entries", 0400, &clip_entries_fops) ?:
	      add_file(dir, "devices", 0444, &clip_devices_fops) ?:
	      clip_digestfs_add(dir);
	/* Half of the files would be read as the whole state. */
	if (err)
		securityfs_recursive_remove(dir);
	return err;
}
fs_initcall(clip_securityfs_init);
