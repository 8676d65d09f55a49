/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: lists of network addresses
 */
#ifndef _SECURITY_CLIP_NETWORK_ADDRESSES_H
#define _SECURITY_CLIP_NETWORK_ADDRESSES_H

#include <linux/bits.h>
#include <linux/in6.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_address - An address, or a range of them
 * @family: AF_INET or AF_INET6
 * @prefix: number of the bits that count
 * @bits: the address; one of IPv4 is in the first four bytes
 * @mask4: of IPv4, the bits that count
 */
struct clip_address {
	u16 family;
	u16 prefix;
	struct in6_addr bits;
	__be32 mask4;
};

/* A power of two, so large that half of the table stays empty. */
#define CLIP_ADDRESS_SLOTS_BITS	7
#define CLIP_ADDRESS_SLOTS	BIT(CLIP_ADDRESS_SLOTS_BITS)

/**
 * struct clip_addresses - The addresses of a context
 * @rcu: frees the list when no reader is left
 * @count: number of addresses in @list
 * @any4: every address of IPv4 is in the list
 * @any6: every address of IPv6 is in the list
 * @nr4: number of addresses of IPv4 in the list
 * @nr6: number of addresses of IPv6 in the list
 * @has4: an address of IPv4 is in the list, or stands for the loopback
 * @has6: the same for IPv6
 * @loopback4: stands for the loopback of IPv4, or 0
 * @loopback6: stands for the loopback of IPv6, or ::
 * @primary4: index of the first single address of IPv4, or -1
 * @primary6: the same for IPv6
 * @single4: the address with the index @primary4 is all that IPv4 has
 * @single6: the same for IPv6
 * @nr_ranges: number of ranges in @list
 * @ranges: their indexes
 * @slots: hash table of all others: an index plus one, or 0. An address whose
 *	slot is taken is in the next one that was free.
 * @list: the addresses in the order in which they were added
 *
 * Never changed once it is published.
 */
struct clip_addresses {
	struct rcu_head rcu;
	u32 count;
	bool any4;
	bool any6;
	u32 nr4;
	u32 nr6;
	bool has4;
	bool has6;
	__be32 loopback4;
	struct in6_addr loopback6;
	int primary4;
	int primary6;
	bool single4;
	bool single6;
	u8 nr_ranges;
	u8 ranges[CLIP_ADDRESSES_MAX];
	u8 slots[CLIP_ADDRESS_SLOTS];
	struct clip_address list[] __counted_by(count);
};

extern u64 clip_address_changes;

bool clip_address_make(struct clip_address *address, u16 family, u32 prefix,
		       const u8 bytes[16]);
struct clip_addresses *clip_addresses_with(const struct clip_addresses *old,
					   const struct clip_address *more);
struct clip_addresses *clip_addresses_without(const struct clip_addresses *old,
					      u32 index);
struct clip_addresses *
clip_addresses_loopback(const struct clip_addresses *old,
			const struct clip_address *loopback);
int clip_addresses_index(const struct clip_addresses *list,
			 const struct clip_address *address);
bool clip_addresses_have4(const struct clip_addresses *list, __be32 address);
bool clip_addresses_have6(const struct clip_addresses *list,
			  const struct in6_addr *address);

#endif /* _SECURITY_CLIP_NETWORK_ADDRESSES_H */
