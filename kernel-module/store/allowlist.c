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

#include <linux/mm.h>
#include <linux/once.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "digest/content.h"
#include "store/allowlist.h"
#include "store/entry.h"

/*
 * An attacker who chooses files must not be able to choose their slots. Without
 * the seed, two digests that differ in their first 16 bytes have the same slot
 * as often as random numbers do.
 */
static u32 first_slot(const struct clip_allow_group *group, const u8 *digest)
{
	static u64 seed[2] __read_mostly;
	u64 product;

	get_random_once(&seed, sizeof(seed));
	product = (get_unaligned((const u64 *)digest) + seed[0]) *
		  (get_unaligned((const u64 *)(digest + 8)) + seed[1]);
	return reciprocal_scale(product >> 32, group->slots);
}

static u8 *slot_at(const struct clip_allow *set, u16 algorithm, u32 index)
{
	return (u8 *)set->memory + set->groups[algorithm].offset +
	       (size_t)index * clip_digest_size(algorithm);
}

static u32 after(const struct clip_allow_group *group, u32 index)
{
	return index + 1 == group->slots ? 0 : index + 1;
}

/* A place in the table of one algorithm. */
struct place {
	u8 *slot;
	u32 index;
};

/*
 * Finds a digest, or else the free slot in which to insert it. Returns true if
 * the digest is there. Callers that have many digests pass a constant as @size.
 */
static __always_inline bool find_sized(const struct clip_allow *set,
				       const struct clip_allow_group *group,
				       const u8 *digest, const u8 size,
				       struct place *place)
{
	const u32 start = get_unaligned((const u32 *)digest);
	u8 *const slots = (u8 *)set->memory + group->offset;
	u32 index = first_slot(group, digest);
	u8 *slot = slots + (size_t)index * size;
	bool found = false;
	u32 word;

	/*
	 * Most slots on the way differ in their first bytes. A digest that is all
	 * zero is not found in a free slot.
	 */
	for (;;) {
		word = get_unaligned((const u32 *)slot);
		if (!word && clip_allow_is_zero(slot, size))
			break;
		found = word == start && !memcmp(slot, digest, size);
		if (found)
			break;
		index = after(group, index);
		slot = index ? slot + size : slots;
	}
	*place = (struct place) { .slot = slot, .index = index };
	return found;
}

static bool find(const struct clip_allow *set, u16 algorithm, const u8 *digest,
		 struct place *place)
{
	return find_sized(set, &set->groups[algorithm], digest,
			  clip_digest_size(algorithm), place);
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
	struct place place;

	if (!set || !set->groups[algorithm].count)
		return false;
	return find(set, algorithm, digest, &place);
}

static __always_inline u32 add_sized(struct clip_allow *set,
				     const struct clip_allow *before, u16 algorithm,
				     const u8 *digests, u32 count, const u8 size,
				     u64 *known)
{
	struct clip_allow_group *group = &set->groups[algorithm];
	struct place place;
	u32 added = 0, i;

	for (i = 0; i < count; i++, digests += size) {
		if (WARN_ON_ONCE(group->count + 1 >= group->slots))
			break;
		if (find_sized(set, group, digests, size, &place))
			continue;
		memcpy(place.slot, digests, size);
		group->count++;
		if (before && clip_allow_has(before, algorithm, digests))
			(*known)++;
		else
			added++;
	}
	return added;
}

/**
 * clip_allow_add - Add digests to a set that is under construction
 * @set: the set, with room for the digests
 * @before: another set, or NULL
 * @algorithm: CLIP_ALGO_*
 * @digests: the digests, one behind the other, none of which is all zero
 * @count: number of @digests
 * @known: raised by how many digests were added that @before contains
 *
 * Return: How many digests were added that @before does not contain.
 */
u32 clip_allow_add(struct clip_allow *set, const struct clip_allow *before,
		   u16 algorithm, const u8 *digests, u32 count, u64 *known)
{
	const u8 size = clip_digest_size(algorithm);

	if (before && !before->groups[algorithm].count)
		before = NULL;
	/* The same with a constant size, for the digests that there are many of. */
	return size == 32 ? add_sized(set, before, algorithm, digests, count, 32, known) :
			    add_sized(set, before, algorithm, digests, count, size, known);
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
	struct place place;
	u32 at;
	u8 *slot;

	if (!group->count || !find(set, algorithm, digest, &place))
		return false;
	memset(place.slot, 0, size);
	group->count--;
	/*
	 * The slot may have displaced the digests behind it: insert each of
	 * them again, up to the next free slot.
	 */
	for (at = after(group, place.index);; at = after(group, at)) {
		slot = slot_at(set, algorithm, at);
		if (clip_allow_is_zero(slot, size))
			return true;
		memcpy(moved, slot, size);
		memset(slot, 0, size);
		find(set, algorithm, moved, &place);
		memcpy(place.slot, moved, size);
	}
}

static void copy_group(struct clip_allow *to, const struct clip_allow *from,
		       u16 algorithm)
{
	const u8 size = clip_digest_size(algorithm);
	u64 unused = 0;
	u32 i;

	for (i = 0; i < from->groups[algorithm].slots; i++) {
		const u8 *slot = slot_at(from, algorithm, i);

		if (!clip_allow_is_zero(slot, size))
			clip_allow_add(to, NULL, algorithm, slot, 1, &unused);
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
