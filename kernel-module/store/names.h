/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: paths and rules of entries, for display only; and the entries by the
 * path of their rule (paths.c), which are no matter of display
 */
#ifndef _SECURITY_CLIP_STORE_NAMES_H
#define _SECURITY_CLIP_STORE_NAMES_H

#include <linux/types.h>

#include "store/slots.h"

struct clip_entry;

/*
 * The entries of a table by the path of their rule. A rule is taken back by its
 * path, when another file may have that path, or none. Only writers use this
 * index, under clip_store_lock. It works without the names that are kept for
 * display.
 */
u64 clip_path_hash(const char *path, size_t length);
int clip_paths_reserve(struct clip_slots *paths, size_t ahead);
void clip_paths_add(struct clip_slots *paths, struct clip_entry *entry);
void clip_paths_remove(struct clip_slots *paths, struct clip_entry *entry);
void clip_paths_settle(struct clip_slots *paths);
struct clip_entry *clip_paths_next(const struct clip_slots *paths, u64 path_hash,
				   u32 *from);

/**
 * struct clip_name - Path and rule of an entry, for display
 * @line: Line of the rule in its file; 0 if it is unknown.
 * @source: Where the name of the rule file begins within @path. It may be empty.
 * @path: The path under which the entry was loaded, followed by the name of the
 *	rule file. Both end with a NUL byte.
 *
 * A name is constant. It belongs to one entry, which frees it after a grace
 * period.
 */
struct clip_name {
	u32 line;
	u16 source;
	char path[];
};

#ifdef CONFIG_SECURITY_CLIP_NAMES

int clip_name_init(void);
struct clip_name *clip_name_alloc(const char *path, size_t path_len,
				  const char *source, size_t source_len,
				  u32 line);

#else

static inline int clip_name_init(void)
{
	return 0;
}

static inline struct clip_name *clip_name_alloc(const char *path, size_t path_len,
						const char *source,
						size_t source_len, u32 line)
{
	return NULL;
}

#endif /* CONFIG_SECURITY_CLIP_NAMES */

#endif /* _SECURITY_CLIP_STORE_NAMES_H */
