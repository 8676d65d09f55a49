// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: entries of deleted files and of unmounted filesystems
 *
 * A file can be deleted where nothing may sleep, so its entries are noted in a
 * list, and a worker removes them from their tables. So the deletion of a file
 * costs the same however many entries there are. Without memory for a note, the
 * worker looks for them in all tables.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "core/superblock_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/**
 * struct note - Of an entry whose file is gone
 * @node: Links the note into the list.
 * @entry: The entry, with a reference.
 */
struct note {
	struct llist_node node;
	struct clip_entry *entry;
};

static LLIST_HEAD(forgotten);

/* There are entries whose file is gone and that are not in the list. */
static atomic_t unnoted;

/*
 * An entry does not know its table. There are as many to try as there were to
 * look into when the file was forgotten. The table of a deleted context drops
 * what is left in it when it is destroyed.
 */
static void drop_anywhere(struct clip_entry *entry)
{
	struct clip_context *ctx;

	clip_context_for_each_listing_rcu(ctx) {
		if (clip_table_drop(&ctx->table, entry)) {
			clip_context_note_entries(ctx);
			clip_table_settle(&ctx->table);
			return;
		}
	}
}

/* Drops the entries of the filesystem @sb; or with 0, those that are dead. */
static void drop_all_of(struct clip_context *ctx, u32 sb)
{
	struct clip_entry *entry;
	u32 from = 0;

	lockdep_assert_held(&clip_store_lock);
	while ((entry = clip_table_at(&ctx->table, &from))) {
		if (sb && entry->file.sb == sb)
			WRITE_ONCE(entry->dies, CLIP_DEAD);
		else if (sb || READ_ONCE(entry->dies) != CLIP_DEAD)
			continue;
		clip_table_drop(&ctx->table, entry);
	}
	clip_context_note_entries(ctx);
	clip_table_settle(&ctx->table);
}

static void drop_everywhere(u32 sb)
{
	struct clip_context *ctx;

	clip_context_for_each_listing_rcu(ctx)
		drop_all_of(ctx, sb);
}

/**
 * clip_store_reap - Remove the entries whose files are gone from their tables
 *
 * Context: The caller holds clip_store_lock, which keeps contexts from being
 * unpublished.
 */
void clip_store_reap(void)
{
	struct note *note, *next;

	lockdep_assert_held(&clip_store_lock);
	llist_for_each_entry_safe(note, next, llist_del_all(&forgotten), node) {
		drop_anywhere(note->entry);
		clip_entry_put(note->entry);
		kfree(note);
	}
	if (atomic_xchg(&unnoted, 0))
		drop_everywhere(0);
}

static void reap_work(struct work_struct *work)
{
	guard(mutex)(&clip_store_lock);
	clip_store_reap();
}

static DECLARE_WORK(clip_reaper, reap_work);

/* Takes over a reference to an entry whose file is gone. */
static void note_dead(struct clip_entry *entry)
{
	struct note *note = kmalloc(sizeof(*note), GFP_ATOMIC | __GFP_NOWARN);

	if (note) {
		note->entry = entry;
		llist_add(&note->node, &forgotten);
	} else {
		atomic_set(&unnoted, 1);
		clip_entry_put(entry);
	}
}

/* A file can have two entries in a table, see CLIP_COMMIT_BESIDE. */
static bool forget_in(struct clip_table *table, const struct inode *inode)
{
	struct clip_entry *entry;
	bool found = false;

	while ((entry = clip_store_lookup_inode(table, inode))) {
		/* Only the one that ends the entry notes that. */
		if (xchg(&entry->dies, CLIP_DEAD) != CLIP_DEAD)
			note_dead(entry);
		else
			clip_entry_put(entry);
		found = true;
	}
	return found;
}

/**
 * clip_store_forget_inode - Forget a file whose last link and user are gone
 * @inode: the inode that is being freed
 *
 * The filesystem may assign the inode number to another file from now on. The
 * entries of the file cease to be in force at once; a worker frees their memory
 * later.
 *
 * Context: Any; does not sleep.
 */
void clip_store_forget_inode(const struct inode *inode)
{
	struct clip_context *ctx;
	bool found = false;

	guard(rcu)();
	if (!READ_ONCE(clip_superblock(inode->i_sb)->id))
		return;
	clip_context_for_each_listing_rcu(ctx)
		found |= forget_in(&ctx->table, inode);
	if (found)
		schedule_work(&clip_reaper);
}

/**
 * clip_store_forget_sb - Forget the files of an unmounted filesystem
 * @sb: number of the filesystem's identity
 *
 * No task can open a file of this filesystem any more.
 *
 * Context: May sleep. Takes clip_store_lock.
 */
void clip_store_forget_sb(u32 sb)
{
	guard(mutex)(&clip_store_lock);
	clip_store_reap();
	drop_everywhere(sb);
}
