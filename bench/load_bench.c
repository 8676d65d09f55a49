// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: load_bench IMAGE
 *
 * Prints how long stat(2) of every path in a compiled image takes ("stat"), and
 * how long loading the image in one commit ("commit"), in nanoseconds. Both find
 * the files in the caches: a first round, that is not counted, has been there.
 * Then the memory: what clip counts, and by how many bytes that of the whole
 * kernel has grown ("kernel").
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
		if (entry[i].path_length &&
		    stat(strings + entry[i].path_offset, &st))
			perror(strings + entry[i].path_offset);
	return now() - start;
}

/* Kilobytes of memory that the kernel has taken for itself. */
static long kernel_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long sum = 0, kb;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Slab: %ld", &kb) == 1 ||
		    sscanf(line, "VmallocUsed: %ld", &kb) == 1)
			sum += kb;
	if (file)
		fclose(file);
	return sum;
}

static int load(int device, void *image, size_t size, uint64_t *spent)
{
	struct clip_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
		.image = (uintptr_t)image, .image_size = size,
	};
	const uint64_t start = now();
	int err = ioctl(device, CLIP_IOC_COMMIT, &commit);

	*spent = now() - start;
	return err;
}

int main(int argc, char **argv)
{
	struct clip_info info = { .size = sizeof(info) };
	size_t size = 0;
	void *image = argc == 2 ? read_all(argv[1], &size) : NULL;
	int device = open(CLIP_DEVICE_PATH, O_RDWR);
	uint64_t stats, spent;
	long before;

	if (!image || device < 0) {
		fprintf(stderr, "usage: load_bench IMAGE\n");
		return 2;
	}
	stat_all(image);
	stats = stat_all(image);
	before = kernel_memory();
	if (load(device, image, size, &spent) ||
	    ioctl(device, CLIP_IOC_INFO, &info)) {
		perror("commit");
		return 1;
	}
	printf("stat=%llu\ncommit=%llu\nkernel=%lld\n",
	       (unsigned long long)stats, (unsigned long long)spent,
	       (kernel_memory() - before) * 1024LL);
	printf("entries=%llu\nentry-bytes=%llu\ntable-bytes=%llu\n"
	       "name-bytes=%llu\ndigests=%llu\ndigest-bytes=%llu\n",
	       (unsigned long long)info.entries,
	       (unsigned long long)info.entry_bytes,
	       (unsigned long long)info.table_bytes,
	       (unsigned long long)info.name_bytes,
	       (unsigned long long)info.digests,
	       (unsigned long long)info.digest_bytes);
	return 0;
}
