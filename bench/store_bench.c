// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: store_bench DIRECTORY COUNT...
 *
 * Lists COUNT empty files in DIRECTORY, and prints what it costs then to list
 * one more in a commit of its own, to rename a listed file, and to delete one,
 * in nanoseconds, as "commit-COUNT" and so on. COUNTs grow. The deletion is
 * followed by sched_yield(2) on the only processor, so its figure includes what a
 * worker of the kernel does for it.
 */
#include <fcntl.h>
#include <linux/clip.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCHES	60
#include "measure.h"

#define EXTRA	(BATCHES * CALLS)
#define CALLS	2

static int device;
static int next_commit, next_rename, next_unlink;
static const char *directory;

static void path_of(char *path, size_t size, const char *kind, int number)
{
	snprintf(path, size, "%s/%s-%03d/%07d", directory, kind, number / 1000,
		 number);
}

static int make(const char *kind, int number)
{
	char path[256];

	path_of(path, sizeof(path), kind, number);
	if (number % 1000 == 0) {
		*strrchr(path, '/') = '\0';
		if (mkdir(path, 0755))
			return 1;
		path_of(path, sizeof(path), kind, number);
	}
	return mknod(path, S_IFREG | 0755, 0);
}

static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	static uint32_t table[256];
	uint32_t crc = ~0U;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320U : 0);
	}
	while (size--)
		crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
	return ~crc;
}

/* Lists the files from @first on. Any digest will do: they are never run. */
static int list(const char *kind, int first, int count)
{
	static const size_t room = 64;
	struct clip_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
	};
	const size_t size = sizeof(struct clip_image_header) + count *
			    (sizeof(struct clip_image_entry) + room);
	uint8_t *image = calloc(1, size);
	struct clip_image_header *header = (void *)image;
	struct clip_image_entry *entry = (void *)(header + 1);
	char *strings = (char *)(entry + count);
	int err;

	if (!image)
		return 1;
	memcpy(header->magic, CLIP_IMAGE_MAGIC, sizeof(header->magic));
	header->version = CLIP_IMAGE_VERSION_PLAIN;
	header->header_size = sizeof(*header);
	header->total_size = size;
	header->entry_count = count;
	header->entry_size = sizeof(*entry);
	header->entries_offset = sizeof(*header);
	header->strings_offset = strings - (char *)image;
	header->strings_size = count * room;
	for (int i = 0; i < count; i++) {
		path_of(strings + i * room, room, kind, first + i);
		entry[i].flags = CLIP_ENTRY_EXE;
		entry[i].path_offset = i * room;
		entry[i].path_length = strlen(strings + i * room);
		entry[i].algorithm = CLIP_ALGO_SHA256;
		entry[i].digest_size = 32;
		memcpy(entry[i].digest, &first, sizeof(first));
	}
	header->checksum = crc32_of(image, size);
	commit.image = (uintptr_t)image;
	commit.image_size = size;
	err = ioctl(device, CLIP_IOC_COMMIT, &commit);
	free(image);
	return err || commit.added != (uint32_t)count;
}

static int commit_one(void)
{
	return list("one", next_commit++, 1);
}

static int rename_one(void)
{
	char from[256], to[300];

	path_of(from, sizeof(from), "one", next_rename++);
	snprintf(to, sizeof(to), "%s-new", from);
	return rename(from, to);
}

/* The worker that removes the entry runs when this task yields. */
static int unlink_one(void)
{
	char path[256];
	int err;

	path_of(path, sizeof(path), "one", next_unlink++);
	strcat(path, "-new");
	err = unlink(path);
	sched_yield();
	return err;
}

/* Make files and list them, so that there are @count of them. */
static int grow(int *have, int count)
{
	const int first = *have;

	for (; *have < count; (*have)++)
		if (make("many", *have))
			return 1;
	return count > first && list("many", first, count - first);
}

static int measure_at(int count)
{
	char name[32];

	for (int i = 0; i < EXTRA; i++)
		if (make("one", next_commit + i))
			return 1;
	snprintf(name, sizeof(name), "commit-%d", count);
	if (measure(name, commit_one, CALLS))
		return 1;
	snprintf(name, sizeof(name), "rename-%d", count);
	if (measure(name, rename_one, CALLS))
		return 1;
	snprintf(name, sizeof(name), "unlink-%d", count);
	return measure(name, unlink_one, CALLS);
}

int main(int argc, char **argv)
{
	int have = 0;

	device = open(CLIP_DEVICE_PATH, O_RDWR);
	if (argc < 3 || device < 0) {
		fprintf(stderr, "usage: store_bench DIRECTORY COUNT...\n");
		return 2;
	}
	directory = argv[1];
	mkdir(directory, 0755);
	for (int i = 2; i < argc; i++)
		if (grow(&have, atoi(argv[i])) || measure_at(have)) {
			perror(argv[i]);
			return 1;
		}
	return 0;
}
