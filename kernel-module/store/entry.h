/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the entry tables
 *
 * Readers look entries up under RCU and take no lock. Writers change tables
 * in transactions (store/transaction.h). Each entry carries the generations in which it is
 * in force, from @born up to but without @dies; a reader reads the current
 * generation once and sees the entries of that generation only. Raising the
 * generation by one store therefore puts a whole transaction in force, however
 * many entries and contexts it spans.
 */
#ifndef _SECURITY_CLIP_STORE_ENTRY_H
#define _SECURITY_CLIP_STORE_ENTRY_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_sb;

#define CLIP_ALIVE	U64_MAX		/* clip_entry.dies: no end in sight */
#define CLIP_DEAD	0		/* clip_entry.dies: its file is gone */

/**
 * struct clip_file_id - which file an entry is for
 * @sb: its superblock, see struct clip_sb
 * @ino: inode number
 * @generation: inode generation, tells a reused number from the old one
 */
struct clip_file_id {
	struct clip_sb *sb;
	u64 ino;
	u32 generation;
};

/**
 * struct clip_entry - one rule, bound to one file in one context
 * @node: in the context's table
 * @file_sb: superblock of the file; holds a reference
 * @file_ino: inode number
 * @file_generation: inode generation
 * @flags: CLIP_ENTRY_*
 * @algorithm: CLIP_ALGO_*
 * @digest_size: bytes in @digest
 * @usage: references: one from the table, one from each reader that kept it
 * @source_line: line of the rule, for display
 * @born: first generation in which it is in force
 * @dies: first generation in which it is not; %CLIP_ALIVE, %CLIP_DEAD
 * @id: never given to another entry; stands for it in cached verdicts
 * @cap_effective: capabilities, bit 63 is CONTEXT
 * @cap_permitted: the same
 * @rcu: frees the entry; a reader may still look at the fields above, but
 *	reads capabilities only with a reference in hand
 * @cap_inheritable: the same
 * @privileges: CLIP_PRIV_*
 * @digest: of the file's content
 *
 * All fields but @dies and @usage are constant once the entry is in a table.
 * The size matters: with SHA-256 it is 128 bytes, a slab size.
 */
struct clip_entry {
	struct rhash_head node;
	struct clip_sb *file_sb;
	u64 file_ino;
	u32 file_generation;
	u16 flags;
	u8 algorithm;
	u8 digest_size;
	refcount_t usage;
	u32 source_line;
	u64 born;
	u64 dies;
	u64 id;
	union {
		struct {
			u64 cap_effective;
			u64 cap_permitted;
		};
		struct rcu_head rcu;
	};
	u64 cap_inheritable;
	u64 privileges;
	u8 digest[];
};

/**
 * struct clip_table - the entries of a context
 * @hash: by file; written under clip_store_lock, read under RCU
 * @nr_entries: objects in @hash that are in force
 * @entry_bytes: memory of those objects
 */
struct clip_table {
	struct rhashtable hash;
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

int clip_table_init(struct clip_table *table);
void clip_table_destroy(struct clip_table *table);
void clip_table_count(struct clip_table *table, const struct clip_entry *entry);
void clip_table_drop(struct clip_table *table, struct clip_entry *entry);
size_t clip_table_bytes(struct clip_table *table);

struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size);
void clip_entry_put(struct clip_entry *entry);

DEFINE_FREE(clip_entry_put, struct clip_entry *, clip_entry_put(_T))

/* For transactions, under clip_store_lock. */
void clip_store_publish(u64 generation);
struct clip_entry *clip_store_lookup_at(struct clip_table *table,
					const struct clip_file_id *id, u64 at);
struct clip_entry *clip_store_lookup_other_at(struct clip_table *table,
					      const struct clip_file_id *id,
					      u64 at, u64 but);

/**
 * struct clip_walk - a place in a table
 * @iter: rhashtable's own place
 *
 * Between start and stop the RCU read lock is held. A table that is resized
 * meanwhile is begun anew: entries can come up more than once, none is missed.
 */
struct clip_walk {
	struct rhashtable_iter iter;
};

void clip_walk_start(struct clip_walk *walk, struct clip_table *table);
struct clip_entry *clip_walk_next(struct clip_walk *walk);
void clip_walk_stop(struct clip_walk *walk);

/* The same in pieces, for a reader that sleeps in between. */
void clip_walk_enter(struct clip_walk *walk, struct clip_table *table);
struct clip_entry *clip_walk_resume(struct clip_walk *walk);
void clip_walk_pause(struct clip_walk *walk);
void clip_walk_exit(struct clip_walk *walk);

#endif /* _SECURITY_CLIP_STORE_ENTRY_H */
