/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: paths and rules of entries, for display only; and the entries by the
 * path of their rule (paths.c), which are no matter of display
 */
#ifndef _SECURITY_CLIP_STORE_NAMES_H
#define _SECURITY_CLIP_STORE_NAMES_H

#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/**
 * struct clip_path - The path of the rule of an entry
 * @hash: Stands for the path, see clip_path_hash(); 0 without a path.
 * @next: Next path in the same chain.
 */
struct clip_path {
	u64 hash;
	struct clip_path *next;
};

/**
 * struct clip_paths - The entries of a table by the path of their rule
 * @heads: The chains; @first as long as there is only one.
 * @first: The only chain of a small index.
 * @bits: There are 2^@bits chains.
 * @count: Number of paths in the chains.
 *
 * A rule is taken back by its path, when another file may have that path, or
 * none. Only writers use the index, under clip_store_lock. It works without
 * the names that are kept for display, and adding to it cannot fail.
 */
struct clip_paths {
	struct clip_path **heads;
	struct clip_path *first;
	unsigned int bits;
	size_t count;
};

u64 clip_path_hash(const char *path, size_t length);
void clip_paths_add(struct clip_paths *paths, struct clip_path *path);
void clip_paths_remove(struct clip_paths *paths, struct clip_path *path);
void clip_paths_move(struct clip_paths *paths, struct clip_path *path,
		     u64 path_hash);
struct clip_path *clip_paths_next(const struct clip_paths *paths, u64 path_hash,
				  const struct clip_path *from);
size_t clip_paths_bytes(const struct clip_paths *paths);
void clip_paths_destroy(struct clip_paths *paths);

/**
 * struct clip_name - Path and rule file of an entry, for display
 * @rcu: Frees the name after a grace period.
 * @source: Points to the name of the rule file within @path. May be empty.
 * @path: The path under which the entry was loaded, followed by the name of the
 *	rule file. Both end with a NUL byte.
 *
 * A name is constant once it is stored.
 */
struct clip_name {
	struct rcu_head rcu;
	const char *source;
	char path[];
};

#ifdef CONFIG_SECURITY_CLIP_NAMES

int clip_name_set(u64 id, const char *path, size_t path_len,
		  const char *source, size_t source_len);
void clip_name_erase(u64 id);
void clip_name_take(u64 to, u64 from);
const struct clip_name *clip_name_get(u64 id);
char *clip_name_source(u64 id);
size_t clip_name_bytes(void);

#else

static inline int clip_name_set(u64 id, const char *path, size_t path_len,
				const char *source, size_t source_len)
{
	return 0;
}

static inline void clip_name_erase(u64 id)
{
}

static inline void clip_name_take(u64 to, u64 from)
{
}

static inline const struct clip_name *clip_name_get(u64 id)
{
	return NULL;
}

static inline char *clip_name_source(u64 id)
{
	return NULL;
}

static inline size_t clip_name_bytes(void)
{
	return 0;
}

#endif /* CONFIG_SECURITY_CLIP_NAMES */

#endif /* _SECURITY_CLIP_STORE_NAMES_H */
