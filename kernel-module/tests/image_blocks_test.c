// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the image reader: blocks of allow digests
 *
 * Each fault is made in an image that is otherwise valid, including its
 * checksum, so that the reader finds this fault and no other.
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/prandom.h>

#include "../load/image.h"
#include "image_seal.h"

#define PATH	"/bin/true"
#define SOURCE	"base"
#define STRINGS	(sizeof(PATH) + sizeof(SOURCE))
#define BLOCKS	2

/* One entry; two SHA-256 digests with sizes, and then three SHA-1 digests. */
struct test_image {
	struct clip_image_header header;
	struct clip_image_digests digests;
	struct clip_image_entry entry;
	struct clip_image_block blocks[BLOCKS];
	u8 long_digests[2][32];
	__le32 long_lines[2];
	__le32 long_sizes[2];
	u8 short_digests[3][20];
	__le32 short_lines[3];
	char strings[STRINGS];
} __packed __aligned(8);

/* sizeof() does not fit, because it is padded to a multiple of eight. */
#define AT(field)	offsetof(struct test_image, field)
#define SIZE		(AT(strings) + STRINGS)
#define DIGESTS_SIZE	(AT(strings) - AT(long_digests))

static struct test_image *good_image(struct kunit *test)
{
	struct test_image *image = kunit_kzalloc(test, sizeof(*image),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	image->header = (struct clip_image_header) {
		.magic = CLIP_IMAGE_MAGIC,
		.version = cpu_to_le32(CLIP_IMAGE_VERSION),
		.header_size = cpu_to_le32(96),
		.total_size = cpu_to_le64(SIZE),
		.entry_count = cpu_to_le32(1),
		.entry_size = cpu_to_le32(128),
		.entries_offset = cpu_to_le64(96),
		.strings_offset = cpu_to_le64(AT(strings)),
		.strings_size = cpu_to_le64(STRINGS),
	};
	image->digests = (struct clip_image_digests) {
		.block_count = cpu_to_le32(BLOCKS),
		.block_size = cpu_to_le32(24),
		.blocks_offset = cpu_to_le64(AT(blocks)),
		.digests_offset = cpu_to_le64(AT(long_digests)),
		.digests_size = cpu_to_le64(DIGESTS_SIZE),
	};
	image->entry = (struct clip_image_entry) {
		.path_length = cpu_to_le32(sizeof(PATH) - 1),
		.algorithm = cpu_to_le16(CLIP_ALGO_SHA256),
		.digest_size = cpu_to_le16(32),
	};
	image->blocks[0] = (struct clip_image_block) {
		.context = cpu_to_le32(7),
		.algorithm = cpu_to_le16(CLIP_ALGO_SHA256),
		.digest_size = cpu_to_le16(32),
		.count = cpu_to_le32(2),
		.source_offset = cpu_to_le32(sizeof(PATH)),
		.source_length = cpu_to_le32(sizeof(SOURCE) - 1),
		.flags = cpu_to_le32(CLIP_BLOCK_SIZES),
	};
	image->blocks[1] = (struct clip_image_block) {
		.context = cpu_to_le32(CLIP_CONTEXT_OWN),
		.algorithm = cpu_to_le16(CLIP_ALGO_SHA1),
		.digest_size = cpu_to_le16(20),
		.count = cpu_to_le32(3),
	};
	memset(image->long_digests, 0xab, sizeof(image->long_digests));
	image->long_sizes[0] = cpu_to_le32(4097);
	image->long_sizes[1] = cpu_to_le32(CLIP_SIZE_UNKNOWN);
	memset(image->short_digests, 0xcd, sizeof(image->short_digests));
	memcpy(image->strings, PATH, sizeof(PATH));
	memcpy(image->strings + sizeof(PATH), SOURCE, sizeof(SOURCE));
	seal(image, SIZE);
	return image;
}

static int open_image(const void *bytes, size_t size, struct clip_image *image,
		      u64 *offset)
{
	enum clip_reason reason;
	int err = clip_image_open(image, bytes, size, offset, &reason);

	/* An error has a reason, and nothing else has one. */
	return !err == (reason == CLIP_REASON_NONE) ? err : -EPROTO;
}

static void blocks_good(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_block block = {};
	struct clip_image image;
	struct clip_rule rule;
	u64 offset;

	KUNIT_ASSERT_EQ(test, open_image(bytes, SIZE, &image, &offset), 0);
	KUNIT_EXPECT_EQ(test, image.count, 1);
	KUNIT_EXPECT_EQ(test, image.nr_blocks, 2);
	KUNIT_EXPECT_EQ(test, image.nr_digests, 5);
	KUNIT_ASSERT_EQ(test, clip_image_rule(&image, 0, &rule, &offset), 0);
	KUNIT_EXPECT_STREQ(test, rule.path, PATH);

	KUNIT_ASSERT_TRUE(test, clip_image_block(&image, &block));
	KUNIT_EXPECT_EQ(test, block.context, 7);
	KUNIT_EXPECT_EQ(test, block.algorithm, CLIP_ALGO_SHA256);
	KUNIT_EXPECT_EQ(test, block.digest_size, 32);
	KUNIT_EXPECT_EQ(test, block.count, 2);
	KUNIT_EXPECT_EQ(test, block.first, 1);
	KUNIT_EXPECT_STREQ(test, block.source, SOURCE);
	KUNIT_EXPECT_PTR_EQ(test, block.digests, &bytes->long_digests[0][0]);
	KUNIT_EXPECT_PTR_EQ(test, block.sizes, (const __le32 *)bytes->long_sizes);
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_NONE);

	KUNIT_ASSERT_TRUE(test, clip_image_block(&image, &block));
	KUNIT_EXPECT_EQ(test, block.context, CLIP_CONTEXT_OWN);
	KUNIT_EXPECT_EQ(test, block.count, 3);
	KUNIT_EXPECT_EQ(test, block.first, 3);
	KUNIT_EXPECT_STREQ(test, block.source, "");
	KUNIT_EXPECT_PTR_EQ(test, block.digests, &bytes->short_digests[0][0]);
	KUNIT_EXPECT_NULL(test, block.sizes);
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_NONE);
	KUNIT_EXPECT_FALSE(test, clip_image_block(&image, &block));
}

/* The sizes lie where version 2 has nothing: the same image without them. */
static void blocks_without_sizes(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	const size_t gap = sizeof(bytes->long_sizes), size = SIZE - gap;
	u8 *const sizes = (u8 *)bytes + AT(long_sizes);
	struct clip_block block = {};
	struct clip_image image;
	u64 offset;

	memmove(sizes, sizes + gap, SIZE - AT(short_digests));
	bytes->header.version = cpu_to_le32(CLIP_IMAGE_VERSION_BLOCKS);
	bytes->header.total_size = cpu_to_le64(size);
	bytes->header.strings_offset = cpu_to_le64(AT(strings) - gap);
	bytes->digests.digests_size = cpu_to_le64(DIGESTS_SIZE - gap);
	seal(bytes, size);
	/* In version 2, the field was reserved. */
	KUNIT_EXPECT_EQ(test, open_image(bytes, size, &image, &offset), -EINVAL);
	KUNIT_EXPECT_EQ(test, offset, AT(blocks[0].flags));
	bytes->blocks[0].flags = 0;
	seal(bytes, size);
	KUNIT_ASSERT_EQ(test, open_image(bytes, size, &image, &offset), 0);
	KUNIT_ASSERT_TRUE(test, clip_image_block(&image, &block));
	KUNIT_EXPECT_NULL(test, block.sizes);
	KUNIT_ASSERT_TRUE(test, clip_image_block(&image, &block));
	KUNIT_EXPECT_NULL(test, block.sizes);
	KUNIT_EXPECT_PTR_EQ(test, block.digests, (const u8 *)sizes);
	KUNIT_EXPECT_FALSE(test, clip_image_block(&image, &block));
}

/* An image with blocks need not have any, nor anything else. */
static void blocks_none(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_block block = {};
	struct clip_image image;
	u64 offset;

	bytes->header.entry_count = 0;
	bytes->header.total_size = cpu_to_le64(96);
	bytes->header.strings_offset = cpu_to_le64(96);
	bytes->header.strings_size = 0;
	bytes->digests.block_count = 0;
	bytes->digests.blocks_offset = cpu_to_le64(96);
	bytes->digests.digests_offset = cpu_to_le64(96);
	bytes->digests.digests_size = 0;
	seal(bytes, 96);
	KUNIT_ASSERT_EQ(test, open_image(bytes, 96, &image, &offset), 0);
	KUNIT_EXPECT_EQ(test, image.count, 0);
	KUNIT_EXPECT_EQ(test, image.nr_digests, 0);
	KUNIT_EXPECT_FALSE(test, clip_image_block(&image, &block));
}

/* Sets one field to one wrong value. */
struct field_case {
	const char *name;
	size_t offset;
	size_t size;
	u64 value;
	/* Where the fault is found, if it is not there. */
	size_t fault;
};

#define FIELD(field, type, number, found) { \
	.name = #field " = " #number, \
	.offset = AT(field), \
	.size = sizeof(type), \
	.value = (number), \
	.fault = AT(found), \
}

#define WRONG(field, type, number) { \
	.name = #field " = " #number, \
	.offset = AT(field), \
	.size = sizeof(type), \
	.value = (number), \
}

static const struct field_case field_cases[] = {
	WRONG(header.version, u32, 0),
	WRONG(header.version, u32, CLIP_IMAGE_VERSION + 1),
	FIELD(header.version, u32, CLIP_IMAGE_VERSION_BLOCKS, blocks[0].flags),
	FIELD(header.version, u32, CLIP_IMAGE_VERSION_PLAIN, header.header_size),
	WRONG(header.header_size, u32, 64),
	WRONG(header.entries_offset, u64, 64),
	WRONG(header.entry_count, u32, CLIP_IMAGE_MAX_ENTRIES + 1),
	FIELD(header.entry_count, u32, 0, digests.blocks_offset),
	FIELD(header.entry_count, u32, CLIP_IMAGE_MAX_ENTRIES, digests.blocks_offset),
	WRONG(header.strings_offset, u64, AT(blocks)),
	WRONG(header.strings_offset, u64, U64_MAX),
	WRONG(header.strings_size, u64, STRINGS + 1),
	WRONG(digests.block_count, u32, CLIP_IMAGE_MAX_ENTRIES + 1),
	WRONG(digests.block_count, u32, U32_MAX),
	FIELD(digests.block_count, u32, CLIP_IMAGE_MAX_ENTRIES, digests.digests_offset),
	FIELD(digests.block_count, u32, 1, digests.digests_offset),
	WRONG(digests.block_size, u32, 0),
	WRONG(digests.block_size, u32, 23),
	WRONG(digests.block_size, u32, 128),
	WRONG(digests.blocks_offset, u64, 96),
	WRONG(digests.blocks_offset, u64, U64_MAX),
	WRONG(digests.digests_offset, u64, 0),
	WRONG(digests.digests_offset, u64, U64_MAX),
	WRONG(digests.digests_size, u64, U64_MAX),
	WRONG(digests.digests_size, u64, SIZE),
	/* What is no digest counts as strings, of which there are too few then. */
	FIELD(digests.digests_size, u64, DIGESTS_SIZE - 4, header.strings_offset),
	FIELD(digests.digests_size, u64, DIGESTS_SIZE + 1, header.strings_offset),
	WRONG(blocks[0].digest_size, u16, 0),
	WRONG(blocks[0].digest_size, u16, 30),
	WRONG(blocks[0].digest_size, u16, 68),
	WRONG(blocks[0].digest_size, u16, U16_MAX),
	/* The blocks take more or less than there is. */
	FIELD(blocks[0].digest_size, u16, 64, blocks[1].count),
	FIELD(blocks[0].digest_size, u16, 16, digests.digests_size),
	WRONG(blocks[0].count, u32, 0),
	FIELD(blocks[0].count, u32, 1, digests.digests_size),
	FIELD(blocks[0].count, u32, 3, blocks[1].count),
	WRONG(blocks[1].count, u32, 0),
	WRONG(blocks[1].count, u32, 4),
	FIELD(blocks[1].count, u32, 2, digests.digests_size),
	WRONG(blocks[1].count, u32, U32_MAX),
	/* The size is 2^32 and a bit more, which must not count as the bit. */
	WRONG(blocks[1].count, u32, 0x0aaaaaab),
	WRONG(blocks[0].source_offset, u32, U32_MAX),
	FIELD(blocks[0].source_length, u32, U32_MAX, blocks[0].source_offset),
	FIELD(blocks[0].source_length, u32, 3, blocks[0].source_offset),
	FIELD(blocks[0].source_length, u32, 5, blocks[0].source_offset),
	FIELD(blocks[1].source_length, u32, 1, blocks[1].source_offset),
	/* There is no room for the sizes of the second block, or some is left. */
	FIELD(blocks[1].flags, u32, CLIP_BLOCK_SIZES, blocks[1].count),
	FIELD(blocks[0].flags, u32, 0, digests.digests_size),
	WRONG(blocks[1].flags, u32, 2),
	WRONG(blocks[0].flags, u32, BIT(31)),
};

KUNIT_ARRAY_PARAM_DESC(field, field_cases, name);

static void blocks_fields(struct kunit *test)
{
	const struct field_case *c = test->param_value;
	struct test_image *bytes = good_image(test);
	const __le64 value = cpu_to_le64(c->value);
	struct clip_image image;
	u64 offset = 0;

	memcpy((u8 *)bytes + c->offset, &value, c->size);
	seal(bytes, SIZE);
	KUNIT_EXPECT_EQ(test, open_image(bytes, SIZE, &image, &offset), -EINVAL);
	KUNIT_EXPECT_EQ(test, offset, c->fault ?: c->offset);
}

/* A block is well-formed, but has an invalid meaning. */
static void blocks_meaning(struct kunit *test)
{
	const struct clip_block good = {
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32, .source = "",
	};
	struct clip_block block = good;

	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_NONE);
	block.digest_size = 48;
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_BAD_DIGEST);
	block.algorithm = CLIP_ALGO_SHA384;
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_NONE);
	block.algorithm = U16_MAX;
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_BAD_DIGEST);
	block = good;
	block.source = "a\0b";
	block.source_length = 3;
	KUNIT_EXPECT_EQ(test, clip_block_check(&block), CLIP_REASON_BAD_PATH);
}

static void blocks_truncated(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_image image;
	u64 offset;
	size_t size;

	/* The header says the true size, so that nothing else is missing. */
	for (size = 0; size < SIZE; size++) {
		bytes->header.total_size = cpu_to_le64(size);
		if (size >= sizeof(bytes->header))
			seal(bytes, size);
		KUNIT_EXPECT_EQ(test, open_image(bytes, size, &image, &offset),
				-EINVAL);
		KUNIT_EXPECT_LE(test, offset, SIZE);
	}
}

/* All that a block says of itself lies in the image. */
static void check_place(struct kunit *test, const struct clip_image *image,
			const struct clip_block *block, const u8 *end)
{
	const u64 size = (u64)block->count * block->digest_size;

	KUNIT_EXPECT_TRUE(test, block->digests >= image->digests);
	KUNIT_EXPECT_LE(test, block->digests - image->bytes + size,
			end - image->bytes);
	KUNIT_EXPECT_LT(test, block->first, image->count + image->nr_digests);
	if (!block->sizes)
		return;
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED((uintptr_t)block->sizes, sizeof(u32)));
	KUNIT_EXPECT_LE(test, (const u8 *)(block->sizes + block->count) - image->bytes,
			end - image->bytes);
}

/* For any bytes, the reader stays within them. KASAN reports it otherwise. */
static void blocks_random(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct rnd_state random;
	struct clip_image image;
	unsigned int round, i;
	u64 offset;

	prandom_seed_state(&random, 20261130);
	for (round = 0; round < 4000; round++) {
		u8 *copy = kunit_kmalloc(test, SIZE, GFP_KERNEL);
		struct clip_block block = {};

		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, bytes, SIZE);
		for (i = 0; i < 1 + round % 4; i++)
			copy[prandom_u32_state(&random) % SIZE] =
				prandom_u32_state(&random);
		seal(copy, SIZE);
		if (!open_image(copy, SIZE, &image, &offset))
			while (clip_image_block(&image, &block)) {
				check_place(test, &image, &block, copy + SIZE);
				clip_block_check(&block);
			}
		kunit_kfree(test, copy);
	}
}

static struct kunit_case blocks_test_cases[] = {
	KUNIT_CASE(blocks_good),
	KUNIT_CASE(blocks_without_sizes),
	KUNIT_CASE(blocks_none),
	KUNIT_CASE_PARAM(blocks_fields, field_gen_params),
	KUNIT_CASE(blocks_meaning),
	KUNIT_CASE(blocks_truncated),
	KUNIT_CASE(blocks_random),
	{}
};

static struct kunit_suite blocks_test_suite = {
	.name = "clip_image_blocks",
	.test_cases = blocks_test_cases,
};

kunit_test_suite(blocks_test_suite);
