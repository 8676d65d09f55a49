// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: the tree of files of a jail
 *
 * The tree is a mount of its own, detached from all others. What is mounted in
 * it is found through a descriptor, with the tree as the root directory, so that
 * no link in the tree leads outside. At the end the tree becomes the root
 * directory, and everything else is unmounted from the namespace.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What the kernel says about a filesystem that cannot be made is cut to this. */
#define EXPLANATION	160

static int find(int tree, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, tree, path, &how, sizeof(how));
}

static int set_attributes(int mount, uint64_t attributes, uint64_t cleared, int recursive)
{
	struct mount_attr attr = { .attr_set = attributes, .attr_clr = cleared & ~(uint64_t)MOUNT_ATTR__ATIME };

	/* The three ways to treat access times are one field of the kernel. */
	if ((attributes | cleared) & MOUNT_ATTR__ATIME)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	if (!attr.attr_set && !attr.attr_clr)
		return 0;
	return mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof(attr));
}

/* A copy of what is mounted at a directory or file that is open. */
static int clone_mount(int from, int recursive)
{
	const unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;

	return open_tree(from, "", flags | (recursive ? (unsigned int)AT_RECURSIVE : 0));
}

/* Options of a filesystem, "name=value" or "name", joined by commas. */
static int configure(int context, const char *data)
{
	char copy[1024];
	char *rest = copy, *option;

	if (!data)
		return 0;
	if (strlen(data) >= sizeof(copy)) {
		errno = E2BIG;
		return -1;
	}
	strcpy(copy, data);
	while ((option = strsep(&rest, ","))) {
		char *value = strchr(option, '=');

		if (!*option)
			continue;
		if (value)
			*value++ = 0;
		if (fsconfig(context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, option, value, 0) < 0)
			return -1;
	}
	return 0;
}

/* The last message of the kernel about a filesystem context; empty if there is none. */
static void explain(int context, char *text)
{
	const int error = errno;
	ssize_t count = read(context, text, EXPLANATION - 1);

	/* A message begins with its kind and a blank. */
	if (count < 2)
		count = 0;
	text[count] = 0;
	if (count) {
		memmove(text, text + 2, (size_t)count - 1);
		text[strcspn(text, "\n")] = 0;
	}
	errno = error;
}

static int new_filesystem(const struct clip_mount *mount, struct clip_failure *failure)
{
	const int context = fsopen(mount->type, FSOPEN_CLOEXEC);
	char text[EXPLANATION] = "";
	int made = -1, error;

	if (context < 0)
		return clip_fail(failure, 0, "mount", "mount the filesystem %s at %s", mount->type, mount->target);
	/* Some filesystems have no source, and refuse one. */
	if ((!mount->source || fsconfig(context, FSCONFIG_SET_STRING, "source", mount->source, 0) == 0) &&
	    configure(context, mount->data) == 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		made = fsmount(context, FSMOUNT_CLOEXEC, (unsigned int)mount->attributes);
	if (made < 0)
		explain(context, text);
	error = errno;
	close(context);
	if (made < 0)
		return clip_fail(failure, error, "mount", "mount %s at %s%s%s", mount->type, mount->target,
				 *text ? ": " : "", text);
	return made;
}

static const struct device {
	const char *name;
	unsigned int minor_of_1;
} devices[] = { { "null", 3 }, { "zero", 5 }, { "full", 7 }, { "random", 8 }, { "urandom", 9 } };

static int make_node(int directory, const char *name, unsigned int major, unsigned int minor)
{
	return mknodat(directory, name, S_IFCHR | 0666, makedev(major, minor));
}

/* In a user namespace no device can be made, but that of the host can appear. */
static int borrow_node(int directory, const char *name)
{
	const int host = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const int place = openat(directory, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
	int source = -1, copy = -1, result = -1;

	if (host >= 0 && place >= 0)
		source = openat(host, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (source >= 0)
		copy = clone_mount(source, 0);
	if (copy >= 0)
		result = move_mount(copy, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	close(copy);
	close(source);
	close(place);
	close(host);
	return result;
}

static int fill_devices(int directory, int borrow)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "fd" },	{ "/proc/self/fd/0", "stdin" }, { "/proc/self/fd/1", "stdout" },
		{ "/proc/self/fd/2", "stderr" }, { "pts/ptmx", "ptmx" },
	};

	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		if ((borrow ? borrow_node(directory, devices[i].name)
			    : make_node(directory, devices[i].name, 1, devices[i].minor_of_1)) < 0)
			return -1;
	if ((borrow ? borrow_node(directory, "tty") : make_node(directory, "tty", 5, 0)) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlinkat(links[i][0], directory, links[i][1]) < 0)
			return -1;
	return mkdirat(directory, "pts", 0755) < 0 || mkdirat(directory, "shm", 0755) < 0 ? -1 : 0;
}

static int new_devices(const struct clip_mount *mount, int target, int borrow, struct clip_failure *failure)
{
	const struct clip_mount filesystem = {
		.type = "tmpfs",
		.target = mount->target,
		.data = "mode=755,nr_inodes=64,size=16k",
		.attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME,
	};
	const int made = new_filesystem(&filesystem, failure);
	const mode_t mask = umask(0);
	int result = -1;

	if (made >= 0) {
		/* Attached first, because the nodes of the host are mounted in it. */
		if (move_mount(made, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ||
		    fill_devices(made, borrow) < 0 || set_attributes(made, MOUNT_ATTR_RDONLY, 0, 0) < 0)
			clip_fail(failure, 0, "mount", "make the devices of %s", mount->target);
		else
			result = 0;
		close(made);
	}
	umask(mask);
	return result;
}

/* The mount that is to appear, not attached yet. */
static int new_mount(int tree, const struct clip_mount *mount, struct clip_failure *failure)
{
	const int recursive = !!(mount->flags & CLIP_MOUNT_RECURSIVE);
	int source, copy;

	if (mount->kind == CLIP_MOUNT_NEW)
		return new_filesystem(mount, failure);
	if (mount->kind == CLIP_MOUNT_INSIDE)
		source = find(tree, mount->source);
	else
		source = open(mount->source, O_PATH | O_CLOEXEC);
	if (source < 0)
		return clip_fail(failure, 0, "mount", "%s, to be mounted at %s", mount->source, mount->target);
	copy = clone_mount(source, recursive);
	if (copy < 0 || set_attributes(copy, mount->attributes, mount->cleared, recursive) < 0) {
		clip_fail(failure, 0, "mount", "mount %s at %s", mount->source, mount->target);
		close(copy);
		copy = -1;
	}
	close(source);
	return copy;
}

static int is_root(int tree, int directory)
{
	struct stat one, other;

	return fstat(tree, &one) == 0 && fstat(directory, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/*
 * Carries out one mount. One that covers the root directory of the tree is the
 * tree from then on.
 */
static int add_mount(int *tree, const struct clip_jail *jail, const struct clip_mount *mount,
		     struct clip_failure *failure)
{
	const int target = find(*tree, mount->target);
	int made, result = -1;

	if (target < 0)
		return clip_fail(failure, 0, "mount", "the mount point %s, inside the tree", mount->target);
	if (mount->kind == CLIP_MOUNT_CHANGE) {
		result = set_attributes(target, mount->attributes, mount->cleared,
					!!(mount->flags & CLIP_MOUNT_RECURSIVE));
		if (result < 0)
			clip_fail(failure, 0, "mount", "change the mount at %s", mount->target);
	} else if (mount->kind == CLIP_MOUNT_DEVICES) {
		result = new_devices(mount, target, jail->user_count > 0, failure);
	} else {
		made = new_mount(*tree, mount, failure);
		if (made >= 0) {
			const int covers = is_root(*tree, target);

			result = move_mount(made, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
			if (result < 0)
				clip_fail(failure, 0, "mount", "attach %s at %s",
					  mount->source ? mount->source : mount->type, mount->target);
			if (result == 0 && covers) {
				close(*tree);
				*tree = made;
			} else {
				close(made);
			}
		}
	}
	close(target);
	return result;
}

static int leave_old_root(int tree, struct clip_failure *failure)
{
	if (fchdir(tree) < 0)
		return clip_fail(failure, 0, "root", "the directory of the tree");
	if (syscall(SYS_pivot_root, ".", ".") < 0) {
		clip_fail(failure, 0, "root", "%s", errno == EINVAL ?
			  "pivot_root (an initramfs as the root of the system cannot be left)" : "pivot_root");
		return -1;
	}
	/* The old root lies above the new one now, in the same place. */
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return clip_fail(failure, 0, "root", "detach the old root directory");
	return 0;
}

/* The tree itself: a copy of what is mounted at the directory. */
static int new_tree(const struct clip_jail *jail, struct clip_failure *failure)
{
	const int place = open(jail->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int tree = -1;

	if (place < 0)
		return clip_fail(failure, 0, "root", "the root directory %s", jail->root);
	tree = clone_mount(place, 0);
	if (tree < 0 || set_attributes(tree, jail->root_attributes, 0, 0) < 0 ||
	    move_mount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0) {
		clip_fail(failure, 0, "root", "mount the root directory %s", jail->root);
		close(tree);
		tree = -1;
	}
	close(place);
	return tree;
}

int clip_build_tree(const struct clip_jail *jail, struct clip_failure *failure)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	struct clip_failure local;
	int tree, result = 0;

	if (!jail->root)
		return 0;
	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof(private)) < 0)
		return clip_fail(failure, 0, "root", "separate the mounts from those of the host");
	tree = new_tree(jail, failure);
	if (tree < 0)
		return -1;
	for (size_t i = 0; i < jail->mount_count && result == 0; i++) {
		const struct clip_mount *mount = &jail->mounts[i];

		result = add_mount(&tree, jail, mount, &local);
		if (result < 0 && (mount->flags & CLIP_MOUNT_OPTIONAL) && local.code == ENOENT)
			result = 0;
		else if (result < 0 && failure)
			*failure = local;
	}
	if (result == 0)
		result = leave_old_root(tree, failure);
	close(tree);
	return result;
}
