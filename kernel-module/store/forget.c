// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: entries of deleted files and of unmounted filesystems
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "core/superblock_blob.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/* Drops the entries of @sb, or those of deleted files if @sb is NULL. */
static void reap(struct clip_table *table, const struct clip_sb *sb)
{
	struct clip_walk walk;
	struct clip_entry *entry;

	lockdep_assert_held(&clip_store_lock);
	clip_walk_start(&walk, table);
	while ((entry = clip_walk_next(&walk))) {
		if (sb && entry->file_sb == sb)
			WRITE_ONCE(entry->dies, CLIP_DEAD);
		if (READ_ONCE(entry->dies) == CLIP_DEAD)
			clip_table_drop(table, entry);
	}
	clip_walk_stop(&walk);
}

static void reap_all(const struct clip_sb *sb)
{
	struct clip_context *ctx;

	/* The lock keeps contexts from being unpublished. */
	guard(mutex)(&clip_store_lock);
	clip_context_for_each_rcu(ctx)
		reap(&ctx->table, sb);
}

static void reap_work(struct work_struct *work)
{
	reap_all(NULL);
}

static DECLARE_WORK(clip_reaper, reap_work);

/* A file can have two entries in a table, see CLIP_COMMIT_BESIDE. */
static bool forget_in(struct clip_table *table, const struct inode *inode)
{
	struct clip_entry *entry;
	bool found = false;

	while ((entry = clip_store_lookup_inode(table, inode))) {
		WRITE_ONCE(entry->dies, CLIP_DEAD);
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
 * entries of the file cease to be in force at once; the reaper frees their
 * memory later.
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
	clip_context_for_each_rcu(ctx)
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
	reap_all(sb);
}
