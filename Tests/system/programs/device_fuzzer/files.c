// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sysctls and the files of securityfs.
 */
#include "device_fuzzer.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYSCTLS		"/proc/sys/kernel/clip"
#define SECURITYFS	"/sys/kernel/security/clip"

/* One file of the directory, each as often as the others. */
static int open_one(const char *directory, int flags)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	unsigned int seen = 0;
	char name[256] = "";
	int fd = -1;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && once_in(++seen))
			snprintf(name, sizeof(name), "%s", entry->d_name);
	if (name[0])
		fd = openat(dirfd(dir), name, flags | O_CLOEXEC);
	if (dir)
		closedir(dir);
	return fd;
}

/* What a sysctl takes, most of which is final. */
static int good_text(char *text, size_t size)
{
	switch (below(4)) {
	case 0:
		return snprintf(text, size, "%u\n", below(2));
	case 1:
		return snprintf(text, size, "0x%" PRIx64 "\n", number());
	case 2:
		return snprintf(text, size, "0 empty\n");
	default:
		return snprintf(text, size, "%" PRIu64, edge());
	}
}

/* None of this is a value. */
static int bad_text(char *text, size_t size)
{
	static const char *const texts[] = {
		"", "\n", " ", "x", "-1", "0x", "0x10000000000000000", "1 2", "1\n1", "+", "one",
		"99999999999999999999", "0 emptyx", "\t-0x1\n", "1e3",
	};
	int length;

	if (once_in(4)) {
		memset(text, 'x', size);
		return size;
	}
	length = snprintf(text, size, "%s", texts[below(sizeof(texts) / sizeof(texts[0]))]);
	if (length > 0 && once_in(4))
		text[below(length)] = 0x80 | number();
	return length;
}

bool try_sysctl(struct caller *caller)
{
	const bool writes = !once_in(3);
	int fd = open_one(SYSCTLS, writes ? O_WRONLY : O_RDONLY);
	char text[8192];
	ssize_t done;

	if (fd < 0)
		return false;
	if (!writes)
		done = pread(fd, text, below(sizeof(text)), once_in(3) ? below(64) : 0);
	else if (caller->final && once_in(8))
		done = write(fd, text, good_text(text, 64));
	else
		done = write(fd, text, bad_text(text, once_in(16) ? sizeof(text) : 64));
	close(fd);
	return done >= 0;
}

bool try_securityfs(void)
{
	int fd = open_one(SECURITYFS, once_in(16) ? O_RDWR : O_RDONLY);
	char text[8192];
	ssize_t done = 0;

	if (fd < 0)
		return false;
	for (unsigned int i = 0; i < 4 && done >= 0; i++)
		done = once_in(4) ? pread(fd, text, below(sizeof(text)), edge() >> 1) :
				    read(fd, text, below(sizeof(text)));
	if (once_in(16))
		done = write(fd, text, below(64));
	close(fd);
	return done >= 0;
}
