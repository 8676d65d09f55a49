/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: reading a compiled image
 *
 * These functions are pure: they turn bytes into values, and use no file and no
 * task and allocate no memory.
 */
#ifndef _SECURITY_CLIP_LOAD_IMAGE_H
#define _SECURITY_CLIP_LOAD_IMAGE_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_image - An image whose form is valid
 * @bytes: the image; not owned
 * @count: number of entries
 * @entries: the first entry; points into @bytes
 * @blocks: the first block of allow digests; points into @bytes
 * @nr_blocks: number of blocks
 * @nr_digests: number of the digests of all blocks
 * @digests: the first digest of the first block; points into @bytes
 * @digests_size: size of all digests and lines in bytes
 * @strings: the string table; points into @bytes
 * @strings_size: size of the string table in bytes
 */
struct clip_image {
	const u8 *bytes;
	u32 count;
	const struct clip_image_entry *entries;
	const struct clip_image_block *blocks;
	u32 nr_blocks;
	u32 nr_digests;
	const u8 *digests;
	u64 digests_size;
	const char *strings;
	u64 strings_size;
};

/**
 * struct clip_rule - One entry of an image, in the kernel's byte order
 * @context: context number, or %CLIP_CONTEXT_OWN
 * @flags: CLIP_ENTRY_*
 * @cap_effective: mask of effective capabilities; bit 63 is CONTEXT
 * @cap_permitted: mask of permitted capabilities; bit 63 is CONTEXT
 * @cap_inheritable: mask of inheritable capabilities; bit 63 is CONTEXT
 * @privileges: CLIP_PRIV_*
 * @path: absolute path with a final NUL; points into the image
 * @path_length: length of @path in bytes
 * @source: name of the rule file with a final NUL; "" if it is not known
 * @source_length: length of @source in bytes
 * @source_line: line in the rule file, or 0
 * @algorithm: CLIP_ALGO_*
 * @digest_size: number of bytes of @digest that count
 * @digest: the digest; points into the image
 */
struct clip_rule {
	u32 context;
	u32 flags;
	u64 cap_effective;
	u64 cap_permitted;
	u64 cap_inheritable;
	u64 privileges;
	const char *path;
	u32 path_length;
	const char *source;
	u32 source_length;
	u32 source_line;
	u16 algorithm;
	u16 digest_size;
	const u8 *digest;
};

/**
 * struct clip_block - A block of allow digests, in the kernel's byte order
 * @next: number of the block behind this one
 * @context: context number, or %CLIP_CONTEXT_OWN
 * @algorithm: CLIP_ALGO_*
 * @digest_size: size of a digest
 * @count: number of digests
 * @first: number of the first digest in the image, behind all entries
 * @source: name of the rule file with a final NUL; "" if it is not known
 * @source_length: length of @source in bytes
 * @digests: the digests, one behind the other; points into the image
 * @sizes: the sizes of the files, or %CLIP_SIZE_UNKNOWN; NULL if there are none.
 *	Points into the image
 */
struct clip_block {
	u32 next;
	u32 context;
	u16 algorithm;
	u16 digest_size;
	u32 count;
	u32 first;
	const char *source;
	u32 source_length;
	const u8 *digests;
	const __le32 *sizes;
};

int clip_image_open(struct clip_image *image, const void *bytes, size_t size,
		    u64 *error_offset, enum clip_reason *reason);
int clip_image_rule(const struct clip_image *image, u32 index,
		    struct clip_rule *rule, u64 *error_offset);
bool clip_image_block(const struct clip_image *image, struct clip_block *block);
enum clip_reason clip_block_check(const struct clip_block *block);
bool clip_rule_has_path(const struct clip_rule *rule);
enum clip_reason clip_rule_check(const struct clip_rule *rule);

#endif /* _SECURITY_CLIP_LOAD_IMAGE_H */
