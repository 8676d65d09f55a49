// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: rules about the flags of mounts; pure
 *
 * There are three sets of flags: MS_* of mount(2), MOUNT_ATTR_* of the newer
 * calls, and MNT_* of the mount itself. All comparisons use MNT_*.
 */
#include "core/common.h"

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/string.h>
#include <uapi/linux/clip.h>
#include <uapi/linux/mount.h>

#include "mount/rules.h"

static const struct {
	unsigned int mnt;
	unsigned long ms;
	u64 attr;
	const char *name;
} alphabet[] = {
	{ MNT_READONLY, MS_RDONLY, MOUNT_ATTR_RDONLY, "ro" },
	{ MNT_NOSUID, MS_NOSUID, MOUNT_ATTR_NOSUID, "nosuid" },
	{ MNT_NODEV, MS_NODEV, MOUNT_ATTR_NODEV, "nodev" },
	{ MNT_NOEXEC, MS_NOEXEC, MOUNT_ATTR_NOEXEC, "noexec" },
	/* In the newer calls this is one of several values: see below. */
	{ MNT_NOATIME, MS_NOATIME, 0, "noatime" },
	{ MNT_NODIRATIME, MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, "nodiratime" },
	{ MNT_NOSYMFOLLOW, MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW,
	  "nosymfollow" },
	{ MNT_NOLOCK, MS_NOLOCK, MOUNT_ATTR_NOLOCK, "nolock" },
};

static_assert(sizeof("ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow,nolock") <=
	      CLIP_MOUNT_TEXT_MAX);

/**
 * clip_mountrules_call - Find the operation of a call of mount(2)
 * @flags: MS_*, without the old magic number
 *
 * Return: the operation, as the kernel derives it from the flags.
 */
enum clip_mount_call clip_mountrules_call(unsigned long flags)
{
	if (flags & MS_REMOUNT)
		return CLIP_MOUNT_CHANGE;
	if (flags & MS_BIND)
		return CLIP_MOUNT_BIND;
	if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return CLIP_MOUNT_PROPAGATE;
	return flags & MS_MOVE ? CLIP_MOUNT_MOVE : CLIP_MOUNT_NEW;
}

/**
 * clip_mountrules_remounted - Compute the flags of a mount after a remount
 * @now: MNT_* that it has
 * @flags: MS_* of the remount
 *
 * Return: the flags of %CLIP_MOUNT_KEPT that it will have.
 */
unsigned int clip_mountrules_remounted(unsigned int now, unsigned long flags)
{
	unsigned int then = 0;

	for (size_t i = 0; i < ARRAY_SIZE(alphabet); i++)
		if (flags & alphabet[i].ms)
			then |= alphabet[i].mnt;
	if (flags & MS_STRICTATIME)
		then &= ~MNT_NOATIME;
	/* A request without flags for access times leaves them unchanged. */
	if (!(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME |
		       MS_STRICTATIME)))
		then |= now & (MNT_NOATIME | MNT_NODIRATIME);
	return then;
}

static unsigned int from_attr(u64 attr)
{
	unsigned int flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(alphabet); i++)
		if (attr & alphabet[i].attr)
			flags |= alphabet[i].mnt;
	return flags;
}

/**
 * clip_mountrules_changed - Compute a mount's flags after mount_setattr(2)
 * @now: MNT_* that it has
 * @attr: the request, which the kernel has found valid
 *
 * Return: the flags of %CLIP_MOUNT_KEPT that it will have.
 */
unsigned int clip_mountrules_changed(unsigned int now,
				     const struct mount_attr *attr)
{
	unsigned int then = now & ~from_attr(attr->attr_clr);

	if (attr->attr_clr & MOUNT_ATTR__ATIME) {
		then &= ~MNT_NOATIME;
		if ((attr->attr_set & MOUNT_ATTR__ATIME) == MOUNT_ATTR_NOATIME)
			then |= MNT_NOATIME;
	}
	return (then | from_attr(attr->attr_set)) & CLIP_MOUNT_KEPT;
}

/**
 * clip_mountrules_lost - Find the flags that a mount would lose, but must keep
 * @now: MNT_* that it has
 * @then: MNT_* that it would have
 *
 * Return: MNT_*, or 0.
 */
unsigned int clip_mountrules_lost(unsigned int now, unsigned int then)
{
	return now & ~then & CLIP_MOUNT_KEPT;
}

/**
 * clip_mountrules_missing - Find the required flags that a new mount lacks
 * @flags: MNT_* that it will have
 * @permissions: CLIP_DEVICE_* of its device; 0 if it is on no device
 * @rdonly: its superblock is read-only, and has no writer
 *
 * Where files can be executed, they must not be writable: neither through this
 * mount, nor through another mount of the superblock.
 *
 * Return: MNT_*, or 0. %MNT_READONLY means that %MNT_NOEXEC would do instead.
 */
unsigned int clip_mountrules_missing(unsigned int flags, u32 permissions,
				     bool rdonly)
{
	unsigned int missing = 0;

	if (!(permissions & CLIP_DEVICE_SUID))
		missing |= MNT_NOSUID;
	if (!(permissions & CLIP_DEVICE_DEV))
		missing |= MNT_NODEV;
	if (!(permissions & CLIP_DEVICE_EXEC))
		missing |= MNT_NOEXEC;
	missing &= ~flags;
	if (!(missing & MNT_NOEXEC) && !(flags & MNT_NOEXEC) &&
	    !(rdonly && (flags & MNT_READONLY)))
		missing |= MNT_READONLY;
	return missing;
}

/**
 * clip_mountrules_spell - Write the names of flags
 * @text: out: the names
 * @flags: MNT_* of %CLIP_MOUNT_KEPT
 *
 * The names are separated by commas, as in the options of mount(8).
 */
void clip_mountrules_spell(char text[CLIP_MOUNT_TEXT_MAX], unsigned int flags)
{
	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(alphabet); i++) {
		if (!(flags & alphabet[i].mnt))
			continue;
		if (text[0])
			strlcat(text, ",", CLIP_MOUNT_TEXT_MAX);
		strlcat(text, alphabet[i].name, CLIP_MOUNT_TEXT_MAX);
	}
}
