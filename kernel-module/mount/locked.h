/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: restrictions on locked mounts
 */
#ifndef _SECURITY_CLIP_MOUNT_LOCKED_H
#define _SECURITY_CLIP_MOUNT_LOCKED_H

struct cred;
struct path;

int clip_mount_check_call(const struct path *path, unsigned long flags);
int clip_mount_capable(const struct cred *cred, int cap);

#endif /* _SECURITY_CLIP_MOUNT_LOCKED_H */
