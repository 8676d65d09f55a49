// SPDX-License-Identifier: GPL-2.0-only
#include "mounts.h"

#include "device.h"
#include "process.h"

const struct mount_flag mount_flags[MOUNT_FLAGS] = {
	{ MS_RDONLY, MOUNT_ATTR_RDONLY, "ro" },
	{ MS_NOSUID, MOUNT_ATTR_NOSUID, "nosuid" },
	{ MS_NODEV, MOUNT_ATTR_NODEV, "nodev" },
	{ MS_NOEXEC, MOUNT_ATTR_NOEXEC, "noexec" },
	{ MS_NOATIME, MOUNT_ATTR_NOATIME, "noatime" },
	{ MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, "nodiratime" },
	{ MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
	{ MS_NOLOCK, MOUNT_ATTR_NOLOCK, "nolock" },
};

uint64_t attr_of(unsigned long flags)
{
	uint64_t attr = 0;

	for (size_t i = 0; i < MOUNT_FLAGS; i++)
		if (flags & mount_flags[i].ms)
			attr |= mount_flags[i].attr;
	return attr;
}

int set_attr(int dir, const char *path, unsigned int at, uint64_t set,
	     uint64_t clear, uint64_t propagation)
{
	struct mount_attr attr = {
		.attr_set = set, .attr_clr = clear, .propagation = propagation,
	};

	return syscall(SYS_mount_setattr, dir, path, at, &attr,
		       sizeof(attr)) ? errno : 0;
}

int make_detached(const char *type, const char *source, unsigned long flags,
		  const char *key, const char *value)
{
	int fs = fsopen(type, FSOPEN_CLOEXEC), mnt = -1, err = 0;

	if (fs < 0)
		return -errno;
	if ((source && fsconfig(fs, FSCONFIG_SET_STRING, "source", source,
				0)) ||
	    (key && fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0)) ||
	    ((flags & MS_RDONLY) &&
	     fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0)) ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		err = errno;
	if (!err) {
		mnt = fsmount(fs, FSMOUNT_CLOEXEC, attr_of(flags));
		if (mnt < 0)
			err = errno;
	}
	close(fs);
	return err ? -err : mnt;
}

int attach_mount(int mnt, const char *at)
{
	return move_mount(mnt, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) ?
	       errno : 0;
}

int mount_by(int api, const char *type, const char *source, const char *at,
	     unsigned long flags, const char *key, const char *value)
{
	char options[256] = "";
	int mnt, err;

	mkdir(at, 0755);
	if (!api) {
		if (key)
			snprintf(options, sizeof(options), "%s=%s", key,
				 value);
		return mount(source, at, type, flags, options) ? errno : 0;
	}
	mnt = make_detached(type, source, flags, key, value);
	if (mnt < 0)
		return -mnt;
	err = attach_mount(mnt, at);
	close(mnt);
	return err;
}

char *all_mounts(void)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	char *text = calloc(1, 65536);
	ssize_t got;

	for (size_t used = 0; (got = read(fd, text + used, 65535 - used)) > 0;)
		used += got;
	close(fd);
	return text;
}

const char *options_of(const char *at)
{
	static char options[256];
	char *text = all_mounts(), *line, *rest = text;

	options[0] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		char place[256], found[256];

		if (sscanf(line, "%*d %*d %*s %*s %255s %255s", place,
			   found) == 2 && !strcmp(place, at))
			strcpy(options, found);
	}
	free(text);
	return options;
}

int pick_rw(const char *path)
{
	int fs = fspick(AT_FDCWD, path, FSPICK_CLOEXEC), err = 0;

	if (fs < 0)
		return errno;
	if (fsconfig(fs, FSCONFIG_SET_FLAG, "rw", NULL, 0) ||
	    fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0))
		err = errno;
	close(fs);
	return err;
}

int change_flags(enum way way, const char *path, unsigned long has,
		 unsigned long wants)
{
	uint64_t clear = attr_of(has & ~wants), set = attr_of(wants & ~has);

	switch (way) {
	case REMOUNT:
		/* Otherwise the kernel keeps flags that are not mentioned. */
		if (!(wants & MS_NOATIME))
			wants |= MS_RELATIME;
		return mount(NULL, path, NULL, MS_REMOUNT | wants, NULL) ?
		       errno : 0;
	case REMOUNT_BIND:
		if (!(wants & MS_NOATIME))
			wants |= MS_RELATIME;
		return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | wants,
			     NULL) ? errno : 0;
	default:
		if ((has ^ wants) & MS_NOATIME)
			clear |= MOUNT_ATTR__ATIME;
		return set_attr(AT_FDCWD, path, 0, set, clear, 0);
	}
}

int mount_fresh(const char *at, unsigned long flags)
{
	mkdir(at, 0755);
	return mount("mounts", at, "tmpfs", flags, NULL) ? errno : 0;
}

int idmap_mount(const char *path)
{
	int mnt = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = user_namespace_fd(0, USER_ID),
	};
	int err = syscall(SYS_mount_setattr, mnt, "", AT_EMPTY_PATH, &attr,
			  sizeof(attr)) ? errno : 0;

	close(mnt);
	close(attr.userns_fd);
	return err;
}
