// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: digests of files that may run from any path
 *
 * One block of memory holds a table with linear probing for each algorithm. A
 * slot is a digest and the size of its files. A table is four fifths full, which
 * takes 45 bytes for a digest of 32 bytes. One object per digest, or the lists
 * of a hash table, would cost as much again as the digests.
 */
#include "core/common.h"

#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/once.h>
#include <linux/sched.h>
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

static size_t slot_bytes(u16 algorithm)
{
	return clip_digest_size(algorithm) + CLIP_ALLOW_SIZE_BYTES;
}

static u8 *slot_at(const struct clip_allow *set, u16 algorithm, u32 index)
{
	return (u8 *)set->memory + set->groups[algorithm].offset +
	       index * slot_bytes(algorithm);
}

static u32 size_in(const u8 *slot, u8 digest_size)
{
	return get_unaligned((const u32 *)(slot + digest_size));
}

static void set_size(u8 *slot, u8 digest_size, u32 size)
{
	put_unaligned(size, (u32 *)(slot + digest_size));
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
	const size_t step = size + CLIP_ALLOW_SIZE_BYTES;
	u8 *const slots = (u8 *)set->memory + group->offset;
	u32 index = first_slot(group, digest);
	u8 *slot = slots + index * step;
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
		slot = index ? slot + step : slots;
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

/*
 * Compares a digest that was just added with the set before. Returns true if that
 * does not contain it.
 */
static bool is_new(const struct clip_allow *before, u16 algorithm,
		   const u8 *digest, u32 size, struct clip_allow_tally *tally)
{
	struct place place;

	if (!before || !find(before, algorithm, digest, &place))
		return true;
	tally->known++;
	tally->resized |= size_in(place.slot, clip_digest_size(algorithm)) != size;
	return false;
}

static __always_inline void add_sized(struct clip_allow *set,
				      const struct clip_allow *before,
				      const struct clip_allow_batch *batch,
				      const u8 size,
				      struct clip_allow_tally *tally)
{
	struct clip_allow_group *group = &set->groups[batch->algorithm];
	const u8 *digest = batch->digests;
	struct place place;
	u32 file_size, i;

	for (i = 0; i < batch->count; i++, digest += size) {
		if (WARN_ON_ONCE(group->count + 1 >= group->slots))
			break;
		file_size = batch->sizes ? le32_to_cpu(batch->sizes[i]) :
					   CLIP_SIZE_UNKNOWN;
		if (find_sized(set, group, digest, size, &place)) {
			if (file_size == CLIP_SIZE_UNKNOWN ||
			    file_size == size_in(place.slot, size))
				continue;
			set_size(place.slot, size, file_size);
			tally->resized = true;
			continue;
		}
		memcpy(place.slot, digest, size);
		set_size(place.slot, size, file_size);
		group->count++;
		if (is_new(before, batch->algorithm, digest, file_size, tally))
			tally->added++;
	}
}

/**
 * clip_allow_add - Add digests to a set that is under construction
 * @set: the set, with room for the digests
 * @before: another set, or NULL
 * @batch: the digests
 * @tally: raised by what has changed: @added by the digests that @before does not
 *	contain, @known by those that it contains
 *
 * A digest that @set contains already is given the size, if it is known.
 */
void clip_allow_add(struct clip_allow *set, const struct clip_allow *before,
		    const struct clip_allow_batch *batch,
		    struct clip_allow_tally *tally)
{
	const u8 size = clip_digest_size(batch->algorithm);

	if (before && !before->groups[batch->algorithm].count)
		before = NULL;
	/* The same with a constant size, for the digests that there are many of. */
	if (size == 32)
		add_sized(set, before, batch, 32, tally);
	else
		add_sized(set, before, batch, size, tally);
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
	const size_t bytes = slot_bytes(algorithm);
	u8 moved[CLIP_DIGEST_MAX + CLIP_ALLOW_SIZE_BYTES];
	struct place place;
	u32 at;
	u8 *slot;

	if (!group->count || !find(set, algorithm, digest, &place))
		return false;
	memset(place.slot, 0, bytes);
	group->count--;
	/*
	 * The slot may have displaced the digests behind it: insert each of
	 * them again, up to the next free slot.
	 */
	for (at = after(group, place.index);; at = after(group, at)) {
		slot = slot_at(set, algorithm, at);
		if (clip_allow_is_zero(slot, clip_digest_size(algorithm)))
			return true;
		memcpy(moved, slot, bytes);
		memset(slot, 0, bytes);
		find(set, algorithm, moved, &place);
		memcpy(place.slot, moved, bytes);
	}
}

static void copy_group(struct clip_allow *to, const struct clip_allow *from,
		       u16 algorithm)
{
	const u8 size = clip_digest_size(algorithm);
	struct place place;
	u32 i;

	for (i = 0; i < from->groups[algorithm].slots; i++) {
		const u8 *slot = slot_at(from, algorithm, i);

		if (clip_allow_is_zero(slot, size))
			continue;
		find(to, algorithm, slot, &place);
		memcpy(place.slot, slot, slot_bytes(algorithm));
		to->groups[algorithm].count++;
	}
}

/* Hashing takes time; a digest of fs-verity is there already. */
static bool is_hashed(u16 algorithm)
{
	return algorithm < CLIP_ALGO_FSVERITY_SHA256;
}

/*
 * With 16 bits for each size and four of them set, one in four hundred other
 * sizes is taken for one of them.
 */
#define FILTER_BITS	16
#define FILTER_PROBES	4

/*
 * The first bit of a size, and the distance between its bits. With the seed, it
 * cannot be computed which other sizes pass.
 */
static u64 spread(u32 size)
{
	static u64 seed __read_mostly;
	u64 product;

	get_random_once(&seed, sizeof(seed));
	product = (size + 1 + seed) * GOLDEN_RATIO_64;

	return (product ^ product >> 32) * GOLDEN_RATIO_64;
}

static u32 filter_bit(const struct clip_allow *set, u64 bits, u32 probe)
{
	const u32 first = bits >> 32, step = (u32)bits | 1;

	return reciprocal_scale(first + probe * step, set->filter_bits);
}

static void filter_add(struct clip_allow *set, u32 size)
{
	unsigned long *filter = (unsigned long *)(set->memory + set->filter);
	const u64 bits = spread(size);
	u32 i;

	for (i = 0; i < FILTER_PROBES; i++)
		__set_bit(filter_bit(set, bits, i), filter);
}

static bool filter_has(const struct clip_allow *set, u32 size)
{
	const unsigned long *filter =
		(const unsigned long *)(set->memory + set->filter);
	const u64 bits = spread(size);
	u32 i;

	for (i = 0; i < FILTER_PROBES; i++)
		if (!test_bit(filter_bit(set, bits, i), filter))
			return false;
	return true;
}

static void seal_group(struct clip_allow *set, u16 algorithm)
{
	struct clip_allow_group *group = &set->groups[algorithm];
	const u8 digest_size = clip_digest_size(algorithm);
	u32 i;

	group->sized = true;
	group->largest = 0;
	for (i = 0; i < group->slots; i++) {
		const u8 *slot = slot_at(set, algorithm, i);
		const u32 size = size_in(slot, digest_size);

		if (clip_allow_is_zero(slot, digest_size))
			continue;
		if (size == CLIP_SIZE_UNKNOWN) {
			group->sized = false;
		} else {
			filter_add(set, size);
			group->largest = max(group->largest, size);
		}
		if (!(i % 4096))
			cond_resched();
	}
}

/**
 * clip_allow_seal - Make the filter of the sizes, after the last change of a set
 * @set: the set, which no reader can see yet
 *
 * Context: May sleep.
 */
void clip_allow_seal(struct clip_allow *set)
{
	u16 i;

	for (i = 0; i < CLIP_ALGO_COUNT; i++)
		if (set->groups[i].count && is_hashed(i))
			seal_group(set, i);
}

/**
 * clip_allow_excludes - Can no file of a size have a digest of a set?
 * @set: the set
 * @algorithm: CLIP_ALGO_* of the digests
 * @size: the size of the file
 *
 * Return: True if no digest of the algorithm is that of a file of this size.
 * False if one may be, or if the digest of a file costs nothing.
 */
bool clip_allow_excludes(const struct clip_allow *set, u16 algorithm, u64 size)
{
	const struct clip_allow_group *group = &set->groups[algorithm];

	/* The filter lets a few sizes pass, but never a larger file than any. */
	return group->sized &&
	       (size > group->largest || !filter_has(set, size));
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
	size_t filter;
	u32 filter_bits;
	struct clip_allow *set;
	size_t bytes = 0;
	u64 hashed = 0;
	u16 i;

	for (i = 0; i < CLIP_ALGO_COUNT; i++) {
		const u64 count = (old ? old->groups[i].count : 0) + (u64)more[i];

		if (!count)
			continue;
		if (count > CLIP_IMAGE_MAX_ENTRIES * 64ULL)
			return NULL;
		groups[i].slots = count + count / 4 + 2;
		groups[i].offset = bytes;
		bytes += groups[i].slots * slot_bytes(i);
		if (is_hashed(i))
			hashed += count;
	}
	filter = round_up(bytes, sizeof(long));
	filter_bits = min(round_up(hashed * FILTER_BITS, BITS_PER_LONG), BIT_ULL(31));
	bytes = filter + filter_bits / BITS_PER_BYTE;
	set = kvzalloc(struct_size(set, memory, bytes),
		       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!set)
		return NULL;
	set->bytes = struct_size(set, memory, bytes);
	memcpy(set->groups, groups, sizeof(groups));
	set->filter = filter;
	set->filter_bits = filter_bits;
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

static unsigned long algorithms_of(const struct clip_allow *set)
{
	unsigned long mask = 0;
	u16 i;

	for (i = 0; set && i < CLIP_ALGO_COUNT; i++)
		if (set->groups[i].count)
			mask |= BIT(i);
	return mask;
}

/**
 * clip_allow_algorithms - Get the algorithms of the digests of a context
 * @sets: list of the sets of a context, newest first
 *
 * Return: A mask with bit n set for algorithm number n.
 */
unsigned long clip_allow_algorithms(struct clip_allow __rcu *const *sets)
{
	guard(rcu)();
	return algorithms_of(clip_allow_in_force(sets));
}

/**
 * clip_allow_algorithms_for - Get the algorithms with which a file must be hashed
 * @sets: list of the sets of a context, newest first
 * @size: the size of the file
 *
 * Return: A mask with bit n set for algorithm number n. By any other algorithm,
 * no digest of the context is that of a file of this size.
 */
unsigned long clip_allow_algorithms_for(struct clip_allow __rcu *const *sets,
					u64 size)
{
	const struct clip_allow *set;
	unsigned long mask, rest;
	unsigned int i;

	guard(rcu)();
	set = clip_allow_in_force(sets);
	mask = algorithms_of(set);
	rest = mask;
	for_each_set_bit(i, &rest, CLIP_ALGO_COUNT)
		if (clip_allow_excludes(set, i, size))
			mask &= ~BIT(i);
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
