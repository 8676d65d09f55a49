// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: lists of network addresses
 *
 * A list is never changed: each change makes a new one. These functions look at
 * no context and at no socket.
 */
#include "core/common.h"

#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <uapi/linux/clip.h>

#include "network/addresses.h"

/**
 * clip_address_make - Read an address as it comes from a request
 * @address: receives the address
 * @family: AF_INET or AF_INET6
 * @prefix: number of the bits that count
 * @bytes: the address, padded with zeros
 *
 * An address of IPv4 that is written as one of IPv6 is refused, because packets
 * never carry it: it would stand for nothing.
 *
 * Return: False if there is no such address, or if a bit that does not count is
 * set; true otherwise.
 */
bool clip_address_make(struct clip_address *address, u16 family, u32 prefix,
		       const u8 bytes[16])
{
	struct in6_addr rest;

	*address = (struct clip_address) { .family = family, .prefix = prefix };
	memcpy(&address->bits, bytes, sizeof(address->bits));
	switch (family) {
	case AF_INET:
		if (prefix > 32 || memchr_inv(bytes + 4, 0, 12))
			return false;
		address->mask4 = inet_make_mask(prefix);
		return !(address->bits.s6_addr32[0] & ~address->mask4);
	case AF_INET6:
		if (prefix > 128 || ipv6_addr_v4mapped(&address->bits))
			return false;
		ipv6_addr_prefix(&rest, &address->bits, prefix);
		return ipv6_addr_equal(&rest, &address->bits);
	default:
		return false;
	}
}

static bool is_single(const struct clip_address *address)
{
	return address->prefix == (address->family == AF_INET ? 32 : 128);
}

/*
 * Each packet is compared with the list, so single addresses are found by a hash
 * table. The administrator chooses them, so that others cannot make chains in it.
 */
static_assert(CLIP_ADDRESSES_MAX < U8_MAX);
static_assert(CLIP_ADDRESS_SLOTS >= 2 * CLIP_ADDRESSES_MAX);

static __always_inline u32 slot_of4(__be32 address)
{
	return hash_32((__force u32)address, CLIP_ADDRESS_SLOTS_BITS);
}

static __always_inline u32 slot_of6(const struct in6_addr *address)
{
	return slot_of4(address->s6_addr32[0] ^ address->s6_addr32[1] ^
			address->s6_addr32[2] ^ address->s6_addr32[3]);
}

static __always_inline u32 next_slot(u32 slot)
{
	return (slot + 1) % CLIP_ADDRESS_SLOTS;
}

static void put_into_table(struct clip_addresses *list, int index)
{
	const struct clip_address *address = &list->list[index];
	u32 slot;

	if (!is_single(address)) {
		list->ranges[list->nr_ranges++] = index;
		return;
	}
	slot = address->family == AF_INET ?
		       slot_of4(address->bits.s6_addr32[0]) :
		       slot_of6(&address->bits);
	while (list->slots[slot])
		slot = next_slot(slot);
	list->slots[slot] = index + 1;
}

/* Computes all fields that follow from the list and from the loopback. */
static void settle(struct clip_addresses *list)
{
	list->nr4 = 0;
	list->nr6 = 0;
	list->any4 = false;
	list->any6 = false;
	list->primary4 = -1;
	list->primary6 = -1;
	for (int i = 0; i < list->count; i++) {
		const struct clip_address *address = &list->list[i];
		const bool old = address->family == AF_INET;
		int *primary = old ? &list->primary4 : &list->primary6;

		(*(old ? &list->nr4 : &list->nr6))++;
		if (!address->prefix)
			*(old ? &list->any4 : &list->any6) = true;
		if (*primary < 0 && is_single(address))
			*primary = i;
		put_into_table(list, i);
	}
	list->has4 = list->nr4 || list->loopback4;
	list->has6 = list->nr6 || !ipv6_addr_any(&list->loopback6);
	list->single4 = list->nr4 == 1 && list->primary4 >= 0;
	list->single6 = list->nr6 == 1 && list->primary6 >= 0;
}

/* The new list has room for @count addresses, and the loopback of the old one. */
static struct clip_addresses *make(const struct clip_addresses *old, u32 count)
{
	struct clip_addresses *list;

	list = kzalloc(struct_size(list, list, count), GFP_KERNEL_ACCOUNT);
	if (!list)
		return NULL;
	list->count = count;
	if (old) {
		list->loopback4 = old->loopback4;
		list->loopback6 = old->loopback6;
	}
	return list;
}

/**
 * clip_addresses_with - Make a list with one address more
 * @old: the list before, or NULL
 * @more: the address, which is put at the end
 *
 * Context: May sleep.
 * Return: The list, or NULL if memory is exhausted.
 */
struct clip_addresses *clip_addresses_with(const struct clip_addresses *old,
					   const struct clip_address *more)
{
	const u32 count = old ? old->count : 0;
	struct clip_addresses *list = make(old, count + 1);

	if (!list)
		return NULL;
	for (u32 i = 0; i < count; i++)
		list->list[i] = old->list[i];
	list->list[count] = *more;
	settle(list);
	return list;
}

/**
 * clip_addresses_without - Make a list with one address less
 * @old: the list before
 * @index: index of the address
 *
 * Context: May sleep.
 * Return: The list, or NULL if memory is exhausted.
 */
struct clip_addresses *clip_addresses_without(const struct clip_addresses *old,
					      u32 index)
{
	struct clip_addresses *list = make(old, old->count - 1);

	if (!list)
		return NULL;
	for (u32 i = 0; i < list->count; i++)
		list->list[i] = old->list[i < index ? i : i + 1];
	settle(list);
	return list;
}

/**
 * clip_addresses_loopback - Make a list with another loopback
 * @old: the list before, or NULL
 * @loopback: the address that stands for the loopback of its family; all zeros
 *	for none
 *
 * Context: May sleep.
 * Return: The list, or NULL if memory is exhausted.
 */
struct clip_addresses *
clip_addresses_loopback(const struct clip_addresses *old,
			const struct clip_address *loopback)
{
	const u32 count = old ? old->count : 0;
	struct clip_addresses *list = make(old, count);

	if (!list)
		return NULL;
	for (u32 i = 0; i < count; i++)
		list->list[i] = old->list[i];
	if (loopback->family == AF_INET)
		list->loopback4 = loopback->bits.s6_addr32[0];
	else
		list->loopback6 = loopback->bits;
	settle(list);
	return list;
}

/**
 * clip_addresses_index - Find an address with its prefix
 * @list: the list, or NULL
 * @address: the address
 *
 * Return: Its index, or -1.
 */
int clip_addresses_index(const struct clip_addresses *list,
			 const struct clip_address *address)
{
	for (int i = 0; list && i < list->count; i++)
		if (list->list[i].family == address->family &&
		    list->list[i].prefix == address->prefix &&
		    ipv6_addr_equal(&list->list[i].bits, &address->bits))
			return i;
	return -1;
}

static __always_inline bool is_in_table4(const struct clip_addresses *list,
					 __be32 wanted)
{
	for (u32 slot = slot_of4(wanted); list->slots[slot];
	     slot = next_slot(slot)) {
		const struct clip_address *address =
			&list->list[list->slots[slot] - 1];

		if (address->family == AF_INET &&
		    address->bits.s6_addr32[0] == wanted)
			return true;
	}
	return false;
}

static __always_inline bool is_in_table6(const struct clip_addresses *list,
					 const struct in6_addr *wanted)
{
	for (u32 slot = slot_of6(wanted); list->slots[slot];
	     slot = next_slot(slot)) {
		const struct clip_address *address =
			&list->list[list->slots[slot] - 1];

		if (address->family == AF_INET6 &&
		    ipv6_addr_equal(&address->bits, wanted))
			return true;
	}
	return false;
}

/**
 * clip_addresses_have4 - Is an address of IPv4 one of those of a context?
 * @list: the list, or NULL
 * @wanted: the address
 *
 * What stands for the loopback is.
 *
 * Return: True if it is.
 */
bool clip_addresses_have4(const struct clip_addresses *list, __be32 wanted)
{
	if (!list)
		return false;
	if (is_in_table4(list, wanted) || (wanted && wanted == list->loopback4))
		return true;
	for (int i = 0; i < list->nr_ranges; i++) {
		const struct clip_address *range = &list->list[list->ranges[i]];

		if (range->family == AF_INET &&
		    !((range->bits.s6_addr32[0] ^ wanted) & range->mask4))
			return true;
	}
	return false;
}

/**
 * clip_addresses_have6 - Is an address of IPv6 one of those of a context?
 * @list: the list, or NULL
 * @wanted: the address, which is not one of IPv4 in another form
 *
 * Return: True if it is.
 */
bool clip_addresses_have6(const struct clip_addresses *list,
			  const struct in6_addr *wanted)
{
	if (!list)
		return false;
	if (is_in_table6(list, wanted) ||
	    (!ipv6_addr_any(wanted) &&
	     ipv6_addr_equal(wanted, &list->loopback6)))
		return true;
	for (int i = 0; i < list->nr_ranges; i++) {
		const struct clip_address *range = &list->list[list->ranges[i]];

		if (range->family == AF_INET6 &&
		    ipv6_prefix_equal(&range->bits, wanted, range->prefix))
			return true;
	}
	return false;
}
