/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the entry tables
 *
 * Readers look entries up under RCU and take no lock. Writers change tables in
 * transactions (store/transaction.h), under clip_store_lock. Each entry carries
 * the generations in which it is in force: from @born up to, but not including,
 * @dies. A reader reads the current generation once and sees the entries of
 * that generation only. A single store that increments the generation therefore
 * puts a whole transaction in force, regardless of how many entries and
 * contexts it spans.
 */
#ifndef _SECURITY_CLIP_STORE_ENTRY_H
#define _SECURITY_CLIP_STORE_ENTRY_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "store/names.h"
#include "store/slots.h"

#define CLIP_ALIVE	U32_MAX		/* clip_entry.dies: in force for now */
#define CLIP_DEAD	0		/* clip_entry.dies: the file is gone */

/**
 * struct clip_file_id - Identity of the file of an entry
 * @ino: inode number
 * @generation: inode generation, which tells apart the files that had the same
 *	inode number one after the other
 * @sb: number of the superblock, see struct clip_sb
 */
struct clip_file_id {
	u64 ino;
	u32 generation;
	u32 sb;
};

/**
 * struct clip_entry_rights - What an entry grants
 * @cap_effective: Effective capabilities; bit 63 is CONTEXT.
 * @cap_permitted: Permitted capabilities; bit 63 is CONTEXT.
 * @cap_inheritable: Inheritable capabilities; bit 63 is CONTEXT.
 * @privileges: CLIP_PRIV_*.
 */
struct clip_entry_rights {
	u64 cap_effective;
	u64 cap_permitted;
	u64 cap_inheritable;
	u64 privileges;
};

/**
 * struct clip_entry - One rule for one file in one context
 * @file: The file. The entry holds a reference to the identity of the
 *	superblock.
 * @flags: CLIP_ENTRY_*.
 * @algorithm: CLIP_ALGO_* of @digest.
 * @has_rights: The entry grants something.
 * @has_name: The entry has room for a name, see clip_entry_name_slot().
 * @digest_size: Size of @digest in bytes.
 * @usage: Reference count: one reference of the table, and one for each reader
 *	that keeps the entry.
 * @born: First generation in which the entry is in force, its lower half.
 * @dies: The same of the first generation in which it is not any more; or
 *	%CLIP_ALIVE, or %CLIP_DEAD. Transactions write it under clip_store_lock
 *	and with cmpxchg(), because %CLIP_DEAD is stored without that lock.
 * @path_hash: Stands for the path of the rule, see clip_path_hash(); 0 without
 *	a path. Protected by clip_store_lock.
 * @digest: Digest of the content of the file; behind it, with @has_rights, the
 *	struct clip_entry_rights; and then, with @has_name, a pointer to the name.
 * @rcu: Frees the entry after a grace period. It overlays the path and a part
 *	of the digest: a reader of the digest holds a reference. A look-up that
 *	still finds an entry without one reads the other fields only.
 *
 * All other fields are constant once the entry is in a table, except @dies and
 * @usage. The size matters: entries with SHA-256 come from caches of their own,
 * which have no unused bytes between them.
 */
struct clip_entry {
	struct clip_file_id file;
	u16 flags;
	u8 algorithm : 6;
	u8 has_rights : 1;
	u8 has_name : 1;
	u8 digest_size;
	refcount_t usage;
	u32 born;
	u32 dies;
	union {
		struct {
			u64 path_hash;
			u8 digest[];
		};
		struct rcu_head rcu;
	};
};

/**
 * struct clip_table - The entries of a context
 * @files: The entries by file. Written under clip_store_lock, read under RCU.
 * @paths: The same entries by the path of their rule.
 * @nr_entries: Number of the entries that are in force. Written under
 *	clip_store_lock, read without a lock.
 * @entry_bytes: Memory of the entries that are in force. Written under
 *	clip_store_lock, read without a lock.
 * @name_bytes: Memory of their names, with the pointers to them. Written under
 *	clip_store_lock, read without a lock.
 *
 * All zeroes is a table without entries.
 */
struct clip_table {
	struct clip_slots files;
	struct clip_slots paths;
	atomic_long_t nr_entries;
	atomic_long_t entry_bytes;
	atomic_long_t name_bytes;
};

extern struct mutex clip_store_lock;

/* The generation in force. Written under clip_store_lock, read without it. */
extern u64 clip_generation;

/**
 * clip_store_generation - Get the generation that is in force now
 *
 * Return: A number that each transaction increments by one.
 */
static inline u64 clip_store_generation(void)
{
	/*
	 * Pairs with clip_store_publish(): a reader of the new generation sees
	 * its entries in the tables.
	 */
	return smp_load_acquire(&clip_generation);
}

struct clip_entry *clip_store_lookup(struct clip_table *table,
				     const struct clip_file_id *id);
struct clip_entry *clip_store_lookup_other(struct clip_table *table,
					   const struct inode *inode,
					   const struct clip_entry *first);

void clip_table_init(void);
void clip_table_destroy(struct clip_table *table);
int clip_table_reserve(struct clip_table *table, size_t ahead);
void clip_table_add(struct clip_table *table, struct clip_entry *entry);
bool clip_table_remove(struct clip_table *table, struct clip_entry *entry);
void clip_table_age(struct clip_table *table);
void clip_table_count(struct clip_table *table, const struct clip_entry *entry);
bool clip_table_drop(struct clip_table *table, struct clip_entry *entry);
void clip_table_settle(struct clip_table *table);
void clip_table_rename(struct clip_table *table, struct clip_entry *entry,
		       struct clip_entry *duplicate);
size_t clip_table_bytes(const struct clip_table *table);

int clip_entry_init(void);
struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size,
				    const struct clip_entry_rights *rights,
				    struct clip_name *name);
const struct clip_entry_rights *clip_entry_rights(const struct clip_entry *entry);
struct clip_name __rcu **clip_entry_name_slot(const struct clip_entry *entry);
const struct clip_name *clip_entry_name(const struct clip_entry *entry);
char *clip_entry_source(const struct clip_entry *entry, u32 *line);
void clip_entry_put(struct clip_entry *entry);
bool clip_entry_same_digest(const struct clip_entry *a,
			    const struct clip_entry *b);
bool clip_entry_same_rule(const struct clip_entry *a,
			  const struct clip_entry *b);

DEFINE_FREE(clip_entry_put, struct clip_entry *, clip_entry_put(_T))

/**
 * clip_table_has_entries - Are there entries, whether in force or not?
 * @table: the table
 *
 * Return: True if there are, false otherwise.
 */
static inline bool clip_table_has_entries(const struct clip_table *table)
{
	return READ_ONCE(table->files.count);
}

/**
 * clip_table_at - Get the next entry of a table, for a writer
 * @table: the table; nothing is added to it between the first and the last call
 * @from: 0 for the first entry; receives where to go on
 *
 * Context: The caller holds clip_store_lock.
 * Return: An entry, whether in force or not; NULL at the end.
 */
static inline struct clip_entry *clip_table_at(const struct clip_table *table,
					       u32 *from)
{
	return clip_slots_at(&table->files, from);
}

/* Used by transactions, which hold clip_store_lock. */
void clip_store_publish(u64 generation);
struct clip_entry *clip_store_lookup_at(struct clip_table *table,
					const struct clip_file_id *id, u32 at);
struct clip_entry *clip_store_lookup_other_at(struct clip_table *table,
					      const struct clip_file_id *id,
					      u32 at,
					      const struct clip_entry *but);

/**
 * struct clip_walk - A position in a table, for a reader
 * @table: The table.
 * @hash: Hash of the entry at which the walk stands.
 * @address: Its address, which is only compared.
 *
 * The RCU read lock is held from clip_walk_resume() to clip_walk_pause(), and
 * the reader may sleep in between. An entry that is in the table all the time
 * is found once.
 */
struct clip_walk {
	const struct clip_table *table;
	u32 hash;
	unsigned long address;
};

void clip_walk_begin(struct clip_walk *walk, const struct clip_table *table);
struct clip_entry *clip_walk_resume(struct clip_walk *walk);
struct clip_entry *clip_walk_next(struct clip_walk *walk);
void clip_walk_pause(struct clip_walk *walk);

#endif /* _SECURITY_CLIP_STORE_ENTRY_H */
