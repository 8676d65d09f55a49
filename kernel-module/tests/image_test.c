// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the image reader
 *
 * Each fault is made in an image that is otherwise valid, including its
 * checksum, so that the reader finds this fault and no other.
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/crc32.h>
#include <linux/prandom.h>

#include "../core/latch.h"
#include "../load/checksum.h"
#include "../load/image.h"
#include "image_seal.h"

#define PATH	"/bin/true"
#define SOURCE	"/etc/verictl.d/base"
#define STRINGS	(sizeof(PATH) + sizeof(SOURCE))
#define ENTRIES	2

struct test_image {
	struct clip_image_header header;
	struct clip_image_entry entries[ENTRIES];
	char strings[STRINGS];
} __packed __aligned(8);

/* sizeof() does not fit, because it is padded to a multiple of eight. */
#define SIZE	(offsetof(struct test_image, strings) + STRINGS)

static struct test_image *good_image(struct kunit *test)
{
	struct test_image *image = kunit_kzalloc(test, sizeof(*image),
						 GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, image);
	image->header = (struct clip_image_header) {
		.magic = CLIP_IMAGE_MAGIC,
		.version = cpu_to_le32(CLIP_IMAGE_VERSION_PLAIN),
		.header_size = cpu_to_le32(64),
		.total_size = cpu_to_le64(SIZE),
		.entry_count = cpu_to_le32(ENTRIES),
		.entry_size = cpu_to_le32(128),
		.entries_offset = cpu_to_le64(64),
		.strings_offset = cpu_to_le64(64 + ENTRIES * 128),
		.strings_size = cpu_to_le64(STRINGS),
	};
	for (i = 0; i < ENTRIES; i++)
		image->entries[i] = (struct clip_image_entry) {
			.context = cpu_to_le32(i),
			.flags = cpu_to_le32(CLIP_ENTRY_EXE),
			.cap_permitted = cpu_to_le64(BIT_ULL(CAP_KILL)),
			.path_length = cpu_to_le32(sizeof(PATH) - 1),
			.source_offset = cpu_to_le32(sizeof(PATH)),
			.source_length = cpu_to_le32(sizeof(SOURCE) - 1),
			.source_line = cpu_to_le32(7),
			.algorithm = cpu_to_le16(CLIP_ALGO_SHA256),
			.digest_size = cpu_to_le16(32),
			.digest = { 0xab },
		};
	memcpy(image->strings, PATH, sizeof(PATH));
	memcpy(image->strings + sizeof(PATH), SOURCE, sizeof(SOURCE));
	seal(image, SIZE);
	return image;
}

static void image_good(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_image image;
	enum clip_reason reason;
	struct clip_rule rule;
	u64 offset;

	KUNIT_ASSERT_EQ(test, clip_image_open(&image, bytes, SIZE, &offset,
					      &reason), 0);
	KUNIT_EXPECT_EQ(test, reason, CLIP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, image.count, ENTRIES);
	KUNIT_ASSERT_EQ(test, clip_image_rule(&image, 1, &rule, &offset), 0);
	KUNIT_EXPECT_EQ(test, rule.context, 1);
	KUNIT_EXPECT_EQ(test, rule.flags, CLIP_ENTRY_EXE);
	KUNIT_EXPECT_EQ(test, rule.cap_permitted, BIT_ULL(CAP_KILL));
	KUNIT_EXPECT_STREQ(test, rule.path, PATH);
	KUNIT_EXPECT_STREQ(test, rule.source, SOURCE);
	KUNIT_EXPECT_EQ(test, rule.source_line, 7);
	KUNIT_EXPECT_EQ(test, rule.digest[0], 0xab);
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_NONE);
}

/* Whatever computes it, and wherever the bytes begin and end. */
static void image_crc(struct kunit *test)
{
	const size_t size = 4096;
	u8 *bytes = kunit_kzalloc(test, size, GFP_KERNEL);
	struct rnd_state random;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	prandom_seed_state(&random, 1);
	prandom_bytes_state(&random, bytes, size);
	for (size_t from = 0; from < 17; from++)
		for (size_t length = 0; from + length < size;
		     length += length / 16 + 1)
			KUNIT_EXPECT_EQ(test,
					crc32_le(length, bytes + from, length),
					clip_checksum(length, bytes + from,
						      length));
}

static void image_empty(struct kunit *test)
{
	struct clip_image_header *header = &good_image(test)->header;
	struct clip_image image;
	enum clip_reason reason;
	u64 offset;

	header->entry_count = 0;
	header->total_size = cpu_to_le64(64);
	header->strings_offset = cpu_to_le64(64);
	header->strings_size = 0;
	seal(header, 64);
	KUNIT_EXPECT_EQ(test, clip_image_open(&image, header, 64, &offset,
					      &reason), 0);
	KUNIT_EXPECT_EQ(test, image.count, 0);
}

/* Sets one field of the header to one wrong value. */
struct header_case {
	const char *name;
	size_t offset;
	size_t size;
	u64 value;
};

#define HEADER(field, type, number) { \
	.name = #field " = " #number, \
	.offset = offsetof(struct clip_image_header, field), \
	.size = sizeof(type), \
	.value = (number), \
}

static const struct header_case header_cases[] = {
	HEADER(magic, u64, 0),
	HEADER(version, u32, 0),
	HEADER(version, u32, CLIP_IMAGE_VERSION + 1),
	HEADER(header_size, u32, 0),
	HEADER(header_size, u32, 63),
	HEADER(header_size, u32, U32_MAX),
	HEADER(total_size, u64, 0),
	HEADER(total_size, u64, SIZE - 1),
	HEADER(total_size, u64, SIZE + 1),
	HEADER(total_size, u64, U64_MAX),
	HEADER(entry_count, u32, CLIP_IMAGE_MAX_ENTRIES + 1),
	HEADER(entry_count, u32, U32_MAX),
	HEADER(entry_size, u32, 0),
	HEADER(entry_size, u32, 127),
	HEADER(entry_size, u32, U32_MAX),
	HEADER(entries_offset, u64, 0),
	HEADER(entries_offset, u64, 65),
	HEADER(entries_offset, u64, U64_MAX),
	HEADER(strings_offset, u64, 0),
	HEADER(strings_offset, u64, SIZE),
	HEADER(strings_offset, u64, U64_MAX - 7),
	HEADER(strings_size, u64, 0),
	HEADER(strings_size, u64, STRINGS + 1),
	HEADER(strings_size, u64, U64_MAX),
};

KUNIT_ARRAY_PARAM_DESC(header, header_cases, name);

static void image_header(struct kunit *test)
{
	const struct header_case *c = test->param_value;
	struct test_image *bytes = good_image(test);
	const __le64 value = cpu_to_le64(c->value);
	struct clip_image image;
	enum clip_reason reason;
	u64 offset;

	memcpy((u8 *)bytes + c->offset, &value, c->size);
	seal(bytes, SIZE);
	KUNIT_EXPECT_EQ(test, clip_image_open(&image, bytes, SIZE, &offset,
					      &reason), -EINVAL);
	KUNIT_EXPECT_EQ(test, reason, CLIP_REASON_BAD_IMAGE);
	KUNIT_EXPECT_EQ(test, offset, c->offset);
}

/* The image has too few bytes for its entries, but is otherwise consistent. */
static void image_count_beyond_end(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_image image;
	enum clip_reason reason;
	u64 offset;

	bytes->header.entry_count = cpu_to_le32(CLIP_IMAGE_MAX_ENTRIES);
	bytes->header.strings_offset =
		cpu_to_le64(64 + 128ULL * CLIP_IMAGE_MAX_ENTRIES);
	bytes->header.strings_size =
		cpu_to_le64(SIZE - 64 - 128ULL * CLIP_IMAGE_MAX_ENTRIES);
	seal(bytes, SIZE);
	KUNIT_EXPECT_EQ(test, clip_image_open(&image, bytes, SIZE, &offset,
					      &reason), -EINVAL);
	KUNIT_EXPECT_EQ(test, offset,
			offsetof(struct clip_image_header, strings_offset));
}

static void image_truncated(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_image image;
	enum clip_reason reason;
	u64 offset;
	size_t size;

	for (size = 0; size < SIZE; size++)
		KUNIT_EXPECT_EQ(test, clip_image_open(&image, bytes, size,
						      &offset, &reason),
				-EINVAL);
}

static void image_checksum(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct clip_image image;
	enum clip_reason reason;
	u64 offset;
	size_t i;

	/* Tries every byte after the header, and those of the checksum. */
	for (i = offsetof(struct clip_image_header, checksum); i < SIZE; i++) {
		((u8 *)bytes)[i] ^= 0x10;
		KUNIT_EXPECT_EQ(test, clip_image_open(&image, bytes, SIZE,
						      &offset, &reason),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, reason, CLIP_REASON_CHECKSUM);
		((u8 *)bytes)[i] ^= 0x10;
	}
	KUNIT_EXPECT_EQ(test, clip_image_open(&image, bytes, SIZE, &offset,
					      &reason), 0);
}

/* One field of the second entry points outside of the string table. */
struct string_case {
	const char *name;
	u32 path_offset, path_length, source_offset, source_length;
	size_t fault;
};

#define AT_PATH		offsetof(struct clip_image_entry, path_offset)
#define AT_SOURCE	offsetof(struct clip_image_entry, source_offset)

static const struct string_case string_cases[] = {
	{ "path far away", U32_MAX, 9, 10, 19, AT_PATH },
	{ "path just behind", STRINGS, 0, 10, 19, AT_PATH },
	{ "path without its NUL", 0, 8, 10, 19, AT_PATH },
	{ "path over the end", 0, STRINGS, 10, 19, AT_PATH },
	{ "path very long", 0, U32_MAX, 10, 19, AT_PATH },
	{ "path over the limit", 0, CLIP_PATH_MAX + 1, 10, 19, AT_PATH },
	{ "sum wraps in 32 bits", U32_MAX - 3, 4, 10, 19, AT_PATH },
	{ "source far away", 0, 9, U32_MAX, 19, AT_SOURCE },
	{ "source over the end", 0, 9, 11, 19, AT_SOURCE },
	{ "source without its NUL", 0, 9, 10, 18, AT_SOURCE },
	{ "source sum wraps", 0, 9, U32_MAX, 1, AT_SOURCE },
};

KUNIT_ARRAY_PARAM_DESC(string, string_cases, name);

static void image_strings(struct kunit *test)
{
	const struct string_case *c = test->param_value;
	struct test_image *bytes = good_image(test);
	struct clip_image_entry *entry = &bytes->entries[1];
	struct clip_image image;
	enum clip_reason reason;
	struct clip_rule rule;
	u64 offset = 0;

	entry->path_offset = cpu_to_le32(c->path_offset);
	entry->path_length = cpu_to_le32(c->path_length);
	entry->source_offset = cpu_to_le32(c->source_offset);
	entry->source_length = cpu_to_le32(c->source_length);
	seal(bytes, SIZE);
	KUNIT_ASSERT_EQ(test, clip_image_open(&image, bytes, SIZE, &offset,
					      &reason), 0);
	KUNIT_EXPECT_EQ(test, clip_image_rule(&image, 1, &rule, &offset),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, offset, 64 + 128 + c->fault);
}

/* An entry is well-formed, but has an invalid meaning (ST-06, ST-07). */
struct rule_case {
	const char *name;
	size_t offset;
	size_t size;
	u64 value;
	enum clip_reason want;
};

#define RULE(field, type, number, reason) { \
	.name = #field " = " #number, \
	.offset = offsetof(struct clip_rule, field), \
	.size = sizeof(type), \
	.value = (number), \
	.want = CLIP_REASON_##reason, \
}

static const struct rule_case rule_cases[] = {
	RULE(flags, u32, 0, NONE),
	RULE(flags, u32, CLIP_ENTRY_ALL, NONE),
	RULE(flags, u32, BIT(5), BAD_FLAGS),
	RULE(flags, u32, BIT(31), BAD_FLAGS),
	RULE(privileges, u64, CLIP_PRIV_ALL, NONE),
	RULE(privileges, u64, BIT_ULL(30), BAD_PRIVILEGES),
	RULE(privileges, u64, BIT_ULL(63), BAD_PRIVILEGES),
	RULE(cap_effective, u64, CLIP_CAPS_ACCEPTED, NONE),
	RULE(cap_permitted, u64, CLIP_CAPS_ACCEPTED, NONE),
	RULE(cap_inheritable, u64, CLIP_CAPS_ACCEPTED, NONE),
	RULE(cap_effective, u64, BIT_ULL(CAP_LAST_CAP + 1), BAD_CAPABILITIES),
	RULE(cap_permitted, u64, BIT_ULL(62), BAD_CAPABILITIES),
	RULE(cap_inheritable, u64, BIT_ULL(CAP_LAST_CAP + 1), BAD_CAPABILITIES),
	RULE(algorithm, u16, 0, BAD_DIGEST),
	RULE(algorithm, u16, CLIP_ALGO_SHA512, BAD_DIGEST),
	RULE(algorithm, u16, CLIP_ALGO_FSVERITY_SHA256, NONE),
	RULE(algorithm, u16, CLIP_ALGO_FSVERITY_SHA512, BAD_DIGEST),
	RULE(algorithm, u16, CLIP_ALGO_FSVERITY_SHA512 + 1, BAD_DIGEST),
	RULE(algorithm, u16, U16_MAX, BAD_DIGEST),
	RULE(digest_size, u16, 0, BAD_DIGEST),
	RULE(digest_size, u16, 31, BAD_DIGEST),
	RULE(digest_size, u16, 33, BAD_DIGEST),
	RULE(digest_size, u16, U16_MAX, BAD_DIGEST),
};

KUNIT_ARRAY_PARAM_DESC(rule, rule_cases, name);

static const u8 test_digest[CLIP_DIGEST_MAX] = { [0 ... 31] = 0x5a };
static const u8 long_digest[CLIP_DIGEST_MAX] = { [0 ... 32] = 0x5a };

static const struct clip_rule good_rule = {
	.path = PATH,
	.path_length = sizeof(PATH) - 1,
	.source = "",
	.algorithm = CLIP_ALGO_SHA256,
	.digest_size = 32,
	.digest = test_digest,
};

static void image_rules(struct kunit *test)
{
	const struct rule_case *c = test->param_value;
	const __le64 value = cpu_to_le64(c->value);
	struct clip_rule rule = good_rule;

	memcpy((u8 *)&rule + c->offset, &value, c->size);
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), c->want);
}

static void image_rule_strings(struct kunit *test)
{
	struct clip_rule rule = good_rule;

	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_NONE);
	rule.digest = long_digest;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_BAD_DIGEST);

	rule = good_rule;
	rule.path = "bin/true";
	rule.path_length = 8;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_BAD_PATH);
	rule.path = "";
	/* An empty path is an allow digest, wherever the path field points. */
	rule.path_length = 0;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_NONE);
	rule.privileges = CLIP_PRIV_NETCLIENT;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule),
			CLIP_REASON_BAD_PRIVILEGES);
	rule.privileges = 0;
	rule.source = "a\0b";
	rule.source_length = 3;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_BAD_PATH);
	rule = good_rule;
	rule.path = "/a\0b";
	rule.path_length = 4;
	KUNIT_EXPECT_EQ(test, clip_rule_check(&rule), CLIP_REASON_BAD_PATH);
}

/* For any bytes, the reader stays within them. KASAN reports it otherwise. */
static void image_random(struct kunit *test)
{
	struct test_image *bytes = good_image(test);
	struct rnd_state random;
	struct clip_image image;
	enum clip_reason reason;
	struct clip_rule rule;
	unsigned int round, i;
	u64 offset;

	prandom_seed_state(&random, 20240601);
	for (round = 0; round < 2000; round++) {
		u8 *copy = kunit_kmalloc(test, SIZE, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, copy);
		memcpy(copy, bytes, SIZE);
		for (i = 0; i < 1 + round % 4; i++)
			copy[prandom_u32_state(&random) % SIZE] =
				prandom_u32_state(&random);
		seal(copy, SIZE);
		if (!clip_image_open(&image, copy, SIZE, &offset, &reason))
			for (i = 0; i < image.count; i++)
				if (!clip_image_rule(&image, i, &rule,
						     &offset))
					clip_rule_check(&rule);
		kunit_kfree(test, copy);
	}
}

static struct kunit_case image_test_cases[] = {
	KUNIT_CASE(image_good),
	KUNIT_CASE(image_crc),
	KUNIT_CASE(image_empty),
	KUNIT_CASE_PARAM(image_header, header_gen_params),
	KUNIT_CASE(image_count_beyond_end),
	KUNIT_CASE(image_truncated),
	KUNIT_CASE(image_checksum),
	KUNIT_CASE_PARAM(image_strings, string_gen_params),
	KUNIT_CASE_PARAM(image_rules, rule_gen_params),
	KUNIT_CASE(image_rule_strings),
	KUNIT_CASE(image_random),
	{}
};

static struct kunit_suite image_test_suite = {
	.name = "clip_image",
	.test_cases = image_test_cases,
};

kunit_test_suite(image_test_suite);
