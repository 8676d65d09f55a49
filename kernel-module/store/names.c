// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: paths and rules of entries, for display only
 *
 * An entry with a name has a pointer to it, see store/entry.h. No decision may
 * depend on a name, and a kernel without this file makes the same decisions.
 */
#include "core/common.h"

#include <linux/init.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store/names.h"

/*
 * Most names have 33 to 128 bytes, and the slabs of kmalloc() lie 32 bytes apart
 * there. These caches lie in the middle.
 */
static struct kmem_cache *caches[3] __ro_after_init;

#define CACHE_STEP	32
#define CACHE_SIZE(i)	(((i) + 1) * CACHE_STEP + CACHE_STEP / 2)

/* A cache can share the memory of another one, and then keeps a pointer to this. */
static const char *const labels[] = {
	"clip_name-48", "clip_name-80", "clip_name-112",
};

static_assert(ARRAY_SIZE(labels) == ARRAY_SIZE(caches));
static_assert(CACHE_SIZE(2) == 112);

/**
 * clip_name_init - Create the caches of names
 *
 * Return: 0, or -ENOMEM.
 */
int __init clip_name_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		caches[i] = kmem_cache_create(labels[i], CACHE_SIZE(i),
					      sizeof(u32), SLAB_ACCOUNT, NULL);
		if (!caches[i])
			return -ENOMEM;
	}
	return 0;
}

static struct clip_name *alloc(size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		if (size <= CACHE_SIZE(i) && size > CACHE_SIZE(i) - CACHE_STEP / 2)
			return kmem_cache_zalloc(caches[i], GFP_KERNEL_ACCOUNT);
	return kzalloc(size, GFP_KERNEL_ACCOUNT);
}

/**
 * clip_name_alloc - Make the name of an entry
 * @path: the path, without a NUL byte
 * @path_len: length of the path in bytes, at most %CLIP_PATH_MAX
 * @source: name of the rule file
 * @source_len: length of that name in bytes, may be 0
 * @line: line of the rule in its file
 *
 * Context: May sleep.
 * Return: The name, which kfree() frees; NULL if memory is exhausted.
 */
struct clip_name *clip_name_alloc(const char *path, size_t path_len,
				  const char *source, size_t source_len,
				  u32 line)
{
	struct clip_name *name;

	name = alloc(offsetof(struct clip_name, path) + path_len + source_len + 2);
	if (!name)
		return NULL;
	name->line = line;
	name->source = path_len + 1;
	memcpy(name->path, path, path_len);
	memcpy(name->path + name->source, source, source_len);
	return name;
}
