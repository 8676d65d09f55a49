// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: an index of entries, as one array of pointers
 *
 * Readers of a shared index take no lock. So an entry that is removed leaves a
 * mark in its slot, an entry never moves within an array, and a larger, smaller
 * or cleaned array is a new one. The old one is freed after a grace period. An
 * index that only writers use needs no marks: what is behind a removed entry
 * moves up.
 *
 * Only clip_slots_reserve() can fail, and it changes nothing then.
 */
#include "core/common.h"

#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "store/slots.h"

/* More entries than memory has room for. Arrays of twice that size can exist. */
#define MOST_ENTRIES	BIT(26)
/* A small index is not worth being made smaller. */
#define FEW_SLOTS	32

/* The callers hold clip_store_lock, which this file does not know. */
static struct clip_slot_array *locked(const struct clip_slots *slots)
{
	return rcu_dereference_protected(slots->array, true);
}

static bool holds_entry(unsigned long slot)
{
	return slot & CLIP_SLOT_BITS;
}

static struct clip_entry *entry_in(unsigned long slot)
{
	return (struct clip_entry *)(slot & ~CLIP_SLOT_BITS);
}

static unsigned long slot_for(const struct clip_entry *entry, u32 hash)
{
	return (unsigned long)entry | clip_slot_bits(hash);
}

static u32 next_slot(const struct clip_slot_array *array, u32 i)
{
	return i + 1 == array->size ? 0 : i + 1;
}

/* How many slots an index needs for so many entries; always one more. */
static u32 slots_for(const struct clip_slots_kind *kind, u32 count)
{
	return DIV_ROUND_UP_ULL((u64)count * 64, kind->full) + 1;
}

static bool has_room(const struct clip_slots *slots,
		     const struct clip_slots_kind *kind,
		     const struct clip_slot_array *array)
{
	return array && slots_for(kind, slots->used + 1) <= array->size;
}

static void put_into(unsigned long *slot, unsigned long value)
{
	/* Pairs with the read in clip_slots_find(): it finds a complete entry. */
	smp_store_release(slot, value);
}

/* Returns true if the slot was empty, and false if it had been used before. */
static bool put(struct clip_slot_array *array,
		const struct clip_slots_kind *kind,
		const struct clip_entry *entry)
{
	const u32 hash = kind->hash(entry);
	u32 i = clip_slot_of(hash, array->size);
	bool empty;

	while (holds_entry(array->slot[i]))
		i = next_slot(array, i);
	empty = !array->slot[i];
	put_into(&array->slot[i], slot_for(entry, hash));
	return empty;
}

/* kmalloc() would round the size of a large array up to a power of two. */
static struct clip_slot_array *alloc_slots(u32 size, gfp_t flags)
{
	struct clip_slot_array *array;
	const size_t bytes = struct_size(array, slot, size);

	array = bytes > PAGE_SIZE ? __vmalloc(bytes, flags | __GFP_ZERO) :
				    kzalloc(bytes, flags);
	if (array)
		array->size = size;
	return array;
}

/* Puts all entries into a new array, which has room for @room of them. */
static int rebuild(struct clip_slots *slots, const struct clip_slots_kind *kind,
		   u32 room, gfp_t flags)
{
	struct clip_slot_array *old = locked(slots), *new = NULL;
	const u32 size = slots_for(kind, room);
	u32 i;

	if (room) {
		new = alloc_slots(size, flags);
		if (!new)
			return -ENOMEM;
	}
	for (i = 0; old && i < old->size; i++) {
		if (holds_entry(old->slot[i]))
			put(new, kind, entry_in(old->slot[i]));
		if (!(i % 4096))
			cond_resched();
	}
	slots->used = slots->count;
	rcu_assign_pointer(slots->array, new);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/**
 * clip_slots_reserve - Make sure that an entry can be added
 * @slots: the index
 * @kind: what it is like
 * @ahead: how many entries will follow, at most. Only a number of them that the
 *	present size justifies gets room at once; an empty index gets it for all.
 *
 * Context: The caller holds clip_store_lock. May sleep.
 * Return: 0; or -ENOMEM, and nothing has changed.
 */
int clip_slots_reserve(struct clip_slots *slots,
		       const struct clip_slots_kind *kind, size_t ahead)
{
	const u32 least = slots->count / 8 + 1;
	const u32 most = slots->count ? slots->count + 8 : MOST_ENTRIES;

	if (has_room(slots, kind, locked(slots)))
		return 0;
	if (slots->count >= MOST_ENTRIES)
		return -ENOMEM;
	ahead = clamp_t(size_t, ahead, least, most);
	return rebuild(slots, kind, slots->count + ahead, GFP_KERNEL_ACCOUNT);
}

/**
 * clip_slots_add - Add an entry
 * @slots: the index, in which clip_slots_reserve() has found room; or one that is
 *	not shared and from which an entry was removed before
 * @kind: what it is like
 * @entry: the entry, complete, which is not in the index
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_slots_add(struct clip_slots *slots, const struct clip_slots_kind *kind,
		    struct clip_entry *entry)
{
	struct clip_slot_array *array = locked(slots);

	/* A search must come to an end. */
	if (WARN_ON_ONCE(!array || slots->used + 1 >= array->size))
		return;
	slots->used += put(array, kind, entry);
	WRITE_ONCE(slots->count, slots->count + 1);
}

/* A search ends behind @i anyway, so it need not pass what was removed here. */
static void clear_back_from(struct clip_slots *slots,
			    struct clip_slot_array *array, u32 i)
{
	if (array->slot[next_slot(array, i)])
		return;
	while (array->slot[i] == CLIP_SLOT_GONE) {
		WRITE_ONCE(array->slot[i], 0);
		slots->used--;
		i = (i ?: array->size) - 1;
	}
}

/* Fills the gap at @gap with what is found from there on, and so on. */
static void close_gap(struct clip_slots *slots,
		      const struct clip_slots_kind *kind,
		      struct clip_slot_array *array, u32 gap)
{
	u32 i = gap, size = array->size;

	for (;;) {
		u32 home;

		i = next_slot(array, i);
		if (!array->slot[i])
			break;
		home = clip_slot_of(kind->hash(entry_in(array->slot[i])), size);
		/* Is the gap on the way from where its search begins? */
		if ((i + size - home) % size < (i + size - gap) % size)
			continue;
		array->slot[gap] = array->slot[i];
		gap = i;
	}
	array->slot[gap] = 0;
	slots->used--;
}

/**
 * clip_slots_remove - Remove an entry
 * @slots: the index
 * @kind: what it is like
 * @entry: the entry
 *
 * Context: The caller holds clip_store_lock.
 * Return: True if the entry was in the index, false otherwise.
 */
bool clip_slots_remove(struct clip_slots *slots,
		       const struct clip_slots_kind *kind,
		       const struct clip_entry *entry)
{
	struct clip_slot_array *array = locked(slots);
	unsigned long slot;
	u32 hash, i;

	if (!array)
		return false;
	hash = kind->hash(entry);
	slot = slot_for(entry, hash);
	for (i = clip_slot_of(hash, array->size); array->slot[i] != slot;
	     i = next_slot(array, i))
		if (!array->slot[i])
			return false;
	WRITE_ONCE(slots->count, slots->count - 1);
	if (kind->shared) {
		WRITE_ONCE(array->slot[i], CLIP_SLOT_GONE);
		clear_back_from(slots, array, i);
	} else {
		close_gap(slots, kind, array, i);
	}
	return true;
}

/**
 * clip_slots_settle - Make an index smaller that has become too large
 * @slots: the index
 * @kind: what it is like
 *
 * Called after a series of changes. Without memory the index stays as it is.
 *
 * Context: The caller holds clip_store_lock. May sleep.
 */
void clip_slots_settle(struct clip_slots *slots,
		       const struct clip_slots_kind *kind)
{
	const struct clip_slot_array *array = locked(slots);
	const u32 count = slots->count;

	if (!array || (count && array->size <= FEW_SLOTS +
		       slots_for(kind, count + count / 4)))
		return;
	rebuild(slots, kind, count ? count + count / 8 + 1 : 0,
		GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_NORETRY);
}

/**
 * clip_slots_next - Find the next entry that may have a hash
 * @slots: the index, which is not changed between the first and the last call
 * @hash: the hash
 * @from: 0 for the first entry; receives where to go on
 *
 * Context: The caller holds clip_store_lock.
 * Return: An entry, which may have another hash; NULL at the end.
 */
struct clip_entry *clip_slots_next(const struct clip_slots *slots, u32 hash,
				   u32 *from)
{
	const struct clip_slot_array *array = locked(slots);
	unsigned long slot;
	u64 at;

	if (!array)
		return NULL;
	do {
		at = (u64)clip_slot_of(hash, array->size) + (*from)++;
		slot = array->slot[at < array->size ? at : at - array->size];
		if ((slot & CLIP_SLOT_BITS) == clip_slot_bits(hash))
			return entry_in(slot);
	} while (slot);
	return NULL;
}

/**
 * clip_slots_at - Get the next entry of an index that does not grow
 * @slots: the index
 * @from: the slot to begin with, 0 for the first; receives the one to go on
 *
 * Entries may be removed meanwhile from a shared index.
 *
 * Context: The caller holds clip_store_lock, or is the only user.
 * Return: An entry, in no order; NULL at the end.
 */
struct clip_entry *clip_slots_at(const struct clip_slots *slots, u32 *from)
{
	const struct clip_slot_array *array = locked(slots);

	while (array && *from < array->size) {
		const unsigned long slot = array->slot[(*from)++];

		if (holds_entry(slot))
			return entry_in(slot);
	}
	return NULL;
}

/* Entries in the order of their hashes; those with the same one by address. */
static bool is_before(u32 hash, unsigned long address, u32 other_hash,
		      unsigned long other)
{
	return hash != other_hash ? hash < other_hash : address < other;
}

/**
 * clip_slots_following - Find the next entry in the order of hash and address
 * @slots: a shared index
 * @kind: what it is like
 * @hash: the hash to begin with
 * @address: the address to begin with, among the entries with this hash
 *
 * The order does not depend on the array. So a reader that goes on where it was
 * finds each entry once that is in the index all the time, whatever happens to
 * the index in between.
 *
 * Context: The caller holds the RCU read lock.
 * Return: The entry without a reference; NULL if there is none.
 */
struct clip_entry *clip_slots_following(const struct clip_slots *slots,
					const struct clip_slots_kind *kind,
					u32 hash, unsigned long address)
{
	const struct clip_slot_array *array = rcu_dereference(slots->array);
	struct clip_entry *best = NULL;
	u32 best_hash = 0, best_slot = 0;
	u64 at;

	if (!array)
		return NULL;
	/* Slots change meanwhile, so that an empty one is not certain to be seen. */
	for (at = clip_slot_of(hash, array->size); at < 2ULL * array->size; at++) {
		const u32 i = at < array->size ? at : at - array->size;
		const unsigned long slot = READ_ONCE(array->slot[i]);
		struct clip_entry *entry = entry_in(slot);

		if (holds_entry(slot)) {
			const u32 its = kind->hash(entry);

			if (is_before(its, (unsigned long)entry, hash, address) ||
			    (best && is_before(best_hash, (unsigned long)best,
					       its, (unsigned long)entry)))
				continue;
			best = entry;
			best_hash = its;
			best_slot = clip_slot_of(its, array->size);
		} else if (!slot && (at >= array->size ||
				     (best && at >= best_slot))) {
			/* A search for what would come before ends here, too. */
			return best;
		}
	}
	return best;
}

/**
 * clip_slots_bytes - Get the memory of an index
 * @slots: the index
 *
 * Return: The size in bytes. Without a lock, it may be that of a moment ago.
 */
size_t clip_slots_bytes(const struct clip_slots *slots)
{
	const struct clip_slot_array *array;

	guard(rcu)();
	array = rcu_dereference(slots->array);
	if (!array)
		return 0;
	return is_vmalloc_addr(array) ?
	       PAGE_ALIGN(struct_size(array, slot, array->size)) : ksize(array);
}

/**
 * clip_slots_destroy - Free the memory of an index, but not its entries
 * @slots: the index, which no task uses any more
 */
void clip_slots_destroy(struct clip_slots *slots)
{
	kvfree(rcu_dereference_protected(slots->array, true));
	*slots = (struct clip_slots) {};
}
