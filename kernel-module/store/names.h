/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: paths and rules of entries, for display only
 */
#ifndef _SECURITY_CLIP_STORE_NAMES_H
#define _SECURITY_CLIP_STORE_NAMES_H

#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

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
