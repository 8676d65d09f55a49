/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: digests of files that may run from any path
 *
 * A set is never changed, only replaced. A transaction (store/transaction.h)
 * replaces it and assigns its generation to the new set. The new set refers to
 * the old one, for readers of the previous generation.
 *
 * A digest can have the size of the files with this digest. Where all digests of
 * an algorithm have one, a file of another size need not be hashed: a filter of
 * the sizes tells most of these files apart. It may take a file for one that
 * has to be hashed, and never the other way round.
 */
#ifndef _SECURITY_CLIP_STORE_ALLOWLIST_H
#define _SECURITY_CLIP_STORE_ALLOWLIST_H

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include <uapi/linux/clip.h>

#define CLIP_ALGO_COUNT		(CLIP_ALGO_FSVERITY_SHA512 + 1)

/**
 * struct clip_allow_group - The digests of one algorithm
 * @count: number of digests
 * @slots: number of slots
 * @offset: offset of the first slot in the memory of the set
 * @sized: each digest has a size, and the filter contains it. False until
 *	clip_allow_seal().
 * @largest: the largest of these sizes
 */
struct clip_allow_group {
	u32 count;
	u32 slots;
	size_t offset;
	bool sized;
	u32 largest;
};

/**
 * struct clip_allow_batch - Digests of one algorithm that are added together
 * @algorithm: CLIP_ALGO_*
 * @count: number of digests
 * @digests: the digests, one behind the other, none of which is all zero
 * @sizes: the sizes of their files, or %CLIP_SIZE_UNKNOWN; NULL if all are
 *	unknown
 */
struct clip_allow_batch {
	u16 algorithm;
	u32 count;
	const u8 *digests;
	const __le32 *sizes;
};

/**
 * struct clip_allow_tally - What adding digests to a set has changed
 * @added: number of digests that are new
 * @known: number of digests that the set before has as well
 * @resized: a digest has another size than it had before
 */
struct clip_allow_tally {
	u64 added;
	u64 known;
	bool resized;
};

/**
 * struct clip_allow - A set of digests
 * @rcu: Frees the set after a grace period.
 * @older: The set that was in force before @born, or NULL. Written under
 *	clip_store_lock, read under RCU.
 * @born: First generation in which this set is in force.
 * @bytes: Size of this object, including @memory.
 * @groups: The tables, indexed by algorithm.
 * @filter: Offset of the filter in @memory.
 * @filter_bits: Number of bits of the filter.
 * @memory: The slots of all tables, and behind them the filter. A slot is a
 *	digest and the size of its files; one whose digest is all zero is free.
 *
 * All fields but @older are constant once the set is published in its context.
 */
struct clip_allow {
	struct rcu_head rcu;
	struct clip_allow __rcu *older;
	u64 born;
	size_t bytes;
	struct clip_allow_group groups[CLIP_ALGO_COUNT];
	size_t filter;
	u32 filter_bits;
	u8 memory[] __aligned(sizeof(long));
};

/* Bytes of a slot behind the digest. */
#define CLIP_ALLOW_SIZE_BYTES	sizeof(u32)

/*
 * Is a digest zero in all bytes, as a free slot is? The size of each digest is a
 * multiple of four.
 */
static inline bool clip_allow_is_zero(const u8 *digest, u8 size)
{
	u32 bits = 0;
	u8 i;

	for (i = 0; i < size; i += sizeof(u32))
		bits |= get_unaligned((const u32 *)(digest + i));
	return !bits;
}

struct clip_allow *clip_allow_alloc(const struct clip_allow *old,
				    const u32 *more);
void clip_allow_add(struct clip_allow *set, const struct clip_allow *before,
		    const struct clip_allow_batch *batch,
		    struct clip_allow_tally *tally);
bool clip_allow_remove(struct clip_allow *set, u16 algorithm,
		       const u8 *digest);
bool clip_allow_has(const struct clip_allow *set, u16 algorithm,
		    const u8 *digest);
void clip_allow_seal(struct clip_allow *set);
bool clip_allow_excludes(const struct clip_allow *set, u16 algorithm, u64 size);
u64 clip_allow_count(const struct clip_allow *set);
void clip_allow_free(struct clip_allow *set);

struct clip_allow *clip_allow_in_force(struct clip_allow __rcu *const *sets);
unsigned long clip_allow_algorithms(struct clip_allow __rcu *const *sets);
unsigned long clip_allow_algorithms_for(struct clip_allow __rcu *const *sets,
					u64 size);
bool clip_allow_find(struct clip_allow __rcu *const *sets, u16 algorithm,
		     const u8 *digest);

#endif /* _SECURITY_CLIP_STORE_ALLOWLIST_H */
