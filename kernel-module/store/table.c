// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entry tables
 *
 * A table is two indexes of the same entries, see store/slots.h. That by file is
 * the one that readers use.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/lockdep.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "store/entry.h"
#include "store/names.h"
#include "store/slots.h"

/*
 * The key of a look-up: an entry of @file that is in force at generation @at and
 * that is not @but.
 */
struct lookup_key {
	const struct clip_file_id *file;
	u32 at;
	const struct clip_entry *but;
};

/* The addresses of entries leave room for the bits of a hash. */
static_assert(__alignof__(struct clip_entry) > CLIP_SLOT_BITS);

static u32 seed __ro_after_init;

/*
 * Only an administrator chooses which files are listed, so that a single
 * multiplication spreads their numbers well enough.
 */
static __always_inline u32 hash_file(const struct clip_file_id *file)
{
	return hash_64(file->ino ^ ((u64)(file->generation ^ file->sb ^ seed) << 32),
		       32);
}

static u32 hash_entry(const struct clip_entry *entry)
{
	return hash_file(&entry->file);
}

/*
 * A search for a file without an entry looks at six slots, on average: seven of
 * ten are in use at most.
 */
static const struct clip_slots_kind by_file = {
	.hash = hash_entry,
	.full = 44,
	.shared = true,
};

static __always_inline bool matches(const struct clip_entry *entry,
				    const void *data)
{
	const struct lookup_key *key = data;

	return entry->file.ino == key->file->ino &&
	       entry->file.sb == key->file->sb &&
	       entry->file.generation == key->file->generation &&
	       READ_ONCE(entry->born) <= key->at && READ_ONCE(entry->dies) > key->at &&
	       entry != key->but;
}

static __always_inline struct clip_entry *find(const struct clip_table *table,
					       const struct lookup_key *key)
{
	return clip_slots_find(rcu_dereference_check(table->files.array,
						     lockdep_is_held(&clip_store_lock)),
			       hash_file(key->file), matches, key);
}

/**
 * clip_store_lookup_at - Find the entry of a file at a given generation
 * @table: the table
 * @id: the file
 * @at: the generation, as entries have it
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_at(struct clip_table *table,
					const struct clip_file_id *id, u32 at)
{
	return clip_store_lookup_other_at(table, id, at, NULL);
}

/**
 * clip_store_lookup_other_at - Find another entry of a file
 * @table: the table
 * @id: the file
 * @at: the generation, as entries have it
 * @but: the entry to skip, or NULL to skip no entry
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The entry without a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other_at(struct clip_table *table,
					      const struct clip_file_id *id,
					      u32 at,
					      const struct clip_entry *but)
{
	return find(table, &(struct lookup_key) { .file = id, .at = at, .but = but });
}

static __always_inline struct clip_entry *lookup(const struct clip_table *table,
						 const struct clip_file_id *id,
						 const struct clip_entry *but)
{
	struct lookup_key key = { .file = id, .but = but };
	struct clip_entry *entry;

	guard(rcu)();
	/*
	 * Before the array is read: a reader of a generation sees its entries.
	 * And under RCU: they stay as long as a reader of it is left.
	 */
	key.at = clip_store_generation();
	entry = find(table, &key);
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
	return lookup(table, id, NULL);
}

/**
 * clip_store_lookup_other - Find the second entry of a file that has two
 * @table: the table
 * @inode: the file
 * @first: the entry that was found first, to which the caller has a reference
 *
 * Return: The entry with a reference, or NULL.
 */
struct clip_entry *clip_store_lookup_other(struct clip_table *table,
					   const struct inode *inode,
					   const struct clip_entry *first)
{
	const struct clip_file_id id = {
		.sb = first->file.sb,
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};

	return lookup(table, &id, first);
}

/**
 * clip_table_init - Prepare for tables
 */
void __init clip_table_init(void)
{
	seed = get_random_u32();
}

/**
 * clip_table_destroy - Destroy a table that has no reader any more
 * @table: the table
 *
 * Drops the table's reference to each entry. What is left by now are entries
 * whose file was deleted shortly before the context.
 *
 * Context: May sleep.
 */
void clip_table_destroy(struct clip_table *table)
{
	struct clip_entry *entry;
	u32 from = 0;

	while ((entry = clip_slots_at(&table->files, &from)))
		clip_entry_put(entry);
	clip_slots_destroy(&table->files);
	clip_slots_destroy(&table->paths);
}

/**
 * clip_table_reserve - Make sure that an entry can be added
 * @table: the table
 * @ahead: how many entries will follow, at most
 *
 * Context: The caller holds clip_store_lock. May sleep.
 * Return: 0; or -ENOMEM, and nothing has changed.
 */
int clip_table_reserve(struct clip_table *table, size_t ahead)
{
	lockdep_assert_held(&clip_store_lock);
	int err = clip_slots_reserve(&table->files, &by_file, ahead);

	if (err)
		return err;
	err = clip_paths_reserve(&table->paths, ahead);
	if (err)
		clip_slots_settle(&table->files, &by_file);
	return err;
}

/**
 * clip_table_add - Add an entry
 * @table: the table, in which clip_table_reserve() has found room
 * @entry: the entry; the table takes over the caller's reference
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_table_add(struct clip_table *table, struct clip_entry *entry)
{
	lockdep_assert_held(&clip_store_lock);
	clip_slots_add(&table->files, &by_file, entry);
	clip_paths_add(&table->paths, entry);
}

/**
 * clip_table_remove - Remove an entry that is not counted
 * @table: the table
 * @entry: the entry; the reference of the table is dropped
 *
 * Context: The caller holds clip_store_lock.
 * Return: True if the entry was in the table, false otherwise.
 */
bool clip_table_remove(struct clip_table *table, struct clip_entry *entry)
{
	lockdep_assert_held(&clip_store_lock);
	if (!clip_slots_remove(&table->files, &by_file, entry))
		return false;
	clip_paths_remove(&table->paths, entry);
	clip_entry_put(entry);
	return true;
}

static size_t bytes_of(const struct clip_entry *entry)
{
	return ksize(entry) -
	       (entry->has_name ? sizeof(struct clip_name *) : 0);
}

static size_t name_bytes_of(const struct clip_entry *entry)
{
	if (!entry->has_name)
		return 0;
	return ksize(rcu_access_pointer(*clip_entry_name_slot(entry))) +
	       sizeof(struct clip_name *);
}

/**
 * clip_table_age - Let all entries be in force since the beginning
 * @table: the table, in which no entry is new or dying
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_table_age(struct clip_table *table)
{
	struct clip_entry *entry;
	u32 from = 0;

	while ((entry = clip_slots_at(&table->files, &from)))
		WRITE_ONCE(entry->born, 0);
}

/**
 * clip_table_count - Account for an entry that is in force from now on
 * @table: the table that contains the entry
 * @entry: the entry
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_table_count(struct clip_table *table, const struct clip_entry *entry)
{
	atomic_long_inc(&table->nr_entries);
	atomic_long_add(bytes_of(entry), &table->entry_bytes);
	atomic_long_add(name_bytes_of(entry), &table->name_bytes);
}

/**
 * clip_table_drop - Remove an entry that was in force from a table
 * @table: the table
 * @entry: the entry, to which the table or the caller has a reference; that of
 *	the table is dropped
 *
 * Does nothing if the table does not contain the entry, or no longer does.
 *
 * Context: The caller holds clip_store_lock.
 * Return: True if the entry was in the table, false otherwise.
 */
bool clip_table_drop(struct clip_table *table, struct clip_entry *entry)
{
	const size_t bytes = bytes_of(entry), name_bytes = name_bytes_of(entry);

	if (!clip_table_remove(table, entry))
		return false;
	atomic_long_dec(&table->nr_entries);
	atomic_long_sub(bytes, &table->entry_bytes);
	atomic_long_sub(name_bytes, &table->name_bytes);
	return true;
}

/**
 * clip_table_settle - Make a table smaller if much was removed
 * @table: the table
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_table_settle(struct clip_table *table)
{
	lockdep_assert_held(&clip_store_lock);
	clip_slots_settle(&table->files, &by_file);
	clip_paths_settle(&table->paths);
}

/**
 * clip_table_rename - Give an entry the path and the name of another one
 * @table: the table that contains the entry
 * @entry: the entry
 * @duplicate: an entry for the same file and with the same rule, which is in no
 *	table; it receives the name in exchange
 *
 * An entry without room for a name stays without one.
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_table_rename(struct clip_table *table, struct clip_entry *entry,
		       struct clip_entry *duplicate)
{
	lockdep_assert_held(&clip_store_lock);
	if (entry->has_name && duplicate->has_name) {
		struct clip_name __rcu **name = clip_entry_name_slot(entry);
		struct clip_name __rcu **other = clip_entry_name_slot(duplicate);
		struct clip_name *old = rcu_dereference_protected(*name, true);
		struct clip_name *new = rcu_dereference_protected(*other, true);

		atomic_long_sub(ksize(old), &table->name_bytes);
		atomic_long_add(ksize(new), &table->name_bytes);
		rcu_assign_pointer(*name, new);
		/* Its last reader is gone when the duplicate is freed. */
		rcu_assign_pointer(*other, old);
	}
	if (entry->path_hash == duplicate->path_hash)
		return;
	/* What was removed leaves room, so this cannot fail. */
	WARN_ON_ONCE(!entry->path_hash);
	clip_paths_remove(&table->paths, entry);
	entry->path_hash = duplicate->path_hash;
	clip_paths_add(&table->paths, entry);
}

/**
 * clip_table_bytes - Get the memory of a table, without its entries
 * @table: the table
 *
 * Return: The size in bytes, with the index by path.
 */
size_t clip_table_bytes(const struct clip_table *table)
{
	return clip_slots_bytes(&table->files) + clip_slots_bytes(&table->paths);
}

/**
 * clip_walk_begin - Prepare a walk over a table
 * @walk: the walk
 * @table: the table to walk; the caller keeps it alive until the walk ends
 */
void clip_walk_begin(struct clip_walk *walk, const struct clip_table *table)
{
	*walk = (struct clip_walk) { .table = table };
}

static struct clip_entry *stand_at(struct clip_walk *walk)
{
	struct clip_entry *entry =
		clip_slots_following(&walk->table->files, &by_file, walk->hash,
				     walk->address);

	if (entry) {
		walk->hash = hash_entry(entry);
		walk->address = (unsigned long)entry;
	} else {
		walk->hash = U32_MAX;
		walk->address = ULONG_MAX;
	}
	return entry;
}

/**
 * clip_walk_resume - Begin a walk, or continue where it was paused
 * @walk: the walk
 *
 * Takes the RCU read lock.
 *
 * Return: The entry at which the walk stands, without a reference; if it is
 * gone, the next one; NULL at the end.
 */
struct clip_entry *clip_walk_resume(struct clip_walk *walk)
	__acquires(RCU)
{
	rcu_read_lock();
	return stand_at(walk);
}

/**
 * clip_walk_next - Get the next entry of a walk
 * @walk: the walk, which has returned an entry
 *
 * Return: An entry without a reference, whether in force or not; NULL at the
 * end.
 */
struct clip_entry *clip_walk_next(struct clip_walk *walk)
{
	walk->address++;
	return stand_at(walk);
}

/**
 * clip_walk_pause - Pause a walk and release the RCU read lock
 * @walk: the walk
 */
void clip_walk_pause(struct clip_walk *walk)
	__releases(RCU)
{
	rcu_read_unlock();
}
