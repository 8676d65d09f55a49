// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /sys/kernel/security/clip/entries, a line for each entry
 *
 * A list can have a million lines, so that they are not formatted by printf, and
 * what is the same in the next line is kept as text.
 */
#include "core/common.h"

#include <linux/hex.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/string_helpers.h>
#include <linux/unaligned.h>
#include <linux/wordpart.h>

#include "context/caller.h"
#include "interface/entries.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/names.h"
#include "store/transaction.h"

/* Escapes bytes that would end a field or a line, or control a terminal. */
#define ESCAPE_FLAGS	(ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND)
#define ESCAPE_ALSO	" \\"

/* The most characters of a number. */
#define DECIMAL_MAX	20
#define HEX_MAX		18

/* The buffer: with a page, many lines would be formatted twice. */
#define BUFFER_SIZE	SZ_32K

/* What a line begins with, up to the inode. */
#define START_KEYS	"context= dev=: inode="
struct start {
	u32 xid;
	dev_t dev;
	u16 length;			/* 0 if there is no text */
	char text[sizeof(START_KEYS) + 3 * DECIMAL_MAX];
};

/* What an entry grants, up to the digest. */
#define GRANT_KEYS	\
	" flags= effective= permitted= inheritable= privileges= algorithm= digest="
struct grant {
	struct clip_entry_rights rights;
	u16 flags;
	u8 algorithm;
	u16 length;			/* 0 if there is no text */
	char text[sizeof(GRANT_KEYS) + 5 * HEX_MAX + DECIMAL_MAX];
};

/* The position of a reader, which visits the tables of all contexts in turn. */
struct place {
	struct clip_context *ctx;	/* holds a reference; NULL at the end */
	u64 next;			/* lowest number of the next context */
	struct clip_walk walk;		/* a walk over the table of @ctx */
	struct start start;
	struct grant grant;
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

/* The digits of each byte, in the order in which they are written. */
static char hex_pairs[256][2] __ro_after_init;

/* The keys are constants, and so are their lengths. */
static __always_inline char *put_key(char *at, const char *key)
{
	memcpy(at, key, strlen(key));
	return at + strlen(key);
}

static char *put_decimal(char *at, u64 value)
{
	return at + num_to_str(at, DECIMAL_MAX, value, 0);
}

static char *put_hex(char *at, u64 value)
{
	unsigned int bits = round_up(fls64(value) ?: 1, 4);

	at = put_key(at, "0x");
	do {
		bits -= 4;
		*at++ = hex_asc_lo(value >> bits);
	} while (bits);
	return at;
}

static char *put_digest(char *at, const u8 *digest, size_t size)
{
	for (size_t i = 0; i < size; i++, at += 2)
		memcpy(at, hex_pairs[digest[i]], 2);
	return at;
}

static const struct start *start_of(struct place *place, dev_t dev)
{
	struct start *start = &place->start;
	const u32 xid = place->ctx->xid;
	char *at = start->text;

	if (start->length && start->xid == xid && start->dev == dev)
		return start;
	at = put_key(at, "context=");
	at = put_decimal(at, xid);
	at = put_key(at, " dev=");
	at = put_decimal(at, MAJOR(dev));
	at = put_key(at, ":");
	at = put_decimal(at, MINOR(dev));
	at = put_key(at, " inode=");
	start->xid = xid;
	start->dev = dev;
	start->length = at - start->text;
	return start;
}

static const struct grant *grant_of(struct place *place,
				    const struct clip_entry *entry)
{
	const struct clip_entry_rights *rights = clip_entry_rights(entry);
	struct grant *grant = &place->grant;
	char *at = grant->text;

	if (grant->length && grant->flags == entry->flags &&
	    grant->algorithm == entry->algorithm &&
	    !memcmp(&grant->rights, rights, sizeof(*rights)))
		return grant;
	at = put_key(at, " flags=");
	at = put_hex(at, entry->flags);
	at = put_key(at, " effective=");
	at = put_hex(at, rights->cap_effective);
	at = put_key(at, " permitted=");
	at = put_hex(at, rights->cap_permitted);
	at = put_key(at, " inheritable=");
	at = put_hex(at, rights->cap_inheritable);
	at = put_key(at, " privileges=");
	at = put_hex(at, rights->privileges);
	at = put_key(at, " algorithm=");
	at = put_decimal(at, entry->algorithm);
	at = put_key(at, " digest=");
	grant->rights = *rights;
	grant->flags = entry->flags;
	grant->algorithm = entry->algorithm;
	grant->length = at - grant->text;
	return grant;
}

/* The rest: the key of the generation, two numbers, a digest. */
#define NUMBERS_MAX	\
	(sizeof_field(struct start, text) + sizeof_field(struct grant, text) + \
	 sizeof(" generation=") + 2 * DECIMAL_MAX + 2 * CLIP_DIGEST_MAX)

/* All but the texts, which have no such limit. */
static void show_numbers(struct seq_file *seq, const struct clip_entry *entry)
{
	struct place *place = seq->private;
	const struct start *start;
	const struct grant *grant;
	char *buffer, *at;

	if (seq_get_buf(seq, &buffer) < NUMBERS_MAX) {
		seq_commit(seq, -1);
		return;
	}
	start = start_of(place, clip_sb_find(entry->file.sb)->dev);
	grant = grant_of(place, entry);
	memcpy(buffer, start->text, start->length);
	at = put_decimal(buffer + start->length, entry->file.ino);
	at = put_key(at, " generation=");
	at = put_decimal(at, entry->file.generation);
	memcpy(at, grant->text, grant->length);
	at = put_digest(at + grant->length, entry->digest, entry->digest_size);
	seq_commit(seq, at - buffer);
}

/* Does a word have a byte that may have to be escaped? */
static bool has_special(unsigned long word)
{
	const unsigned long ones = REPEAT_BYTE(0x01), highs = REPEAT_BYTE(0x80);
	const unsigned long backslash = word ^ REPEAT_BYTE('\\');
	unsigned long found;

	/* One from 0x7f on, one up to the space, or a backslash. */
	found = word | (word + ones);
	found |= (word - REPEAT_BYTE(' ' + 1)) & ~word;
	found |= (backslash - ones) & ~backslash;
	return found & highs;
}

/* Returns false if a byte may have to be escaped. */
static bool put_plain(char *at, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i + sizeof(long) <= length; i += sizeof(long)) {
		const unsigned long word =
			get_unaligned((const unsigned long *)(text + i));

		if (has_special(word))
			return false;
		put_unaligned(word, (unsigned long *)(at + i));
	}
	for (; i < length; i++) {
		if (text[i] <= ' ' || text[i] >= 0x7f || text[i] == '\\')
			return false;
		at[i] = text[i];
	}
	return true;
}

/* No text is a dash. */
static void show_text(struct seq_file *seq, const char *text, size_t length)
{
	char *buffer;

	if (!length)
		seq_putc(seq, '-');
	else if (seq_get_buf(seq, &buffer) < length)
		seq_commit(seq, -1);
	else if (put_plain(buffer, text, length))
		seq_commit(seq, length);
	else
		seq_escape_str(seq, text, ESCAPE_FLAGS, ESCAPE_ALSO);
}

static void show_line_number(struct seq_file *seq, u32 number)
{
	char text[sizeof(" line=\n") + DECIMAL_MAX], *at = text;

	at = put_key(at, " line=");
	at = put_decimal(at, number);
	at = put_key(at, "\n");
	seq_write(seq, text, at - text);
}

static void show_entry(struct seq_file *seq, const struct clip_entry *entry)
{
	const struct clip_name *name = clip_entry_name(entry);
	const char *source = name ? name->path + name->source : "";

	show_numbers(seq, entry);
	seq_write(seq, " path=", strlen(" path="));
	show_text(seq, name ? name->path : "",
		  name ? name->source - 1 : 0);
	seq_write(seq, " source=", strlen(" source="));
	show_text(seq, source, strlen(source));
	show_line_number(seq, name ? name->line : 0);
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
	struct seq_file *seq;

	if (!__seq_open_private(file, &entries_seq_ops, sizeof(struct place)))
		return -ENOMEM;
	seq = file->private_data;
	/* Without it, reading allocates a smaller one. */
	seq->buf = kvmalloc(BUFFER_SIZE, GFP_KERNEL_ACCOUNT);
	if (seq->buf)
		seq->size = BUFFER_SIZE;
	return 0;
}

static int entries_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	leave_context(seq->private);
	return seq_release_private(inode, file);
}

/* The file "entries". */
const struct file_operations clip_entries_fops = {
	.open = entries_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = entries_release,
};

static int __init clip_entries_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(hex_pairs); i++)
		hex_byte_pack(hex_pairs[i], i);
	return 0;
}
early_initcall(clip_entries_init);
