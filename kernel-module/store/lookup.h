/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: looking up a file in all contexts
 */
#ifndef _SECURITY_CLIP_STORE_LOOKUP_H
#define _SECURITY_CLIP_STORE_LOOKUP_H

#include <linux/fs.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;
struct clip_entry;
struct clip_table;

struct clip_entry *clip_store_lookup_inode(struct clip_table *table,
					   const struct inode *inode);
bool clip_store_names(const struct inode *inode);
bool clip_allow_anywhere(u16 algorithm, const u8 *digest);

/* forget.c: entries of deleted files and of unmounted filesystems */
void clip_store_forget_inode(const struct inode *inode);
void clip_store_forget_sb(u32 sb);
void clip_store_reap(void);

/**
 * struct clip_exception_entry - One exception
 * @end: The time at which it ends, in nanoseconds since boot.
 * @serial: The serial number of its context, which no other context has.
 * @xid: The number of the context.
 * @algorithm: CLIP_ALGO_*
 * @digest: The digest.
 */
struct clip_exception_entry {
	u64 end;
	u64 serial;
	u32 xid;
	u16 algorithm;
	u8 digest[CLIP_DIGEST_MAX];
};

int clip_exception_change(const struct clip_context *ctx, u16 algorithm,
			  const u8 *digest, u32 seconds);
unsigned long clip_exception_algorithms(const struct clip_context *ctx);
bool clip_exception_find(const struct clip_context *ctx, u16 algorithm,
			 const u8 *digest);
const struct clip_exception_entry *clip_exception_next(u32 *from);

#endif /* _SECURITY_CLIP_STORE_LOOKUP_H */
