// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: resolving the paths of rules
 *
 * Rules are sorted, so those of one directory are adjacent. A walk from the
 * root for each of them takes longer than all other work of a commit, so the
 * directory of the previous file is kept and searched first.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "load/resolve.h"

/**
 * clip_resolve_end - Release the directory
 * @dir: the directory
 */
void clip_resolve_end(struct clip_directory *dir)
{
	if (dir->length)
		path_put(&dir->path);
	dir->length = 0;
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/*
 * Finds a name as openat(2) would. Symbolic links are left to the full look-up:
 * an absolute one would start at this directory, as if it were the root.
 */
static bool find_in(const struct clip_directory *dir, const char *name,
		    struct path *path)
{
	if (vfs_path_lookup(dir->path.dentry, dir->path.mnt, name, 0, path))
		return false;
	if (!d_is_symlink(path->dentry))
		return true;
	path_put(path);
	/* The following look-up may fail and leave the path as it is here. */
	*path = (struct path) {};
	return false;
}

static void keep_directory(struct clip_directory *dir, const char *name,
			   size_t length)
{
	char *copy = kmemdup_nul(name, length, GFP_KERNEL);

	clip_resolve_end(dir);
	if (copy && !kern_path(copy, LOOKUP_FOLLOW | LOOKUP_DIRECTORY,
			       &dir->path)) {
		dir->name = name;
		dir->length = length;
	}
	kfree(copy);
}

/* With the slash at its end. */
static size_t parent_length(const char *name, size_t length)
{
	while (length && name[length - 1] != '/')
		length--;
	return length;
}

static bool is_kept(const struct clip_directory *dir, const char *name,
		    size_t parent)
{
	return dir->length && dir->length == parent &&
	       !memcmp(dir->name, name, parent);
}

/**
 * clip_resolve - Find a file as the caller of open(2) would
 * @dir: the directory of the previous file; updated
 * @name: absolute path; must stay valid for as long as @dir is used
 * @length: length of @name in bytes
 * @path: out: the file, with a reference; empty on failure, so that a caller
 *	may release it in any case
 *
 * All symbolic links are followed.
 *
 * Context: may sleep.
 * Return: 0, or the error of the look-up.
 */
int clip_resolve(struct clip_directory *dir, const char *name, size_t length,
		 struct path *path)
{
	const size_t parent = parent_length(name, length);
	const char *last = name + parent;

	*path = (struct path) {};
	/*
	 * The root directory saves no time, and names like "/a/" are left to
	 * the kernel.
	 */
	if (parent < 2 || !*last || is_dots(last))
		return kern_path(name, LOOKUP_FOLLOW, path);
	if (!is_kept(dir, name, parent))
		keep_directory(dir, name, parent);
	if (dir->length && find_in(dir, last, path))
		return 0;
	return kern_path(name, LOOKUP_FOLLOW, path);
}

/**
 * clip_resolve_parent - Get the directory of a file that was not found
 * @dir: the directory as clip_resolve() left it
 * @name: the path of the file
 * @length: length of @name in bytes
 * @path: out: the directory, with a reference; empty if it was not found
 *	either, or is the root directory
 */
void clip_resolve_parent(const struct clip_directory *dir, const char *name,
			 size_t length, struct path *path)
{
	*path = (struct path) {};
	if (!is_kept(dir, name, parent_length(name, length)))
		return;
	*path = dir->path;
	path_get(path);
}
