/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: from the path of a rule to the file
 */
#ifndef _SECURITY_CLIP_LOAD_RESOLVE_H
#define _SECURITY_CLIP_LOAD_RESOLVE_H

#include <linux/path.h>
#include <linux/types.h>

/**
 * struct clip_directory - where the file before was found
 * @path: the directory; holds a reference unless @length is 0
 * @name: its name, as in the rule; not owned
 * @length: bytes of @name
 */
struct clip_directory {
	struct path path;
	const char *name;
	size_t length;
};

int clip_resolve(struct clip_directory *dir, const char *name, size_t length,
		 struct path *path);
void clip_resolve_end(struct clip_directory *dir);

#endif /* _SECURITY_CLIP_LOAD_RESOLVE_H */
