// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: reading a compiled image
 */
#include "core/common.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/latch.h"
#include "digest/content.h"
#include "load/checksum.h"
#include "load/image.h"

static_assert(sizeof(struct clip_image_header) == 64);
static_assert(sizeof(struct clip_image_entry) == 128);
static_assert(sizeof(struct clip_image_digests) == 32);
static_assert(sizeof(struct clip_image_block) == 24);
static_assert(sizeof(CLIP_IMAGE_MAGIC) ==
	      sizeof_field(struct clip_image_header, magic));

#define HEADER_FIELD(field)	offsetof(struct clip_image_header, field)
#define DIGESTS_FIELD(field)	(sizeof(struct clip_image_header) + \
				 offsetof(struct clip_image_digests, field))
#define BLOCK_FIELD(field)	offsetof(struct clip_image_block, field)

/*
 * For each digest of a block there is, behind all of them, the number of its
 * line, and then perhaps the size of its file.
 */
#define LINE_SIZE	sizeof(__le32)
#define FILE_SIZE	sizeof(__le32)

/* Bytes that a digest takes with its line and its size. */
static u64 bytes_of_digest(u16 digest_size, bool has_sizes)
{
	return digest_size + LINE_SIZE + (has_sizes ? FILE_SIZE : 0);
}

static u32 checksum_of(const struct clip_image_header *header,
		       const void *bytes, size_t size)
{
	struct clip_image_header copy = *header;
	u32 crc;

	copy.checksum = 0;
	crc = clip_checksum(~0U, &copy, sizeof(copy));
	return ~clip_checksum(crc, bytes + sizeof(copy), size - sizeof(copy));
}

/* Where the parts of an image are, by its size and its version. */
struct layout {
	size_t size;
	u32 version;
	u64 entries_end;
	u64 blocks_end;
	u64 strings;
};

/*
 * Returns the offset of the first invalid field that versions with blocks have
 * besides, or -1 if all are valid.
 */
static s64 digests_fault(const struct clip_image_digests *digests,
			 struct layout *layout)
{
	const u64 count = le32_to_cpu(digests->block_count);
	const u64 size = le64_to_cpu(digests->digests_size);

	if (count > CLIP_IMAGE_MAX_ENTRIES)
		return DIGESTS_FIELD(block_count);
	if (le32_to_cpu(digests->block_size) != sizeof(struct clip_image_block))
		return DIGESTS_FIELD(block_size);
	if (le64_to_cpu(digests->blocks_offset) != layout->entries_end)
		return DIGESTS_FIELD(blocks_offset);
	layout->blocks_end = layout->entries_end +
			     count * sizeof(struct clip_image_block);
	if (le64_to_cpu(digests->digests_offset) != layout->blocks_end ||
	    layout->blocks_end > layout->size)
		return DIGESTS_FIELD(digests_offset);
	if (size > layout->size - layout->blocks_end)
		return DIGESTS_FIELD(digests_size);
	layout->strings = layout->blocks_end + size;
	return -1;
}

/*
 * Returns the offset of the first invalid field of the header, or -1 if all are
 * valid. @layout has the size of the image.
 */
static s64 header_fault(const struct clip_image_header *header,
			struct layout *layout)
{
	const u32 version = le32_to_cpu(header->version);
	const u64 count = le32_to_cpu(header->entry_count);
	u64 header_size = sizeof(*header);
	s64 fault = -1;

	if (memcmp(header->magic, CLIP_IMAGE_MAGIC, sizeof(header->magic)))
		return HEADER_FIELD(magic);
	if (version < CLIP_IMAGE_VERSION_PLAIN || version > CLIP_IMAGE_VERSION)
		return HEADER_FIELD(version);
	layout->version = version;
	if (version != CLIP_IMAGE_VERSION_PLAIN)
		header_size += sizeof(struct clip_image_digests);
	if (le32_to_cpu(header->header_size) != header_size)
		return HEADER_FIELD(header_size);
	if (le64_to_cpu(header->total_size) != layout->size ||
	    layout->size < header_size)
		return HEADER_FIELD(total_size);
	/*
	 * @count has 32 bits, and its limit is checked before it is relied
	 * upon.
	 */
	if (count > CLIP_IMAGE_MAX_ENTRIES)
		return HEADER_FIELD(entry_count);
	if (le32_to_cpu(header->entry_size) != sizeof(struct clip_image_entry))
		return HEADER_FIELD(entry_size);
	if (le64_to_cpu(header->entries_offset) != header_size)
		return HEADER_FIELD(entries_offset);
	layout->entries_end = header_size + count * sizeof(struct clip_image_entry);
	layout->blocks_end = layout->entries_end;
	layout->strings = layout->entries_end;
	if (version != CLIP_IMAGE_VERSION_PLAIN)
		fault = digests_fault((const void *)(header + 1), layout);
	if (fault >= 0)
		return fault;
	if (le64_to_cpu(header->strings_offset) != layout->strings ||
	    layout->strings > layout->size)
		return HEADER_FIELD(strings_offset);
	if (le64_to_cpu(header->strings_size) != layout->size - layout->strings)
		return HEADER_FIELD(strings_size);
	return -1;
}

/* Returns a string that ends with a NUL inside the table, or NULL. */
static const char *string_at(const struct clip_image *image, u32 offset,
			     u32 length, u32 max)
{
	/*
	 * The sums of 32-bit numbers are computed in 64 bits, so they cannot
	 * wrap.
	 */
	if (length > max || (u64)offset + length + 1 > image->strings_size)
		return NULL;
	if (image->strings[(u64)offset + length] != '\0')
		return NULL;
	return image->strings + offset;
}

/*
 * Returns the offset in a block of its first invalid field, or -1 if all are
 * valid. Its digests begin @at bytes behind the first digest of the image.
 */
static s64 block_fault(const struct clip_image *image, u32 version,
		       const struct clip_image_block *block, u64 at)
{
	const u64 count = le32_to_cpu(block->count);
	const u16 size = le16_to_cpu(block->digest_size);
	const u32 length = le32_to_cpu(block->source_length);
	const u32 flags = le32_to_cpu(block->flags);
	const u32 known = version == CLIP_IMAGE_VERSION_BLOCKS ? 0 : CLIP_BLOCK_ALL;

	/* All sizes are checked that the place of the next block depends on. */
	if (!size || size > CLIP_DIGEST_MAX || size % sizeof(u32))
		return BLOCK_FIELD(digest_size);
	if (flags & ~known)
		return BLOCK_FIELD(flags);
	if (!count || count * bytes_of_digest(size, flags & CLIP_BLOCK_SIZES) >
		      image->digests_size - at)
		return BLOCK_FIELD(count);
	if (length && !string_at(image, le32_to_cpu(block->source_offset),
				 length, CLIP_PATH_MAX))
		return BLOCK_FIELD(source_offset);
	return -1;
}

/*
 * Checks all blocks and counts their digests. Returns the offset in the image of
 * the first invalid field, or -1 if all are valid.
 */
static s64 blocks_fault(struct clip_image *image, u32 version)
{
	u64 at = 0, count = image->count;
	s64 fault;
	u32 i;

	for (i = 0; i < image->nr_blocks; i++) {
		const struct clip_image_block *block = &image->blocks[i];
		const u64 offset = (const u8 *)block - image->bytes;

		fault = block_fault(image, version, block, at);
		if (fault >= 0)
			return offset + fault;
		at += le32_to_cpu(block->count) *
		      bytes_of_digest(le16_to_cpu(block->digest_size),
				      le32_to_cpu(block->flags) & CLIP_BLOCK_SIZES);
		count += le32_to_cpu(block->count);
		if (count > CLIP_IMAGE_MAX_ENTRIES)
			return offset + BLOCK_FIELD(count);
	}
	if (at != image->digests_size)
		return DIGESTS_FIELD(digests_size);
	image->nr_digests = count - image->count;
	return -1;
}

/**
 * clip_image_open - Check the form of an image
 * @image: out: the parts of the image
 * @bytes: the image, aligned to eight bytes; stays owned by the caller
 * @size: size of @bytes in bytes
 * @error_offset: out: on failure, the offset of the fault
 * @reason: out: on failure, the reason
 *
 * Return: 0, or -EINVAL; -E2BIG if the image is too large.
 */
int clip_image_open(struct clip_image *image, const void *bytes, size_t size,
		    u64 *error_offset, enum clip_reason *reason)
{
	const struct clip_image_header *header = bytes;
	struct layout layout = { .size = size };
	s64 fault;

	*reason = CLIP_REASON_BAD_IMAGE;
	*error_offset = size;
	if (size > CLIP_IMAGE_MAX_SIZE)
		return -E2BIG;
	if (size < sizeof(*header))
		return -EINVAL;
	fault = header_fault(header, &layout);
	if (fault >= 0) {
		*error_offset = fault;
		return -EINVAL;
	}
	if (checksum_of(header, bytes, size) !=
	    le32_to_cpu(header->checksum)) {
		*reason = CLIP_REASON_CHECKSUM;
		*error_offset = HEADER_FIELD(checksum);
		return -EINVAL;
	}
	*image = (struct clip_image) {
		.bytes = bytes,
		.count = le32_to_cpu(header->entry_count),
		.entries = bytes + le64_to_cpu(header->entries_offset),
		.blocks = bytes + layout.entries_end,
		.nr_blocks = (layout.blocks_end - layout.entries_end) /
			     sizeof(struct clip_image_block),
		.digests = bytes + layout.blocks_end,
		.digests_size = layout.strings - layout.blocks_end,
		.strings = bytes + layout.strings,
		.strings_size = size - layout.strings,
	};
	fault = blocks_fault(image, layout.version);
	if (fault >= 0) {
		*error_offset = fault;
		return -EINVAL;
	}
	*reason = CLIP_REASON_NONE;
	*error_offset = 0;
	return 0;
}

/**
 * clip_image_block - Read the next block of allow digests
 * @image: an image that clip_image_open() accepted
 * @block: in: the block before, or zeroed memory; out: the fields of the block
 *
 * Return: True if there was another block.
 */
bool clip_image_block(const struct clip_image *image, struct clip_block *block)
{
	const struct clip_image_block *next = &image->blocks[block->next];
	const struct clip_block before = *block;

	if (before.next == image->nr_blocks)
		return false;
	*block = (struct clip_block) {
		.next = before.next + 1,
		.context = le32_to_cpu(next->context),
		.algorithm = le16_to_cpu(next->algorithm),
		.digest_size = le16_to_cpu(next->digest_size),
		.count = le32_to_cpu(next->count),
		.source = "",
		.source_length = le32_to_cpu(next->source_length),
		.first = image->count,
		.digests = image->digests,
	};
	if (before.next) {
		block->first = before.first + before.count;
		block->digests = before.digests +
				 before.count * bytes_of_digest(before.digest_size,
								before.sizes);
	}
	if (le32_to_cpu(next->flags) & CLIP_BLOCK_SIZES)
		block->sizes = (const __le32 *)(block->digests +
			block->count * bytes_of_digest(block->digest_size, false));
	if (block->source_length)
		block->source = image->strings + le32_to_cpu(next->source_offset);
	return true;
}

/**
 * clip_image_rule - Read one entry
 * @image: an image that clip_image_open() accepted
 * @index: number of the entry, less than @image->count
 * @rule: out: the fields of the entry
 * @error_offset: out: on failure, the offset of the field that points outside
 *	of the image
 *
 * Return: 0, or -EINVAL.
 */
int clip_image_rule(const struct clip_image *image, u32 index,
		    struct clip_rule *rule, u64 *error_offset)
{
	const struct clip_image_entry *entry = &image->entries[index];
	const u64 offset = (const u8 *)entry - image->bytes;

	*rule = (struct clip_rule) {
		.context = le32_to_cpu(entry->context),
		.flags = le32_to_cpu(entry->flags),
		.cap_effective = le64_to_cpu(entry->cap_effective),
		.cap_permitted = le64_to_cpu(entry->cap_permitted),
		.cap_inheritable = le64_to_cpu(entry->cap_inheritable),
		.privileges = le64_to_cpu(entry->privileges),
		.path_length = le32_to_cpu(entry->path_length),
		.source = "",
		.source_length = le32_to_cpu(entry->source_length),
		.source_line = le32_to_cpu(entry->source_line),
		.algorithm = le16_to_cpu(entry->algorithm),
		.digest_size = le16_to_cpu(entry->digest_size),
		.digest = entry->digest,
	};
	rule->path = string_at(image, le32_to_cpu(entry->path_offset),
			       rule->path_length, CLIP_PATH_MAX);
	if (!rule->path) {
		*error_offset = offset +
			offsetof(struct clip_image_entry, path_offset);
		return -EINVAL;
	}
	if (rule->source_length)
		rule->source = string_at(image,
					 le32_to_cpu(entry->source_offset),
					 rule->source_length, CLIP_PATH_MAX);
	if (!rule->source) {
		*error_offset = offset +
			offsetof(struct clip_image_entry, source_offset);
		return -EINVAL;
	}
	return 0;
}

/* A string of the table ends with a NUL; is this the first one? */
static bool is_whole(const char *string, u32 length)
{
	return strlen(string) == length;
}

/**
 * clip_rule_has_path - Does an entry name an absolute path?
 * @rule: the fields of the entry, as clip_image_rule() has read them
 *
 * Return: True if it does, false otherwise.
 */
bool clip_rule_has_path(const struct clip_rule *rule)
{
	return rule->path[0] == '/' && is_whole(rule->path, rule->path_length);
}

static bool digest_ok(const struct clip_rule *rule)
{
	const u8 size = clip_digest_size(rule->algorithm);

	return size && rule->digest_size == size &&
	       !memchr_inv(rule->digest + size, 0, CLIP_DIGEST_MAX - size);
}

/* Checks an allow digest. It names no file, so it can grant nothing. */
static enum clip_reason check_allow(const struct clip_rule *rule)
{
	if (rule->flags)
		return CLIP_REASON_BAD_FLAGS;
	if (rule->cap_effective | rule->cap_permitted | rule->cap_inheritable)
		return CLIP_REASON_BAD_CAPABILITIES;
	if (rule->privileges)
		return CLIP_REASON_BAD_PRIVILEGES;
	if (!digest_ok(rule) ||
	    !memchr_inv(rule->digest, 0, rule->digest_size))
		return CLIP_REASON_BAD_DIGEST;
	return CLIP_REASON_NONE;
}

/**
 * clip_block_check - Check the meaning of a block
 * @block: the fields of the block
 *
 * Return: %CLIP_REASON_NONE, or the reason for the first fault. The digests are
 * not looked at.
 */
enum clip_reason clip_block_check(const struct clip_block *block)
{
	if (!is_whole(block->source, block->source_length))
		return CLIP_REASON_BAD_PATH;
	if (block->digest_size != clip_digest_size(block->algorithm))
		return CLIP_REASON_BAD_DIGEST;
	return CLIP_REASON_NONE;
}

/**
 * clip_rule_check - Check the meaning of an entry
 * @rule: the fields of the entry
 *
 * Return: %CLIP_REASON_NONE, or the reason for the first fault.
 */
enum clip_reason clip_rule_check(const struct clip_rule *rule)
{
	if (!is_whole(rule->source, rule->source_length))
		return CLIP_REASON_BAD_PATH;
	if (!rule->path_length)
		return check_allow(rule);
	if (!clip_rule_has_path(rule))
		return CLIP_REASON_BAD_PATH;
	if (rule->flags & ~CLIP_ENTRY_ALL)
		return CLIP_REASON_BAD_FLAGS;
	if ((rule->cap_effective | rule->cap_permitted |
	     rule->cap_inheritable) & ~CLIP_CAPS_ACCEPTED)
		return CLIP_REASON_BAD_CAPABILITIES;
	if (rule->privileges & ~CLIP_PRIV_ALL)
		return CLIP_REASON_BAD_PRIVILEGES;
	if (!digest_ok(rule))
		return CLIP_REASON_BAD_DIGEST;
	return CLIP_REASON_NONE;
}
