// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: mark_file verity FILE
 *        mark_file ima FILE DIGEST
 *
 * Enables fs-verity on FILE, with SHA-256 and blocks of 4096 bytes; or writes the
 * attribute in which IMA looks for the SHA-256 of FILE, DIGEST in hexadecimal.
 */
#include <fcntl.h>
#include <linux/fsverity.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The first two bytes of the attribute: "digest-ng", and the algorithm. */
#define IMA_DIGEST_NG		4
#define IMA_HASH_SHA256		4
#define DIGEST_SIZE		32

static int enable_verity(const char *path)
{
	struct fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || ioctl(fd, FS_IOC_ENABLE_VERITY, &arg);
}

static int write_ima(const char *path, const char *hex)
{
	uint8_t value[2 + DIGEST_SIZE] = { IMA_DIGEST_NG, IMA_HASH_SHA256 };

	for (int i = 0; i < DIGEST_SIZE; i++)
		if (sscanf(hex + 2 * i, "%2hhx", value + 2 + i) != 1)
			return 1;
	return setxattr(path, "security.ima", value, sizeof(value), 0);
}

int main(int argc, char **argv)
{
	int err;

	if (argc == 3 && !strcmp(argv[1], "verity")) {
		err = enable_verity(argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "ima") &&
		   strlen(argv[3]) == 2 * DIGEST_SIZE) {
		err = write_ima(argv[2], argv[3]);
	} else {
		fprintf(stderr, "usage: mark_file verity FILE | ima FILE DIGEST\n");
		return 2;
	}
	if (err)
		perror(argv[2]);
	return !!err;
}
