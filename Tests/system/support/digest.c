// SPDX-License-Identifier: GPL-2.0-only
#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <sys/socket.h>
#include <unistd.h>

int sha256_fd(int fd, uint8_t digest[32])
{
	const struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "hash",
		.salg_name = "sha256",
	};
	int bound = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int op = -1, err = EIO;
	off_t pos = 0;
	ssize_t got;
	char buffer[65536];

	if (bound < 0)
		return errno;
	if (bind(bound, (const struct sockaddr *)&address, sizeof(address)))
		goto out;
	op = accept(bound, NULL, NULL);
	if (op < 0)
		goto out;
	while ((got = pread(fd, buffer, sizeof(buffer), pos)) > 0) {
		if (send(op, buffer, got, MSG_MORE) != got)
			goto out;
		pos += got;
	}
	if (got == 0 && read(op, digest, 32) == 32)
		err = 0;
out:
	if (op >= 0)
		close(op);
	close(bound);
	return err;
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
