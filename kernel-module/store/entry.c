// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entry tables
 */
#include "core/common.h"

#include <linux/jhash.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"

/* Writers of all tables take turns; readers do without. */
DEFINE_MUTEX(clip_store_lock);

/* The generation in force. Written under clip_store_lock. */
static u64 clip_generation = 1;

/* What a reader looks for: a file, at one generation, and not this entry. */
struct clip_key {
	struct clip_file_id file;
	u64 at;
	u64 but;
};

static_assert(offsetof(struct clip_entry, digest) == 96);

static u32 hash_file(const struct clip_sb *sb, u64 ino, u32 generation,
		     u32 seed)
{
	const u64 address = (u64)(uintptr_t)sb;
	const u32 words[] = {
		lower_32_bits(address), upper_32_bits(address),
		lower_32_bits(ino), upper_32_bits(ino), generation,
	};

	return jhash2(words, ARRAY_SIZE(words), seed);
}

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	const struct clip_key *key = data;

	return hash_file(key->file.sb, key->file.ino, key->file.generation,
			 seed);
}

static u32 hash_entry(const void *data, u32 len, u32 seed)
{
	const struct clip_entry *entry = data;

	return hash_file(entry->file_sb, entry->file_ino,
			 entry->file_generation, seed);
}

/* Zero if the entry is for the file and in force at the generation asked. */
static int compare_entry(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clip_key *key = arg->key;
	const struct clip_entry *entry = obj;

	return entry->file_ino != key->file.ino ||
	       entry->file_sb != key->file.sb ||
	       entry->file_generation != key->file.generation ||
	       entry->born > key->at || READ_ONCE(entry->dies) <= key->at ||
	       entry->id == key->but;
}

const struct rhashtable_params clip_table_params = {
	.head_offset = offsetof(struct clip_entry, node),
	.hashfn = hash_key,
	.obj_hashfn = hash_entry,
	.obj_cmpfn = compare_entry,
	.automatic_shrinking = true,
};

/**
 * clip_store_generation - the generation in force now
 *
 * Return: a number that grows by one with each transaction.
 */
u64 clip_store_generation(void)
{
	/* Pairs with clip_store_publish(): its entries are in the table. */
	return smp_load_acquire(&clip_generation);
}

/**
 * clip_store_new_id - a number that stands for a verdict
 *
 * Return: a number that is not zero and was not given before.
 */
u64 clip_store_new_id(void)
{
	static atomic64_t last_id;

	return atomic64_inc_return(&last_id);
}

/**
 * clip_store_publish - put a generation in force
 * @generation: the one after the present one
 */
void clip_store_publish(u64 generation)
{
	lockdep_assert_held(&clip_store_lock);
	/* Pairs with clip_store_generation(). */
	smp_store_release(&clip_generation, generation);
}

/**
 * clip_store_table_init - give a context an empty table
 * @ctx: the context
 *
 * Return: 0, or -ENOMEM.
 */
int clip_store_table_init(struct clip_context *ctx)
{
	return rhashtable_init(&ctx->table, &clip_table_params);
}

/**
 * clip_store_lookup_at - find the entry of a file at a given generation
 * @ctx: whose table
 * @id: the file
 * @at: the generation
 *
 * Context: caller holds the RCU read lock or clip_store_lock.
 * Return: the entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_at(struct clip_context *ctx,
					const struct clip_file_id *id, u64 at)
{
	return clip_store_lookup_other_at(ctx, id, at, 0);
}

/**
 * clip_store_lookup_other_at - find another entry of a file
 * @ctx: whose table
 * @id: the file
 * @at: the generation
 * @but: id of the entry that is known already; 0 if there is none
 *
 * Context: caller holds the RCU read lock or clip_store_lock.
 * Return: the entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other_at(struct clip_context *ctx,
					      const struct clip_file_id *id,
					      u64 at, u64 but)
{
	const struct clip_key key = { .file = *id, .at = at, .but = but };

	return rhashtable_lookup_fast(&ctx->table, &key, clip_table_params);
}

static struct clip_entry *lookup(struct clip_context *ctx,
				 const struct clip_file_id *id, u64 but)
{
	struct clip_entry *entry;

	guard(rcu)();
	entry = clip_store_lookup_other_at(ctx, id, clip_store_generation(),
					   but);
	/*
	 * An entry in force holds its table's reference for a grace period
	 * after it was replaced; only one whose file was deleted can be on
	 * its way out here.
	 */
	if (entry && !refcount_inc_not_zero(&entry->usage))
		return NULL;
	return entry;
}

/**
 * clip_store_lookup - find the entry of a file
 * @ctx: whose table
 * @id: the file
 *
 * Return: the entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup(struct clip_context *ctx,
				     const struct clip_file_id *id)
{
	return lookup(ctx, id, 0);
}

/**
 * clip_store_lookup_other - find the other entry of a file that has two
 * @ctx: whose table
 * @inode: the file
 * @first: the one that was found first
 *
 * Return: the entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other(struct clip_context *ctx,
					   const struct inode *inode,
					   const struct clip_entry *first)
{
	const struct clip_file_id id = {
		.sb = first->file_sb,
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	return lookup(ctx, &id, first->id);
}

/**
 * clip_store_lookup_inode - find the entry of a file by its inode
 * @ctx: whose table
 * @inode: the file
 *
 * Costs two loads on a filesystem that no entry names.
 *
 * Return: the entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_inode(struct clip_context *ctx,
					   const struct inode *inode)
{
	struct clip_file_id id = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	guard(rcu)();
	/* The inode keeps its superblock, the superblock its identity. */
	id.sb = rcu_dereference(clip_superblock(inode->i_sb)->id);
	return id.sb ? clip_store_lookup(ctx, &id) : NULL;
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
		struct clip_entry *entry = clip_store_lookup_inode(ctx, inode);

		clip_entry_put(entry);
		if (entry)
			return true;
	}
	return false;
}

/**
 * clip_store_table_bytes - memory of a context's table, without the entries
 * @ctx: the context
 *
 * Return: bytes.
 */
size_t clip_store_table_bytes(struct clip_context *ctx)
{
	const struct bucket_table *tbl;
	size_t bytes = 0;

	guard(rcu)();
	for (tbl = rht_dereference_rcu(ctx->table.tbl, &ctx->table); tbl;
	     tbl = rht_dereference_rcu(tbl->future_tbl, &ctx->table))
		bytes += struct_size(tbl, buckets, tbl->size);
	return bytes;
}

/**
 * clip_entry_alloc - make an entry
 * @id: the file; the entry takes a reference of its superblock's identity
 * @digest_size: bytes the digest has
 *
 * Return: the entry with one reference and zeroed rules, or NULL.
 */
struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size)
{
	struct clip_entry *entry;

	entry = kzalloc(struct_size(entry, digest, digest_size),
			GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;
	refcount_inc(&id->sb->usage);
	refcount_set(&entry->usage, 1);
	entry->file_sb = id->sb;
	entry->file_ino = id->ino;
	entry->file_generation = id->generation;
	entry->digest_size = digest_size;
	entry->dies = CLIP_ALIVE;
	entry->id = clip_store_new_id();
	return entry;
}

static void free_entry(struct rcu_head *rcu)
{
	struct clip_entry *entry = container_of(rcu, struct clip_entry, rcu);

	clip_sb_put(entry->file_sb);
	kfree(entry);
}

/**
 * clip_entry_put - give a reference back
 * @entry: an entry, or NULL
 *
 * Context: any; does not sleep.
 */
void clip_entry_put(struct clip_entry *entry)
{
	if (entry && refcount_dec_and_test(&entry->usage))
		call_rcu(&entry->rcu, free_entry);
}
