// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: digests of files that may run from any path
 *
 * One block of memory holds a table with linear probing for each algorithm. A
 * table is three quarters full, which takes 43 bytes for a digest of 32 bytes.
 * One object per digest, or the lists of a hash table, would cost as much again
 * as the digests.
 */
#include "core/common.h"

#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/once.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "digest/content.h"
#include "store/allowlist.h"
#include "store/entry.h"

/* An attacker who chooses files must not be able to choose their slots. */
static u32 seed(void)
{
	static u32 value __read_mostly;

	get_random_once(&value, sizeof(value));
	return value;
}

static u32 first_slot(const struct clip_allow_group *group, const u8 *digest)
{
	/* A digest has at least 16 bytes, all of them equally random. */
	return reciprocal_scale(jhash(digest, 16, seed()), group->slots);
}

static u8 *slot_at(const struct clip_allow *set, u16 algorithm, u32 index)
{
	return (u8 *)set->memory + set->groups[algorithm].offset +
	       (size_t)index * clip_digest_size(algorithm);
}

static bool is_free(const u8 *slot, u8 size)
{
	return !memchr_inv(slot, 0, size);
}

static u32 after(const struct clip_allow_group *group, u32 index)
{
	return index + 1 == group->slots ? 0 : index + 1;
}

/* Returns the slot of a digest, or the free slot in which to insert it. */
static u8 *find_slot(const struct clip_allow *set, u16 algorithm,
		     const u8 *digest, u32 *at)
{
	const struct clip_allow_group *group = &set->groups[algorithm];
	const u8 size = clip_digest_size(algorithm);
	u32 index = first_slot(group, digest);
	u8 *slot;

	for (;; index = after(group, index)) {
		slot = slot_at(set, algorithm, index);
		if (is_free(slot, size) || !memcmp(slot, digest, size))
			break;
	}
	*at = index;
	return slot;
}

/**
 * clip_allow_has - Is a digest in a set?
 * @set: the set, or NULL
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Return: True if it is, false otherwise.
 */
bool clip_allow_has(const struct clip_allow *set, u16 algorithm,
		    const u8 *digest)
{
	u32 at;

	if (!set || !set->groups[algorithm].count)
		return false;
	return !is_free(find_slot(set, algorithm, digest, &at),
			clip_digest_size(algorithm));
}

/**
 * clip_allow_add - Add a digest to a set that is under construction
 * @set: the set, with room for the digest
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest, not all zero
 *
 * Return: True if it was added, false if the set already contains it.
 */
bool clip_allow_add(struct clip_allow *set, u16 algorithm, const u8 *digest)
{
	struct clip_allow_group *group = &set->groups[algorithm];
	const u8 size = clip_digest_size(algorithm);
	u8 *slot;
	u32 at;

	if (WARN_ON_ONCE(group->count + 1 >= group->slots))
		return false;
	slot = find_slot(set, algorithm, digest, &at);
	if (!is_free(slot, size))
		return false;
	memcpy(slot, digest, size);
	group->count++;
	return true;
}

/**
 * clip_allow_remove - Remove a digest from a set that is under construction
 * @set: the set
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Return: True if it was removed, false if the set does not contain it.
 */
bool clip_allow_remove(struct clip_allow *set, u16 algorithm,
		       const u8 *digest)
{
	struct clip_allow_group *group = &set->groups[algorithm];
	const u8 size = clip_digest_size(algorithm);
	u8 moved[CLIP_DIGEST_MAX];
	u32 at, unused;
	u8 *slot;

	if (!clip_allow_has(set, algorithm, digest))
		return false;
	memset(find_slot(set, algorithm, digest, &at), 0, size);
	group->count--;
	/*
	 * The slot may have displaced the digests behind it: insert each of
	 * them again, up to the next free slot.
	 */
	for (at = after(group, at);; at = after(group, at)) {
		slot = slot_at(set, algorithm, at);
		if (is_free(slot, size))
			return true;
		memcpy(moved, slot, size);
		memset(slot, 0, size);
		memcpy(find_slot(set, algorithm, moved, &unused), moved, size);
	}
}

static void copy_group(struct clip_allow *to, const struct clip_allow *from,
		       u16 algorithm)
{
	const u8 size = clip_digest_size(algorithm);
	u32 i;

	for (i = 0; i < from->groups[algorithm].slots; i++) {
		const u8 *slot = slot_at(from, algorithm, i);

		if (!is_free(slot, size))
			clip_allow_add(to, algorithm, slot);
	}
}

/**
 * clip_allow_alloc - Allocate a set with the digests of another one
 * @old: the other set, or NULL
 * @more: number of digests that will be added, by algorithm
 *
 * Return: The set, or NULL if memory is exhausted.
 */
struct clip_allow *clip_allow_alloc(const struct clip_allow *old,
				    const u32 *more)
{
	struct clip_allow_group groups[CLIP_ALGO_COUNT] = {};
	struct clip_allow *set;
	size_t bytes = 0;
	u16 i;

	for (i = 0; i < CLIP_ALGO_COUNT; i++) {
		const u64 count = (old ? old->groups[i].count : 0) + (u64)more[i];

		if (!count)
			continue;
		if (count > CLIP_IMAGE_MAX_ENTRIES * 64ULL)
			return NULL;
		groups[i].slots = count + count / 3 + 2;
		groups[i].offset = bytes;
		bytes += (size_t)groups[i].slots * clip_digest_size(i);
	}
	set = kvzalloc(struct_size(set, memory, bytes),
		       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!set)
		return NULL;
	set->bytes = struct_size(set, memory, bytes);
	memcpy(set->groups, groups, sizeof(groups));
	for (i = 0; old && i < CLIP_ALGO_COUNT; i++)
		copy_group(set, old, i);
	return set;
}

/**
 * clip_allow_count - Count the digests of a set
 * @set: the set, or NULL
 *
 * Return: The number of digests.
 */
u64 clip_allow_count(const struct clip_allow *set)
{
	u64 sum = 0;
	u16 i;

	for (i = 0; set && i < CLIP_ALGO_COUNT; i++)
		sum += set->groups[i].count;
	return sum;
}

/**
 * clip_allow_free - Free a set once its readers have left
 * @set: the set, or NULL
 */
void clip_allow_free(struct clip_allow *set)
{
	if (set)
		kvfree_rcu(set, rcu);
}

/**
 * clip_allow_in_force - Get the set that is in force now
 * @sets: list of the sets of a context, newest first
 *
 * Context: The caller holds the RCU read lock or clip_store_lock.
 * Return: The set, or NULL.
 */
struct clip_allow *clip_allow_in_force(struct clip_allow __rcu *const *sets)
{
	const u64 now = clip_store_generation();
	struct clip_allow *set;

	for (set = rcu_dereference_check(*sets,
					 lockdep_is_held(&clip_store_lock));
	     set && set->born > now;
	     set = rcu_dereference_check(set->older,
					 lockdep_is_held(&clip_store_lock)))
		;
	return set;
}

/**
 * clip_allow_algorithms - Get the algorithms with which a file must be hashed
 * @sets: list of the sets of a context, newest first
 *
 * Return: A mask with bit n set for algorithm number n.
 */
unsigned long clip_allow_algorithms(struct clip_allow __rcu *const *sets)
{
	const struct clip_allow *set;
	unsigned long mask = 0;
	u16 i;

	guard(rcu)();
	set = clip_allow_in_force(sets);
	for (i = 0; set && i < CLIP_ALGO_COUNT; i++)
		if (set->groups[i].count)
			mask |= BIT(i);
	return mask;
}

/**
 * clip_allow_find - Is a digest allowed in a context?
 * @sets: list of the sets of a context, newest first
 * @algorithm: CLIP_ALGO_*
 * @digest: the digest
 *
 * Context: Any; does not sleep.
 * Return: True if it is, false otherwise.
 */
bool clip_allow_find(struct clip_allow __rcu *const *sets, u16 algorithm,
		     const u8 *digest)
{
	guard(rcu)();
	return clip_allow_has(clip_allow_in_force(sets), algorithm, digest);
}
