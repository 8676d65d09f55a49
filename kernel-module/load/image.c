// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: reading a compiled image
 */
#include "core/common.h"

#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/latch.h"
#include "digest/content.h"
#include "load/image.h"

static_assert(sizeof(struct clip_image_header) == 64);
static_assert(sizeof(struct clip_image_entry) == 128);
static_assert(sizeof(CLIP_IMAGE_MAGIC) ==
	      sizeof_field(struct clip_image_header, magic));

#define HEADER_FIELD(field)	offsetof(struct clip_image_header, field)

static u32 checksum_of(const struct clip_image_header *header,
		       const void *bytes, size_t size)
{
	struct clip_image_header copy = *header;
	u32 crc;

	copy.checksum = 0;
	crc = crc32_le(~0U, (const u8 *)&copy, sizeof(copy));
	return ~crc32_le(crc, bytes + sizeof(copy), size - sizeof(copy));
}

/*
 * Returns the offset of the first invalid field of the header, or -1 if all are
 * valid.
 */
static s64 header_fault(const struct clip_image_header *header, size_t size)
{
	const u64 count = le32_to_cpu(header->entry_count);
	const u64 strings = sizeof(*header) +
			    count * sizeof(struct clip_image_entry);

	if (memcmp(header->magic, CLIP_IMAGE_MAGIC, sizeof(header->magic)))
		return HEADER_FIELD(magic);
	if (le32_to_cpu(header->version) != CLIP_IMAGE_VERSION)
		return HEADER_FIELD(version);
	if (le32_to_cpu(header->header_size) != sizeof(*header))
		return HEADER_FIELD(header_size);
	if (le64_to_cpu(header->total_size) != size)
		return HEADER_FIELD(total_size);
	/*
	 * @count has 32 bits, and its limit is checked before it is relied
	 * upon.
	 */
	if (count > CLIP_IMAGE_MAX_ENTRIES)
		return HEADER_FIELD(entry_count);
	if (le32_to_cpu(header->entry_size) != sizeof(struct clip_image_entry))
		return HEADER_FIELD(entry_size);
	if (le64_to_cpu(header->entries_offset) != sizeof(*header))
		return HEADER_FIELD(entries_offset);
	if (le64_to_cpu(header->strings_offset) != strings || strings > size)
		return HEADER_FIELD(strings_offset);
	if (le64_to_cpu(header->strings_size) != size - strings)
		return HEADER_FIELD(strings_size);
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
	s64 fault;

	*reason = CLIP_REASON_BAD_IMAGE;
	*error_offset = size;
	if (size > CLIP_IMAGE_MAX_SIZE)
		return -E2BIG;
	if (size < sizeof(*header))
		return -EINVAL;
	fault = header_fault(header, size);
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
		.entries = bytes + sizeof(*header),
		.strings = bytes + le64_to_cpu(header->strings_offset),
		.strings_size = le64_to_cpu(header->strings_size),
	};
	*reason = CLIP_REASON_NONE;
	*error_offset = 0;
	return 0;
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
 * clip_rule_check - Check the meaning of an entry
 * @rule: the fields of the entry
 *
 * Return: %CLIP_REASON_NONE, or the reason for the first fault.
 */
enum clip_reason clip_rule_check(const struct clip_rule *rule)
{
	if (memchr(rule->source, '\0', rule->source_length))
		return CLIP_REASON_BAD_PATH;
	if (!rule->path_length)
		return check_allow(rule);
	if (rule->path[0] != '/' ||
	    memchr(rule->path, '\0', rule->path_length))
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
