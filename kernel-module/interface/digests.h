/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the list of allow digests as text
 */
#ifndef _SECURITY_CLIP_INTERFACE_DIGESTS_H
#define _SECURITY_CLIP_INTERFACE_DIGESTS_H

#include <linux/types.h>

struct clip_context;
struct dentry;

int clip_digestfs_add(struct dentry *dir);
bool clip_securityfs_may_see(const struct clip_context *ctx);

#endif /* _SECURITY_CLIP_INTERFACE_DIGESTS_H */
