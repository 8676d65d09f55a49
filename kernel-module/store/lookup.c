// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: looking up a file in all contexts
 */
#include "core/common.h"

#include <linux/rcupdate.h>

#include "core/superblock_blob.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"

/**
 * clip_store_lookup_inode - Find the entry of a file by its inode
 * @table: the table
 * @inode: the file
 *
 * Costs two loads on a filesystem to which no entry refers.
 *
 * Return: The entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_inode(struct clip_table *table,
					   const struct inode *inode)
{
	struct clip_file_id id = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	guard(rcu)();
	/* The inode keeps its superblock alive, and that keeps its identity. */
	id.sb = rcu_dereference(clip_superblock(inode->i_sb)->id);
	return id.sb ? clip_store_lookup(table, &id) : NULL;
}

/**
 * clip_store_names - Does any context have an entry for a file?
 * @inode: the file
 *
 * Return: True if it does, false otherwise.
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
 * clip_allow_anywhere - Does any context allow a digest?
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Context: Any; does not sleep.
 * Return: True if it does, false otherwise.
 */
bool clip_allow_anywhere(u16 algorithm, const u8 *digest)
{
	struct clip_context *ctx;

	guard(rcu)();
	clip_context_for_each_rcu(ctx)
		if (clip_allow_find(&ctx->allow, algorithm, digest))
			return true;
	return false;
}
