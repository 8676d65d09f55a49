// SPDX-License-Identifier: GPL-2.0-only
#include "slab.h"

#include "files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Kilobytes of a line of /proc/meminfo. */
static long memory_of(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long value = -1;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)) && sscanf(line + strlen(key), ": %ld", &value) == 1)
			break;
	if (file)
		fclose(file);
	return value;
}

bool slab_is_exact(void)
{
	return access("/sys/kernel/debug/kmemleak", F_OK) != 0;
}

long slab_settled(void)
{
	long least = -1;

	for (int i = 0, same = 0; i < 100 && same < 10; i++) {
		long now;

		write_text("/proc/sys/vm/drop_caches", "3");
		usleep(200000);
		now = memory_of("Slab");
		same = least >= 0 && now >= least ? same + 1 : 0;
		if (least < 0 || now < least)
			least = now;
	}
	return least;
}

int slab_caches(struct slab_cache *caches)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[512];
	int count = 0;

	while (file && count < SLAB_CACHES && fgets(line, sizeof(line), file)) {
		struct slab_cache *cache = &caches[count];

		count += sscanf(line, "%47s %*u %lu %lu", cache->name, &cache->objects, &cache->size) == 3;
	}
	if (file)
		fclose(file);
	return count;
}

void slab_print_grown(const struct slab_cache *before, int count)
{
	static struct slab_cache after[SLAB_CACHES];
	const int now = slab_caches(after);

	for (int i = 0; i < now; i++)
		for (int j = 0; j < count; j++) {
			const long more = after[i].objects - before[j].objects;

			if (!strcmp(after[i].name, before[j].name) && more * (long)after[i].size >= 32768)
				printf("# %s: %ld objects of %lu bytes more than %lu\n", after[i].name, more,
				       after[i].size, before[j].objects);
		}
}
