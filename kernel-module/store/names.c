// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: paths and rules of entries, for display only
 *
 * Names are kept apart from the entries: no decision may depend on a name, and
 * a kernel without this file makes the same decisions.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "store/names.h"

static DEFINE_XARRAY(clip_names);
static atomic_long_t clip_names_size;

/**
 * clip_name_set - Store the path and the rule file of an entry
 * @id: id of the entry
 * @path: the path, without a NUL byte
 * @path_len: length of the path in bytes
 * @source: name of the rule file
 * @source_len: length of that name in bytes, may be 0
 *
 * Context: May sleep.
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
 * clip_name_erase - Erase the name of an entry
 * @id: id of the entry
 *
 * Context: Process context.
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
 * clip_name_take - Give the name of one entry to another one
 * @to: id of the entry that receives the name, in place of its own
 * @from: id of the entry that loses it
 *
 * Without memory, the entry keeps the name that it has.
 *
 * Context: May sleep.
 */
void clip_name_take(u64 to, u64 from)
{
	struct clip_name *name = xa_erase(&clip_names, from), *old;

	if (!name)
		return;
	old = xa_store(&clip_names, to, name, GFP_KERNEL_ACCOUNT);
	if (xa_is_err(old))
		old = name;
	if (!old)
		return;
	atomic_long_sub(ksize(old), &clip_names_size);
	kfree_rcu(old, rcu);
}

/**
 * clip_name_get - Get the name of an entry
 * @id: id of the entry
 *
 * Context: The caller holds the RCU read lock for as long as it uses the
 * result.
 * Return: The name, or NULL.
 */
const struct clip_name *clip_name_get(u64 id)
{
	return xa_load(&clip_names, id);
}

/**
 * clip_name_source - Get the rule file of an entry
 * @id: id of the entry
 *
 * Context: Any; does not sleep.
 * Return: A copy that the caller frees with kfree(), or NULL if the rule file
 * is unknown or memory is exhausted.
 */
char *clip_name_source(u64 id)
{
	const struct clip_name *name;

	guard(rcu)();
	name = clip_name_get(id);
	return name && *name->source ? kstrdup(name->source, GFP_ATOMIC) : NULL;
}

/**
 * clip_name_bytes - Get the memory of all names
 *
 * Return: The size in bytes, without the index.
 */
size_t clip_name_bytes(void)
{
	return atomic_long_read(&clip_names_size);
}
