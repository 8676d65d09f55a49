// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz the kernel's reader of images, compiled for the host. Memory errors are
 * found by the sanitizers; what a valid rule promises is checked here.
 *
 * Most images get their sizes and their checksum right after a mutation, because
 * the reader goes no further otherwise.
 */
#include "core/common.h"

#include <stdio.h>
#include <stdlib.h>

#include "load/image.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition) do { \
	if (!(condition)) { \
		fprintf(stderr, "not so: %s\n", #condition); \
		abort(); \
	} \
} while (0)

static u32 checksum(const u8 *bytes, size_t size)
{
	struct clip_image_header header;
	u32 crc;

	memcpy(&header, bytes, sizeof(header));
	header.checksum = 0;
	crc = crc32_le(~0U, (const u8 *)&header, sizeof(header));
	return ~crc32_le(crc, bytes + sizeof(header), size - sizeof(header));
}

/* As many parts of @part bytes as the field says, if there are that many behind @at. */
static u32 at_most(__le32 field, size_t size, u64 at, size_t part)
{
	const u64 most = (size - at) / part;

	return le32toh(field) < most ? le32toh(field) : most;
}

/* Lets the blocks have what digests they ask for. Returns where the strings begin. */
static u64 repair_blocks(u8 *bytes, size_t size, u64 entries_end, bool sizes)
{
	u8 *second = bytes + sizeof(struct clip_image_header);
	struct clip_image_digests digests;
	struct clip_image_block block;
	u32 each, i;
	u64 at;

	memcpy(&digests, second, sizeof(digests));
	digests.block_count = htole32(at_most(digests.block_count, size, entries_end,
					      sizeof(block)));
	digests.block_size = htole32(sizeof(block));
	digests.blocks_offset = htole64(entries_end);
	at = entries_end + le32toh(digests.block_count) * sizeof(block);
	digests.digests_offset = htole64(at);
	for (i = 0; i < le32toh(digests.block_count); i++) {
		u8 *place = bytes + entries_end + i * sizeof(block);

		memcpy(&block, place, sizeof(block));
		block.digest_size = htole16(le16toh(block.digest_size) % 16 * 4 + 4);
		block.flags = htole32(le32toh(block.flags) & (sizes ? CLIP_BLOCK_ALL : 0));
		each = le16toh(block.digest_size) + (block.flags ? 8 : 4);
		block.count = htole32(at_most(block.count, size, at, each));
		at += le32toh(block.count) * (u64)each;
		memcpy(place, &block, sizeof(block));
	}
	digests.digests_size = htole64(at - le64toh(digests.digests_offset));
	memcpy(second, &digests, sizeof(digests));
	return at;
}

/* Some header fields stay as they were mutated, by the bits of the seed. */
static void repair(u8 *bytes, size_t size, unsigned int seed)
{
	const bool has_blocks = seed & 0x1000 &&
		size >= sizeof(struct clip_image_header) + sizeof(struct clip_image_digests);
	const bool has_sizes = seed & 0x2000;
	struct clip_image_header header;
	u64 header_size = sizeof(header), strings;

	if (size < sizeof(header))
		return;
	if (has_blocks)
		header_size += sizeof(struct clip_image_digests);
	memcpy(&header, bytes, sizeof(header));
	if (seed & 0xf0) {
		memcpy(header.magic, CLIP_IMAGE_MAGIC, sizeof(header.magic));
		header.version = htole32(!has_blocks ? CLIP_IMAGE_VERSION_PLAIN :
					 has_sizes ? CLIP_IMAGE_VERSION :
						     CLIP_IMAGE_VERSION_BLOCKS);
		header.header_size = htole32(header_size);
		header.entry_size = htole32(sizeof(struct clip_image_entry));
		header.entries_offset = htole64(header_size);
		header.total_size = htole64(size);
		header.entry_count = htole32(at_most(header.entry_count, size, header_size,
						     sizeof(struct clip_image_entry)));
		strings = header_size + le32toh(header.entry_count) *
					sizeof(struct clip_image_entry);
		if (has_blocks)
			strings = repair_blocks(bytes, size, strings, has_sizes);
		header.strings_offset = htole64(strings);
		header.strings_size = htole64(size - strings);
		memcpy(bytes, &header, sizeof(header));
	}
	if (seed & 0xf00) {
		header.checksum = htole32(checksum(bytes, size));
		memcpy(bytes, &header, sizeof(header));
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	repair(data, size, seed);
	return size;
}

static void check_rule(const struct clip_image *image, const struct clip_rule *rule)
{
	const char *end = image->strings + image->strings_size;

	CHECK(rule->path >= image->strings && rule->path + rule->path_length < end);
	CHECK(rule->path[rule->path_length] == '\0');
	CHECK(rule->path_length <= CLIP_PATH_MAX);
	CHECK(rule->source[rule->source_length] == '\0');
	if (clip_rule_check(rule) != CLIP_REASON_NONE)
		return;
	CHECK(strlen(rule->path) == rule->path_length);
	CHECK(strlen(rule->source) == rule->source_length);
	CHECK(rule->digest_size && rule->digest_size <= CLIP_DIGEST_MAX);
	CHECK(!(rule->flags & ~CLIP_ENTRY_ALL));
	CHECK(!(rule->privileges & ~CLIP_PRIV_ALL));
	if (rule->path_length)
		CHECK(rule->path[0] == '/');
	else
		CHECK(!rule->flags && !rule->privileges && !rule->cap_permitted);
}

static void check_block(const struct clip_image *image, const struct clip_block *block)
{
	const u64 size = (u64)block->count * block->digest_size;

	CHECK(block->count && block->digest_size && block->digest_size <= CLIP_DIGEST_MAX);
	CHECK(block->digests >= image->digests);
	CHECK(block->digests + size <= image->digests + image->digests_size);
	if (block->sizes) {
		CHECK((const u8 *)block->sizes >= block->digests + size);
		CHECK((const u8 *)(block->sizes + block->count) <=
		      image->digests + image->digests_size);
	}
	CHECK(block->first >= image->count);
	CHECK((u64)block->first + block->count <= (u64)image->count + image->nr_digests);
	CHECK(block->source[block->source_length] == '\0');
	if (clip_block_check(block) == CLIP_REASON_NONE)
		CHECK(strlen(block->source) == block->source_length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Its own block, so that one byte too many is seen; and aligned, as the kernel's is. */
	u8 *bytes = malloc(size ? size : 1);
	struct clip_image image;
	enum clip_reason reason;
	u64 offset = ~0ULL;

	memcpy(bytes, data, size);
	if (clip_image_open(&image, bytes, size, &offset, &reason)) {
		CHECK(reason != CLIP_REASON_NONE);
		CHECK(offset <= size);
	} else {
		for (u32 i = 0; i < image.count; i++) {
			struct clip_rule rule;

			if (clip_image_rule(&image, i, &rule, &offset))
				CHECK(offset < size);
			else
				check_rule(&image, &rule);
		}
		for (struct clip_block block = {}; clip_image_block(&image, &block);)
			check_block(&image, &block);
	}
	free(bytes);
	return 0;
}
