/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: an index of entries, as one array of pointers
 *
 * An entry lies in the first free slot from the one on to which its hash leads,
 * so an index takes little more than a pointer for each entry. Writers hold
 * clip_store_lock.
 */
#ifndef _SECURITY_CLIP_STORE_SLOTS_H
#define _SECURITY_CLIP_STORE_SLOTS_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct clip_entry;

/**
 * struct clip_slot_array - The slots of an index
 * @rcu: Frees the array after a grace period.
 * @size: Number of the slots.
 * @slot: Each is 0; or %CLIP_SLOT_GONE; or the address of an entry, with some
 *	bits of its hash in place of the three that are zero in an address. These
 *	bits save most of the look at entries that are not asked for.
 */
struct clip_slot_array {
	struct rcu_head rcu;
	u32 size;
	unsigned long slot[] __counted_by(size);
};

/* An entry was here. Those that are behind it are still found. */
#define CLIP_SLOT_GONE	8UL
#define CLIP_SLOT_BITS	7UL

/**
 * struct clip_slots - An index of entries
 * @array: The slots, or NULL. At least one of them is 0.
 * @count: Number of entries. Read without a lock.
 * @used: Number of slots that are not 0.
 *
 * All zeroes is an empty index.
 */
struct clip_slots {
	struct clip_slot_array __rcu *array;
	u32 count;
	u32 used;
};

/**
 * struct clip_slots_kind - What an index is like
 * @hash: Gets the hash of an entry, which is constant while it is in the index.
 * @full: How many of 64 slots may be used.
 * @shared: Readers use the index under RCU. So no entry changes its slot.
 */
struct clip_slots_kind {
	u32 (*hash)(const struct clip_entry *entry);
	u8 full;
	bool shared;
};

int clip_slots_reserve(struct clip_slots *slots,
		       const struct clip_slots_kind *kind, size_t ahead);
void clip_slots_add(struct clip_slots *slots, const struct clip_slots_kind *kind,
		    struct clip_entry *entry);
bool clip_slots_remove(struct clip_slots *slots,
		       const struct clip_slots_kind *kind,
		       const struct clip_entry *entry);
void clip_slots_settle(struct clip_slots *slots,
		       const struct clip_slots_kind *kind);
struct clip_entry *clip_slots_next(const struct clip_slots *slots, u32 hash,
				   u32 *from);
struct clip_entry *clip_slots_at(const struct clip_slots *slots, u32 *from);
struct clip_entry *clip_slots_following(const struct clip_slots *slots,
					const struct clip_slots_kind *kind,
					u32 hash, unsigned long address);
size_t clip_slots_bytes(const struct clip_slots *slots);
void clip_slots_destroy(struct clip_slots *slots);

/* Where the search for a hash begins: in the order of the hashes. */
static inline u32 clip_slot_of(u32 hash, u32 size)
{
	return (u64)hash * size >> 32;
}

/* Not 0, so that neither an empty slot nor %CLIP_SLOT_GONE has the same bits. */
static inline unsigned long clip_slot_bits(u32 hash)
{
	return ((hash & 0xff) * CLIP_SLOT_BITS >> 8) + 1;
}

/**
 * clip_slots_find - Find an entry by its hash
 * @array: the slots of an index, or NULL
 * @hash: the hash
 * @matches: is this the entry that is looked for?
 * @key: the argument of @matches
 *
 * Context: The caller holds the RCU read lock or clip_store_lock. All arguments
 * of @matches are constants where this is used, so that nothing is called.
 * Return: The first entry that matches, without a reference; or NULL.
 */
static __always_inline struct clip_entry *
clip_slots_find(const struct clip_slot_array *array, u32 hash,
		bool (*matches)(const struct clip_entry *entry, const void *key),
		const void *key)
{
	const unsigned long bits = clip_slot_bits(hash);
	const unsigned long *at, *end;

	if (!array)
		return NULL;
	at = array->slot + clip_slot_of(hash, array->size);
	end = array->slot + array->size;
	for (;;) {
		/* Pairs with the release in put_into(). */
		const unsigned long slot = READ_ONCE(*at);

		if ((slot & CLIP_SLOT_BITS) == bits) {
			struct clip_entry *entry = (void *)(slot - bits);

			if (matches(entry, key))
				return entry;
		} else if (!slot) {
			return NULL;
		}
		if (++at == end)
			at = array->slot;
	}
}

#endif /* _SECURITY_CLIP_STORE_SLOTS_H */
