// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: paths and rules of entries, for display only
 *
 * Kept apart from the entries: no decision may look at a name, and a kernel
 * without this file makes the same decisions.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "store/names.h"

static DEFINE_XARRAY(clip_names);
static atomic_long_t clip_names_size;

/**
 * clip_name_set - remember how people know an entry
 * @id: the entry's id
 * @path: bytes of the path, without a NUL among them
 * @path_len: how many
 * @source: bytes of the rule file's name
 * @source_len: how many, may be 0
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM.
 */
int clip_name_set(u64 id, const char *path, size_t path_len,
		  const char *source, size_t source_len)
{
	struct clip_name *name;
	void *old;

	name = kzalloc(struct_size(name, path, path_len + source_len + 2),
		       GFP_KERNEL_ACCOUNT);
	if (!name)
		return -ENOMEM;
	memcpy(name->path, path, path_len);
	memcpy(name->path + path_len + 1, source, source_len);
	name->source = name->path + path_len + 1;
	old = xa_store(&clip_names, id, name, GFP_KERNEL_ACCOUNT);
	if (xa_is_err(old)) {
		kfree(name);
		return xa_err(old);
	}
	atomic_long_add(ksize(name), &clip_names_size);
	return 0;
}

/**
 * clip_name_erase - forget the name of an entry
 * @id: the entry's id
 *
 * Context: process context.
 */
void clip_name_erase(u64 id)
{
	struct clip_name *name = xa_erase(&clip_names, id);

	if (name) {
		atomic_long_sub(ksize(name), &clip_names_size);
		kfree_rcu(name, rcu);
	}
}

/**
 * clip_name_get - how people know an entry
 * @id: the entry's id
 *
 * Context: under the RCU read lock, for as long as the result is used.
 * Return: the name, or NULL.
 */
const struct clip_name *clip_name_get(u64 id)
{
	return xa_load(&clip_names, id);
}

/**
 * clip_name_source - the rule file an entry came from
 * @id: the entry's id
 *
 * Context: any; does not sleep.
 * Return: a copy for the caller to free; NULL if there is none, or no memory.
 */
char *clip_name_source(u64 id)
{
	const struct clip_name *name;

	guard(rcu)();
	name = clip_name_get(id);
	return name && *name->source ? kstrdup(name->source, GFP_ATOMIC) : NULL;
}

/**
 * clip_name_bytes - memory of all names
 *
 * Return: bytes, without the index.
 */
size_t clip_name_bytes(void)
{
	return atomic_long_read(&clip_names_size);
}
