// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /sys/kernel/security/clip, the state as text
 */
#include "core/common.h"

#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/security.h>
#include <linux/hex.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "context/caller.h"
#include "core/counters.h"
#include "core/latch.h"
#include "core/reason.h"
#include "interface/devctl.h"
#include "interface/digests.h"
#include "interface/info.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/names.h"

/* Escapes bytes that would end a field or a line, or control a terminal. */
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

/* The position of a reader, which visits the tables of all contexts in turn. */
struct place {
	struct clip_context *ctx;	/* holds a reference; NULL at the end */
	u64 next;			/* lowest number of the next context */
	struct clip_walk walk;		/* a walk over the table of @ctx */
};

static void leave_context(struct place *place)
{
	if (!place->ctx)
		return;
	clip_context_put(place->ctx);
	place->ctx = NULL;
}

/* Called outside of RCU, so that the previous context can be released. */
static void go_to_next_context(struct place *place)
{
	leave_context(place);
	while ((place->ctx = clip_context_next(&place->next))) {
		if (clip_context_visible(place->ctx)) {
			clip_walk_begin(&place->walk, &place->ctx->table);
			return;
		}
		clip_context_put(place->ctx);
	}
}

/* Moves on to the next context until there is an entry, or no context. */
static void *in_this_or_next_context(struct place *place,
				     struct clip_entry *entry)
{
	while (!entry) {
		clip_walk_pause(&place->walk);
		go_to_next_context(place);
		if (!place->ctx)
			return NULL;
		entry = clip_walk_resume(&place->walk);
	}
	return entry;
}

static void *entries_start(struct seq_file *seq, loff_t *pos)
{
	struct place *place = seq->private;

	if (*pos == 0) {
		/* The file is read from its start, perhaps once more. */
		place->next = 0;
		go_to_next_context(place);
	}
	if (!place->ctx)
		return NULL;
	return in_this_or_next_context(place, clip_walk_resume(&place->walk));
}

static void *entries_next(struct seq_file *seq, void *entry, loff_t *pos)
{
	struct place *place = seq->private;

	++*pos;
	return in_this_or_next_context(place, clip_walk_next(&place->walk));
}

static void entries_stop(struct seq_file *seq, void *entry)
{
	struct place *place = seq->private;

	if (place->ctx)
		clip_walk_pause(&place->walk);
}

/*
 * A list can have a million lines, so that they are not formatted by printf. The
 * keys are constants, and so are their lengths.
 */
static __always_inline char *put_key(char *at, const char *key)
{
	memcpy(at, key, strlen(key));
	return at + strlen(key);
}

static __always_inline char *put_decimal(char *at, const char *key, u64 value)
{
	at = put_key(at, key);
	/* The size is that of the largest number. */
	return at + num_to_str(at, 20, value, 0);
}

static __always_inline char *put_hex(char *at, const char *key, u64 value)
{
	unsigned int bits = round_up(fls64(value) ?: 1, 4);

	at = put_key(at, key);
	at = put_key(at, "0x");
	do {
		bits -= 4;
		*at++ = hex_asc_lo(value >> bits);
	} while (bits);
	return at;
}

/* More than the keys, six numbers, five masks and a digest take. */
#define NUMBERS_MAX	(120 + 6 * 20 + 5 * 18 + 2 * CLIP_DIGEST_MAX)

/* All but the texts, which have no such limit. */
static void show_numbers(struct seq_file *seq, const struct clip_entry *entry)
{
	const struct place *place = seq->private;
	const struct clip_entry_rights *rights = clip_entry_rights(entry);
	const dev_t dev = clip_sb_find(entry->file.sb)->dev;
	char line[NUMBERS_MAX], *at = line;

	at = put_decimal(at, "context=", place->ctx->xid);
	at = put_decimal(at, " dev=", MAJOR(dev));
	at = put_decimal(at, ":", MINOR(dev));
	at = put_decimal(at, " inode=", entry->file.ino);
	at = put_decimal(at, " generation=", entry->file.generation);
	at = put_hex(at, " flags=", entry->flags);
	at = put_hex(at, " effective=", rights->cap_effective);
	at = put_hex(at, " permitted=", rights->cap_permitted);
	at = put_hex(at, " inheritable=", rights->cap_inheritable);
	at = put_hex(at, " privileges=", rights->privileges);
	at = put_decimal(at, " algorithm=", entry->algorithm);
	at = put_key(at, " digest=");
	at = bin2hex(at, entry->digest, entry->digest_size);
	seq_write(seq, line, at - line);
}

/* Returns the length, or 0 if a byte may have to be escaped. */
static size_t plain_length(const char *text)
{
	const char *at;

	for (at = text; *at; at++)
		if (*at <= ' ' || *at >= 0x7f || *at == '\\')
			return 0;
	return at - text;
}

static void show_text(struct seq_file *seq, const char *text)
{
	const size_t length = text ? plain_length(text) : 0;

	if (length)
		seq_write(seq, text, length);
	else if (text && *text)
		seq_escape_str(seq, text, ESCAPE_FLAGS, ESCAPE_ALSO);
	else
		seq_putc(seq, '-');
}

static void show_entry(struct seq_file *seq, const struct clip_entry *entry)
{
	const struct clip_name *name = clip_entry_name(entry);
	char line[] = " line=4294967295\n", *end;

	show_numbers(seq, entry);
	seq_write(seq, " path=", strlen(" path="));
	show_text(seq, name ? name->path : NULL);
	seq_write(seq, " source=", strlen(" source="));
	show_text(seq, name ? name->path + name->source : NULL);
	end = put_decimal(line, " line=", name ? name->line : 0);
	*end++ = '\n';
	seq_write(seq, line, end - line);
}

static int entries_show(struct seq_file *seq, void *v)
{
	struct clip_entry *entry = v;
	const u32 now = clip_store_generation();

	/* Without a reference, the digest may be gone. */
	if (READ_ONCE(entry->born) > now || READ_ONCE(entry->dies) <= now ||
	    !refcount_inc_not_zero(&entry->usage))
		return SEQ_SKIP;
	show_entry(seq, entry);
	clip_entry_put(entry);
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
	return __seq_open_private(file, &entries_seq_ops,
				  sizeof(struct place)) ? 0 : -ENOMEM;
}

static int entries_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	leave_context(seq->private);
	return seq_release_private(inode, file);
}

static const struct file_operations entries_fops = {
	.open = entries_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = entries_release,
};

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
	      add_file(dir, "entries", 0400, &entries_fops) ?:
	      add_file(dir, "devices", 0444, &clip_devices_fops) ?:
	      clip_digestfs_add(dir);
	/* Half of the files would be read as the whole state. */
	if (err)
		securityfs_recursive_remove(dir);
	return err;
}
fs_initcall(clip_securityfs_init);
