/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the list of allow digests as text
 */
#ifndef _SECURITY_CLIP_INTERFACE_DIGESTS_H
#define _SECURITY_CLIP_INTERFACE_DIGESTS_H

struct dentry;

int clip_digestfs_add(struct dentry *dir);

#endif /* _SECURITY_CLIP_INTERFACE_DIGESTS_H */
