/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: capabilities in user namespaces of a context's own
 */
#ifndef _SECURITY_CLIP_CONTEXT_USERNS_H
#define _SECURITY_CLIP_CONTEXT_USERNS_H

#include <linux/types.h>

struct cred;
struct user_namespace;

u64 clip_userns_bound(const struct cred *cred, struct user_namespace *ns);

#endif /* _SECURITY_CLIP_CONTEXT_USERNS_H */
