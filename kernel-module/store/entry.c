// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entry tables
 */
#include "core/common.h"

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store/entry.h"
#include "store/filesystem.h"
#include "store/names.h"

/*
 * Serializes writers of all tables; readers do not take it. It is the outermost
 * lock of the module, see core/common.h.
 */
DEFINE_MUTEX(clip_store_lock);

/* The generation in force. Written under clip_store_lock, read without it. */
static u64 clip_generation = 1;

/*
 * The key of a lookup: an entry of @file that is in force at generation @at and
 * whose id is not @but.
 */
struct clip_key {
	struct clip_file_id file;
	u64 at;
	u64 but;
};

static_assert(offsetof(struct clip_entry, digest) == 112);

#define SHA256_SIZE	32

/* Most entries have a SHA-256 digest, and no slab of kmalloc() has that size. */
static struct kmem_cache *sha256_entries __ro_after_init;

/*
 * Only an administrator chooses which files are listed, so that one multiplication
 * spreads their numbers well enough. The address is aligned, and the numbers of
 * two filesystems differ little.
 */
static u32 hash_file(const struct clip_sb *sb, u64 ino, u32 generation,
		     u32 seed)
{
	return hash_64(ino ^ (u64)(uintptr_t)sb ^
		       ((u64)(generation ^ seed) << 32), 32);
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

/* Returns 0 if the entry is for the file and in force at that generation. */
static int compare_entry(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct clip_key *key = arg->key;
	const struct clip_entry *entry = obj;

	return entry->file_ino != key->file.ino ||
	       entry->file_sb != key->file.sb ||
	       entry->file_generation != key->file.generation ||
	       READ_ONCE(entry->born) > key->at ||
	       READ_ONCE(entry->dies) <= key->at ||
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
 * clip_store_generation - Get the generation that is in force now
 *
 * Return: A number that each transaction increments by one.
 */
u64 clip_store_generation(void)
{
	/*
	 * Pairs with clip_store_publish(): a reader of the new generation sees
	 * its entries in the tables.
	 */
	return smp_load_acquire(&clip_generation);
}

/**
 * clip_store_new_id - Get a number for an entry
 *
 * Return: A nonzero number that was never returned before.
 */
u64 clip_store_new_id(void)
{
	static atomic64_t last_id;

	return atomic64_inc_return(&last_id);
}

/**
 * clip_store_publish - Put a generation in force
 * @generation: the successor of the present generation
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_store_publish(u64 generation)
{
	lockdep_assert_held(&clip_store_lock);
	/* Pairs with the acquire in clip_store_generation(). */
	smp_store_release(&clip_generation, generation);
}

/**
 * clip_store_lookup_at - Find the entry of a file at a given generation
 * @table: the table
 * @id: the file
 * @at: the generation
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_at(struct clip_table *table,
					const struct clip_file_id *id, u64 at)
{
	return clip_store_lookup_other_at(table, id, at, 0);
}

/**
 * clip_store_lookup_other_at - Find another entry of a file
 * @table: the table
 * @id: the file
 * @at: the generation
 * @but: id of the entry to skip, or 0 to skip no entry
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other_at(struct clip_table *table,
					      const struct clip_file_id *id,
					      u64 at, u64 but)
{
	const struct clip_key key = { .file = *id, .at = at, .but = but };

	return rhashtable_lookup_fast(&table->hash, &key, clip_table_params);
}

static __always_inline struct clip_entry *lookup(struct clip_table *table,
						 const struct clip_file_id *id,
						 u64 but)
{
	struct clip_key key = { .file = *id, .but = but };
	struct clip_entry *entry;

	guard(rcu)();
	/* Not before: its entries stay as long as a reader of it is left. */
	key.at = clip_store_generation();
	entry = rhashtable_lookup(&table->hash, &key, clip_table_params);
	/*
	 * The table keeps its reference to an entry in force for a grace period
	 * after a transaction replaced it. The count can therefore only be zero
	 * if the file of the entry was deleted.
	 */
	if (entry && !refcount_inc_not_zero(&entry->usage))
		return NULL;
	return entry;
}

/**
 * clip_store_lookup - Find the entry of a file
 * @table: the table
 * @id: the file
 *
 * Return: The entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup(struct clip_table *table,
				     const struct clip_file_id *id)
{
	return lookup(table, id, 0);
}

/**
 * clip_store_lookup_other - Find the second entry of a file that has two
 * @table: the table
 * @inode: the file
 * @first: the entry that was found first
 *
 * Return: The entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other(struct clip_table *table,
					   const struct inode *inode,
					   const struct clip_entry *first)
{
	const struct clip_file_id id = {
		.sb = first->file_sb,
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	return lookup(table, &id, first->id);
}

/**
 * clip_table_bytes - Get the memory of a table, without its entries
 * @table: the table
 *
 * Return: The size in bytes, with the index by path.
 */
size_t clip_table_bytes(struct clip_table *table)
{
	const struct bucket_table *tbl;
	size_t bytes = clip_paths_bytes(&table->paths);

	guard(rcu)();
	for (tbl = rht_dereference_rcu(table->hash.tbl, &table->hash); tbl;
	     tbl = rht_dereference_rcu(tbl->future_tbl, &table->hash))
		bytes += struct_size(tbl, buckets, tbl->size);
	return bytes;
}

/**
 * clip_entry_init - Create the cache of entries
 *
 * Return: 0, or -ENOMEM.
 */
int __init clip_entry_init(void)
{
	const size_t size = sizeof(struct clip_entry) + SHA256_SIZE;

	sha256_entries = kmem_cache_create("clip_entry", size,
					   __alignof__(struct clip_entry),
					   SLAB_ACCOUNT, NULL);
	return sha256_entries ? 0 : -ENOMEM;
}

/**
 * clip_entry_alloc - Allocate an entry
 * @id: the file; the entry takes a reference to the identity of its superblock
 * @digest_size: size of the digest in bytes
 *
 * Return: The entry with one reference and zeroed rules, or NULL.
 */
struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size)
{
	struct clip_entry *entry;

	if (digest_size == SHA256_SIZE)
		entry = kmem_cache_zalloc(sha256_entries, GFP_KERNEL_ACCOUNT);
	else
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
 * clip_entry_put - Drop a reference
 * @entry: an entry, or NULL
 *
 * Context: Any; does not sleep.
 */
void clip_entry_put(struct clip_entry *entry)
{
	if (entry && refcount_dec_and_test(&entry->usage))
		call_rcu(&entry->rcu, free_entry);
}

/**
 * clip_entry_same_digest - Do two entries have the same digest?
 * @a: one entry
 * @b: the other one
 *
 * Return: True if they do, false otherwise.
 */
bool clip_entry_same_digest(const struct clip_entry *a,
			    const struct clip_entry *b)
{
	return a->algorithm == b->algorithm &&
	       !memcmp(a->digest, b->digest, a->digest_size);
}

/**
 * clip_entry_same_rule - Do two entries of one file decide the same?
 * @a: one entry; the caller holds a reference, or the lock of its table
 * @b: the other one, likewise
 *
 * The path of the rule, its file and its line do not matter.
 *
 * Return: True if they do, false otherwise.
 */
bool clip_entry_same_rule(const struct clip_entry *a,
			  const struct clip_entry *b)
{
	return a->flags == b->flags &&
	       a->cap_effective == b->cap_effective &&
	       a->cap_permitted == b->cap_permitted &&
	       a->cap_inheritable == b->cap_inheritable &&
	       a->privileges == b->privileges && clip_entry_same_digest(a, b);
}

/**
 * clip_table_init - Initialize a table
 * @table: zeroed memory
 *
 * Return: 0, or -ENOMEM.
 */
int clip_table_init(struct clip_table *table)
{
	table->paths.heads = &table->paths.first;
	return rhashtable_init(&table->hash, &clip_table_params);
}

/* Drops what a table being destroyed holds of an entry. */
static void free_of_table(void *object, void *unused)
{
	struct clip_entry *entry = object;

	clip_name_erase(entry->id);
	clip_entry_put(entry);
}

/**
 * clip_table_destroy - Destroy a table that has no reader any more
 * @table: the table
 *
 * Drops the table's reference to each entry, and its name. What is left by now
 * are entries whose file was deleted shortly before the context.
 *
 * Context: May sleep.
 */
void clip_table_destroy(struct clip_table *table)
{
	clip_paths_destroy(&table->paths);
	rhashtable_free_and_destroy(&table->hash, free_of_table, NULL);
}

/**
 * clip_table_count - Account for an entry that is in force from now on
 * @table: the table that contains the entry
 * @entry: the entry
 */
void clip_table_count(struct clip_table *table, const struct clip_entry *entry)
{
	atomic_long_inc(&table->nr_entries);
	atomic_long_add(ksize(entry), &table->entry_bytes);
}

/**
 * clip_table_drop - Remove an entry that was in force from a table
 * @table: the table
 * @entry: the entry; the reference of the table is dropped
 *
 * Does nothing if the table does not contain the entry, or no longer does.
 *
 * Context: The caller holds clip_store_lock.
 * Return: True if the entry was in the table, false otherwise.
 */
bool clip_table_drop(struct clip_table *table, struct clip_entry *entry)
{
	lockdep_assert_held(&clip_store_lock);
	if (rhashtable_remove_fast(&table->hash, &entry->node,
				   clip_table_params))
		return false;
	clip_paths_remove(&table->paths, &entry->path);
	atomic_long_dec(&table->nr_entries);
	atomic_long_sub(ksize(entry), &table->entry_bytes);
	clip_name_erase(entry->id);
	clip_entry_put(entry);
	return true;
}

/**
 * clip_walk_start - Begin a walk and take the RCU read lock
 * @walk: the walk
 * @table: the table to walk
 */
void clip_walk_start(struct clip_walk *walk, struct clip_table *table)
	__acquires(RCU)
{
	rhashtable_walk_enter(&table->hash, &walk->iter);
	rhashtable_walk_start(&walk->iter);
}

/**
 * clip_walk_next - Get the next entry of a walk
 * @walk: the walk
 *
 * Return: An entry, whether in force or not; NULL at the end.
 */
struct clip_entry *clip_walk_next(struct clip_walk *walk)
{
	struct clip_entry *entry;

	do {
		entry = rhashtable_walk_next(&walk->iter);
		/* The only error is -EAGAIN: the table was resized. */
	} while (IS_ERR(entry));
	return entry;
}

/**
 * clip_walk_stop - End a walk and release the RCU read lock
 * @walk: the walk
 */
void clip_walk_stop(struct clip_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
	rhashtable_walk_exit(&walk->iter);
}

/**
 * clip_walk_enter - Prepare a walk that can be paused
 * @walk: the walk
 * @table: the table to walk; the caller keeps it alive until the walk ends
 */
void clip_walk_enter(struct clip_walk *walk, struct clip_table *table)
{
	rhashtable_walk_enter(&table->hash, &walk->iter);
}

/**
 * clip_walk_resume - Begin a walk, or continue where it was paused
 * @walk: the walk
 *
 * Takes the RCU read lock.
 *
 * Return: The entry at which the walk stands, or NULL at the end.
 */
struct clip_entry *clip_walk_resume(struct clip_walk *walk)
	__acquires(RCU)
{
	struct clip_entry *entry;

	rhashtable_walk_start(&walk->iter);
	entry = rhashtable_walk_peek(&walk->iter);
	return IS_ERR(entry) ? clip_walk_next(walk) : entry;
}

/**
 * clip_walk_pause - Pause a walk and release the RCU read lock
 * @walk: the walk
 */
void clip_walk_pause(struct clip_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}

/**
 * clip_walk_exit - End a walk that is paused
 * @walk: the walk
 */
void clip_walk_exit(struct clip_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}
