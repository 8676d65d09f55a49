/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests and checksums.
 */
#ifndef CLIP_TESTS_DIGEST_H
#define CLIP_TESTS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 of a file from its start. */
int sha256_fd(int fd, uint8_t digest[32]);
int sha256_file(const char *path, uint8_t digest[32]);
uint32_t crc32_of(const uint8_t *bytes, size_t size);

/* Switches fs-verity on; afterwards the file cannot be written. */
int enable_verity(const char *path, uint32_t algorithm);
int measure_verity(const char *path, uint8_t *digest, size_t size);

#endif /* CLIP_TESTS_DIGEST_H */
