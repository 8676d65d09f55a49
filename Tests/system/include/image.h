/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules, images of them, and commits.
 */
#ifndef CLIP_TESTS_IMAGE_H
#define CLIP_TESTS_IMAGE_H

#include "device.h"
#include "digest.h"

#include <stdbool.h>

#include <linux/capability.h>

#define MAX_RULES	64

#define BIND	(1ULL << CAP_NET_BIND_SERVICE)
#define KILL	(1ULL << CAP_KILL)
#define RAW	(1ULL << CAP_NET_RAW)

struct rule {
	const char *path;
	uint32_t context;
	uint32_t flags;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t privileges;
	uint16_t algorithm;
	uint16_t digest_size;
	uint8_t digest[CLIP_DIGEST_MAX];
	/* Of an allow digest in a block: the size of the files. */
	bool has_size;
	uint32_t size;
};

/* A rule for a file as it is now, in context 0. */
int rule_for(struct rule *rule, const char *path, uint32_t flags);
void image_seal(void *image, size_t size);

/*
 * Whether each allow digest that grants nothing is in a block of its own. They have
 * no entry, and come after all that have one. An image is of version 3 if one of
 * them has a size, and otherwise of version 2.
 */
extern bool image_blocks;

/* Whether allow_rule() says the size of the file; only with image_blocks. */
extern bool image_sizes;

/* Makes an image, which the caller frees. */
void *image_make(const struct rule *rules, unsigned int count, size_t *size);

/* The result of a commit. */
struct outcome {
	struct clip_commit commit;
	struct clip_result results[MAX_RULES];
};

int commit_image(const void *image, size_t size, uint32_t mode, uint32_t flags,
		 struct outcome *outcome);

int commit_rules(const struct rule *rules, unsigned int count, uint32_t mode,
		 uint32_t flags, struct outcome *outcome);
int load(const struct rule *rule);

/* Loads an entry for a file as it is now. */
int list_file(const char *path, uint32_t xid, uint32_t flags, uint64_t caps,
	      uint64_t privileges);

int unload(const char *path);

/* Returns CLIP_STATE_* of a file; -errno if the query fails. */
int query(const char *path, uint32_t flags, struct clip_query *answer);

/* An allow digest for the present content of a file. */
int allow_rule(struct rule *rule, const char *path, uint32_t xid);
int allow(const char *path, uint32_t xid);
int disallow(const char *path, uint32_t xid);

#endif /* CLIP_TESTS_IMAGE_H */
