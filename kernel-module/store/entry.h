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
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "store/names.h"

struct clip_sb;

#define CLIP_ALIVE	U64_MAX		/* clip_entry.dies: in force for now */
#define CLIP_DEAD	0		/* clip_entry.dies: the file is gone */

/**
 * struct clip_file_id - Identity of the file of an entry
 * @sb: identity of the superblock, see struct clip_sb
 * @ino: inode number
 * @generation: inode generation, which tells apart the files that had the same
 *	inode number one after the other
 */
struct clip_file_id {
	struct clip_sb *sb;
	u64 ino;
	u32 generation;
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
 * @node: Links the entry into the table of the context.
 * @file_sb: Identity of the superblock of the file. The entry holds a
 *	reference.
 * @file_ino: Inode number of the file.
 * @file_generation: Inode generation of the file.
 * @flags: CLIP_ENTRY_*.
 * @algorithm: CLIP_ALGO_* of @digest.
 * @has_rights: The entry grants something.
 * @digest_size: Size of @digest in bytes.
 * @usage: Reference count: one reference of the table, and one for each reader
 *	that keeps the entry.
 * @source_line: Line of the rule, for display. A commit that finds the same
 *	rule in another line writes it, under clip_store_lock.
 * @born: First generation in which the entry is in force.
 * @forgotten: Links the entry into the list of those whose file is gone. It
 *	overlays @born, which has no meaning once @dies is %CLIP_DEAD.
 * @dies: First generation in which the entry is no longer in force; or
 *	%CLIP_ALIVE, or %CLIP_DEAD. Transactions write it under clip_store_lock
 *	and with cmpxchg(), because %CLIP_DEAD is stored without that lock.
 * @id: A number that is never assigned to another entry. It stands for the
 *	entry in the index of names.
 * @path: Stands for the path of the rule, and links the entry into the index by
 *	path. Protected by clip_store_lock.
 * @rcu: Frees the entry after a grace period. It overlays the path: an entry
 *	leaves the index by path before its last reference is dropped.
 * @digest: Digest of the content of the file; behind it, with @has_rights, the
 *	struct clip_entry_rights, see clip_entry_rights().
 *
 * All other fields are constant once the entry is in a table, except @dies and
 * @usage. The size matters: entries with SHA-256 come from a cache of their
 * own, which has no unused bytes between them.
 */
struct clip_entry {
	struct rhash_head node;
	struct clip_sb *file_sb;
	u64 file_ino;
	u32 file_generation;
	u16 flags;
	u8 algorithm : 7;
	u8 has_rights : 1;
	u8 digest_size;
	refcount_t usage;
	u32 source_line;
	union {
		u64 born;
		struct llist_node forgotten;
	};
	u64 dies;
	u64 id;
	union {
		struct clip_path path;
		struct rcu_head rcu;
	};
	u8 digest[];
};

/**
 * struct clip_table - The entries of a context
 * @hash: The entries by file. Written under clip_store_lock, read under RCU.
 * @nr_entries: Number of the entries in @hash that are in force. Written under
 *	clip_store_lock, read without a lock.
 * @entry_bytes: Memory of the entries that are in force. Written under
 *	clip_store_lock, read without a lock.
 * @paths: The entries in @hash by the path of their rule.
 */
struct clip_table {
	struct rhashtable hash;
	struct clip_paths paths;
	atomic_long_t nr_entries;
	atomic_long_t entry_bytes;
};

extern struct mutex clip_store_lock;
extern const struct rhashtable_params clip_table_params;

u64 clip_store_generation(void);
u64 clip_store_new_id(void);
struct clip_entry *clip_store_lookup(struct clip_table *table,
				     const struct clip_file_id *id);
struct clip_entry *clip_store_lookup_other(struct clip_table *table,
					   const struct inode *inode,
					   const struct clip_entry *first);

int clip_entry_init(void);
int clip_table_init(struct clip_table *table);
void clip_table_destroy(struct clip_table *table);
void clip_table_count(struct clip_table *table, const struct clip_entry *entry);
bool clip_table_drop(struct clip_table *table, struct clip_entry *entry);
size_t clip_table_bytes(struct clip_table *table);

struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size,
				    const struct clip_entry_rights *rights);
const struct clip_entry_rights *clip_entry_rights(const struct clip_entry *entry);
void clip_entry_put(struct clip_entry *entry);
bool clip_entry_same_digest(const struct clip_entry *a,
			    const struct clip_entry *b);
bool clip_entry_same_rule(const struct clip_entry *a,
			  const struct clip_entry *b);

DEFINE_FREE(clip_entry_put, struct clip_entry *, clip_entry_put(_T))

/**
 * clip_table_next_of_path - Find the next entry that a rule for a path has made
 * @table: the table
 * @path_hash: stands for the path
 * @from: the entry that was returned last, or NULL for the first one
 *
 * Context: The caller holds clip_store_lock.
 * Return: An entry, whether in force or not; NULL at the end.
 */
static inline struct clip_entry *
clip_table_next_of_path(const struct clip_table *table, u64 path_hash,
			const struct clip_entry *from)
{
	struct clip_path *path = clip_paths_next(&table->paths, path_hash,
						 from ? &from->path : NULL);

	return path ? container_of(path, struct clip_entry, path) : NULL;
}

/* Used by transactions, which hold clip_store_lock. */
void clip_store_publish(u64 generation);
struct clip_entry *clip_store_lookup_at(struct clip_table *table,
					const struct clip_file_id *id, u64 at);
struct clip_entry *clip_store_lookup_other_at(struct clip_table *table,
					      const struct clip_file_id *id,
					      u64 at, u64 but);

/**
 * struct clip_walk - A position in a table
 * @iter: position within the rhashtable
 *
 * The RCU read lock is held between start and stop. If the table is resized
 * meanwhile, the walk starts over: entries can appear more than once, but no
 * entry is missed.
 */
struct clip_walk {
	struct rhashtable_iter iter;
};

void clip_walk_start(struct clip_walk *walk, struct clip_table *table);
struct clip_entry *clip_walk_next(struct clip_walk *walk);
void clip_walk_stop(struct clip_walk *walk);

/* A walk that can be paused, for a reader that sleeps in between. */
void clip_walk_enter(struct clip_walk *walk, struct clip_table *table);
struct clip_entry *clip_walk_resume(struct clip_walk *walk);
void clip_walk_pause(struct clip_walk *walk);
void clip_walk_exit(struct clip_walk *walk);

#endif /* _SECURITY_CLIP_STORE_ENTRY_H */
