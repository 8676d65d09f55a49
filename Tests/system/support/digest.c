// SPDX-License-Identifier: GPL-2.0-only
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* FIPS 180-4; not by the kernel's crypto sockets, which a release leaves out. */
struct sha256 {
	uint32_t state[8];
	uint64_t size;
	uint8_t block[64];
};

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, int bits)
{
	return word >> bits | word << (32 - bits);
}

static void expand(const uint8_t *block, uint32_t words[64])
{
	for (int i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 |
			   block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t near = words[i - 2], far = words[i - 15];

		words[i] = words[i - 16] + words[i - 7] +
			   (rotated(near, 17) ^ rotated(near, 19) ^ near >> 10) +
			   (rotated(far, 7) ^ rotated(far, 18) ^ far >> 3);
	}
}

static void take_block(struct sha256 *hash)
{
	uint32_t words[64], s[8];

	expand(hash->block, words);
	memcpy(s, hash->state, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t one = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25);
		uint32_t two = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22);
		uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
		uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
		uint32_t first = s[7] + one + choice + constants[i] + words[i];

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += first;
		s[0] = first + two + majority;
	}
	for (int i = 0; i < 8; i++)
		hash->state[i] += s[i];
}

static void take(struct sha256 *hash, const uint8_t *bytes, size_t size)
{
	while (size) {
		const size_t used = hash->size % 64;
		const size_t part = size < 64 - used ? size : 64 - used;

		memcpy(hash->block + used, bytes, part);
		hash->size += part;
		bytes += part;
		size -= part;
		if (hash->size % 64 == 0)
			take_block(hash);
	}
}

static void finish(struct sha256 *hash, uint8_t digest[32])
{
	const uint64_t bits = hash->size * 8;
	uint8_t length[8];

	for (int i = 0; i < 8; i++)
		length[i] = bits >> (56 - 8 * i);
	take(hash, (const uint8_t *)"\x80", 1);
	while (hash->size % 64 != 56)
		take(hash, (const uint8_t *)"", 1);
	take(hash, length, sizeof(length));
	for (int i = 0; i < 32; i++)
		digest[i] = hash->state[i / 4] >> (24 - 8 * (i % 4));
}

int sha256_fd(int fd, uint8_t digest[32])
{
	struct sha256 hash = { .state = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	} };
	uint8_t buffer[65536];
	off_t pos = 0;
	ssize_t got;

	while ((got = pread(fd, buffer, sizeof(buffer), pos)) > 0) {
		take(&hash, buffer, got);
		pos += got;
	}
	if (got < 0)
		return errno;
	finish(&hash, digest);
	return 0;
}

int sha256_file(const char *path, uint8_t digest[32])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = sha256_fd(fd, digest);
	close(fd);
	return err;
}

uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t crc = ~0U;

	while (size--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

int enable_verity(const char *path, uint32_t algorithm)
{
	const struct fsverity_enable_arg arg = {
		.version = 1, .hash_algorithm = algorithm, .block_size = 4096,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = ioctl(fd, FS_IOC_ENABLE_VERITY, &arg) ? errno : 0;
	close(fd);
	return err;
}

int measure_verity(const char *path, uint8_t *digest, size_t size)
{
	struct {
		struct fsverity_digest head;
		uint8_t bytes[64];
	} arg = { .head.digest_size = 64 };
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = ioctl(fd, FS_IOC_MEASURE_VERITY, &arg) ? errno : 0;
	close(fd);
	memcpy(digest, arg.bytes, size);
	return err;
}
