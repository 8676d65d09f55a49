// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include "contexts.h"

#include <sys/stat.h>

bool image_blocks, image_sizes;

int rule_for(struct rule *rule, const char *path, uint32_t flags)
{
	memset(rule, 0, sizeof(*rule));
	rule->path = path;
	rule->flags = flags;
	rule->algorithm = CLIP_ALGO_SHA256;
	rule->digest_size = 32;
	return sha256_file(path, rule->digest);
}

void image_seal(void *image, size_t size)
{
	struct clip_image_header *header = image;

	header->checksum = 0;
	header->checksum = crc32_of(image, size);
}

/* An allow digest with a bit that would grant something fits into an entry only. */
static bool is_for_block(const struct rule *rule)
{
	return image_blocks && !rule->path[0] && !rule->flags && !rule->effective &&
	       !rule->permitted && !rule->inheritable && !rule->privileges;
}

/* The parts of an image, and how much of each is filled. */
struct parts {
	struct clip_image_header *header;
	struct clip_image_entry *entry;
	struct clip_image_block *block;
	uint8_t *digest;
	char *strings;
	uint32_t used;
};

static void add_entry(struct parts *parts, const struct rule *rule)
{
	struct clip_image_entry *entry = parts->entry++;
	const size_t length = strlen(rule->path);

	entry->context = rule->context;
	entry->flags = rule->flags;
	entry->cap_effective = rule->effective;
	entry->cap_permitted = rule->permitted;
	entry->cap_inheritable = rule->inheritable;
	entry->privileges = rule->privileges;
	entry->path_offset = parts->used;
	entry->path_length = length;
	entry->algorithm = rule->algorithm;
	entry->digest_size = rule->digest_size;
	memcpy(entry->digest, rule->digest, CLIP_DIGEST_MAX);
	memcpy(parts->strings + parts->used, rule->path, length + 1);
	parts->used += length + 1;
}

/* A block for each digest; their lines are 0. */
static void add_block(struct parts *parts, const struct rule *rule)
{
	struct clip_image_block *block = parts->block++;

	block->context = rule->context;
	block->algorithm = rule->algorithm;
	block->digest_size = rule->digest_size;
	block->count = 1;
	memcpy(parts->digest, rule->digest, rule->digest_size);
	parts->digest += rule->digest_size + 4;
	if (!rule->has_size)
		return;
	block->flags = CLIP_BLOCK_SIZES;
	memcpy(parts->digest, &rule->size, 4);
	parts->digest += 4;
}

static uint32_t version_of(const struct rule *rules, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (is_for_block(&rules[i]) && rules[i].has_size)
			return CLIP_IMAGE_VERSION;
	return image_blocks ? CLIP_IMAGE_VERSION_BLOCKS : CLIP_IMAGE_VERSION_PLAIN;
}

void *image_make(const struct rule *rules, unsigned int count, size_t *size)
{
	const size_t header_size = sizeof(struct clip_image_header) +
		(image_blocks ? sizeof(struct clip_image_digests) : 0);
	size_t strings = 0, digests = 0;
	unsigned int i, blocks = 0;

	for (i = 0; i < count; i++)
		if (is_for_block(&rules[i])) {
			blocks++;
			digests += rules[i].digest_size + 4 +
				   (rules[i].has_size ? 4 : 0);
		} else {
			strings += strlen(rules[i].path) + 1;
		}

	const size_t blocks_at = header_size +
				 (count - blocks) * sizeof(struct clip_image_entry);
	const size_t digests_at = blocks_at +
				  blocks * sizeof(struct clip_image_block);

	*size = digests_at + digests + strings;

	uint8_t *image = calloc(1, *size);
	struct parts parts = {
		.header = (void *)image,
		.entry = (void *)(image + header_size),
		.block = (void *)(image + blocks_at),
		.digest = image + digests_at,
		.strings = (char *)image + digests_at + digests,
	};

	memcpy(parts.header->magic, CLIP_IMAGE_MAGIC, sizeof(parts.header->magic));
	parts.header->version = version_of(rules, count);
	parts.header->header_size = header_size;
	parts.header->total_size = *size;
	parts.header->entry_count = count - blocks;
	parts.header->entry_size = sizeof(*parts.entry);
	parts.header->entries_offset = header_size;
	parts.header->strings_offset = digests_at + digests;
	parts.header->strings_size = strings;
	if (image_blocks) {
		struct clip_image_digests *second = (void *)(parts.header + 1);

		second->block_count = blocks;
		second->block_size = sizeof(*parts.block);
		second->blocks_offset = blocks_at;
		second->digests_offset = digests_at;
		second->digests_size = digests;
	}
	for (i = 0; i < count; i++)
		if (is_for_block(&rules[i]))
			add_block(&parts, &rules[i]);
		else
			add_entry(&parts, &rules[i]);
	image_seal(image, *size);
	return image;
}

static int commit_outcome(void *outcome)
{
	return device_call(CLIP_IOC_COMMIT,
			   &((struct outcome *)outcome)->commit);
}

int commit_image(const void *image, size_t size, uint32_t mode, uint32_t flags,
		 struct outcome *outcome)
{
	struct outcome local;

	if (!outcome)
		outcome = &local;
	memset(outcome, 0, sizeof(*outcome));
	outcome->commit.size = sizeof(outcome->commit);
	outcome->commit.mode = mode;
	outcome->commit.flags = flags;
	outcome->commit.image = (uintptr_t)image;
	outcome->commit.image_size = size;
	outcome->commit.results = (uintptr_t)outcome->results;
	outcome->commit.results_capacity = MAX_RULES;
	if (update_context_fd < 0)
		return device_call(CLIP_IOC_COMMIT, &outcome->commit);
	return in_update_context(commit_outcome, outcome, sizeof(*outcome));
}

int commit_rules(const struct rule *rules, unsigned int count, uint32_t mode,
		 uint32_t flags, struct outcome *outcome)
{
	size_t size;
	void *image = image_make(rules, count, &size);
	int err = commit_image(image, size, mode, flags, outcome);

	free(image);
	return err;
}

int load(const struct rule *rule)
{
	return commit_rules(rule, 1, CLIP_COMMIT_ADD, 0, NULL);
}

int list_file(const char *path, uint32_t xid, uint32_t flags, uint64_t caps,
	      uint64_t privileges)
{
	struct rule rule;
	int err = rule_for(&rule, path, flags);

	rule.context = xid;
	rule.effective = caps;
	rule.permitted = caps;
	rule.privileges = privileges;
	return err ?: load(&rule);
}

int unload(const char *path)
{
	const struct rule rule = { .path = path };

	return commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL);
}

int query(const char *path, uint32_t flags, struct clip_query *answer)
{
	struct clip_query local;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (!answer)
		answer = &local;
	memset(answer, 0, sizeof(*answer));
	answer->size = sizeof(*answer);
	answer->fd = fd;
	answer->context = CLIP_CONTEXT_OWN;
	answer->flags = flags;
	err = device_call(CLIP_IOC_QUERY, answer);
	close(fd);
	return err ? -err : (int)answer->state;
}

int allow_rule(struct rule *rule, const char *path, uint32_t xid)
{
	int err = rule_for(rule, path, 0);

	struct stat st;

	rule->path = "";
	rule->context = xid;
	if (!image_sizes || err)
		return err;
	err = stat(path, &st) ? -errno : 0;
	rule->has_size = true;
	rule->size = st.st_size;
	return err;
}

int allow(const char *path, uint32_t xid)
{
	struct rule rule;

	return allow_rule(&rule, path, xid) ?:
	       commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, NULL);
}

int disallow(const char *path, uint32_t xid)
{
	struct rule rule;

	return allow_rule(&rule, path, xid) ?:
	       commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL);
}
