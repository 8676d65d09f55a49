// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entries of a table by the path of their rule
 *
 * A path names one file now and another one later, and an entry stays with its
 * file. This index finds the entries that were made by a rule for a path,
 * wherever their files are meanwhile. It stores no path, but a hash of 64 bits
 * with a secret key, so that two paths with the same hash need not be expected.
 *
 * It needs no RCU, because only writers of the table use it, under
 * clip_store_lock, which the callers of this file hold. So its slots can be used
 * more densely than those of the entries by file.
 */
#include "core/common.h"

#include <linux/once.h>
#include <linux/siphash.h>

#include "store/entry.h"
#include "store/names.h"
#include "store/slots.h"

/**
 * clip_path_hash - Get the number that stands for a path
 * @path: the path, as it is in the rule
 * @length: length of the path in bytes
 *
 * Return: A number that is not zero.
 */
u64 clip_path_hash(const char *path, size_t length)
{
	static siphash_key_t key __read_mostly;

	get_random_once(&key, sizeof(key));
	return siphash(path, length, &key) ?: 1;
}

static u32 hash_of(u64 path_hash)
{
	return path_hash >> 32;
}

static u32 hash_entry(const struct clip_entry *entry)
{
	return hash_of(entry->path_hash);
}

static const struct clip_slots_kind by_path = {
	.hash = hash_entry,
	.full = 54,
};

/**
 * clip_paths_reserve - Make sure that an entry can be added
 * @paths: the index
 * @ahead: how many entries will follow, at most
 *
 * Context: The caller holds clip_store_lock. May sleep.
 * Return: 0; or -ENOMEM, and nothing has changed.
 */
int clip_paths_reserve(struct clip_slots *paths, size_t ahead)
{
	return clip_slots_reserve(paths, &by_path, ahead);
}

/**
 * clip_paths_add - Add an entry by the path of its rule
 * @paths: the index, in which clip_paths_reserve() has found room, or from which
 *	an entry was removed
 * @entry: the entry; left out without a path
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_paths_add(struct clip_slots *paths, struct clip_entry *entry)
{
	if (entry->path_hash)
		clip_slots_add(paths, &by_path, entry);
}

/**
 * clip_paths_remove - Remove an entry
 * @paths: the index
 * @entry: the entry; nothing happens if it is not in the index
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_paths_remove(struct clip_slots *paths, struct clip_entry *entry)
{
	if (entry->path_hash)
		clip_slots_remove(paths, &by_path, entry);
}

/**
 * clip_paths_settle - Make the index smaller if much was removed
 * @paths: the index
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_paths_settle(struct clip_slots *paths)
{
	clip_slots_settle(paths, &by_path);
}

/**
 * clip_paths_next - Find the next entry with a path
 * @paths: the index, which is not changed between the first and the last call
 * @path_hash: stands for the path
 * @from: 0 for the first one; receives where to go on
 *
 * Context: The caller holds clip_store_lock.
 * Return: An entry, whether in force or not; NULL at the end.
 */
struct clip_entry *clip_paths_next(const struct clip_slots *paths, u64 path_hash,
				   u32 *from)
{
	struct clip_entry *entry;

	do {
		entry = clip_slots_next(paths, hash_of(path_hash), from);
	} while (entry && entry->path_hash != path_hash);
	return entry;
}
