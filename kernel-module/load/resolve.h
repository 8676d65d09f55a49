/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: resolving the paths of rules
 */
#ifndef _SECURITY_CLIP_LOAD_RESOLVE_H
#define _SECURITY_CLIP_LOAD_RESOLVE_H

#include <linux/path.h>
#include <linux/types.h>

/**
 * struct clip_directory - The directory of the file that was looked up last
 * @path: the directory; holds a reference unless @length is 0
 * @name: its name, as in the rule; not owned
 * @length: length of @name in bytes; 0 without a directory
 */
struct clip_directory {
	struct path path;
	const char *name;
	size_t length;
};

int clip_resolve(struct clip_directory *dir, const char *name, size_t length,
		 struct path *path);
void clip_resolve_parent(const struct clip_directory *dir, const char *name,
			 size_t length, struct path *path);
void clip_resolve_end(struct clip_directory *dir);

#endif /* _SECURITY_CLIP_LOAD_RESOLVE_H */
