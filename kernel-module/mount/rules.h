/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: rules about the flags of mounts; pure
 */
#ifndef _SECURITY_CLIP_MOUNT_RULES_H
#define _SECURITY_CLIP_MOUNT_RULES_H

#include <linux/mount.h>
#include <linux/types.h>

struct mount_attr;

/* MT-06: a mount keeps the flags of these that it has. */
#define CLIP_MOUNT_KEPT \
	(MNT_READONLY | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | MNT_NOATIME | \
	 MNT_NODIRATIME | MNT_NOSYMFOLLOW | MNT_NOLOCK)

#define CLIP_MOUNT_TEXT_MAX	80

/* The operations of mount(2); its flags are evaluated in this order. */
enum clip_mount_call {
	CLIP_MOUNT_CHANGE,	/* flags of a mount, maybe of its superblock */
	CLIP_MOUNT_BIND,
	CLIP_MOUNT_PROPAGATE,
	CLIP_MOUNT_MOVE,
	CLIP_MOUNT_NEW,
};

enum clip_mount_call clip_mountrules_call(unsigned long flags);
unsigned int clip_mountrules_remounted(unsigned int now, unsigned long flags);
unsigned int clip_mountrules_changed(unsigned int now,
				     const struct mount_attr *attr);
unsigned int clip_mountrules_lost(unsigned int now, unsigned int then);
unsigned int clip_mountrules_missing(unsigned int flags, u32 permissions,
				     bool rdonly);
void clip_mountrules_spell(char text[CLIP_MOUNT_TEXT_MAX], unsigned int flags);

#endif /* _SECURITY_CLIP_MOUNT_RULES_H */
