// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: entries, and which generation is in force
 */
#include "core/common.h"

#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "store/entry.h"
#include "store/filesystem.h"
#include "store/names.h"

/*
 * Serializes writers of all tables; readers do not take it. It is the outermost
 * lock of the module, see core/common.h.
 */
DEFINE_MUTEX(clip_store_lock);

u64 clip_generation = 1;

static_assert(offsetof(struct clip_entry, digest) == 40);

#define SHA256_SIZE	32

/*
 * Most entries have a SHA-256 digest, and no slab of kmalloc() has that size:
 * there is a cache for each of the two things that such an entry can have.
 */
static struct kmem_cache *sha256_entries[2][2] __ro_after_init;

/* What is behind a digest is aligned like the digest itself. */
static_assert(offsetof(struct clip_entry, digest) % sizeof(u64) == 0);

static const struct clip_entry_rights no_rights;

/**
 * clip_store_publish - Put a generation in force
 * @generation: the successor of the present generation
 *
 * Context: The caller holds clip_store_lock.
 */
void clip_store_publish(u64 generation)
{
	lockdep_assert_held(&clip_store_lock);
	/* Pairs with the acquire in clip_store_generation(). */
	smp_store_release(&clip_generation, generation);
}

static size_t rights_at(u8 digest_size)
{
	return round_up(offsetof(struct clip_entry, digest) + digest_size,
			sizeof(u64));
}

static size_t name_at(u8 digest_size, bool has_rights)
{
	return rights_at(digest_size) +
	       (has_rights ? sizeof(struct clip_entry_rights) : 0);
}

static size_t size_of(u8 digest_size, bool has_rights, bool has_name)
{
	const size_t size = name_at(digest_size, has_rights) +
			    (has_name ? sizeof(struct clip_name *) : 0);

	return max(size, sizeof(struct clip_entry));
}

/**
 * clip_entry_init - Create the caches of entries and of their names
 *
 * Return: 0, or -ENOMEM.
 */
int __init clip_entry_init(void)
{
	static const char *const labels[2][2] = {
		{ "clip_entry", "clip_entry_named" },
		{ "clip_entry_rights", "clip_entry_rights_named" },
	};

	for (int rights = 0; rights < 2; rights++) {
		for (int name = 0; name < 2; name++) {
			struct kmem_cache *cache;

			cache = kmem_cache_create(labels[rights][name],
						  size_of(SHA256_SIZE, rights,
							  name),
						  __alignof__(struct clip_entry),
						  SLAB_ACCOUNT, NULL);
			if (!cache)
				return -ENOMEM;
			sha256_entries[rights][name] = cache;
		}
	}
	return clip_name_init();
}

/**
 * clip_entry_rights - Get what an entry grants
 * @entry: the entry
 *
 * Return: The rights, which are constant.
 */
const struct clip_entry_rights *clip_entry_rights(const struct clip_entry *entry)
{
	return entry->has_rights ?
	       (const void *)entry + rights_at(entry->digest_size) :
	       &no_rights;
}

/**
 * clip_entry_name_slot - Get where the pointer to the name of an entry is
 * @entry: an entry with a name
 *
 * Return: The place. Written under clip_store_lock, read under RCU.
 */
struct clip_name __rcu **clip_entry_name_slot(const struct clip_entry *entry)
{
	return (void *)entry + name_at(entry->digest_size, entry->has_rights);
}

/**
 * clip_entry_name - Get the name of an entry
 * @entry: the entry
 *
 * Context: The caller holds the RCU read lock for as long as it uses the
 * result.
 * Return: The name, or NULL.
 */
const struct clip_name *clip_entry_name(const struct clip_entry *entry)
{
	return entry->has_name ?
	       rcu_dereference(*clip_entry_name_slot(entry)) : NULL;
}

/**
 * clip_entry_source - Get the rule file of an entry
 * @entry: the entry
 * @line: receives the line of the rule, 0 if it is unknown
 *
 * Context: Any; does not sleep.
 * Return: A copy that the caller frees with kfree(), or NULL if the rule file
 * is unknown or memory is exhausted.
 */
char *clip_entry_source(const struct clip_entry *entry, u32 *line)
{
	const struct clip_name *name;

	guard(rcu)();
	name = clip_entry_name(entry);
	*line = name ? name->line : 0;
	if (!name || !name->path[name->source])
		return NULL;
	return kstrdup(name->path + name->source, GFP_ATOMIC);
}

/**
 * clip_entry_alloc - Allocate an entry
 * @id: the file; the entry takes a reference to the identity of its superblock,
 *	to which the caller has one
 * @digest_size: size of the digest in bytes
 * @rights: what the entry grants, or NULL
 * @name: the name of the entry, or NULL; on success it belongs to the entry
 *
 * Return: The entry with one reference, and otherwise zeroed rules; or NULL.
 */
struct clip_entry *clip_entry_alloc(const struct clip_file_id *id,
				    u8 digest_size,
				    const struct clip_entry_rights *rights,
				    struct clip_name *name)
{
	const bool has = rights && memchr_inv(rights, 0, sizeof(*rights));
	struct clip_entry *entry;

	if (digest_size == SHA256_SIZE)
		entry = kmem_cache_zalloc(sha256_entries[has][!!name],
					  GFP_KERNEL_ACCOUNT);
	else
		entry = kzalloc(size_of(digest_size, has, !!name),
				GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;
	clip_sb_get(id->sb);
	entry->file = *id;
	refcount_set(&entry->usage, 1);
	entry->digest_size = digest_size;
	entry->dies = CLIP_ALIVE;
	entry->has_rights = has;
	entry->has_name = !!name;
	if (has)
		memcpy((u8 *)entry + rights_at(digest_size), rights,
		       sizeof(*rights));
	if (name)
		RCU_INIT_POINTER(*clip_entry_name_slot(entry), name);
	return entry;
}

static void free_entry(struct rcu_head *rcu)
{
	struct clip_entry *entry = container_of(rcu, struct clip_entry, rcu);

	if (entry->has_name)
		kfree(rcu_dereference_protected(*clip_entry_name_slot(entry), true));
	clip_sb_put(entry->file.sb);
	kfree(entry);
}

/**
 * clip_entry_put - Drop a reference
 * @entry: an entry, or NULL
 *
 * Context: Any; does not sleep.
 */
void clip_entry_put(struct clip_entry *entry)
{
	if (entry && refcount_dec_and_test(&entry->usage))
		call_rcu(&entry->rcu, free_entry);
}

/**
 * clip_entry_same_digest - Do two entries have the same digest?
 * @a: one entry
 * @b: the other one
 *
 * Return: True if they do, false otherwise.
 */
bool clip_entry_same_digest(const struct clip_entry *a,
			    const struct clip_entry *b)
{
	return a->algorithm == b->algorithm &&
	       !memcmp(a->digest, b->digest, a->digest_size);
}

/**
 * clip_entry_same_rule - Do two entries of one file decide the same?
 * @a: one entry; the caller holds a reference, or the lock of its table
 * @b: the other one, likewise
 *
 * The path of the rule, its file and its line do not matter.
 *
 * Return: True if they do, false otherwise.
 */
bool clip_entry_same_rule(const struct clip_entry *a,
			  const struct clip_entry *b)
{
	return a->flags == b->flags && clip_entry_same_digest(a, b) &&
	       !memcmp(clip_entry_rights(a), clip_entry_rights(b),
		       sizeof(struct clip_entry_rights));
}
