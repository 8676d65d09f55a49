// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: entries of deleted files and of unmounted filesystems
 *
 * A file can be deleted where nothing may sleep, so its entries are put into a
 * list, and a worker removes them from their tables. The list needs no memory of
 * its own: it overlays a field that has no meaning for such an entry. So the
 * deletion of a file costs the same however many entries there are.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "core/superblock_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/* Entries whose file is gone. The list holds a reference to each of them. */
static LLIST_HEAD(forgotten);

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
			return;
		}
	}
}

/**
 * clip_store_reap - Remove the entries whose files are gone from their tables
 *
 * Context: The caller holds clip_store_lock, which keeps contexts from being
 * unpublished.
 */
void clip_store_reap(void)
{
	struct clip_entry *entry, *next;

	lockdep_assert_held(&clip_store_lock);
	llist_for_each_entry_safe(entry, next, llist_del_all(&forgotten),
				  forgotten) {
		drop_anywhere(entry);
		clip_entry_put(entry);
	}
}

static void reap_work(struct work_struct *work)
{
	guard(mutex)(&clip_store_lock);
	clip_store_reap();
}

static DECLARE_WORK(clip_reaper, reap_work);

/* A file can have two entries in a table, see CLIP_COMMIT_BESIDE. */
static bool forget_in(struct clip_table *table, const struct inode *inode)
{
	struct clip_entry *entry;
	bool found = false;

	while ((entry = clip_store_lookup_inode(table, inode))) {
		/*
		 * Only the one that ends the entry links it into the list, which
		 * takes over the reference. A lookup that still reads the field
		 * under the link finds the file as it was a moment ago, or none.
		 */
		if (xchg(&entry->dies, CLIP_DEAD) != CLIP_DEAD)
			llist_add(&entry->forgotten, &forgotten);
		else
			clip_entry_put(entry);
		found = true;
	}
	return found;
}

/* Drops the entries of @sb. */
static void drop_all_of(struct clip_table *table, const struct clip_sb *sb)
{
	struct clip_walk walk;
	struct clip_entry *entry;

	lockdep_assert_held(&clip_store_lock);
	clip_walk_start(&walk, table);
	while ((entry = clip_walk_next(&walk))) {
		if (entry->file_sb != sb)
			continue;
		WRITE_ONCE(entry->dies, CLIP_DEAD);
		clip_table_drop(table, entry);
	}
	clip_walk_stop(&walk);
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
	if (!rcu_access_pointer(clip_superblock(inode->i_sb)->id))
		return;
	clip_context_for_each_listing_rcu(ctx)
		found |= forget_in(&ctx->table, inode);
	if (found)
		schedule_work(&clip_reaper);
}

/**
 * clip_store_forget_sb - Forget the files of an unmounted filesystem
 * @sb: identity of the filesystem
 *
 * No task can open a file of this filesystem any more.
 *
 * Context: May sleep. Takes clip_store_lock.
 */
void clip_store_forget_sb(const struct clip_sb *sb)
{
	struct clip_context *ctx;

	guard(mutex)(&clip_store_lock);
	clip_store_reap();
	clip_context_for_each_listing_rcu(ctx) {
		drop_all_of(&ctx->table, sb);
		clip_context_note_entries(ctx);
	}
}
