// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /sys/kernel/security/clip, the state as text
 */
#include "common.h"

#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "context.h"
#include "info.h"
#include "names.h"
#include "report.h"
#include "setup.h"
#include "store.h"
#include "superblock.h"

/* What would end a field or a line, or play tricks with a terminal. */
#define ESCAPE_FLAGS	(ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND)
#define ESCAPE_ALSO	" \\"

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
	const struct clip_context *ctx = &clip_admin_context;
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
	seq_printf(seq, "unlogged %llu\n", clip_counted(CLIP_COUNT_DROPPED));
	show_events(seq);
	show_refusals(seq);
	seq_printf(seq, "context.%u.entries %lu\n", ctx->xid,
		   atomic_long_read(&ctx->nr_entries));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/* The only error of a walk is -EAGAIN: the table was resized, go on. */
static void *next_entry(struct rhashtable_iter *iter, void *entry)
{
	while (IS_ERR(entry))
		entry = rhashtable_walk_next(iter);
	return entry;
}

static void *entries_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct rhashtable_iter *iter = seq->private;

	if (*pos == 0) {
		/* Read from the start, perhaps anew. */
		rhashtable_walk_exit(iter);
		rhashtable_walk_enter(&clip_admin_context.table, iter);
	}
	rhashtable_walk_start(iter);
	return next_entry(iter, rhashtable_walk_peek(iter));
}

static void *entries_next(struct seq_file *seq, void *entry, loff_t *pos)
{
	struct rhashtable_iter *iter = seq->private;

	++*pos;
	return next_entry(iter, rhashtable_walk_next(iter));
}

static void entries_stop(struct seq_file *seq, void *entry)
	__releases(RCU)
{
	rhashtable_walk_stop(seq->private);
}

static void show_name(struct seq_file *seq, const struct clip_entry *entry)
{
	const struct clip_name *name = clip_name_get(entry->id);

	seq_puts(seq, " path=");
	if (name)
		seq_escape_str(seq, name->path, ESCAPE_FLAGS, ESCAPE_ALSO);
	else
		seq_putc(seq, '-');
	seq_puts(seq, " source=");
	if (name && *name->source)
		seq_escape_str(seq, name->source, ESCAPE_FLAGS, ESCAPE_ALSO);
	else
		seq_putc(seq, '-');
	seq_printf(seq, " line=%u\n", entry->source_line);
}

static int entries_show(struct seq_file *seq, void *v)
{
	const struct clip_entry *entry = v;
	const u64 now = clip_store_generation();

	if (entry->born > now || READ_ONCE(entry->dies) <= now)
		return SEQ_SKIP;
	/*
	 * The walk holds the RCU read lock, not a reference: an entry on its
	 * way out may have lent the memory of its masks to its rcu_head.
	 */
	if (!refcount_inc_not_zero(&((struct clip_entry *)v)->usage))
		return SEQ_SKIP;
	seq_printf(seq, "context=%u dev=%u:%u inode=%llu generation=%u flags=%#x effective=%#llx permitted=%#llx inheritable=%#llx privileges=%#llx algorithm=%u digest=%*phN",
		   clip_admin_context.xid, MAJOR(entry->file_sb->dev),
		   MINOR(entry->file_sb->dev), entry->file_ino,
		   entry->file_generation, entry->flags, entry->cap_effective,
		   entry->cap_permitted, entry->cap_inheritable,
		   entry->privileges, entry->algorithm,
		   (int)entry->digest_size, entry->digest);
	show_name(seq, entry);
	clip_entry_put(v);
	return 0;
}

static const struct seq_operations entries_seq_ops = {
	.start = entries_start,
	.next = entries_next,
	.stop = entries_stop,
	.show = entries_show,
};

static int entries_open(struct inode *inode, struct file *file)
{
	struct rhashtable_iter *iter;

	iter = __seq_open_private(file, &entries_seq_ops, sizeof(*iter));
	if (!iter)
		return -ENOMEM;
	rhashtable_walk_enter(&clip_admin_context.table, iter);
	return 0;
}

static int entries_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	rhashtable_walk_exit(seq->private);
	return seq_release_private(inode, file);
}

static const struct file_operations entries_fops = {
	.open = entries_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = entries_release,
};

/*
 * The state is for everybody: it says what is in force, and holds no address.
 * Paths of entries can lie in directories that not everybody may list.
 */
static int __init clip_securityfs_init(void)
{
	struct dentry *dir, *file;

	if (!clip_initialized)
		return 0;
	dir = securityfs_create_dir(CLIP_NAME, NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	file = securityfs_create_file("status", 0444, dir, NULL, &status_fops);
	if (IS_ERR(file))
		return PTR_ERR(file);
	file = securityfs_create_file("entries", 0400, dir, NULL,
				      &entries_fops);
	return PTR_ERR_OR_ZERO(file);
}
fs_initcall(clip_securityfs_init);
