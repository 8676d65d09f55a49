// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: is it still the script that was verified, when the interpreter opens it?
 *
 * The kernel closes a script and hands its name to the interpreter, which opens
 * that name again. Nothing but the way to the file can see to it that this is
 * the file that was verified.
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
 * clip_script_interpreter - the program named in the first line of a script
 * @buf: start of the file
 * @size: bytes in @buf
 * @length: out: bytes in the name
 *
 * Reads the line as binfmt_script does. A name that may be cut off is none.
 *
 * Return: the name in @buf, not terminated, or NULL if that is no script.
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
 * clip_script_mode_guarded - do these mode bits keep all but the owner out?
 * @mode: of a script or of a directory on the way to it
 * @height: 0 for the script, 1 for its directory, and so on up
 *
 * With an access list the group's bits are the most that the list can give.
 * From a directory with the sticky bit nobody but the owner can take away what
 * the owner has there: that is good enough for directories like /tmp, but not
 * for the one that holds the script.
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

/* Up to the root of the mount namespace, whatever the caller's root. */
static bool way_guarded(const struct path *file)
{
	struct path at = *file;
	unsigned int height = 0;
	bool good;

	path_get(&at);
	while ((good = guarded(&at, height))) {
		struct dentry *parent;

		/* A directory that is mounted on is hidden, its name is not. */
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
 * clip_script_guarded - will the interpreter open the file that was verified?
 * @bprm: an exec that is about to run the file as a script
 *
 * The name that the interpreter gets must be the file's only plain one:
 * absolute, without "..", symbolic links and descriptor numbers, all of which
 * can mean another file a moment later. And the file and every directory of
 * the name must be root's, with no right to write for anybody else.
 *
 * Context: may sleep.
 * Return: 1 if so, 0 if not, or -ENOMEM.
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
