// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: load_bench IMAGE
 *
 * Prints how long stat(2) of every path in a compiled image takes, and how long
 * loading the image in one commit, in nanoseconds. Both find the files in the
 * caches: a first round, that is not counted, has been there.
 */
#include <fcntl.h>
#include <linux/clip.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void *read_all(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *bytes;
	size_t got = 0;
	ssize_t part;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	bytes = malloc(st.st_size);
	while (bytes && (part = read(fd, bytes + got, st.st_size - got)) > 0)
		got += part;
	close(fd);
	*size = got;
	return bytes;
}

static uint64_t stat_all(const struct clip_image_header *header)
{
	const struct clip_image_entry *entry = (const void *)(header + 1);
	const char *strings = (const char *)header + header->strings_offset;
	const uint64_t start = now();
	struct stat st;

	for (uint32_t i = 0; i < header->entry_count; i++)
		if (stat(strings + entry[i].path_offset, &st))
			perror(strings + entry[i].path_offset);
	return now() - start;
}

int main(int argc, char **argv)
{
	struct clip_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
	};
	size_t size = 0;
	void *image = argc == 2 ? read_all(argv[1], &size) : NULL;
	int device = open(CLIP_DEVICE_PATH, O_RDWR);
	uint64_t start, spent;

	if (!image || device < 0) {
		fprintf(stderr, "usage: load_bench IMAGE\n");
		return 2;
	}
	stat_all(image);
	spent = stat_all(image);
	commit.image = (uintptr_t)image;
	commit.image_size = size;
	start = now();
	if (ioctl(device, CLIP_IOC_COMMIT, &commit)) {
		perror("commit");
		return 1;
	}
	start = now() - start;
	printf("entries=%u stat_ns=%llu commit_ns=%llu\n", commit.added,
	       (unsigned long long)spent, (unsigned long long)start);
	return 0;
}
