// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: guarding the path between a script and its interpreter
 *
 * The kernel closes a script and passes its name to the interpreter, which
 * opens that name again. Only the directories on the path can ensure that the
 * name still leads to the file that was verified.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "exec/script.h"

/**
 * clip_script_interpreter - Find the program that a script names
 * @buf: start of the file
 * @size: bytes in @buf
 * @length: out: bytes in the name
 *
 * Reads the first line as binfmt_script does. A name that may be cut off is not
 * accepted.
 *
 * Return: the name in @buf, not terminated, or NULL if the file is not a
 * script.
 */
const char *clip_script_interpreter(const char *buf, size_t size,
				    size_t *length)
{
	size_t start = 2, end;

	if (size < 2 || buf[0] != '#' || buf[1] != '!')
		return NULL;
	while (start < size && (buf[start] == ' ' || buf[start] == '\t'))
		start++;
	for (end = start; end < size; end++)
		if (!buf[end] || strchr(" \t\n", buf[end]))
			break;
	if (end == size || end == start)
		return NULL;
	*length = end - start;
	return buf + start;
}

/**
 * clip_script_mode_guarded - Do these mode bits keep all but the owner out?
 * @mode: of a script or of a directory on the path to it
 * @height: 0 for the script, 1 for its directory, and so on up
 *
 * With an access list, the group's bits are the most that the list can give. In
 * a directory with the sticky bit, only the owner can take away what the owner
 * has there. That is enough for directories like /tmp, but not for the
 * directory that holds the script.
 *
 * Return: true or false.
 */
bool clip_script_mode_guarded(umode_t mode, unsigned int height)
{
	if (!(mode & 0022))
		return true;
	return height > 1 && (mode & S_ISVTX);
}

static bool guarded(const struct path *path, unsigned int height)
{
	const struct inode *inode = d_backing_inode(path->dentry);
	const vfsuid_t owner = i_uid_into_vfsuid(mnt_idmap(path->mnt), inode);

	return vfsuid_eq_kuid(owner, GLOBAL_ROOT_UID) &&
	       clip_script_mode_guarded(READ_ONCE(inode->i_mode), height);
}

/*
 * Walks up to the root of the mount namespace, independent of the caller's
 * root.
 */
static bool way_guarded(const struct path *file)
{
	struct path at = *file;
	unsigned int height = 0;
	bool good;

	path_get(&at);
	while ((good = guarded(&at, height))) {
		struct dentry *parent;

		/* A directory below a mount is hidden, but its name is not. */
		while (at.dentry == at.mnt->mnt_root && follow_up(&at))
			;
		if (IS_ROOT(at.dentry))
			break;
		parent = dget_parent(at.dentry);
		dput(at.dentry);
		at.dentry = parent;
		height++;
	}
	path_put(&at);
	return good;
}

/**
 * clip_script_guarded - Check that a script's name leads to the verified file
 * @bprm: an exec that is about to run the file as a script
 *
 * The name that the interpreter gets must be the file's only plain one:
 * absolute, without "..", symbolic links and descriptor numbers, all of which
 * can mean another file a moment later. In addition, root must own the file and
 * every directory of the name, and no other user may have the right to write to
 * them.
 *
 * Context: may sleep.
 * Return: 1 if the interpreter will open the verified file, 0 if another file
 * may take its place, or -ENOMEM.
 */
int clip_script_guarded(const struct linux_binprm *bprm)
{
	char *buffer = __getname();
	const char *name;
	bool same;

	if (!buffer)
		return -ENOMEM;
	name = d_path(&bprm->file->f_path, buffer, PATH_MAX);
	same = !IS_ERR(name) && name[0] == '/' && !strcmp(name, bprm->interp);
	__putname(buffer);
	return same && way_guarded(&bprm->file->f_path);
}
