// SPDX-License-Identifier: GPL-2.0-only
#include "image.h"

#include "contexts.h"


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

void *image_make(const struct rule *rules, unsigned int count, size_t *size)
{
	size_t strings = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		strings += strlen(rules[i].path) + 1;
	*size = sizeof(struct clip_image_header) +
		count * sizeof(struct clip_image_entry) + strings;

	uint8_t *image = calloc(1, *size);
	struct clip_image_header *header = (void *)image;
	struct clip_image_entry *entry = (void *)(header + 1);
	char *table = (char *)(entry + count);
	uint32_t used = 0;

	memcpy(header->magic, CLIP_IMAGE_MAGIC, sizeof(header->magic));
	header->version = CLIP_IMAGE_VERSION;
	header->header_size = sizeof(*header);
	header->total_size = *size;
	header->entry_count = count;
	header->entry_size = sizeof(*entry);
	header->entries_offset = sizeof(*header);
	header->strings_offset = *size - strings;
	header->strings_size = strings;
	for (i = 0; i < count; i++, entry++) {
		const size_t length = strlen(rules[i].path);

		entry->context = rules[i].context;
		entry->flags = rules[i].flags;
		entry->cap_effective = rules[i].effective;
		entry->cap_permitted = rules[i].permitted;
		entry->cap_inheritable = rules[i].inheritable;
		entry->privileges = rules[i].privileges;
		entry->path_offset = used;
		entry->path_length = length;
		entry->algorithm = rules[i].algorithm;
		entry->digest_size = rules[i].digest_size;
		memcpy(entry->digest, rules[i].digest, CLIP_DIGEST_MAX);
		memcpy(table + used, rules[i].path, length + 1);
		used += length + 1;
	}
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

	rule->path = "";
	rule->context = xid;
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
