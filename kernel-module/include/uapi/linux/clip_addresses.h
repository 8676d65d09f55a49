/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of the clip security module: the network addresses of contexts.
 * Include <linux/clip.h>.
 */
#ifndef _UAPI_LINUX_CLIP_ADDRESSES_H
#define _UAPI_LINUX_CLIP_ADDRESSES_H

/* The most addresses that a context has; that for the loopback is not counted. */
#define CLIP_ADDRESSES_MAX		64U

/* clip_context_address.operation */
#define CLIP_ADDRESS_ADD		1	/* one more; EEXIST, ENOSPC */
#define CLIP_ADDRESS_REMOVE		2	/* one less; ENOENT */
#define CLIP_ADDRESS_FLUSH		3	/* no address, no loopback */
#define CLIP_ADDRESS_LOOPBACK		4	/* stands for 127.0.0.1, or ::1 */
#define CLIP_ADDRESS_GET		5	/* the one with a number */
#define CLIP_ADDRESS_GET_LOOPBACK	6	/* what LOOPBACK has set */

/**
 * struct clip_context_address - One network address of a context;
 *	CLIP_IOC_CONTEXT_ADDRESS, on the descriptor of the context
 * @size: in: size of this structure
 * @reason: out: enum clip_reason of a refusal
 * @operation: in: CLIP_ADDRESS_*
 * @family: in: AF_INET or AF_INET6; 0 for FLUSH and GET; out: that of the address
 * @prefix: in: how many bits of the address count: 32 or 128 is one address, and
 *	less is a range, whose other bits are 0. With 0 it is every address of the
 *	family, also those of the loopback
 * @address: in: the address in the order of bytes of the network, padded with
 *	zeros; for LOOPBACK, all zeros take it away; out: the address
 * @index: in: for GET, which address, from 0; otherwise 0
 * @count: out: how many addresses the context has
 *
 * GET and GET_LOOPBACK take the right to read the level of the context, and the
 * others that to make contexts. Addresses change while the context is not sealed,
 * and, once a task has entered it, only if it has %CLIP_CONTEXT_LIVE_ADDRESSES;
 * EBUSY otherwise. GET of a number that is not there is ENOENT.
 */
struct clip_context_address {
	__u32 size;
	__u32 reason;
	__u16 operation;
	__u16 family;
	__u32 prefix;
	__u8 address[16];
	__u32 index;
	__u32 count;
};

#define CLIP_IOC_CONTEXT_ADDRESS	_IOWR(CLIP_IOC_MAGIC, 16, struct clip_context_address)

#endif /* _UAPI_LINUX_CLIP_ADDRESSES_H */
