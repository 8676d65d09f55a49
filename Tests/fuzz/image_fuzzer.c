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

/* Some header fields stay as they were mutated, by the bits of the seed. */
static void repair(u8 *bytes, size_t size, unsigned int seed)
{
	struct clip_image_header header;
	u64 entries;

	if (size < sizeof(header))
		return;
	memcpy(&header, bytes, sizeof(header));
	if (seed & 0xf0) {
		memcpy(header.magic, CLIP_IMAGE_MAGIC, sizeof(header.magic));
		header.version = htole32(CLIP_IMAGE_VERSION);
		header.header_size = htole32(sizeof(header));
		header.entry_size = htole32(sizeof(struct clip_image_entry));
		header.entries_offset = htole64(sizeof(header));
		header.total_size = htole64(size);
		entries = le32toh(header.entry_count);
		if (entries > (size - sizeof(header)) / sizeof(struct clip_image_entry))
			entries = (size - sizeof(header)) / sizeof(struct clip_image_entry);
		header.entry_count = htole32(entries);
		entries = sizeof(header) + entries * sizeof(struct clip_image_entry);
		header.strings_offset = htole64(entries);
		header.strings_size = htole64(size - entries);
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
	}
	free(bytes);
	return 0;
}
