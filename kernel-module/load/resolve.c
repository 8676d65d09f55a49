// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: from the path of a rule to the file
 *
 * Rules come sorted, a directory's together. To walk down from the root for
 * each of them takes longer than everything else that a commit does, so the
 * directory of the file before is kept and looked in first.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "load/resolve.h"

/**
 * clip_resolve_end - let the directory go
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
 * Found as openat(2) would find it. Not a symbolic link: an absolute one would
 * begin at this directory, as if it were the root.
 */
static bool find_in(const struct clip_directory *dir, const char *name,
		    struct path *path)
{
	if (vfs_path_lookup(dir->path.dentry, dir->path.mnt, name, 0, path))
		return false;
	if (!d_is_symlink(path->dentry))
		return true;
	path_put(path);
	/* The look-up that follows may fail and leave it as it is here. */
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

/**
 * clip_resolve - find a file as the caller of open(2) would
 * @dir: the directory of the file before; changed
 * @name: absolute path, kept by the caller for as long as @dir is used
 * @length: bytes of @name
 * @path: out: the file, with a reference; empty on failure, so that a caller
 *	may release it whatever came of the look-up
 *
 * Symbolic links are followed to the end.
 *
 * Context: may sleep.
 * Return: 0, or the error of looking it up.
 */
int clip_resolve(struct clip_directory *dir, const char *name, size_t length,
		 struct path *path)
{
	size_t parent = length;
	const char *last;

	*path = (struct path) {};
	while (parent && name[parent - 1] != '/')
		parent--;
	last = name + parent;
	/* In the root directory nothing is saved; and what does "/a/" name? */
	if (parent < 2 || !*last || is_dots(last))
		return kern_path(name, LOOKUP_FOLLOW, path);
	if (dir->length != parent || memcmp(dir->name, name, parent))
		keep_directory(dir, name, parent);
	if (dir->length && find_in(dir, last, path))
		return 0;
	return kern_path(name, LOOKUP_FOLLOW, path);
}
