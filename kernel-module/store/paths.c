// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the entries of a table by the path of their rule
 *
 * A path names one file now and another one later, and an entry stays with its
 * file. This index finds the entries that were made by a rule for a path,
 * wherever their files are meanwhile. It stores no path, but a hash of 64 bits
 * with a secret key, so that two paths with the same hash need not be expected.
 *
 * Chains need eight bytes in each entry and four to eight more for their heads.
 * They need no RCU, because only writers of the table use them, under
 * clip_store_lock, which the callers of this file hold.
 */
#include "core/common.h"

#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/once.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "store/names.h"

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

static struct clip_path **chain_of(struct clip_path **heads, unsigned int bits,
				   u64 path_hash)
{
	return &heads[path_hash & (BIT_ULL(bits) - 1)];
}

static void push(struct clip_path **heads, unsigned int bits,
		 struct clip_path *path)
{
	struct clip_path **chain = chain_of(heads, bits, path->hash);

	path->next = *chain;
	*chain = path;
}

static void free_heads(struct clip_paths *paths)
{
	if (paths->heads != &paths->first)
		kvfree(paths->heads);
}

/* Without memory the chains become longer, which does not make them wrong. */
static void grow(struct clip_paths *paths)
{
	const unsigned int bits = paths->bits + 1;
	struct clip_path **heads, *path, *next;
	size_t i;

	heads = kvcalloc(BIT_ULL(bits), sizeof(*heads),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!heads)
		return;
	for (i = 0; i < BIT_ULL(paths->bits); i++) {
		for (path = paths->heads[i]; path; path = next) {
			next = path->next;
			push(heads, bits, path);
		}
	}
	free_heads(paths);
	paths->heads = heads;
	WRITE_ONCE(paths->bits, bits);
}

/**
 * clip_paths_add - Add the path of an entry to the index
 * @paths: the index
 * @path: the path; left out if it stands for none
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_paths_add(struct clip_paths *paths, struct clip_path *path)
{
	if (!path->hash)
		return;
	if (paths->count >= BIT_ULL(paths->bits + 1))
		grow(paths);
	push(paths->heads, paths->bits, path);
	paths->count++;
}

/**
 * clip_paths_remove - Remove the path of an entry from the index
 * @paths: the index
 * @path: the path; nothing happens if it is not in the index
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_paths_remove(struct clip_paths *paths, struct clip_path *path)
{
	struct clip_path **at;

	if (!path->hash)
		return;
	at = chain_of(paths->heads, paths->bits, path->hash);
	while (*at && *at != path)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = path->next;
	paths->count--;
}

/**
 * clip_paths_move - Change the path of the rule of an entry
 * @paths: the index
 * @path: the path
 * @path_hash: stands for the new path
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_paths_move(struct clip_paths *paths, struct clip_path *path,
		     u64 path_hash)
{
	if (path->hash == path_hash)
		return;
	clip_paths_remove(paths, path);
	path->hash = path_hash;
	clip_paths_add(paths, path);
}

/**
 * clip_paths_next - Find the next entry with a path
 * @paths: the index
 * @path_hash: stands for the path
 * @from: the path that was returned last, or NULL for the first one
 *
 * Context: The caller holds clip_store_lock.
 * Return: The path within an entry, whether in force or not; NULL at the end.
 */
struct clip_path *clip_paths_next(const struct clip_paths *paths, u64 path_hash,
				  const struct clip_path *from)
{
	struct clip_path *path;

	path = from ? from->next :
		       *chain_of(paths->heads, paths->bits, path_hash);
	while (path && path->hash != path_hash)
		path = path->next;
	return path;
}

/**
 * clip_paths_bytes - Get the memory of the index, without what entries hold
 * @paths: the index
 *
 * Return: The size in bytes. Without a lock, it may be that of a moment ago.
 */
size_t clip_paths_bytes(const struct clip_paths *paths)
{
	const unsigned int bits = READ_ONCE(paths->bits);

	return bits ? BIT_ULL(bits) * sizeof(struct clip_path *) : 0;
}

/**
 * clip_paths_destroy - Free the memory of the index
 * @paths: the index, which no task uses any more
 */
void clip_paths_destroy(struct clip_paths *paths)
{
	free_heads(paths);
	*paths = (struct clip_paths) {};
}
