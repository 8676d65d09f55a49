// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: looking over contexts for a file
 */
#include "core/common.h"

#include <linux/rcupdate.h>

#include "core/superblock_blob.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/**
 * clip_store_lookup_inode - find the entry of a file by its inode
 * @table: the table
 * @inode: the file
 *
 * Costs two loads on a filesystem that no entry names.
 *
 * Return: the entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_inode(struct clip_table *table,
					   const struct inode *inode)
{
	struct clip_file_id id = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	guard(rcu)();
	/* The inode keeps its superblock, the superblock its identity. */
	id.sb = rcu_dereference(clip_superblock(inode->i_sb)->id);
	return id.sb ? clip_store_lookup(table, &id) : NULL;
}

/**
 * clip_store_names - is there an entry for a file in any context?
 * @inode: the file
 *
 * Return: whether there is.
 */
bool clip_store_names(const struct inode *inode)
{
	struct clip_context *ctx;

	guard(rcu)();
	if (!rcu_access_pointer(clip_superblock(inode->i_sb)->id))
		return false;
	clip_context_for_each_rcu(ctx) {
		struct clip_entry *entry = clip_store_lookup_inode(&ctx->table,
								    inode);

		clip_entry_put(entry);
		if (entry)
			return true;
	}
	return false;
}

/**
 * clip_allow_stands - does a cached verdict still say "allowed" anywhere?
 * @verdict: the verdict
 *
 * Return: whether it does, in some context.
 */
bool clip_allow_stands(u64 verdict)
{
	struct clip_context *ctx;

	guard(rcu)();
	clip_context_for_each_rcu(ctx)
		if (verdict && clip_allow_verdict(&ctx->allow) == verdict)
			return true;
	return false;
}
