/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: digests of files that may run wherever they are
 *
 * A set is never changed, only replaced: by a transaction (store/transaction.h), which gives
 * the new one its generation. The one before stays behind it for readers of the
 * generation before.
 */
#ifndef _SECURITY_CLIP_STORE_ALLOWLIST_H
#define _SECURITY_CLIP_STORE_ALLOWLIST_H

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#define CLIP_ALGO_COUNT		(CLIP_ALGO_FSVERITY_SHA512 + 1)

/**
 * struct clip_allow_group - the digests of one algorithm
 * @count: how many there are
 * @slots: how many there is room for
 * @offset: of the first slot in the set's memory
 */
struct clip_allow_group {
	u32 count;
	u32 slots;
	size_t offset;
};

/**
 * struct clip_allow - a set of digests
 * @rcu: frees it
 * @older: the set that was in force before @born, or NULL
 * @born: first generation in which it is in force
 * @verdict: stands for "matches one of these" in cached verdicts
 * @bytes: memory of the set
 * @groups: by algorithm
 * @memory: the slots; one that is all zero is free
 */
struct clip_allow {
	struct rcu_head rcu;
	struct clip_allow __rcu *older;
	u64 born;
	u64 verdict;
	size_t bytes;
	struct clip_allow_group groups[CLIP_ALGO_COUNT];
	u8 memory[];
};

struct clip_allow *clip_allow_alloc(const struct clip_allow *old,
				    const u32 *more);
bool clip_allow_add(struct clip_allow *set, u16 algorithm, const u8 *digest);
bool clip_allow_remove(struct clip_allow *set, u16 algorithm,
		       const u8 *digest);
bool clip_allow_has(const struct clip_allow *set, u16 algorithm,
		    const u8 *digest);
u64 clip_allow_count(const struct clip_allow *set);
void clip_allow_free(struct clip_allow *set);

struct clip_allow *clip_allow_in_force(struct clip_allow __rcu *const *sets);
u64 clip_allow_verdict(struct clip_allow __rcu *const *sets);
unsigned long clip_allow_algorithms(struct clip_allow __rcu *const *sets);
bool clip_allow_find(struct clip_allow __rcu *const *sets, u16 algorithm,
		     const u8 *digest, u64 *verdict);

#endif /* _SECURITY_CLIP_STORE_ALLOWLIST_H */
